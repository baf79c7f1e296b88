import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithRedis, startRedis, type RealRedis } from '../support/real-redis.ts';
import { startHost, temporaryDirectories, until, useHost, type Host } from './host.ts';

useHost();
const directory = temporaryDirectories();

let host: Host;
beforeAll(async () => {
  host = await startHost(directory(), '--appendonly', 'yes');
});
afterAll(() => host.stop());

describe('clients that were made for Redis', () => {
  test('ioredis sets, gets, pipelines and runs transactions', async () => {
    const client = new Redis(host.port);
    expect(await client.set('io', 'größe')).toBe('OK');
    expect(await client.get('io')).toBe('größe');
    expect(await client.pipeline().incr('ion').incr('ion').get('ion').exec()).toEqual([
      [null, 1],
      [null, 2],
      [null, '2'],
    ]);
    expect(await client.multi().set('iot', '1').incrby('iot', 4).exec()).toEqual([
      [null, 'OK'],
      [null, 5],
    ]);
    expect(await client.info('server')).toContain('redis_version:7.2.4');
    await expect(client.call('nosuch', 'x')).rejects.toThrow("ERR unknown command 'nosuch'");
    expect(await client.quit()).toBe('OK');
  });

  test('node-redis does the same, in RESP2 and RESP3', async () => {
    for (const RESP of [2, 3] as const) {
      const client = createClient({ RESP, socket: { port: host.port, host: '127.0.0.1' } });
      await client.connect();
      expect(await client.set('nr', 'größe')).toBe('OK');
      expect(await client.get('nr')).toBe('größe');
      expect(
        await Promise.all([client.set('nrn', '1'), client.incr('nrn'), client.get('nrn')]),
      ).toEqual(['OK', 2, '2']);
      expect(await client.multi().set('nrt', '1').incrBy('nrt', 4).exec()).toEqual(['OK', 5]);
      expect(await client.hSet('nrh', { f: 'v' })).toBeGreaterThanOrEqual(0);
      expect({ ...(await client.hGetAll('nrh')) }).toEqual({ f: 'v' });
      await client.close();
    }
  });

  test('redis-cli talks to it, line by line and with a script of commands', () => {
    const cli = (input: string, ...args: string[]): string => {
      const run = spawnSync('redis-cli', ['-p', String(host.port), ...args], {
        input,
        encoding: 'utf8',
      });
      return run.stdout;
    };
    expect(cli('', 'SET', 'cli', 'a value')).toBe('OK\n');
    expect(cli('GET cli\nMULTI\nINCR clin\nEXEC\nGET nothing\n')).toBe(
      'a value\nOK\nQUEUED\n1\n\n',
    );
    expect(cli('', '-3', 'HGETALL', 'nohash')).toBe('\n');
    expect(cli('*3\r\n$3\r\nSET\r\n$2\r\npi\r\n$1\r\n3\r\n', '--pipe')).toContain(
      'errors: 0, replies: 1',
    );
  });

  test('redis-benchmark runs its default tests, one by one, pipelined and over many keys', () => {
    const benchmark = (...args: string[]): string[] => {
      const run = spawnSync('redis-benchmark', ['-p', String(host.port), '--csv', ...args], {
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      return run.stdout.split('\n').flatMap((row) => /^"([^"]+)","[1-9]/.exec(row)?.[1] ?? []);
    };
    const all = benchmark('-n', '300', '-c', '5');
    for (const name of ['PING_INLINE', 'SET', 'LPUSH', 'ZADD', 'LRANGE_600 (first 600 elements)'])
      expect(all).toContain(name);
    expect(all.length).toBeGreaterThanOrEqual(19);
    expect(benchmark('-n', '2000', '-P', '16', '-r', '1000', '-t', 'set,get,incr,zadd')).toEqual([
      'SET',
      'GET',
      'INCR',
      'ZADD',
    ]);
    expect(benchmark('-n', '100', '-3', '-t', 'hset')).toEqual(['HSET']);
  });

  test('redis-cli speaks RESP3, follows keys and counts them', () => {
    const cli = (...args: string[]): string =>
      spawnSync('redis-cli', ['-p', String(host.port), ...args], { encoding: 'utf8' }).stdout;
    expect(cli('-3', 'HSET', 'clih', 'f', 'v')).toBe('1\n');
    expect(cli('-3', '--no-raw', 'HGETALL', 'clih')).toBe('1# "f" => "v"\n');
    expect(cli('--scan', '--pattern', 'clih*')).toBe('clih\n');
    expect(cli('--bigkeys')).toContain('Biggest   hash found');
    expect(cli('--memkeys')).toContain('Biggest   hash found');
    expect(cli('-r', '2', 'INCR', 'clir')).toBe('1\n2\n');
    expect(cli('--json', 'HGETALL', 'clih')).toBe('{"f":"v"}\n');
  });

  test('a Unix socket serves as a port does', async () => {
    const dir = directory();
    const path = join(dir, 'redis.sock');
    const other = await startHost(dir, '--unixsocket', path, '--unixsocketperm', '700');
    expect(other.output()).toContain('* Ready to accept connections unix\n');
    const client = new Redis({ path });
    expect(await client.set('a', '1')).toBe('OK');
    expect(await client.client('INFO')).toContain(` addr=${path}:0 `);
    client.disconnect();
    await other.stop('SIGTERM');
  });
});

describe('a connection', () => {
  test('gets its replies in order, however its requests are cut into pieces', async () => {
    const requests = 'SET piece 1\r\n*2\r\n$3\r\nGET\r\n$5\r\npiece\r\nECHO "a b"\r\nQUIT\r\n';
    const answer = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(host.port, '127.0.0.1', () => {
        socket.setNoDelay(true);
        void sendSlowly();
      });
      const sendSlowly = async (): Promise<void> => {
        for (const char of requests) {
          socket.write(char);
          await new Promise((next) => setTimeout(next, 1));
        }
      };
      socket.on('data', (data) => (got += data.toString('latin1')));
      socket.on('close', () => resolve(got));
    });
    expect(answer).toBe('+OK\r\n$1\r\n1\r\n$3\r\na b\r\n+OK\r\n');
  });

  test('that sends and hangs up at once has its commands executed and is answered', async () => {
    const answer = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect({ port: host.port, host: '127.0.0.1', allowHalfOpen: true }, () => {
        socket.end('SET half 1\r\nGET half\r\n');
      });
      socket.on('data', (data) => (got += data.toString('latin1')));
      socket.on('close', () => resolve(got));
    });
    expect(answer).toBe('+OK\r\n$1\r\n1\r\n');
  });

  test('that reads nothing for a while gets all of a large answer in the end', async () => {
    await host.send(`SET large ${'x'.repeat(1_000_000)}`);
    const TIMES = 40;
    const length = await new Promise<number>((resolve) => {
      let got = 0;
      const socket = connect(host.port, '127.0.0.1', () => {
        socket.pause();
        socket.write(`${'GET large\r\n'.repeat(TIMES)}QUIT\r\n`);
        setTimeout(() => socket.resume(), 300);
      });
      socket.on('data', (data) => (got += data.length));
      socket.on('close', () => resolve(got));
    });
    expect(length).toBe(TIMES * ('$1000000\r\n'.length + 1_000_002) + '+OK\r\n'.length);
    expect(await host.send('DEL large')).toEqual([{ type: 'integer', value: 1 }]);
  });

  test('changes its protocol with HELLO and no reply before it', async () => {
    const answer = await host.exchange('GET nothing\r\nHELLO 3\r\nGET nothing\r\nQUIT\r\n');
    expect(answer.startsWith('$-1\r\n%7\r\n')).toBe(true);
    expect(answer.endsWith('*0\r\n_\r\n+OK\r\n')).toBe(true);
  });

  test('one too many is refused, and takes no place', async () => {
    const small = await startHost(directory(), '--maxclients', '2');
    const [first, second] = [new Redis(small.port), await small.exchange('PING\r\n', 'PONG')];
    expect([await first.ping(), second]).toEqual(['PONG', '+PONG\r\n']);
    await until(async () => {
      const [clients] = await small.send('INFO clients');
      return clients?.type === 'bulk' && clients.value.includes('connected_clients:2');
    });
    expect(await small.exchange('')).toBe('-ERR max number of clients reached\r\n');
    first.disconnect();
    await until(async () => (await small.exchange('PING\r\nQUIT\r\n')).startsWith('+PONG'));
    await small.stop();
  });

  test('that idles for longer than `timeout` is closed', async () => {
    const strict = await startHost(directory(), '--timeout', '1');
    expect(await strict.exchange('PING\r\n')).toBe('+PONG\r\n');
    await strict.stop();
  });

  test('that is killed by another one closes', async () => {
    const client = new Redis(host.port, { retryStrategy: null, lazyConnect: true });
    await client.connect();
    const id = await client.client('ID');
    const closed = new Promise((resolve) => client.once('end', resolve));
    expect(await host.send(`CLIENT KILL ID ${id}`)).toEqual([{ type: 'integer', value: 1 }]);
    await closed;
  });

  test('waits with WAITAOF until its write is on disk, and its next command waits for that', async () => {
    const answer = await host.exchange('SET w 1\r\nWAITAOF 1 0 5000\r\nGET w\r\nQUIT\r\n');
    expect(answer).toBe('+OK\r\n*2\r\n:1\r\n:0\r\n$1\r\n1\r\n+OK\r\n');
  });
});

describeWithRedis('what a client does wrong is answered as redis-server answers it', () => {
  let real: RealRedis;
  let withPassword: { readonly real: RealRedis; readonly host: Host };
  beforeAll(async () => {
    real = await startRedis();
    withPassword = {
      real: await startRedis('--requirepass', 'secret'),
      host: await startHost(directory(), '--requirepass', 'secret'),
    };
  });
  afterAll(async () => {
    await Promise.all([real.stop(), withPassword.real.stop(), withPassword.host.stop()]);
  });

  test.each([
    '*2147483648\r\n',
    '*1\r\n$600000000\r\n',
    '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$99999999999\r\n',
    '*-99999999999999999999\r\n',
    '*1\r\nx\r\n',
    'SET a "unbalanced\r\n',
    'PING\r\nSET before 1\r\n*x\r\nSET after 1\r\n',
    `${'x'.repeat(70_000)}`,
    'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET evil 1\r\n',
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET evil 1\r\n',
    'SET good 1\r\npost\r\nSET evil 1\r\n',
    'NOSUCH a b\r\nQUIT\r\nSET evil 1\r\n',
  ])('%j', async (bytes) => {
    const [theirs, ours] = await Promise.all([
      real.exchange(Buffer.from(bytes, 'latin1')),
      host.exchange(bytes),
    ]);
    expect(ours).toBe(theirs);
    const probe = 'EXISTS evil after\r\nQUIT\r\n';
    expect(await host.exchange(probe)).toBe(':0\r\n+OK\r\n');
  });

  test.each([
    'SET a 1\r\nAUTH wrong\r\nAUTH secret\r\nSET a 1\r\nQUIT\r\n',
    '*11\r\n',
    '*2\r\n$4\r\nPING\r\n$20000\r\n',
    `AUTH secret\r\n*2\r\n$4\r\nECHO\r\n$20000\r\n${'x'.repeat(20_000)}\r\nQUIT\r\n`,
  ])('without having given the password: %j', async (bytes) => {
    const [theirs, ours] = await Promise.all([
      withPassword.real.exchange(Buffer.from(bytes, 'latin1')),
      withPassword.host.exchange(bytes),
    ]);
    expect(ours).toBe(theirs);
  });

  test('the log warns of HTTP once, and the server lives', async () => {
    const warning =
      'Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis.';
    await host.exchange('POST / HTTP/1.1\r\n');
    expect(host.output().split(warning)).toHaveLength(2);
    expect(await host.send('PING')).toEqual([{ type: 'status', value: 'PONG' }]);
  });
});
