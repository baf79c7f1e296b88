import { expect, test } from 'vitest';
import { ascii, bytesOf, type ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { stringText } from '../../src/engine/data/string.ts';
import { frameArguments, newFrameReader, readFrame } from '../../src/persistence/aof-reader.ts';
import { newAofLoad, stepAofLoad } from '../../src/persistence/aof-loader.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { newBenchEngine } from '../bench/replay.ts';
import { entryOf } from '../../src/engine/data/key-space.ts';

test('every frame gives its own words, however alike the names of commands are', () => {
  const names = [
    '',
    ...Array.from({ length: 300 }, (_, i) => `X${String(i)}Y`),
    'SET',
    'SES',
    'set',
  ];
  const frames = [...names, ...names.toReversed(), ...names].map((name, i) => [name, `${i}`, 'v']);
  const bytes = log(frames);
  const reader = newFrameReader();
  let at = 0;
  for (const words of frames) {
    expect(readFrame(reader, bytes, at)).toBe('command');
    expect(frameArguments(reader, bytes)).toEqual(words);
    at = reader.end;
  }
  expect(readFrame(reader, bytes, at)).toBe('end');
});

test('a frame of many words is read whole', () => {
  const words = ['RPUSH', 'list', ...Array.from({ length: 1000 }, (_, i) => `element ${i}`)];
  const bytes = log([words]);
  const reader = newFrameReader();
  expect(readFrame(reader, bytes, 0)).toBe('command');
  expect(frameArguments(reader, bytes)).toEqual(words);
});

test('the commands of a transaction keep their words until EXEC', () => {
  const engine = newBenchEngine();
  const load = newAofLoad(
    log([
      ['SET', 'before', '1'],
      ['MULTI'],
      ['SET', 'a', 'first'],
      ['SET', 'b', 'second'],
      ['APPEND', 'a', '+'],
      ['EXEC'],
      ['SET', 'after', '2'],
    ]),
    0,
  );
  expect(stepAofLoad(load, engine, 0, 100)).toEqual({ kind: 'done' });
  const { entries } = engine.state.databases[0]!.space;
  const texts = entries.map(({ key, value }) => [key, stringText(value as ByteString)]);
  expect(texts).toEqual([
    ['before', '1'],
    ['a', 'first+'],
    ['b', 'second'],
    ['after', '2'],
  ]);
});

test('a log that ends inside a transaction is good up to its MULTI', () => {
  const before = log([['SET', 'a', '1']]);
  const bytes = bytesOf(ascii(`${text(before)}${text(log([['MULTI'], ['SET', 'a', '2']]))}`));
  const engine = newBenchEngine();
  const end = stepAofLoad(newAofLoad(bytes, 0), engine, 0, 100);
  expect(end).toEqual({ kind: 'truncated', validUpTo: before.length, insideMulti: true });
  expect(entryOf(engine.state.databases[0]!.space, ascii('a'))!.value).toBe(1);
});

function log(commands: readonly (readonly string[])[]): Uint8Array {
  const sink = newGrowableBytes();
  for (const words of commands)
    encodeCommand(
      words.map((word) => ascii(word)),
      sink,
    );
  return takenBytes(sink);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
