/** Reading the framing of a log, as every reader of it does first, against redis-check-aof; and encoding commands. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes } from '../../src/base/growable-bytes.ts';
import { frameArguments, newFrameReader, readFrame } from '../../src/persistence/aof-reader.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { inTurns, report } from './bench.ts';
import { stringCommands } from './workloads.ts';

const bytes = stringCommands(1_000_000, 7);
const megabytes = bytes.length / 1e6;
const commands = allCommands(200_000);
const folder = mkdtempSync(join(tmpdir(), 'bench-codecs-'));
const file = join(folder, 'log.aof');
writeFileSync(file, bytes);
const checker = spawnSync('redis-check-aof', [file]).status === 0;

const figures = await inTurns(5, {
  frames: framingSpeed,
  check: checkSpeed,
  encode: encodingSpeed,
});
rmSync(folder, { recursive: true });
report({
  name: 'framing of a log in Node',
  unit: 'MB/s',
  rounds: figures.frames,
  peer: {
    name: checker ? 'redis-check-aof on the same file' : 'redis-check-aof (not installed)',
    rounds: checker ? figures.check : [],
  },
});
report({ name: 'encoding of commands in Node', unit: 'MB/s', rounds: figures.encode });

function framingSpeed(): number {
  const start = performance.now();
  const reader = newFrameReader();
  let at = 0;
  while (readFrame(reader, bytes, at) === 'command') at = reader.end;
  if (at !== bytes.length) throw new Error(`the log ends at ${at}`);
  return speed(megabytes, start);
}

function checkSpeed(): number {
  const start = performance.now();
  if (checker) spawnSync('redis-check-aof', [file]);
  return speed(megabytes, start);
}

function encodingSpeed(): number {
  const start = performance.now();
  let written = 0;
  const sink = newGrowableBytes(1 << 16);
  for (const argv of commands) {
    encodeCommand(argv, sink);
    if (sink.length < 1 << 15) continue;
    written += sink.length;
    sink.length = 0;
  }
  return speed((written + sink.length) / 1e6, start);
}

function allCommands(count: number): (readonly ByteString[])[] {
  const reader = newFrameReader();
  const all: (readonly ByteString[])[] = [];
  for (
    let at = 0;
    all.length < count && readFrame(reader, bytes, at) === 'command';
    at = reader.end
  ) {
    all.push(frameArguments(reader, bytes).slice());
  }
  return all;
}

/** Megabytes a second since `start`. */
function speed(size: number, start: number): number {
  return (size / (performance.now() - start)) * 1000;
}
