/** A start that finds its snapshot damaged: the log, the report in it, and the exit code, beside the real server. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { picker } from '../tools/damaged-logs.ts';
import { dump } from '../tools/dump-7.0.15.ts';
import { describeWithRedis } from '../support/real-redis.ts';
import { newSaveLab } from './save-lab.ts';

interface End {
  readonly code: number | null;
  readonly lines: readonly string[];
}

type Files = ReadonlyMap<string, Uint8Array>;

const BASE = 'appendonlydir/appendonly.aof.1.base.rdb';
const manifest = bytesOf(ascii('file appendonly.aof.1.base.rdb seq 1 type b\n'));

async function realEnd(files: Files, appendonly: 'yes' | 'no'): Promise<End> {
  const directory = mkdtempSync(join(tmpdir(), 'damaged-snapshot-'));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    const words = ['--port', '0', '--unixsocket', join(directory, 'socket'), '--dir', directory];
    const server = spawn('redis-server', [...words, '--save', '', '--appendonly', appendonly]);
    let log = '';
    const ended = new Promise<number | null>((resolve) => server.once('close', resolve));
    server.stdout.on('data', (bytes: Buffer) => {
      log += bytes.toString('latin1');
      // It has loaded what was to be refused: then it has to be told to go.
      if (log.includes('now ready to accept connections')) server.kill('SIGKILL');
    });
    return { code: await ended, lines: log.split('\n') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function ourEnd(files: Files, appendonly: 'yes' | 'no'): End {
  const lab = newSaveLab({ appendonly, save: '' });
  const main = lab.lab.lanes[0]!;
  lab.lab.crash('process-killed', 'lost', undefined);
  for (const path of lab.files()) main.kernel.removeFile(path);
  for (const [path, bytes] of files) main.kernel.writeFile(`/data/${path}`, bytes);
  const before = main.state.logLines.length;
  lab.lab.boot(undefined);
  lab.until(() => main.state.status !== 'loading');
  const code = main.state.status === 'failed' ? 1 : main.state.status === 'stopped' ? 0 : null;
  return { code, lines: main.state.logLines.slice(before) };
}

/** From the first line about the file on, without what differs from start to start, and from 7.0 to 7.2. */
function comparable({ code, lines }: End): End {
  const texts = lines
    .map((line) => line.replace(/^\d+:M \d+ \w+ \d+ [\d:.]+ [*#] /, '<log> '))
    .map((line) => line.replace(/, function at rdb\.c:\d+/, ''))
    .map((line) => line.replace(/: Invalid argument\. Exiting\./, ', check server logs. Exiting.'))
    .map((line) => line.replace(/RDB age \d+ seconds/, 'RDB age'))
    // The simulated clock shows another time.
    .map((line) => line.replace(/^\[info\] \d+ already expired/, '[info] already expired'))
    .filter((line) => !/overcommit|Unrecoverable error reading the append only file/.test(line));
  const start = texts.findIndex((line) => line.endsWith('Server initialized')) + 1;
  return { code, lines: texts.slice(start).filter((line) => line !== '') };
}

function changed(at: number, text: string): Uint8Array {
  const bytes = Uint8Array.from(dump);
  bytes.set(bytesOf(ascii(text)), at);
  return bytes;
}

/** Of a module that nobody has: the fields of it, when they are to be loaded, and a value of an integer and a text. */
const moduleData = (when: string): Uint8Array =>
  Buffer.concat([
    dump.subarray(0, 9),
    Buffer.from(`f78179bd2a4b1c2d0c01${when}020705047465787400`, 'hex'),
    dump.subarray(9),
  ]);

const pick = picker(5);
const damaged: readonly (readonly [string, Uint8Array])[] = [
  ['another sum', changed(dump.length - 3, 'x')],
  ['no such type', changed(9, '\x30')],
  ['another signature', changed(0, 'X')],
  ['a version of the future', changed(5, '0012')],
  ['data of a module', moduleData('0201')],
  ['data of a module without a time', moduleData('0501')],
  ...Array.from({ length: 14 }, (): [string, Uint8Array] => {
    const end = 10 + pick(dump.length - 10);
    return [`its first ${end} bytes`, dump.subarray(0, end)];
  }),
  ...Array.from({ length: 24 }, (): [string, Uint8Array] => {
    const bytes = Uint8Array.from(dump);
    const [at, bit] = [9 + pick(dump.length - 9), pick(8)];
    bytes[at]! ^= 1 << bit;
    return [`bit ${bit} of byte ${at} flipped`, bytes];
  }),
];

/** 7.0 does not know these types of 7.2. */
const namedExceptions = /Unknown RDB encoding type 2[01]|type 2[01] \(/;
/**
 * Without sanitize-dump-payload real Redis does not look into a packed collection before it is asked for, so the sum
 * of the file is what it finds wrong; here collections are unpacked as they are loaded.
 */
const unpackedEarlier = /integrity check failed/;

describeWithRedis('a start on a damaged snapshot beside the real server', () => {
  test.each([
    ['dump.rdb', 'no'],
    [BASE, 'yes'],
  ] as const)(
    '%s: the same log, report and exit code',
    async (path, appendonly) => {
      let reports = 0;
      for (const [name, bytes] of damaged) {
        const files = new Map<string, Uint8Array>([[path, bytes]]);
        if (appendonly === 'yes') files.set('appendonlydir/appendonly.aof.manifest', manifest);
        const theirs = await realEnd(files, appendonly);
        if (namedExceptions.test(theirs.lines.join('\n'))) continue;
        const ours = ourEnd(files, appendonly);
        // What the flip of a bit leaves readable is a matter of its own.
        if (theirs.code === null) continue;
        const expected = comparable(theirs);
        if (expected.lines.some((line) => line.startsWith('[offset 0] Checking RDB file')))
          reports++;
        if (
          unpackedEarlier.test(ours.lines.join('\n')) &&
          theirs.lines.join().includes('CRC error')
        ) {
          expect.soft({ name, code: ours.code }).toEqual({ name, code: theirs.code });
          continue;
        }
        expect.soft({ name, ...comparable(ours) }).toEqual({ name, ...expected });
      }
      expect(reports).toBeGreaterThan(20);
    },
    60_000,
  );
});
