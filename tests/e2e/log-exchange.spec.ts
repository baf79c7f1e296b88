/** Logs go both ways between the lab and the real redis-server, and mean the same data. */
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteString } from '../../src/base/bytes.ts';
import { quoteBytes } from '../../src/base/quote-bytes.ts';
import { seedRandom } from '../../src/base/random.ts';
import { commandTable } from '../../src/engine/command-table.ts';
import { type RealRedis, replyText, words } from '../support/real-redis.ts';
import { dropOnFiles, importEnds, openFiles } from './drop.ts';
import { consoleShows, openLab, send, type } from './lab-page.ts';
import {
  commandsIn,
  digestOf,
  loadAndRewrite,
  readLog,
  redisIsInstalled,
  refusal,
  rewriteLog,
  startLogging,
  temporaryFolder,
  writeLog,
  type LogFiles,
} from './redis-log.ts';
import { traffic, trafficNames } from './redis-traffic.ts';

test.skip(!redisIsInstalled && process.env['CI'] === undefined, 'redis-server is not installed');

const seed = Number(process.env['SEED'] ?? 20_240_109);

const bases = ['an empty snapshot', 'a snapshot', 'a base of commands'] as const;

for (const base of bases) {
  test(`a log that redis-server writes, with ${base} at its beginning, is the same data in the lab`, async ({
    page,
  }) => {
    const folder = temporaryFolder();
    const preamble = base === 'a base of commands' ? 'no' : 'yes';
    const redis = await startLogging(folder.path, '--aof-use-rdb-preamble', preamble);
    const random = seedRandom(seed);
    await redis.send(traffic(random, 4_000));
    if (base !== 'an empty snapshot') await rewriteLog(redis);
    await redis.send(traffic(random, 50_000));
    await redis.send([words('SELECT', '0'), ...brief('PX')]);
    await expireBrief(redis);
    await restoreCopies(redis);
    const expected = await digestOf(redis);
    await redis.stop();
    const log = [...readLog(folder.path)];
    const written = log
      .filter(([name]) => name.endsWith('.incr.aof'))
      .reduce((sum, [, bytes]) => sum + commandsIn(bytes), 0);
    expect(written).toBeGreaterThanOrEqual(20_000);
    expect(log.some(([name]) => name.endsWith(preamble === 'yes' ? 'base.rdb' : 'base.aof'))).toBe(
      true,
    );

    await openLab(page);
    await send(page, 'SET old data');
    const start = performance.now();
    await dropOnFiles(page, join(folder.path, 'appendonlydir'));
    const said = await importEnds(page, 'loaded');
    const seconds = (performance.now() - start) / 1000;
    expect(await send(page, 'DEBUG DIGEST')).toBe(expected);
    expect(expected).not.toBe('0'.repeat(40));
    test.info().annotations.push({
      type: 'figures',
      description: `seed ${seed}, ${written} commands in the log, ${seconds.toFixed(1)} s; ${said}`,
    });
    console.log(test.info().annotations.at(-1)!.description);
    folder.remove();
  });
}

test('a log that the page writes is the same data in redis-server, before and after its rewrite', async ({
  page,
}) => {
  await openLab(page, { seed });
  const writes = [...commandTable.values()].filter(({ facts }) => facts.flags.includes('write'));
  // A command that is new here belongs into redis-traffic.ts. FLUSHALL has its turn below. What DUMP gives under 7.2,
  // servers before 7.2 do not restore: such logs go the other way only. MIGRATE reaches nobody, PFDEBUG is for tests of
  // Redis itself.
  expect(writes.map(({ facts }) => facts.name).filter((name) => !trafficNames.has(name))).toEqual([
    'flushall',
    'migrate',
    'pfdebug',
    'restore',
    'restore-asking',
  ]);
  await writeInThePage(page);
  const expected = await send(page, 'DEBUG DIGEST');

  const log = await download(page);
  expect(await exported(page)).toEqual(log);
  const old = await withBaseOf(log);
  const commands = commandsIn(old.get('appendonlydir/appendonly.aof.1.incr.aof')!);
  const inRedis = await loadAndRewrite(old);
  expect(inRedis.check).toContain('All AOF files and manifest are valid');
  expect(inRedis.loaded).toBe(expected);
  expect(inRedis.rewritten).toBe(expected);

  // Servers before 7.2 could not read a snapshot of 7.2.
  expect(await send(page, 'CONFIG SET aof-use-rdb-preamble no')).toBe('OK');
  expect(await send(page, 'BGREWRITEAOF')).toBe('Background append only file rewriting started');
  await expect.poll(async () => [...(await exported(page)).keys()].join()).toContain('.2.base.aof');
  const rewritten = await download(page);
  expect([...rewritten.keys()].sort()).toEqual([
    'appendonlydir/appendonly.aof.2.base.aof',
    'appendonlydir/appendonly.aof.2.incr.aof',
    'appendonlydir/appendonly.aof.manifest',
  ]);
  const again = await loadAndRewrite(rewritten);
  expect(again.check).toContain('All AOF files and manifest are valid');
  expect(again.loaded).toBe(expected);
  expect(again.rewritten).toBe(expected);

  // And home again, as redis-server rewrote it.
  const folder = temporaryFolder();
  writeLog(folder.path, again.files);
  await dropOnFiles(page, join(folder.path, 'appendonlydir'));
  await importEnds(page, 'loaded');
  expect(await send(page, 'DEBUG DIGEST')).toBe(expected);
  folder.remove();
  console.log(`seed ${seed}, ${commands} commands in the page's log, digest ${expected}`);
});

/** What a person types, what a script sends, and a workload, with keys that expire meanwhile. */
async function writeInThePage(page: Page): Promise<void> {
  await type(page, 'SET gone 1');
  await type(page, 'FLUSHALL');
  await type(page, 'SET "key with spaces" "\\x00\\xff\\r\\n"');
  await type(page, 'SET 🦊 日本');
  for (const line of ['MULTI', 'INCR typed', 'HSET __proto__ __proto__ 1', 'EXEC']) {
    await type(page, line);
  }
  await consoleShows(page, '2) (integer) 1');
  const lines = [...traffic(seedRandom(seed + 1), 3_000), ...brief('EX')].map((argv) =>
    argv.map((word) => quoteBytes(word)).join(' '),
  );
  const errors = await page.evaluate(async (all) => {
    const replies = await Promise.all(all.map((line) => window.aofLab.send(line)));
    return replies.filter(({ text }) => text.startsWith('(error)')).map(({ text }) => text);
  }, lines);
  // Traffic errs as far as it must (a string that is no number), and does not fail as a whole.
  expect(errors.length).toBeLessThan(lines.length / 3);
  await page.evaluate(async () => {
    await window.aofLab.workload({
      rate: 500,
      mix: [
        'SET w:{n} {v}',
        'INCR w:{k}',
        'SET w:e:{n} 1 PX 300',
        'RPUSH w:l:{k} {v}',
        'DEL w:{k}',
      ],
      transactions: 3,
    });
    await window.aofLab.advance(3_000);
    await window.aofLab.workload(null);
    await window.aofLab.advance(3_000);
  });
  expect(await send(page, 'EXISTS brief:0 brief:1')).toBe('(integer) 0');
}

/** Keys that expire while the test runs, so that the log has the DEL of an expired key. */
function brief(unit: 'PX' | 'EX'): ByteString[][] {
  return Array.from({ length: 20 }, (_, i) => words('SET', `brief:${i}`, 'x', unit, '1'));
}

async function expireBrief(redis: RealRedis): Promise<void> {
  await new Promise((done) => setTimeout(done, 20));
  // Looking at an expired key deletes it.
  await redis.send([words('EXISTS', ...brief('PX').map(([, key]) => key!))]);
}

/** Values in the format of snapshots, in the log itself. */
async function restoreCopies(redis: RealRedis): Promise<void> {
  await redis.send([words('HSET', 'original', 'field', 'value')]);
  const [dump] = await redis.send([words('DUMP', 'original')]);
  const payload = replyText(dump);
  for (const name of ['RESTORE', 'RESTORE-ASKING']) {
    const [reply] = await redis.send([words(name, `copy by ${name}`, '100000000', payload)]);
    expect(replyText(reply)).toBe('OK');
  }
}

/** What the button of the Files pane hands over, unpacked. */
async function download(page: Page): Promise<LogFiles> {
  await openFiles(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download appendonlydir' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('appendonlydir.zip');
  return new Map(Object.entries(unzipSync(new Uint8Array(readFileSync(await file.path())))));
}

async function exported(page: Page): Promise<LogFiles> {
  const files = await page.evaluate(async () =>
    [...(await window.aofLab.export('appendonlydir'))].map(
      ([name, bytes]) => [name, [...bytes]] as const,
    ),
  );
  return new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
}

/**
 * 7.2 begins a log with an empty snapshot of RDB version 11, which servers before 7.2 refuse. For those the base alone
 * is replaced, by the empty one that the server at hand begins its own logs with.
 */
async function withBaseOf(log: LogFiles): Promise<LogFiles> {
  const name = 'appendonlydir/appendonly.aof.1.base.rdb';
  const folder = temporaryFolder();
  const redis = await startLogging(folder.path);
  await redis.stop();
  const own = readLog(folder.path).get(name)!;
  folder.remove();
  const version = (bytes: Uint8Array): number => Number(Buffer.from(bytes.slice(5, 9)).toString());
  expect(version(log.get(name)!)).toBe(11);
  if (version(own) >= 11) return log;
  expect(refusal(log)).toContain("Can't handle RDB format version 11");
  return new Map([...log, [name, own]]);
}
