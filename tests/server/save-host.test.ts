/** Snapshots on real files: the Node host, and files of a real redis-server. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  argvOf,
  digestOf,
  startHost,
  temporaryDirectories,
  until,
  useHost,
  type Host,
} from '../hosts/host.ts';
import {
  connectSoon,
  describeWithRedis,
  freePort,
  replyText,
  sendAll,
} from '../support/real-redis.ts';
import { loadRdb } from '../persistence/rdb-files.ts';

useHost();
const directory = temporaryDirectories();
const DEBUG = ['--enable-debug-command', 'yes'];

async function field(host: Host, name: string): Promise<string> {
  const text = replyText((await host.send('INFO persistence'))[0]);
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(text)?.[1] ?? '';
}

test('BGSAVE writes what was there while clients change it, and SHUTDOWN what is there in the end', async () => {
  const dir = directory();
  const host = await startHost(
    dir,
    '--appendonly',
    'no',
    ...DEBUG,
    '--rdb-key-save-delay',
    '20000',
    '--save',
    '3600 1',
  );
  await host.send('DEBUG POPULATE 20', 'RPUSH list a b c');
  const digest = await digestOf(host);
  await host.send('BGSAVE');
  // A child that is slow keeps nobody waiting.
  for (let i = 0; i < 20; i++)
    await host.send(`SET key:${i} changed`, 'RPUSH list d', `SET new:${i} 1`);
  expect(await field(host, 'rdb_bgsave_in_progress')).toBe('1');
  await until(async () => (await field(host, 'rdb_bgsave_in_progress')) === '0');
  expect(loadRdb(readFileSync(join(dir, 'dump.rdb'))).digest()).toBe(digest);
  expect(host.output()).toMatch(/:C .* \* DB saved on disk/);

  const last = await digestOf(host);
  await host.send('CONFIG SET rdb-key-save-delay 0');
  expect(await host.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  const again = await startHost(dir, '--appendonly', 'no', ...DEBUG);
  expect(await digestOf(again)).toBe(last);
  expect(again.output()).toMatch(
    /Done loading RDB, keys loaded: 41, keys expired: 0\.\n.*DB loaded from disk/,
  );
  await again.stop();
});

test('a killed child leaves nothing but the old file', async () => {
  const dir = directory();
  const host = await startHost(
    dir,
    '--appendonly',
    'no',
    ...DEBUG,
    '--rdb-key-save-delay',
    '50000',
  );
  await host.send('DEBUG POPULATE 100', 'BGSAVE');
  await until(() => readdirSync(dir).some((name) => /^temp-\d+\.rdb$/.test(name)));
  await host.send('FLUSHALL');
  await until(async () => (await field(host, 'rdb_bgsave_in_progress')) === '0');
  expect(host.output()).toContain('Background saving terminated by signal 10');
  expect(existsSync(join(dir, 'dump.rdb'))).toBe(false);
  await until(() => readdirSync(dir).length === 0);
  await host.stop();
});

describeWithRedis('what redis-server left', () => {
  const DATA = [
    ...[
      'SET a 1',
      'SET text hello',
      'SET e v PXAT 4102444800000',
      'RPUSH l 1 2 x',
      'SADD s 1 2 3',
      'SADD t a b',
    ],
    ...['HSET h f v n 1', 'ZADD z 1.5 a 2 b', 'SELECT 5', 'SET other 1'],
  ];

  test.each(['no', 'yes'])('is loaded here, with appendonly %s', async (appendOnly) => {
    const dir = directory();
    const port = await freePort();
    const args = [
      '--port',
      String(port),
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      appendOnly,
      ...DEBUG,
    ];
    const real = spawn('redis-server', args, { stdio: 'ignore' });
    const socket = await connectSoon(port, real);
    const send = (...lines: string[]) => sendAll(socket, lines.map(argvOf));
    await send(...DATA);
    await send(appendOnly === 'yes' ? 'BGREWRITEAOF' : 'SAVE');
    const base = join(dir, 'appendonlydir', 'appendonly.aof.2.base.rdb');
    if (appendOnly === 'yes')
      await until(() => existsSync(base) && !existsSync(base.replace('.2.', '.1.')));
    await send('SET tail 1');
    if (appendOnly === 'no') await send('SAVE');
    const digest = replyText((await send('DEBUG DIGEST'))[0]);
    const ended = new Promise((resolve) => real.once('exit', resolve));
    real.kill('SIGTERM');
    await ended;
    socket.destroy();

    const host = await startHost(dir, '--appendonly', appendOnly, ...DEBUG);
    expect(await digestOf(host)).toBe(digest);
    expect(host.output()).toContain('Loading RDB produced by version 7.0.');
    await host.stop();
  });
});
