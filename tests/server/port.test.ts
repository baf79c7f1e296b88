import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { newSession } from '../../src/engine/session.ts';
import { settingsOf } from '../../src/server/config-settings.ts';
import { StatePort } from '../../src/server/port.ts';
import { parseRedisConf } from '../../src/server/redis-conf.ts';
import { newServerState, type ServerState } from '../../src/server/state.ts';

function newPort(config = ''): { readonly state: ServerState; readonly port: StatePort } {
  const conf = parseRedisConf(config, { readFile: () => undefined, workingDirectory: '/data' });
  if (!conf.ok) throw new Error(conf.text);
  const { directives } = conf;
  const settings = settingsOf(directives);
  const state = newServerState({ pid: 7, now: 0, seed: 1, settings, directives, configFile: null });
  return { state, port: new StatePort(state, () => undefined, null) };
}

const set = (port: StatePort, ...words: string[]): unknown => {
  const pairs = words.flatMap((word, i) =>
    i % 2 === 0 ? [[ascii(word), ascii(words[i + 1]!)] as const] : [],
  );
  return port.configSet(pairs);
};

const session = (address: string): ReturnType<typeof newSession> =>
  newSession(1, 0, address, '127.0.0.1:6379');

describe('CONFIG SET', () => {
  test('what is set is in force for whoever holds the settings', () => {
    const { state, port } = newPort();
    const { settings } = state;
    expect(
      set(port, 'appendfsync', 'ALWAYS', 'save', '5 6', 'hash-max-ziplist-entries', '3'),
    ).toEqual({ ok: true });
    expect(settings).toBe(port.config);
    expect(settings).toMatchObject({
      appendFsync: 'always',
      save: [{ seconds: 5, changes: 6 }],
      hashMaxListpackEntries: 3,
    });
  });

  test('a failed command changes no setting', () => {
    const { state, port } = newPort();
    expect(set(port, 'timeout', '5', 'hz', 'x')).toMatchObject({ ok: false });
    expect(state.settings.timeout).toBe(0);
  });

  test('the log is to be turned on or off only when appendonly changes', () => {
    const { state, port } = newPort();
    expect(set(port, 'appendonly', 'no')).toEqual({ ok: true });
    expect(set(port, 'appendonly', 'yes')).toMatchObject({
      ok: true,
      pending: { appendOnly: true },
    });
    expect(set(port, 'timeout', '1')).toEqual({ ok: true });
    state.aof.mode = 'on';
    expect(set(port, 'appendonly', 'no')).toMatchObject({
      ok: true,
      pending: { appendOnly: false },
    });
  });

  test('protected directives go by enable-protected-configs', () => {
    expect(set(newPort().port, 'dbfilename', 'x.rdb')).toMatchObject({ ok: false });
    for (const allowed of ['yes', 'local']) {
      const { port } = newPort(`enable-protected-configs ${allowed}`);
      expect(set(port, 'dbfilename', 'x.rdb')).toEqual({ ok: true });
    }
  });
});

describe('writes are refused', () => {
  test('while the log cannot be written or fsynced, and is on', () => {
    const { state, port } = newPort();
    state.aof.lastWriteErrno = 'ENOSPC';
    expect(port.writesDenied()).toBeUndefined();
    state.aof.mode = 'on';
    expect(port.writesDenied()).toBe(
      'MISCONF Errors writing to the AOF file: No space left on device',
    );
    state.aof.lastWriteErrno = null;
    expect(port.writesDenied()).toBeUndefined();
    state.aof.bioFsyncErrno = 'EIO';
    expect(port.writesDenied()).toBe('MISCONF Errors writing to the AOF file: Input/output error');
  });

  test('after a failed snapshot, before the log is looked at, if there are save points', () => {
    const { state, port } = newPort();
    state.save.lastOk = false;
    state.aof.mode = 'on';
    state.aof.lastWriteErrno = 'EIO';
    expect(port.writesDenied()).toMatch(
      /^MISCONF Redis is configured to save RDB snapshots, but it's currently unable/,
    );
    set(port, 'stop-writes-on-bgsave-error', 'no');
    expect(port.writesDenied()).toMatch(/^MISCONF Errors writing/);
    set(port, 'stop-writes-on-bgsave-error', 'yes', 'save', '');
    expect(port.writesDenied()).toMatch(/^MISCONF Errors writing/);
  });
});

test('DEBUG is for nobody, for clients of this machine, or for all', () => {
  const allowed = (value: string, address: string): boolean =>
    newPort(`enable-debug-command ${value}`).port.debugAllowed(session(address));
  for (const address of ['127.0.0.1:50000', '[::1]:5', '/tmp/redis.sock:0']) {
    expect(['no', 'local', 'yes'].map((value) => allowed(value, address))).toEqual([
      false,
      true,
      true,
    ]);
  }
  expect(['no', 'local', 'yes'].map((value) => allowed(value, '10.0.0.1:5'))).toEqual([
    false,
    false,
    true,
  ]);
});

test('a client’s writes are on disk once the fsynced offset has reached its last one', () => {
  const { state, port } = newPort();
  const client = session('127.0.0.1:1');
  client.writeOffset = 5;
  state.fsyncedOffset = 5;
  expect(port.fsynced(client)).toBe(false);
  state.aof.mode = 'on';
  expect(port.fsynced(client)).toBe(true);
  state.fsyncedOffset = 4;
  expect(port.fsynced(client)).toBe(false);
});

test('CONFIG RESETSTAT begins the counts anew, but time that was spent is spent', () => {
  const { state, port } = newPort();
  state.engine.stats.commands = 5;
  state.counters.forks = 2;
  state.counters.cpuMicros = 77;
  state.aof.delayedFsyncs = 3;
  state.connectionsReceived = 4;
  port.configResetStat();
  expect(state.engine.stats.commands).toBe(0);
  expect(state.counters).toMatchObject({ forks: 0, cpuMicros: 77 });
  expect([state.aof.delayedFsyncs, state.connectionsReceived]).toEqual([0, 0]);
});

test('a client that is killed is left to whoever holds its connection', () => {
  const { state, port } = newPort();
  const client = session('127.0.0.1:1');
  port.disconnect(client);
  expect(client.closing).toBe(true);
  expect(state.disconnects).toEqual([1]);
});

test('input that waits counts with its framing', () => {
  const { state, port } = newPort();
  state.inbox.push({ client: 1, argv: [ascii('SET'), ascii('key'), ascii('0123456789')] });
  const wire = '*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$10\r\n0123456789\r\n';
  expect(port.connection(session('127.0.0.1:1')).inputBytes).toBe(wire.length);
});
