/** Files that a real redis-server 7.0 writes, loaded here: the same data set, by its digest, and the same encodings. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ascii, type ByteString } from '../../src/base/bytes.ts';
import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';
import { encodingOf } from '../../src/engine/data/encoding.ts';
import {
  describeWithRedis,
  replyText,
  startRedis,
  words,
  type RealRedis,
} from '../support/real-redis.ts';
import { loadRdb } from './rdb-files.ts';
import { entryOf } from '../../src/engine/data/key-space.ts';

const SETTINGS: readonly (readonly string[])[] = [
  [],
  ['--rdbcompression', 'no'],
  ['--rdbchecksum', 'no'],
  ['--maxmemory-policy', 'allkeys-lru'],
  ['--maxmemory-policy', 'allkeys-lfu'],
  [
    '--list-max-listpack-size',
    '3',
    '--hash-max-listpack-entries',
    '4',
    '--zset-max-listpack-entries',
    '4',
    '--set-max-intset-entries',
    '4',
  ],
];

/** Values of every type and size, some with an expiry, in several databases. */
function commands(random: RandomState): ByteString[][] {
  const text = (): string => {
    const length = [1, 3, 11, 12, 21, 64, 65, 300, 5000, 20_000][nextBelow(random, 10)]!;
    if (nextBelow(random, 3) === 0) return 'abc'.repeat(length).slice(0, length);
    return Array.from({ length }, () => String.fromCharCode(nextBelow(random, 256))).join('');
  };
  const integer = (): string => {
    const bits = nextBelow(random, 63);
    const value = BigInt(nextBelow(random, 0x7fffffff)) << BigInt(Math.max(0, bits - 31));
    return String(nextBelow(random, 2) === 0 ? -value : value);
  };
  const item = (): string => (nextBelow(random, 2) === 0 ? integer() : text());
  const items = (count: number, make = item): string[] => Array.from({ length: count }, make);
  const count = (): number => 1 + nextBelow(random, 20);
  const all: ByteString[][] = [];
  for (let i = 0; i < 120; i++) {
    if (i % 30 === 0) all.push(words('SELECT', String(i / 10)));
    const key = `${i}`;
    const made = [
      () => ['SET', key, item()],
      () => ['SET', key, integer()],
      () => ['RPUSH', key, ...items(count())],
      () => ['SADD', key, ...items(count(), integer)],
      () => ['SADD', key, ...items(count())],
      () => ['HSET', key, ...items(2 * count())],
      () => ['HSET', key, ...items(2 * count(), integer)],
      () => [
        'ZADD',
        key,
        ...items(count()).flatMap((member) => [String(nextBelow(random, 1000) / 8 - 50), member]),
      ],
      () => ['RPUSH', key, ...items(600, integer)],
      () => ['SADD', key, ...items(200, integer)],
    ][i % 10]!();
    all.push(words(...made));
    if (i % 4 === 0) all.push(words('PEXPIREAT', key, String(4102444800000 + i)));
  }
  return all;
}

async function theirEncodings(
  real: RealRedis,
  databases: readonly number[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const id of databases) {
    const [, keys] = await real.send([words('SELECT', String(id)), words('KEYS', '*')]);
    if (keys?.type !== 'array') throw new Error('no keys');
    const names = keys.value.map((key) => replyText(key) as ByteString);
    const replies = await real.send(
      names.map((name) => [ascii('OBJECT'), ascii('ENCODING'), name]),
    );
    names.forEach((name, i) => found.set(`${id} ${name}`, replyText(replies[i])));
  }
  return found;
}

describeWithRedis('files of redis-server', () => {
  test.each(SETTINGS.map((settings) => ({ settings, name: settings.join(' ') || 'defaults' })))(
    '$name: dump.rdb and the base of a rewritten log are the data set that they were',
    async ({ settings, name }) => {
      const directory = mkdtempSync(join(tmpdir(), 'real-rdb-'));
      const real = await startRedis(
        '--dir',
        directory,
        '--enable-debug-command',
        'yes',
        ...settings,
      );
      try {
        await real.send(commands(seedRandom(name)));
        const [digest] = await real.send([words('DEBUG', 'DIGEST')]);
        await real.send([words('SAVE'), words('CONFIG', 'SET', 'appendonly', 'yes')]);
        const snapshot = readFileSync(join(directory, 'dump.rdb'));
        const loaded = loadRdb(snapshot);
        expect(loaded.lines.at(-1)).toMatch('keys loaded: 120, keys expired: 0.');
        expect(loaded.step).toEqual({ kind: 'done', end: snapshot.length });
        expect(loaded.digest()).toBe(replyText(digest));

        const base = await baseOf(directory);
        expect(loadRdb(base, { kind: 'aof-base' }).digest()).toBe(replyText(digest));
        if (name !== 'defaults') return;
        for (const [place, theirs] of await theirEncodings(real, [0, 3, 6, 9])) {
          const [id, key] = place.split(' ', 2);
          const { value } = entryOf(loaded.engine.databases[Number(id)]!.space, ascii(key!))!;
          // Since 7.2 short lists are listpacks, and short sets of texts too.
          if (theirs === 'quicklist' || theirs === 'hashtable') continue;
          expect(encodingOf(value), place).toBe(theirs);
        }
      } finally {
        await real.stop();
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});

/** The first base, once the rewrite that makes it is done. */
async function baseOf(directory: string): Promise<Uint8Array> {
  const folder = join(directory, 'appendonlydir');
  for (let attempt = 0; attempt < 200; attempt++) {
    const names = readdirSync(folder);
    const base = names.find((name) => name.endsWith('.base.rdb'));
    if (base !== undefined && names.includes('appendonly.aof.manifest'))
      return readFileSync(join(folder, base));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('there is no base');
}
