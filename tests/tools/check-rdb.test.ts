import { expect, test } from 'vitest';
import { ascii, bytesOf, concatBytes } from '../../src/base/bytes.ts';
import { microsOfMillis } from '../../src/base/time.ts';
import { checkAof } from '../../src/tools/check-aof.ts';
import { checkRdb } from '../../src/tools/check-rdb.ts';
import { describeWithRedis } from '../support/real-redis.ts';
import { command, picker, type ToolCase } from './damaged-logs.ts';
import { dump } from './dump-7.0.15.ts';
import { MemoryFiles, runReal, withoutLeftOver, withoutLogPrefix } from './run-tools.ts';

const around = { id: 7, now: microsOfMillis(Date.now()) };

/** The real tool names the line of rdb.c that found the damage, which differs from version to version. */
function comparable(output: string, ours: string): string {
  return withoutLeftOver(withoutLogPrefix(output), ours).replace(/, function at rdb\.c:\d+/, '');
}

/** 7.0.15 does not know the types 20 and 21 of 7.2. */
const namedExceptions = /Reading type 2[01] /;

async function expectSame(tool: 'redis-check-rdb' | 'redis-check-aof', cases: readonly ToolCase[]) {
  const real = await runReal(tool, cases);
  for (const [i, { name, files, words, stdin }] of cases.entries()) {
    const memory = new MemoryFiles(files);
    const given = words.map(ascii);
    const run =
      tool === 'redis-check-rdb'
        ? checkRdb(ascii(tool), given, memory, around)
        : checkAof(ascii(tool), given, memory, around, ascii(stdin));
    if (!('exit' in run)) throw new Error('it was told the answer');
    if (namedExceptions.test(run.output)) continue;
    const after = [...memory.files.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
    expect
      .soft({ name, output: comparable(run.output, run.output), exit: run.exit, files: after })
      .toEqual({
        name,
        ...real[i]!,
        output: comparable(real[i]!.output, run.output),
      });
  }
}

function snapshotCase(name: string, bytes: Uint8Array): ToolCase {
  return { name, files: new Map([['dump.rdb', bytes]]), words: ['dump.rdb'], stdin: '' };
}

describeWithRedis('redis-check-rdb and ours', () => {
  test('say the same of a snapshot that ends too early, wherever', async () => {
    const ends = Array.from({ length: 92 }, (_, i) => i * 5).filter((end) => end < dump.length);
    const cases = ends.map((end) => snapshotCase(`ends at ${end}`, dump.subarray(0, end)));
    await expectSame('redis-check-rdb', [...cases, snapshotCase('whole', dump)]);
  }, 60_000);

  test('say the same of signatures, versions, opcodes, types and sums that are wrong', async () => {
    const changed = (at: number, text: string) => {
      const bytes = Uint8Array.from(dump);
      bytes.set(bytesOf(ascii(text)), at);
      return bytes;
    };
    const behindHeader = (hex: string) =>
      Buffer.concat([dump.subarray(0, 9), Buffer.from(hex, 'hex'), dump.subarray(9)]);
    const sum = dump.length - 8;
    await expectSame('redis-check-rdb', [
      snapshotCase('signature', changed(0, 'REDIX')),
      snapshotCase('version 99', changed(5, '0099')),
      snapshotCase('version 0', changed(5, '0000')),
      snapshotCase('version 4 has no sum', changed(5, '0004')),
      snapshotCase('no number', changed(5, 'abcd')),
      snapshotCase('wrong sum', changed(sum, 'x')),
      snapshotCase('no sum', changed(sum, '\0\0\0\0\0\0\0\0')),
      snapshotCase('no such type', changed(9, '\x30')),
      snapshotCase('no such type after an expiry', changed(9, '\xfc12345678\x08')),
      snapshotCase('no such type after an idle time', changed(9, '\xf8\x05\xf9\x05\x1e')),
      snapshotCase('an end at once', changed(9, '\xff')),
      snapshotCase('data of a module', behindHeader('f78179bd2a4b1c2d0c010201020705047465787400')),
      snapshotCase('of no time', behindHeader('f78179bd2a4b1c2d0c010501020700')),
      snapshotCase('of no kind', behindHeader('f78179bd2a4b1c2d0c0102010907')),
      { name: 'no such file', files: new Map(), words: ['none.rdb'], stdin: '' },
      { name: 'no words', files: new Map(), words: [], stdin: '' },
      { name: 'too many words', files: new Map(), words: ['a', 'b'], stdin: '' },
    ]);
  }, 60_000);

  test('say the same of a snapshot in which one bit has flipped', async () => {
    const pick = picker(31);
    const cases = Array.from({ length: 100 }, () => {
      const bytes = Uint8Array.from(dump);
      const at = 9 + pick(dump.length - 9);
      const bit = pick(8);
      bytes[at]! ^= 1 << bit;
      return snapshotCase(`bit ${bit} of byte ${at}`, bytes);
    });
    await expectSame('redis-check-rdb', cases);
  }, 60_000);
});

describeWithRedis('redis-check-aof and ours, where a log begins with a snapshot', () => {
  const tail = concatBytes(command('SET', 'k', 'v'), command('PING'));
  const log = Buffer.concat([dump, bytesOf(tail)]);

  test('say and do the same about single files and about the base of a manifest', async () => {
    const pick = picker(21);
    const single = Array.from({ length: 20 }, (_, n): ToolCase => {
      const end = n === 0 ? log.length : n < 10 ? log.length - pick(tail.length) : 5 + n;
      const files = new Map([['a.aof', log.subarray(0, end)]]);
      return { name: `ends at ${end}`, files, words: ['--fix', 'a.aof'], stdin: 'y' };
    });
    const parts = Array.from({ length: 12 }, (_, n): ToolCase => {
      const files = new Map([
        ['b.rdb', n % 3 === 0 ? dump : log.subarray(0, dump.length - 20 + pick(tail.length))],
        ['i.aof', bytesOf(tail).subarray(0, n % 2 === 0 ? tail.length : pick(tail.length))],
        ['m', bytesOf(ascii('file b.rdb seq 1 type b\nfile i.aof seq 1 type i\n'))],
      ]);
      return { name: `parts ${n}`, files, words: ['--fix', 'm'], stdin: 'y' };
    });
    await expectSame('redis-check-aof', [...single, ...parts]);
  }, 60_000);
});
