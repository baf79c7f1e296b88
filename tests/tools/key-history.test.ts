/** The history of a key is what aof-parse prints of it, in damaged logs too. */
import { expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { seedRandom, nextBelow } from '../../src/base/random.ts';
import { aofParse } from '../../src/tools/aof-parse.ts';
import { newKeyHistory, stepKeyHistory } from '../../src/tools/key-history.ts';

const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

const records = [
  command('SELECT', '0'),
  command('SET', 'user:1', 'Alice'),
  command('SET', 'user:10', 'Bob'),
  command('MSET', 'a', '1', 'user:1', '2'),
  command('RENAME', 'user:1', 'user:2'),
  command('RENAME', 'user:2', 'user:1'),
  command('XADD', 's', '1-1', 'user:1', 'x'),
  command('EVALSHA', 'abc', '1', 'user:1'),
  command('ZUNIONSTORE', 'out', '2', 'user:1', 'b'),
  command('SET', 'u*', 'no pattern'),
  command('DEL', 'x', 'user:1'),
];

function history(log: string, key: string, most = 1000) {
  const job = newKeyHistory(bytesOf(ascii(log)), ascii(key), most);
  while (stepKeyHistory(job, 2) === 'more');
  return job;
}

/** aof-parse's lines, with offsets, and what it complains of. */
function printed(log: string, key: string): string[] {
  const steps = aofParse(['--offsets', 'x.aof', key].map(ascii));
  let text = '';
  for (let next = steps.next(); next.done !== true;) {
    const ask = next.value;
    if (ask.ask === 'print') text += ask.text;
    next = steps.next(
      ask.ask === 'read-file' ? { answer: 'file', bytes: bytesOf(ascii(log)) } : { answer: 'done' },
    );
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace('aof-parse: x.aof: ', ''));
}

function told(log: string, key: string): string[] {
  return history(log, key).lines.map(({ at, kind, text }) =>
    kind === 'command' ? `${at}:${text}` : text,
  );
}

test('commands that name the key, wherever it stands in them, and no other', () => {
  const log = records.join('');
  expect(told(log, 'user:1').map((line) => line.replace(/^\d+:/, ''))).toEqual([
    "['SET', 'user:1', 'Alice']",
    "['MSET', 'a', '1', 'user:1', '2']",
    "['RENAME', 'user:1', 'user:2']",
    "['RENAME', 'user:2', 'user:1']",
    "['EVALSHA', 'abc', '1', 'user:1']",
    "['ZUNIONSTORE', 'out', '2', 'user:1', 'b']",
    "['DEL', 'x', 'user:1']",
  ]);
  expect(told(log, 'u*')).toHaveLength(1);
  expect(told(log, 'user:1')).toEqual(printed(log, 'user:1'));
});

test('a damaged record is told of by its offset, and the history goes on at the next whole one', () => {
  const [first, ...rest] = records.slice(1);
  const at = first!.length;
  const log = `${first}*3\r\n$3\r\nSET\r\n$99x\r\nuser:1\r\n${rest.join('')}`;
  const lines = told(log, 'user:1');
  expect(lines.slice(0, 2)).toEqual([
    "0:['SET', 'user:1', 'Alice']",
    `protocol error at offset ${at}`,
  ]);
  expect(lines).toHaveLength(8);
  const cut = told(records.join('').slice(0, -4), 'user:1');
  expect(cut.at(-1)).toMatch(/^ends inside the record at offset \d+$/);
});

const seed = 20_261_121;
test(`of 300 logs with random damage it says what aof-parse says (seed ${seed})`, () => {
  const random = seedRandom(seed);
  let damaged = 0;
  for (let i = 0; i < 300; i++) {
    const log = [...records, ...records].join('').split('');
    for (let flips = nextBelow(random, 4); flips > 0; flips--)
      log[nextBelow(random, log.length)] = String.fromCharCode(nextBelow(random, 256));
    const text = log.slice(0, log.length - nextBelow(random, 40)).join('');
    const lines = told(text, 'user:1');
    if (lines.some((line) => line.startsWith('protocol error'))) damaged++;
    expect(lines, `log ${i}`).toEqual(printed(text, 'user:1'));
  }
  expect(damaged).toBeGreaterThan(100);
});

test('of a key with a long history the beginning is kept', () => {
  const log = command('INCR', 'n').repeat(50);
  expect(history(log, 'n', 20)).toMatchObject({ more: true });
  expect(history(log, 'n', 20).lines).toHaveLength(20);
  expect(history(log, 'n', 50)).toMatchObject({ more: false });
});
