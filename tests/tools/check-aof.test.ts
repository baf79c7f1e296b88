import { describe, expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { checkAof } from '../../src/tools/check-aof.ts';
import { describeWithRedis } from '../support/real-redis.ts';
import { command, damages, picker, randomLog, type ToolCase } from './damaged-logs.ts';
import {
  MemoryFiles,
  runReal,
  withoutLeftOver,
  withoutLogPrefix,
  type Outcome,
} from './run-tools.ts';

const at = { id: 7, now: 1_700_000_000_000_000 };

function runOurs({ files, words, stdin }: ToolCase): Outcome {
  const memory = new MemoryFiles(files);
  const run = checkAof(ascii('redis-check-aof'), words.map(ascii), memory, at, ascii(stdin));
  if (run.kind === 'asks') throw new Error('it was told the answer');
  const after = [...memory.files.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
  return { output: run.output, exit: run.exit, files: after };
}

/** Named exceptions: what a buffer still held, and lengths that cannot be allocated, of which the real tool dies.
 */
function comparable({ output, exit, files }: Outcome, ours: Outcome): Outcome {
  const same = withoutLeftOver(withoutLogPrefix(output), ours.output);
  return { output: same, exit, files };
}

/** How many of the real runs died, and were not compared. */
async function expectSameAsReal(cases: readonly ToolCase[]): Promise<number> {
  const real = await runReal('redis-check-aof', cases);
  let died = 0;
  for (const [i, one] of cases.entries()) {
    if (real[i]!.exit > 128) {
      died++;
      continue;
    }
    const ours = runOurs(one);
    expect({ name: one.name, ...comparable(ours, ours) }).toEqual({
      name: one.name,
      ...comparable(real[i]!, ours),
    });
  }
  return died;
}

const one = (bytes: Uint8Array) => new Map([['a.aof', bytes]]);

describeWithRedis('redis-check-aof and ours', () => {
  test('say and do the same about 500 damaged logs, and repair them alike', async () => {
    const seed = Number(process.env['SEED'] ?? 20_260_101);
    const pick = picker(seed);
    const cases: ToolCase[] = [];
    for (const [damage, harm] of Object.entries(damages)) {
      for (let n = 0; n < (damage === 'none' ? 20 : 46); n++) {
        const bytes = harm(randomLog(pick, 2 + pick(12)), pick);
        const mode = pick(10);
        const time = String(1_700_000_000 + pick(8));
        const words =
          mode < 7
            ? ['--fix', 'a.aof']
            : mode < 9
              ? ['a.aof']
              : ['--truncate-to-timestamp', time, 'a.aof'];
        const stdin = ['y\n', 'y\n', 'y\n', 'Yes', 'n\n', ''][pick(6)]!;
        const name = `seed ${seed}, ${damage} ${n}, ${words.join(' ')}`;
        cases.push({ name, files: one(bytes), words, stdin });
      }
    }
    expect(cases.filter(({ name }) => !name.includes(', none ')).length).toBe(506);
    expect(await expectSameAsReal(cases)).toBeLessThan(20);
  }, 60_000);

  test('cut a log with timestamps at the same place, at every second', async () => {
    const pick = picker(3);
    const cases = Array.from({ length: 36 }, (_, n): ToolCase => {
      const bytes = randomLog(pick, 12);
      const time = ['0', '-5', ' 1700000003', '1700000003x', '', '99999999999999999999'][n];
      const words = ['--truncate-to-timestamp', time ?? String(1_699_999_999 + (n % 10)), 'a.aof'];
      return { name: words.join(' '), files: one(bytes), words, stdin: '' };
    });
    expect(await expectSameAsReal(cases)).toBe(0);
  });

  test('find the files of a manifest, and cut only the last', async () => {
    const pick = picker(5);
    const kinds = Object.values(damages);
    const cases = Array.from({ length: 56 }, (_, n): ToolCase => {
      const harmed = () => kinds[pick(6) < 4 ? 0 : pick(kinds.length)]!(randomLog(pick, 6), pick);
      const files = new Map([
        ['b.aof', harmed()],
        ['i1.aof', pick(8) === 0 ? new Uint8Array(0) : harmed()],
        ['i2.aof', harmed()],
        ['m', bytesOf(ascii(manifests[n % manifests.length]!))],
      ]);
      const words =
        pick(4) === 0
          ? ['--truncate-to-timestamp', String(1_700_000_000 + pick(6)), 'm']
          : ['--fix', './m'];
      return {
        name: `manifest ${n}: ${manifests[n % manifests.length]}`,
        files,
        words,
        stdin: 'y',
      };
    });
    expect(await expectSameAsReal(cases)).toBeLessThan(5);
  });

  test('refuse the same manifests in the same words', async () => {
    const files = (manifest: string) =>
      new Map([
        ['b.aof', bytesOf(command('PING'))],
        ['i.aof', bytesOf(command('PING'))],
        ['m', bytesOf(ascii(manifest))],
      ]);
    const pick = picker(9);
    const broken = Array.from({ length: 36 }, (_, n) => {
      const sound = bytesOf(ascii('file b.aof seq 1 type b\nfile i.aof seq 1 type i\n'));
      const harm = Object.values(damages)[n % Object.values(damages).length]!;
      return harm(sound, pick);
    });
    const cases = [
      ...wrongManifests.map((text) => files(text)),
      ...broken.map((bytes) => files(String.fromCharCode(...bytes))),
    ].map((given): ToolCase => ({
      name: JSON.stringify(String.fromCharCode(...given.get('m')!)),
      files: given,
      words: ['m'],
      stdin: '',
    }));
    expect(await expectSameAsReal(cases)).toBe(0);
  });

  test('take the same words, and the same files for manifests', async () => {
    const value = (text: string) => one(bytesOf(command('SET', 'k', text)));
    const x = (length: number) => 'x'.repeat(length);
    const cases = [
      ...[[], ['--fix'], ['--fix', 'none'], ['none'], ['a.aof', 'a.aof'], ['--repair', 'a.aof']],
      ...[['1', '2', '3'], ['1', '2', '3', '4'], ['--truncate-to-timestamp', '1'], ['a.aof/x']],
    ].map((words): ToolCase => ({
      name: words.join(' '),
      files: one(new Uint8Array(0)),
      words: words[0] === 'a.aof/x' ? ['a.aof'] : words,
      stdin: '',
    }));
    const texts = [
      'file',
      'xfile',
      'a\nfile',
      '#\nfile',
      x(1023) + 'file',
      x(1024) + 'file',
      x(1025) + 'file',
    ];
    for (const text of [
      ...texts,
      `${x(2048)}file`,
      `a\n${x(1024)}file`,
      'fil',
      'a\nfil',
      'a\rfile',
    ])
      cases.push({ name: `value ${text}`, files: value(text), words: ['a.aof'], stdin: '' });
    expect(await expectSameAsReal(cases)).toBe(0);
  });
});

const manifests = [
  'file b.aof seq 1 type b\nfile i1.aof seq 1 type i\nfile i2.aof seq 2 type i\n',
  'file i1.aof seq 1 type i\nfile i2.aof seq 2 type i\n',
  'file b.aof seq 1 type b\n',
  '# nothing but a comment\nfile b.aof seq 2 type h\n',
  'file b.aof seq 1 type b\nfile i2.aof seq 7 type i\n',
  'file b.aof seq 1 type b\nfile i1.aof seq 1 type i\nfile missing.aof seq 2 type i\n',
  'file missing.aof seq 1 type b\nfile i1.aof seq 1 type i\n',
  'file b.aof seq 1 type b\nfile i1.aof seq 3 type h\nfile i2.aof seq 4 type incremental\n',
];

const wrongManifests = [
  'file b.aof seq 1 type b\n\nfile i.aof seq 1 type i\n',
  'file b.aof seq 1 type b\nfile i.aof seq 1 type b\n',
  'file b.aof seq 1 type b\nfile i.aof seq 2 type i\nfile i.aof seq 2 type i\n',
  'file b.aof seq 1 type x\n',
  'file ../b.aof seq 1 type b\n',
  'file a\\b seq 1 type b\n',
  'file b.aof seq 1 type b',
  'file b.aof seq 0 type b\n',
  'file b.aof seq x type b\n',
  'file b.aof seq -3 type b\n',
  'file b.aof seq 1x type b\n',
  'file b.aof seq 1\n',
  'file b.aof seq 1 type\n',
  'file b.aof seq 1 type b more\n',
  'file b.aof seq 1 type b more words\n',
  'FILE b.aof seq 1 type b\nfile b.aof SEQ 1 TYPE B\n',
  'type i seq 1 file i.aof\nfile i.aof seq 2 type i\n',
  'file "b.aof" seq 1 type b\n',
  'file "b.aof seq 1 type b\n',
  'file \'b.aof\' seq "1" type b\n',
  'file "" seq 1 type b\n',
  'file b.aof seq 1 type ""\n',
  ' file b.aof seq 1 type b\nfile i.aof seq 1 type i\n',
  '\tseq 1 file b.aof type b \r\nfile i.aof seq 1 type i\r\n',
  'file b.aof seq 99999999999999999999 type b\n',
  'file b.aof seq  1 type b\nfile i.aof seq +1 type i\n',
  `file b.aof seq 1 type b${' '.repeat(1100)}\n`,
  `file ${'n'.repeat(1002)} seq 1 type b\n`,
  `file ${'n'.repeat(1003)} seq 1 type b\n`,
  `file ${'n'.repeat(1004)} seq 1 type b\n`,
  `#${'c'.repeat(1022)}\nfile b.aof seq 1 type b\n`,
  `#${'c'.repeat(1023)}\nfile b.aof seq 1 type b\n`,
  `#${'c'.repeat(1500)}\nfile b.aof seq 1 type b\n`,
  `#${'c'.repeat(2500)}\nfile b.aof seq x type b\n`,
  'file b.aof seq 1 type b\n#\nfile i.aof seq x type i\n',
  'file b.aof seq 1 type b\nfile i.aof\0 seq 1 type i\n',
  'file b.aof seq 1 type b\n# comment \0 with a NUL\nfile i.aof seq 1 type i\n',
  'file b.aof seq 1 type b\nfile "i\\x2eaof" seq 1 type i\n',
];

describe('checkAof', () => {
  const files = () => new MemoryFiles(one(bytesOf(ascii('*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI'))));
  const fix = ['--fix', 'a.aof'].map(ascii);
  const program = ascii('redis-check-aof');

  test('asks before it cuts, and goes on with the answer', () => {
    const given = files();
    const asking = checkAof(program, fix, given, at, null);
    expect(asking.kind).toBe('asks');
    expect(asking.output).toMatch(/to 14 bytes\nContinue\? \[y\/N\]: $/);
    expect(given.files.get('a.aof')!.length).toBe(24);
    const done = checkAof(program, fix, given, at, ascii('y'));
    expect(done).toMatchObject({ kind: 'done', exit: 0 });
    expect(done.output.slice(asking.output.length)).toBe('Successfully truncated AOF a.aof\n');
    expect(given.files.get('a.aof')!.length).toBe(14);
  });

  test('says that a file could not be cut', () => {
    const given = files();
    given.truncate = () => false;
    const run = checkAof(program, fix, given, at, ascii('y'));
    expect(run).toMatchObject({ kind: 'done', exit: 1 });
    expect(run.output).toMatch(/: Failed to truncate AOF a.aof\n$/);
  });
});
