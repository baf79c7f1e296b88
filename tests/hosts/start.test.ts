import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort, replyText } from '../support/real-redis.ts';
import {
  hostCommand,
  runToEnd,
  spawnHost,
  startHost,
  temporaryDirectories,
  until,
  useHost,
  watch,
} from './host.ts';

useHost();
const directory = temporaryDirectories();

/** A log line's time differs from run to run. */
const TIME = /\d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3}/g;

describe('the configuration', () => {
  test('a bad line is told as redis-server tells it, with code 1', () => {
    const dir = directory();
    const path = join(dir, 'redis.conf');
    writeFileSync(path, 'port 0\n# a comment\nappendonly yes\nappendfsync sometimes\n');
    expect(runToEnd([path])).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr:
        "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\nReading the configuration file, at line 4\n>>> 'appendfsync sometimes'\nargument(s) must be one of the following: everysec, always, no\n",
    });
  });

  test('a file that is not there is fatal', () => {
    const { code, stdout } = runToEnd(['/nonexistent/redis.conf']);
    expect(code).toBe(1);
    expect(stdout.replace(TIME, 'TIME')).toMatch(
      /^\d+:C TIME # Fatal error, can't open config file '\/nonexistent\/redis.conf': No such file or directory\n$/,
    );
  });

  test('comes from a file, files that it includes, stdin, and options, the last one wins', async () => {
    const dir = directory();
    mkdirSync(join(dir, 'conf.d'));
    writeFileSync(join(dir, 'conf.d', 'a.conf'), 'timeout 11\ntcp-keepalive 22\n');
    writeFileSync(join(dir, 'conf.d', '.hidden.conf'), 'nonsense\n');
    const path = join(dir, 'redis.conf');
    writeFileSync(path, `include ${dir}/conf.d/*.conf\nmaxclients 33\nhz 44\n`);
    const port = await freePort();
    const started = spawnHost(path, '--dir', dir, '--hz', '66', '-');
    started.stdin?.end(`tcp-keepalive 55\nport ${port}\n`);
    const host = await watch(started, port, dir);
    const [reply] = await host.send('CONFIG GET timeout maxclients hz tcp-keepalive');
    const words = reply?.type === 'array' ? reply.value.map(replyText) : [];
    const value = (name: string): string | undefined => words[words.indexOf(name) + 1];
    expect(['timeout', 'maxclients', 'hz', 'tcp-keepalive'].map(value)).toEqual([
      '11',
      '33',
      '66',
      '55',
    ]);
    await host.stop();
  });

  test('--version tells which Redis this is', () => {
    expect(runToEnd(['--version']).stdout).toMatch(/^Redis server v=7\.2\.4 /);
  });
});

describe('the start', () => {
  test('the log has the lines that programs wait for', async () => {
    const host = await startHost(directory(), '--appendonly', 'yes');
    const lines = host
      .output()
      .replace(TIME, 'TIME')
      .replaceAll(String(host.process.pid), 'PID')
      .split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'PID:C TIME * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
      'PID:C TIME * Redis version=7.2.4, bits=64, commit=00000000, modified=0, pid=PID, just started',
      'PID:C TIME * Configuration loaded',
      'PID:M TIME * monotonic clock: POSIX clock_gettime',
      `PID:M TIME * Running mode=standalone, port=${host.port}.`,
      'PID:M TIME * Server initialized',
    ]);
    expect(lines).toContain('PID:M TIME * Ready to accept connections tcp');
    await host.stop();
  });

  test('always-show-logo shows mode, port and process before it is initialised', async () => {
    const host = await startHost(directory(), '--always-show-logo', 'yes');
    const shown = host.output();
    expect(shown).toMatch(new RegExp(` PID: ${host.process.pid}\n[^]*Server initialized`));
    expect(shown).toContain(` Port: ${host.port}\n`);
    expect(shown).toContain(' Running in standalone mode\n');
    await host.stop();
  });

  test('a port that is taken is told in the words of redis-server, with code 1', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
    const { code, stdout } = runToEnd(['--port', String(port), '--dir', directory()]);
    taken.close();
    expect(code).toBe(1);
    const lines = stdout.replace(TIME, 'TIME').split('\n');
    expect(lines.slice(-4).map((line) => line.replace(/^\d+/, 'PID'))).toEqual([
      'PID:M TIME * Server initialized',
      `PID:M TIME # Warning: Could not create server TCP listening socket 127.0.0.1:${port}: bind: Address already in use`,
      `PID:M TIME # Failed listening on port ${port} (tcp), aborting.`,
      '',
    ]);
  });

  test('CONFIG SET port listens there, and no longer where it did; a port that is taken changes nothing', async () => {
    const host = await startHost(directory());
    const taken = createServer();
    const takenPort = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
    const [refused] = await host.send(`CONFIG SET timeout 7 port ${takenPort}`);
    taken.close();
    expect(replyText(refused)).toBe(
      "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.",
    );
    expect(await host.send('CONFIG GET timeout')).toMatchObject([
      { value: [{ value: 'timeout' }, { value: '0' }] },
    ]);
    const port = await freePort();
    const [moved] = await host.send(`CONFIG SET port ${port}`);
    expect(moved).toEqual({ type: 'status', value: 'OK' });
    const ping = (at: number): number | null =>
      spawnSync('redis-cli', ['-p', String(at), 'PING']).status;
    expect([ping(port), ping(host.port)]).toEqual([0, 1]);
    await host.stop();
  });

  test('logfile and pidfile are written, and the pidfile goes with the process', async () => {
    const dir = directory();
    const [log, pid] = [join(dir, 'redis.log'), join(dir, 'redis.pid')];
    const host = await startHost(dir, '--logfile', log, '--pidfile', pid);
    expect(host.output()).toBe('');
    expect(readFileSync(log, 'latin1')).toContain('Ready to accept connections tcp');
    expect(readFileSync(pid, 'latin1')).toBe(`${host.process.pid}\n`);
    await host.stop('SIGTERM');
    expect(existsSync(pid)).toBe(false);
    expect(readFileSync(log, 'latin1')).toContain('Redis is now ready to exit, bye bye...');
  });

  test('an appendonlydir that cannot be made ends it with code 1', () => {
    const dir = directory();
    writeFileSync(join(dir, 'appendonlydir'), '');
    const { code, stdout } = runToEnd(['--port', '0', '--dir', dir, '--appendonly', 'yes']);
    expect(code).toBe(1);
    expect(stdout).toContain('Not a directory');
  });
});

describe('the end', () => {
  test('SIGINT and SHUTDOWN flush the log and exit with 0', async () => {
    for (const how of ['SIGINT', 'SHUTDOWN'] as const) {
      const dir = directory();
      const host = await startHost(dir, '--appendonly', 'yes', '--appendfsync', 'no');
      await host.send('SET a 1');
      const ended = new Promise((resolve) => host.process.once('exit', resolve));
      if (how === 'SIGINT') host.process.kill('SIGINT');
      else expect(await host.exchange('SHUTDOWN\r\n')).toBe('');
      expect(await ended).toBe(0);
      expect(host.output()).toContain('User requested shutdown...');
      expect(
        readFileSync(join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof'), 'latin1'),
      ).toContain('SET');
    }
  });

  test.each([
    ['SEGFAULT', 'SIGSEGV'],
    ['PANIC', 'SIGABRT'],
  ])('DEBUG %s ends it by %s, without a flush', async (how, signal) => {
    const dir = directory();
    const settings = ['--appendonly', 'yes', '--enable-debug-command', 'yes'];
    const host = await startHost(dir, ...settings);
    await host.send('SET a 1');
    const ended = new Promise((resolve) => {
      host.process.once('exit', (code, by) => resolve({ code, signal: by }));
    });
    await host.exchange(`SET b 1\r\nDEBUG ${how}\r\n`).catch(() => '');
    expect(await ended).toEqual({ code: null, signal });
    const again = await startHost(dir, ...settings);
    expect(await again.send('EXISTS a', 'EXISTS b')).toEqual([
      { type: 'integer', value: 1 },
      { type: 'integer', value: 0 },
    ]);
    await again.stop();
  });

  test('a client that sleeps the server holds up the others, and the signal is heard', async () => {
    const host = await startHost(directory(), '--enable-debug-command', 'yes');
    const before = performance.now();
    const sleeping = host.exchange('DEBUG SLEEP 0.4\r\nQUIT\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await host.exchange('PING\r\nQUIT\r\n')).toBe('+PONG\r\n+OK\r\n');
    expect(performance.now() - before).toBeGreaterThan(390);
    expect(await sleeping).toBe('+OK\r\n+OK\r\n');
    host.process.kill('SIGTERM');
    await until(() => host.output().includes('Received SIGTERM scheduling shutdown...'));
    await host.stop('SIGTERM');
  });
});

test.each([
  ['aof.json', 105],
  ['rdb.json', 28],
])('all golden vectors of %s reproduce, byte for byte', { timeout: 120_000 }, (name, count) => {
  const words = ['tests/golden/run.mjs', `tests/golden/${name}`, ...hostCommand()];
  const run = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(run.stdout).toBe(`golden: ${count}/${count} vectors of ${name} reproduce\n`);
  expect(run.status).toBe(0);
});
