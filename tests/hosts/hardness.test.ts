import { connect, type Socket } from 'node:net';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithRedis, startRedis, words, type RealRedis } from '../support/real-redis.ts';
import { startHost, temporaryDirectories, until, useHost, type Host } from './host.ts';

useHost();
const directory = temporaryDirectories();

let host: Host;
beforeAll(async () => {
  host = await startHost(directory(), '--enable-debug-command', 'yes');
});
afterAll(() => host.stop());

/** What a server has to bear, as bytes on a connection of its own, and where its answer ends if it does not hang up. */
const burdens: Readonly<Record<string, readonly [bytes: string, until?: string]>> = {
  'an array header of 2^31': ['*2147483648\r\n'],
  'an array header of 2^63': ['*9223372036854775808\r\n'],
  'an array of no sense': ['*x\r\n'],
  'a bulk header of 600 MB': ['*2\r\n$3\r\nGET\r\n$600000000\r\n'],
  'a bulk header below zero': ['*1\r\n$-5\r\n'],
  'an inline request of more than 64 KB': ['x'.repeat(65 * 1024 + 100)],
  'unbalanced quotes': ['SET a "b\r\n'],
  'arrays within arrays': ['*1\r\n'.repeat(10_000)],
  'a SETRANGE to 1 GB': ['SETRANGE k 1073741823 x\r\n', '\r\n'],
  'a SETBIT beyond 512 MB': ['SETBIT k 4294967296 1\r\n', '\r\n'],
  'an APPEND of more than there may be': [
    'CONFIG SET proto-max-bulk-len 1mb\r\nSETRANGE big 1048575 x\r\nAPPEND big y\r\nCONFIG SET proto-max-bulk-len 512mb\r\nDEL big\r\n',
    ':1\r\n',
  ],
  'an HTTP request that posts': ['POST / HTTP/1.1\r\nHost: x\r\n\r\nSET a 1\r\n'],
  'an HTTP request that gets': ['GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  'a command of nothing': ['*1\r\n$0\r\n\r\nPING\r\n', '+PONG\r\n'],
  'a text nested too deeply': [
    "EVAL \"return redis.pcall('ECHO', cjson.decode(string.rep('[', 100000)))\" 0\r\n",
    '\r\n',
  ],
};

describeWithRedis('what would bring a server down gets the answer of the real one', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis();
  });
  afterAll(() => real.stop());

  test.each(Object.entries(burdens))('%s', async (_name, [bytes, end]) => {
    const expected = await real.exchange(Buffer.from(bytes, 'latin1'), end);
    expect(await host.exchange(bytes, end)).toBe(expected);
    expect(await host.send('PING')).toEqual([{ type: 'status', value: 'PONG' }]);
  });
});

test('an array that is announced and never comes takes no memory, and nobody waits for it', async () => {
  const before = memory();
  const sockets = await Promise.all(
    Array.from({ length: 50 }, () => sending('*2147483647\r\n$500000000\r\nxx')),
  );
  expect(await host.send('PING')).toEqual([{ type: 'status', value: 'PONG' }]);
  expect(memory() - before).toBeLessThan(64 * 1024 * 1024);
  for (const socket of sockets) socket.destroy();
});

test('patterns made to be slow are not', async () => {
  const key = 'a'.repeat(4000);
  await host.send(`SET ${key} 1`);
  const pattern = `${'a*'.repeat(60)}b`;
  const startedAt = performance.now();
  const replies = await host.send(
    `KEYS ${pattern}`,
    `SCAN 0 MATCH ${pattern} COUNT 100`,
    `PSUBSCRIBE ${pattern}`,
    `PUNSUBSCRIBE`,
    `ACL SETUSER slow on nopass +@all ~${pattern}`,
    `ACL DRYRUN slow GET ${key}`,
    `CONFIG GET ${pattern}`,
  );
  expect(performance.now() - startedAt).toBeLessThan(3000);
  expect(replies[0]).toEqual({ type: 'array', value: [] });
  expect(replies[1]).toEqual({
    type: 'array',
    value: [
      { type: 'bulk', value: '0' },
      { type: 'array', value: [] },
    ],
  });
});

test('a client that sends without end, or listens without reading, is dropped at its limit', async () => {
  await host.send(
    'CONFIG SET client-query-buffer-limit 1048576',
    'CONFIG SET proto-max-bulk-len 512mb',
  );
  const flooding = await sending(`*2\r\n$4\r\nECHO\r\n$400000000\r\n${'x'.repeat(3 << 20)}`);
  await closed(flooding);
  expect(host.output()).toContain('Closing client that reached max query buffer length');
  await host.send('CONFIG SET client-query-buffer-limit 1gb');
  expect(
    await sendWords(['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 1mb 0 0']),
  ).toContain('+OK');
  const listener = await sending('SUBSCRIBE c\r\n');
  listener.pause();
  await until(async () => {
    await host.send(...Array.from({ length: 20 }, () => `PUBLISH c ${'x'.repeat(100_000)}`));
    return host.output().includes('overcoming of output buffer limits');
  });
  listener.destroy();
});

test('a client that does not read is shown with what waits for it', async () => {
  await host.send(`SET big ${'x'.repeat(4_000_000)}`);
  const lazy = await sending('CLIENT SETNAME lazy\r\n');
  lazy.pause();
  lazy.write('GET big\r\n'.repeat(10));
  await until(async () => {
    const [list] = await host.send('CLIENT LIST');
    const line = JSON.stringify(list)
      .split('\\n')
      .find((each) => each.includes('name=lazy'));
    return Number(/ omem=(\d+)/.exec(line ?? '')?.[1]) > 10_000_000 && / events=rw/.test(line!);
  });
  lazy.destroy();
  await host.send('DEL big');
});

test('a Unix socket is listened on, with the mode that was asked for', async () => {
  const folder = directory();
  const path = join(folder, 'redis.sock');
  const own = await startHost(folder, '--unixsocket', path, '--unixsocketperm', '700');
  try {
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(path, () => socket.write('CLIENT INFO\r\nQUIT\r\n'));
      socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toContain(` addr=${path}:0 laddr=${path}:0 `);
    expect(answer.endsWith('+OK\r\n')).toBe(true);
  } finally {
    await own.stop('SIGTERM');
  }
  expect(existsSync(path)).toBe(false);
});

test('maxmemory-clients: the largest clients go, except those who asked not to', async () => {
  const sent = (bytes: number): string => `*2\r\n$4\r\nECHO\r\n$9000000\r\n${'x'.repeat(bytes)}`;
  const kept = await sending(`CLIENT NO-EVICT on\r\n${sent(1_900_000)}`);
  const evicted = await sending(sent(5_000_000));
  await until(async () => {
    const [list] = await host.send('CLIENT LIST');
    const waiting = [...JSON.stringify(list).matchAll(/ qbuf=(\d+)/g)];
    return waiting.reduce((sum, [, bytes]) => sum + Number(bytes), 0) > 6_890_000;
  });
  await host.send('CONFIG SET maxmemory-clients 6mb', 'PING');
  await closed(evicted);
  expect(kept.destroyed).toBe(false);
  await until(() => host.output().includes('Evicting client: id='));
  const [info] = await host.send('INFO stats');
  expect(JSON.stringify(info)).toContain('evicted_clients:1');
  await host.send('CONFIG SET maxmemory-clients 0');
  kept.destroy();
});

test('users stand in a file of their own, which is read at the start and on demand, and written', async () => {
  const folder = directory();
  const file = join(folder, 'users.acl');
  writeFileSync(file, 'user default on nopass ~* &* +@all\nuser bob on >secret ~b* +@read\n');
  const own = await startHost(folder, '--aclfile', file);
  try {
    expect(await own.exchange('AUTH bob secret\r\nGET b1\r\nGET a\r\nQUIT\r\n')).toBe(
      '+OK\r\n$-1\r\n-NOPERM No permissions to access a key\r\n+OK\r\n',
    );
    await own.send('ACL SETUSER alice on nopass +ping', 'ACL SAVE', 'ACL DELUSER bob');
    expect(await own.send('ACL LOAD', 'ACL USERS')).toMatchObject([
      { value: 'OK' },
      { value: [{ value: 'alice' }, { value: 'bob' }, { value: 'default' }] },
    ]);
    writeFileSync(file, 'user bob on\nuser bob off\n');
    expect(await own.send('ACL LOAD')).toMatchObject([
      {
        type: 'error',
        value: expect.stringContaining("Duplicate user 'bob' found on line 2") as string,
      },
    ]);
    expect(await own.exchange('AUTH bob secret\r\nQUIT\r\n')).toBe('+OK\r\n+OK\r\n');
  } finally {
    await own.stop();
  }
});

test('commands have the names that the configuration gives them', async () => {
  const own = await startHost(
    directory(),
    '--rename-command',
    'FLUSHALL',
    'WIPE',
    '--rename-command',
    'KEYS',
    '',
  );
  try {
    expect(await own.send('SET a 1', 'FLUSHALL', 'KEYS *', 'wipe', 'DBSIZE')).toMatchObject([
      { value: 'OK' },
      { value: "ERR unknown command 'FLUSHALL', with args beginning with: " },
      { value: "ERR unknown command 'KEYS', with args beginning with: '*' " },
      { value: 'OK' },
      { value: 0 },
    ]);
  } finally {
    await own.stop();
  }
});

function memory(): number {
  const pid = host.process.pid ?? 0;
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4096;
}

function sending(bytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(host.port, '127.0.0.1', () => {
      socket.write(bytes, 'latin1', () => resolve(socket));
    });
    socket.on('error', (error) => {
      if (socket.connecting) reject(error);
    });
    socket.on('data', () => undefined);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

function sendWords(argv: readonly string[]): Promise<string> {
  const request = words(...argv).map((word) => `$${word.length}\r\n${word}\r\n`);
  return host.exchange(`*${request.length}\r\n${request.join('')}`, '\r\n');
}
