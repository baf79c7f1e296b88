/** Logs that the real redis-server writes and reads. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RealRedis, replyText, startRedis, words } from '../support/real-redis.ts';

export const redisIsInstalled = spawnSync('redis-server', ['--version']).status === 0;

export type LogFiles = ReadonlyMap<string, Uint8Array>;

const durable = ['--appendonly', 'yes', '--enable-debug-command', 'local'];

/** A server with its log in `folder`/appendonlydir, when it has loaded it. All that it acknowledged is there when it stops. */
export async function startLogging(folder: string, ...settings: string[]): Promise<RealRedis> {
  const redis = await startRedis('--dir', folder, ...durable, ...settings);
  // It listens before it loads.
  while (replyText((await redis.send([words('PING')]))[0]) !== 'PONG')
    await new Promise((done) => setTimeout(done, 20));
  return { ...redis, stop: (how = 'shut-down') => redis.stop(how) };
}

export async function digestOf(redis: RealRedis): Promise<string> {
  return replyText((await redis.send([words('DEBUG', 'DIGEST')]))[0]);
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'aof-lab-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The files of `folder`/appendonlydir, by their paths below `folder`. */
export function readLog(folder: string): LogFiles {
  const names = readdirSync(join(folder, 'appendonlydir'));
  return new Map(
    names.map((name) => [
      `appendonlydir/${name}`,
      new Uint8Array(readFileSync(join(folder, 'appendonlydir', name))),
    ]),
  );
}

export function writeLog(folder: string, files: LogFiles): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** What redis-server says when it is started on these files and does not come up. */
export function refusal(files: LogFiles): string {
  const { path, remove } = temporaryFolder();
  writeLog(path, files);
  const socket = join(path, 'socket');
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', path, '--save', '', ...durable];
  const { status, stdout } = spawnSync('redis-server', settings, {
    encoding: 'utf8',
    timeout: 10_000,
  });
  remove();
  if (status === null || status === 0) throw new Error(`redis-server started:\n${stdout}`);
  return stdout;
}

/** The digest after redis-server has loaded these files, after it has rewritten them, and what it wrote then. */
export async function loadAndRewrite(
  files: LogFiles,
): Promise<{ loaded: string; rewritten: string; check: string; files: LogFiles }> {
  const { path, remove } = temporaryFolder();
  writeLog(path, files);
  const manifest = [...files.keys()].find((name) => name.endsWith('.manifest'))!;
  const check = spawnSync('redis-check-aof', [join(path, manifest)], { encoding: 'utf8' });
  if (check.status !== 0) throw new Error(`redis-check-aof: ${check.stdout}${check.stderr}`);
  const settings = ['--aof-use-rdb-preamble', 'no'];
  const redis = await startLogging(path, ...settings);
  const loaded = await digestOf(redis);
  await rewriteLog(redis);
  await redis.stop();
  const again = await startLogging(path, ...settings);
  const rewritten = await digestOf(again);
  await again.stop();
  const after = readLog(path);
  remove();
  return { loaded, rewritten, check: check.stdout, files: after };
}

/** BGREWRITEAOF, to its end. */
export async function rewriteLog(redis: RealRedis): Promise<void> {
  const before = (await persistence(redis))('aof_rewrites');
  await redis.send([words('BGREWRITEAOF')]);
  for (;;) {
    const now = await persistence(redis);
    if (now('aof_last_bgrewrite_status') !== 'ok') throw new Error('BGREWRITEAOF failed');
    const ended = now('aof_rewrite_in_progress') === '0' && now('aof_rewrite_scheduled') === '0';
    if (ended && now('aof_rewrites') !== before) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function persistence(redis: RealRedis): Promise<(field: string) => string> {
  const text = replyText((await redis.send([words('INFO', 'persistence')]))[0]);
  return (field) => {
    const value = new RegExp(`^${field}:(.*)\r$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`INFO has no ${field}`);
    return value;
  };
}

/** Counts the commands of a log in RESP, without any code of the lab. */
export function commandsIn(log: Uint8Array): number {
  const bytes = Buffer.from(log.buffer, log.byteOffset, log.byteLength);
  let count = 0;
  let at = 0;
  const line = (): string => {
    const end = bytes.indexOf('\r\n', at);
    const text = bytes.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  while (at < bytes.length) {
    for (let left = Number(line().slice(1)); left > 0; left--) {
      const length = Number(line().slice(1));
      at += length + 2;
    }
    count++;
  }
  return count;
}
