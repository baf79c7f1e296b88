import { describe, expect, test } from 'vitest';
import { zipSync } from 'fflate';
import {
  isSafePath,
  readZip as readZipFile,
  ZipError,
} from '../../../src/worker/exchange/read-zip.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import { zipBytes } from '../../ui/files/zips.ts';

const readZip = (bytes: Uint8Array, options: Parameters<typeof readZipFile>[1] = {}) =>
  readZipFile(new Blob([bytes.slice()]), options);
const text = (bytes: Uint8Array | undefined): string => String.fromCharCode(...(bytes ?? []));

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof ZipError) return error.problem;
    throw error;
  }
}

test('the files of an archive that Python made come out by their paths', async () => {
  const files = await readZip(zipBytes('appendonlydir'));
  expect([...files.keys()]).toEqual([
    'appendonlydir/appendonly.aof.manifest',
    'appendonlydir/appendonly.aof.1.base.rdb',
    'appendonlydir/appendonly.aof.1.incr.aof',
  ]);
  expect(text(files.get('appendonlydir/appendonly.aof.1.incr.aof'))).toBe(
    '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$6\r\nuser:1\r\n$5\r\nAlice\r\n',
  );
  const stored = await readZip(zipBytes('stored'));
  expect(text(stored.get('dump.rdb'))).toBe('REDIS0011\xfa');
});

describe('refused', () => {
  test('names that leave the folder', async () => {
    expect(await problemOf(readZip(zipBytes('evil')))).toBe('name');
    for (const path of [
      '../a',
      'a/../b',
      '/etc/passwd',
      'a//b',
      'C:\\x',
      'C:x',
      'a\\b',
      '',
      './a',
      'a\0b',
    ]) {
      expect(isSafePath(path), path).toBe(false);
    }
    for (const path of ['a', 'a/b.aof', 'a/', '..a', 'a..b/c'])
      expect(isSafePath(path), path).toBe(true);
  });

  test('more bytes than the limit, claimed or not', async () => {
    const zip = zipSync({ bomb: new Uint8Array(3_000_000) });
    const limits = { bytes: 1_000_000, entries: 10 };
    expect(await problemOf(readZip(zip, { limits }))).toBe('too-big');
    // The same archive with a size that lies: the central directory claims one byte.
    const lying = zip.slice();
    const view = new DataView(lying.buffer);
    const central = lying.findLastIndex(
      (_, at) => at + 4 <= lying.length && view.getUint32(at, true) === 0x02014b50,
    );
    view.setUint32(central + 24, 1, true);
    expect(await problemOf(readZip(lying, { limits }))).toBe('lies');
  });

  test('a bomb of a few kilobytes comes out in many small pieces, between which the page lives and can stop it', async () => {
    const zip = zipSync({ bomb: new Uint8Array(16_000_000) });
    expect(zip.length).toBeLessThan(20_000);
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    const whole = await readZip(zip);
    clearInterval(counting);
    expect(whole.get('bomb')?.length).toBe(16_000_000);
    // At the most 1.1 MB at a time.
    expect(turns).toBeGreaterThanOrEqual(2);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 0);
    expect(await problemOf(readZip(zip, { signal: stop.signal }))).toBe('stopped');
  });

  test('too many entries', async () => {
    const zip = zipSync({ a: new Uint8Array(1), b: new Uint8Array(1), c: new Uint8Array(1) });
    expect(await problemOf(readZip(zip, { limits: { bytes: 100, entries: 2 } }))).toBe('too-many');
  });

  test('what is no archive, what is cut, what is encrypted', async () => {
    expect(await problemOf(readZip(new Uint8Array(0)))).toBe('not-a-zip');
    expect(await problemOf(readZip(new Uint8Array(100).fill(42)))).toBe('not-a-zip');
    const zip = zipBytes('appendonlydir');
    expect(await problemOf(readZip(zip.subarray(0, zip.length - 40)))).toBe('truncated');
    const encrypted = zip.slice();
    const view = new DataView(encrypted.buffer);
    const central = encrypted.findIndex(
      (_, at) => view.getUint32(Math.min(at, zip.length - 4), true) === 0x02014b50,
    );
    view.setUint16(central + 8, 1, true);
    expect(await problemOf(readZip(encrypted))).toBe('encrypted');
  });

  const seed = 7;
  test(`no flipped byte gets through as other content, and none is an unknown error (seed ${seed})`, async () => {
    const random = seedRandom(seed);
    const zip = zipBytes('appendonlydir');
    const whole = await readZip(zip);
    const wanted = new Set([...whole.values()].map(text));
    const problems = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const broken = zip.slice();
      const at = nextBelow(random, zip.length);
      broken[at] = (broken[at]! ^ (1 << nextBelow(random, 8))) & 0xff;
      try {
        const files = await readZip(broken);
        for (const content of files.values()) expect(wanted.has(text(content))).toBe(true);
      } catch (error) {
        if (!(error instanceof ZipError)) throw error;
        problems.add(error.problem);
      }
    }
    expect(problems).toContain('damaged');
  });
});

test('it can be stopped, and tells how far it is', async () => {
  const stop = new AbortController();
  const zip = zipSync(
    { a: Uint8Array.from({ length: 2_000_000 }, (_, i) => (i * 7919) >> 3) },
    { level: 0 },
  );
  const seen: number[] = [];
  const work = readZip(zip, {
    signal: stop.signal,
    progress: (unpacked) => {
      seen.push(unpacked);
      if (seen.length === 3) stop.abort();
    },
  });
  expect(await problemOf(work)).toBe('stopped');
  expect(seen).toHaveLength(3);
  expect(seen[2]!).toBeGreaterThan(seen[0]!);
});
