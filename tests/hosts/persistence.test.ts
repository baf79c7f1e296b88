import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import {
  connectSoon,
  describeWithRedis,
  freePort,
  replyText,
  sendAll,
  startRedis,
} from '../support/real-redis.ts';
import {
  argvOf,
  digestOf,
  logFiles,
  spawnHost,
  startHost,
  temporaryDirectories,
  until,
  useHost,
  watch,
  type Host,
} from './host.ts';

useHost();
const directory = temporaryDirectories();

const POLICIES = ['always', 'everysec', 'no'] as const;

/** Strings, expiries, transactions, several databases, and values of other types. */
const DATA = [
  'SET a 1',
  'SET b two EX 1000',
  'APPEND a 23',
  'INCRBY counter 41',
  'INCRBYFLOAT float 0.1',
  'MSET x 1 y 2 z 3',
  'DEL y',
  'SETRANGE range 5 hello',
  'PEXPIREAT x 4102444800000',
  'MULTI',
  'SET m 1',
  'INCR m',
  'RENAME z renamed',
  'EXEC',
  'RPUSH list a b c',
  'HSET hash f v g w',
  'ZADD zset 1 one 2.5 two',
  'SELECT 3',
  'SET a other',
  'MOVE a 5',
  'SET ümläut größe',
  'SELECT 9',
  'SET last 1 KEEPTTL',
];

const withLog = (policy: string): string[] => [
  ...['--appendonly', 'yes', '--appendfsync', policy],
  ...['--enable-debug-command', 'yes'],
];

describe('restart', () => {
  test.each(POLICIES)(
    '%s: a clean stop and a new start bring back the same data',
    async (policy) => {
      const dir = directory();
      const first = await startHost(dir, ...withLog(policy));
      await first.send(...DATA);
      const digest = await digestOf(first);
      expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null });

      const second = await startHost(dir, ...withLog(policy));
      expect(await digestOf(second)).toBe(digest);
      await second.stop();
    },
  );

  test.each(POLICIES)('%s: kill -9 takes nothing that was acknowledged', async (policy) => {
    const dir = directory();
    const host = await startHost(dir, ...withLog(policy));
    let acknowledged = 0;
    const writing = (async () => {
      for (let i = 1; ; i++) {
        const replies = await host.send(`SET n ${i}`, `RPUSH all ${i}`);
        if (replies[0]?.type !== 'status') return;
        acknowledged = i;
      }
    })().catch(() => undefined);
    await until(() => acknowledged >= 50);
    await host.stop('SIGKILL');
    await writing;

    const again = await startHost(dir, ...withLog(policy));
    const [n, length] = await again.send('GET n', 'LLEN all');
    const kept = n?.type === 'bulk' ? Number(n.value) : 0;
    expect(kept).toBeGreaterThanOrEqual(acknowledged);
    expect(kept).toBeLessThanOrEqual(acknowledged + 1);
    expect(length?.type === 'integer' && length.value >= acknowledged).toBe(true);
    await again.stop();
  });

  test('under always, clients that write at once share their fsyncs', async () => {
    const host = await startHost(directory(), ...withLog('always'));
    const CLIENTS = 20;
    const sockets = Array.from({ length: CLIENTS }, (_, i) =>
      host.exchange(`${`SET k${i} v\r\n`.repeat(20)}QUIT\r\n`),
    );
    const answers = await Promise.all(sockets);
    expect(answers).toEqual(Array<string>(CLIENTS).fill('+OK\r\n'.repeat(21)));
    const turns = /eventloop_cycles:(\d+)/.exec(infoText((await host.send('INFO stats'))[0]));
    // 400 writes came in; a turn for each would be more than this many.
    expect(Number(turns?.[1])).toBeLessThan(200);
    await host.stop();
  });

  test('a torn tail is cut off, and the server says so', async () => {
    const dir = directory();
    const first = await startHost(dir, ...withLog('always'));
    await first.send('SET a 1', 'SET b 2');
    await first.stop();
    const incr = join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof');
    const whole = readFileSync(incr).length;
    truncateSync(incr, whole - 3);

    const second = await startHost(dir, ...withLog('always'));
    expect(await second.send('GET a', 'GET b')).toEqual([
      { type: 'bulk', value: '1' },
      { type: 'null' },
    ]);
    expect(second.output()).toContain(
      '!!! Warning: short read while loading the AOF file appendonly.aof.1.incr.aof!!!',
    );
    expect(readFileSync(incr, 'latin1')).toBe(
      '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n',
    );
    await second.stop();
  });

  test('while a log is loaded, clients are told so', async () => {
    const dir = directory();
    const first = await startHost(dir, ...withLog('no'));
    await first.send('SET a 1');
    await first.stop();
    const record = '*3\r\n$3\r\nSET\r\n$4\r\nk%%%\r\n$1\r\n1\r\n';
    let text = '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n';
    for (let i = 0; i < 400_000; i++)
      text += record.replace('%%%', String(i % 1000).padStart(3, '0'));
    writeFileSync(join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof'), text);

    const port = await freePort();
    const loading = spawnHost('--port', String(port), '--dir', dir, ...withLog('no'));
    const socket = await connectSoon(port, loading);
    const [ping, get, info] = await sendAll(
      socket,
      ['PING', 'GET k001', 'INFO persistence'].map(argvOf),
    );
    const refused = { type: 'error', value: 'LOADING Redis is loading the dataset in memory' };
    expect([ping, get]).toEqual([refused, refused]);
    expect(infoText(info)).toMatch(/^loading:1\r$/m);

    const host = await watch(loading, port, dir);
    expect(await host.send('DBSIZE')).toEqual([{ type: 'integer', value: 1000 }]);
    socket.destroy();
    await host.stop();
  });
});

describeWithRedis('logs go from one server to the other', () => {
  test('ours loads in redis-server, before and after a rewrite, and redis-check-aof accepts it', async () => {
    const dir = directory();
    const host = await startHost(dir, ...withLog('everysec'), '--aof-use-rdb-preamble', 'no');
    await host.send(...DATA);
    const digest = await digestOf(host);
    expect(await digestInRedis(dir)).toBe(digest);
    expect(checkAof(dir)).toBe(0);

    await rewrite(host);
    expect(await digestOf(host)).toBe(digest);
    expect(await digestInRedis(dir)).toBe(digest);
    expect(checkAof(dir)).toBe(0);
    expect([...logFiles(dir).keys()].sort()).toEqual([
      'appendonly.aof.2.base.aof',
      'appendonly.aof.2.incr.aof',
      'appendonly.aof.manifest',
    ]);

    await host.send('SET after 1', 'DEL a');
    const later = await digestOf(host);
    await host.stop();
    expect(await digestInRedis(dir)).toBe(later);
  });

  test('a fresh log of ours, with its empty RDB base, loads in redis-server', async () => {
    const dir = directory();
    const host = await startHost(dir, ...withLog('always'));
    await host.send(...DATA);
    const digest = await digestOf(host);
    await host.stop();
    // 7.0 refuses the version that 7.2 writes: the byte that tells it is set back, with the checksum off.
    expect(logFiles(dir).get('appendonly.aof.1.base.rdb')?.slice(0, 9)).toBe('REDIS0011');
    asWrittenBy70(join(dir, 'appendonlydir', 'appendonly.aof.1.base.rdb'));
    expect(await digestInRedis(dir)).toBe(digest);
  });

  test.each([
    ['with a base of commands', ['--aof-use-rdb-preamble', 'no'], 'rewrite'],
    ['with the empty RDB base of a fresh log', [], 'no rewrite'],
  ] as const)('what redis-server wrote, %s, loads here', async (_, settings, step) => {
    const dir = directory();
    const real = await startRedis('--dir', dir, ...withLog('always'), ...settings);
    await real.send(DATA.map(argvOf));
    if (step === 'rewrite') {
      await rewrite({ send: (...lines) => real.send(lines.map(argvOf)) });
      await real.send(['SET after 1', 'INCR counter'].map(argvOf));
    }
    const digest = await digestOf({ send: (...lines) => real.send(lines.map(argvOf)) });
    await real.stop();

    const host = await startHost(dir, ...withLog('always'));
    expect(await digestOf(host)).toBe(digest);
    await host.send('SET more 1');
    const later = await digestOf(host);
    await host.stop();
    expect(await digestInRedis(dir)).toBe(later);
  });

  /** Loads a copy, so that the original stays as its server left it. */
  async function digestInRedis(dir: string): Promise<string> {
    const copy = directory();
    cpSync(join(dir, 'appendonlydir'), join(copy, 'appendonlydir'), { recursive: true });
    const real = await startRedis('--dir', copy, ...withLog('always'));
    // DEBUG is answered while the log is loaded, with a digest of what is there so far.
    await until(
      async () => !replyText((await real.send([argvOf('PING')]))[0]).startsWith('LOADING'),
    );
    const digest = await digestOf({ send: (...lines) => real.send(lines.map(argvOf)) });
    await real.stop();
    return digest;
  }

  function checkAof(dir: string): number | null {
    const copy = directory();
    cpSync(join(dir, 'appendonlydir'), join(copy, 'appendonlydir'), { recursive: true });
    return spawnSync('redis-check-aof', [join(copy, 'appendonlydir', 'appendonly.aof.manifest')])
      .status;
  }
});

describe('a rewrite', () => {
  test('goes on while clients write, and loses nothing of either', async () => {
    const dir = directory();
    const host = await startHost(dir, ...withLog('everysec'));
    await fill(host);
    const running = rewrite(host);
    for (let i = 0; i < 50; i++) await host.send(`SET key:${i} changed`, `SET new:${i} 1`);
    await running;
    const digest = await digestOf(host);
    await host.stop();
    expect(logFiles(dir).get('appendonly.aof.manifest')).toBe(
      'file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n',
    );

    const again = await startHost(dir, ...withLog('everysec'));
    expect(await digestOf(again)).toBe(digest);
    await again.stop();
  });

  test('a clean stop in the middle of one ends it, and takes its temporary file away', async () => {
    const dir = directory();
    const host = await startHost(dir, ...withLog('everysec'));
    await fill(host);
    const digest = await digestOf(host);
    await host.send('BGREWRITEAOF');
    expect(await host.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(readdirSync(dir)).toEqual(['appendonlydir']);

    const again = await startHost(dir, ...withLog('everysec'));
    expect(await digestOf(again)).toBe(digest);
    await again.stop();
  });

  test('kill -9 in the middle of one leaves everything where it was', async () => {
    const dir = directory();
    const host = await startHost(dir, ...withLog('everysec'));
    await fill(host);
    const digest = await digestOf(host);
    await host.send('BGREWRITEAOF');
    await host.stop('SIGKILL');

    const again = await startHost(dir, ...withLog('everysec'));
    expect(await digestOf(again)).toBe(digest);
    await again.stop();
  });
});

/** Two megabytes, so that a rewrite takes a while. */
async function fill(host: Host): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const keys = Array.from(
      { length: 1000 },
      (_, j) => `SET key:${i * 1000 + j} ${'v'.repeat(400)}`,
    );
    await host.send(...keys);
  }
}

async function rewrite(server: Pick<Host, 'send'>): Promise<void> {
  const [started] = await server.send('BGREWRITEAOF');
  expect(started).toEqual({
    type: 'status',
    value: 'Background append only file rewriting started',
  });
  await until(async () => {
    const [info] = await server.send('INFO persistence');
    const text = infoText(info);
    return /aof_rewrite_in_progress:0/.test(text) && /aof_last_bgrewrite_status:ok/.test(text);
  });
}

function infoText(reply: Reply | undefined): string {
  return reply?.type === 'verbatim' ? reply.value : replyText(reply);
}

function asWrittenBy70(path: string): void {
  const bytes = readFileSync(path);
  bytes.write('REDIS0010', 'latin1');
  bytes.fill(0, bytes.length - 8);
  writeFileSync(path, bytes);
}
