import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { newLatencyHistogram } from '../../src/base/latency-histogram.ts';
import { newSession } from '../../src/engine/session.ts';
import { newKeySpace, putValue, setExpiry } from '../../src/engine/data/key-space.ts';
import { childTask } from '../../src/server/fork.ts';
import { takeSnapshot } from '../../src/engine/data/snapshot.ts';
import { newPlan } from '../../src/machine/plan.ts';
import { sampleRates } from '../../src/server/counters.ts';
import { infoText } from '../../src/server/info.ts';
import { humanBytes } from '../../src/server/info-format.ts';
import { parseRedisConf } from '../../src/server/redis-conf.ts';
import { settingsOf } from '../../src/server/config-settings.ts';
import { Server } from '../../src/server/server.ts';
import { newServerState, type ServerState } from '../../src/server/state.ts';
import {
  describeWithRedis,
  replyText,
  startRedis,
  words,
  type RealRedis,
} from '../support/real-redis.ts';

const golden = JSON.parse(readFileSync('tests/golden/commands-7.2.4.json', 'utf8')) as {
  info: string[];
};
const START = 1_700_000_000_000_000;

function newState(config = ''): ServerState {
  const conf = parseRedisConf(config, { readFile: () => undefined, workingDirectory: '/data' });
  if (!conf.ok) throw new Error(conf.text);
  const { directives } = conf;
  return newServerState({
    pid: 7,
    now: START,
    seed: 1,
    settings: settingsOf(directives),
    directives,
    configFile: null,
  });
}

function fieldsOf(text: string): Map<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

const info = (state: ServerState, ...sections: string[]): Map<string, string> =>
  fieldsOf(infoText(state, sections, START + 5_000_000));

test('INFO counts what is freed lazily, cached scripts and expired keys', () => {
  const state = newState('lazyfree-lazy-user-del yes');
  const engine = new Server(state, 'log-only').engine;
  const client = newSession(1, START, '127.0.0.1:1', '127.0.0.1:2');
  client.authenticated = true;
  let now = START;
  const run = (line: string): void => {
    engine.execute(
      client,
      line.split(' ').map((word) => ascii(word)),
      now,
    );
  };
  const members = (count: number): string =>
    Array.from({ length: count }, (_, i) => `m${i}`).join(' ');
  run(`SADD large ${members(200)}`);
  run(`SADD small ${members(3)}`);
  run('DEL large small');
  run('MSET a 1 b 2 c 3');
  run('FLUSHALL');
  run('MSET a 1 b 2');
  run('FLUSHALL ASYNC');
  engine.execute(client, [ascii('EVAL'), ascii('return 1'), ascii('0')], now);
  run('SET soon 1 PX 1');
  run('SET later 1 EX 100');
  now += 1_000_000;
  engine.activeExpire(now, 100);
  const fields = info(state, 'memory', 'stats');
  const names = [
    'lazyfreed_objects',
    'number_of_cached_scripts',
    'expired_keys',
    'expired_stale_perc',
  ];
  expect(names.map((name) => fields.get(name))).toEqual(['3', '1', '1', '2.50']);
});

test('INFO everything has the fields of the real 7.2.4 in its order', () => {
  const text = infoText(newState(), ['everything'], START);
  const names = text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => (line.startsWith('#') ? line : line.slice(0, line.indexOf(':'))));
  expect(names).toEqual(golden.info);
  expect(text.endsWith('# Keyspace\r\n')).toBe(true);
});

describe('persistence', () => {
  test('while the log is on, its sizes follow; they are absent otherwise', () => {
    const state = newState('appendonly yes');
    expect([...info(state, 'persistence').keys()]).not.toContain('aof_current_size');
    state.aof.mode = 'on';
    state.aof.currentSize = 170;
    state.aof.baseSize = 88;
    state.aof.buffer = { bytes: new Uint8Array(64), length: 50 };
    state.aof.delayedFsyncs = 2;
    state.rewriteScheduled = true;
    state.threads.bio_aof.plan = newPlan([{ call: 'fdatasync', fd: 9 }], {
      step: 'background-synced',
      covers: 0,
      offset: 0,
      closes: false,
    });
    const fields = [...info(state, 'persistence')];
    expect(fields.slice(-6)).toEqual([
      ['aof_current_size', '170'],
      ['aof_base_size', '88'],
      ['aof_pending_rewrite', '1'],
      ['aof_buffer_length', '50'],
      ['aof_pending_bio_fsync', '1'],
      ['aof_delayed_fsync', '2'],
    ]);
    expect(new Map(fields).get('aof_enabled')).toBe('1');
  });

  test('a log that waits for its first rewrite counts as on', () => {
    const state = newState();
    state.aof.mode = 'wait-rewrite';
    expect(info(state, 'persistence').get('aof_enabled')).toBe('1');
  });

  test('a failed write and a failed background fsync both show as err', () => {
    const state = newState();
    const status = (): string | undefined =>
      info(state, 'persistence').get('aof_last_write_status');
    expect(status()).toBe('ok');
    state.aof.bioFsyncErrno = 'EIO';
    expect(status()).toBe('err');
    state.aof.bioFsyncErrno = null;
    state.aof.lastWriteErrno = 'ENOSPC';
    expect(status()).toBe('err');
  });

  test('a child is told of by its kind, its age and the keys that it has to write', () => {
    const state = newState();
    putValue(state.engine.databases[0]!.space, ascii('k'), ascii('v'), 0);
    state.child = {
      pid: 8,
      kind: 'aof',
      task: childTask(state, 'aof', takeSnapshot(state.engine.databases)),
      startedAt: START + 2_000_000,
      dirty: 0,
      logOffset: 0,
      reported: 1,
      processed: 1,
      exit: null,
    };
    const fields = info(state, 'persistence');
    expect(fields.get('aof_rewrite_in_progress')).toBe('1');
    expect(fields.get('rdb_bgsave_in_progress')).toBe('0');
    expect(fields.get('aof_current_rewrite_time_sec')).toBe('3');
    expect(fields.get('rdb_current_bgsave_time_sec')).toBe('-1');
    expect(fields.get('current_save_keys_total')).toBe('1');
    expect(fields.get('current_save_keys_processed')).toBe('1');
    expect(fields.get('current_fork_perc')).toBe('100.00');
  });

  test('loading shows how far it has come', () => {
    const state = newState();
    state.loading = {
      startedAt: START + 1_000_000,
      fileStartedAt: START + 1_000_000,
      files: [
        { name: 'a', size: 300, type: 'base' },
        { name: 'b', size: 100, type: 'incr' },
      ],
      file: 1,
      loadedBefore: 300,
      totalBytes: 400,
      load: null,
      rdb: null,
      writersMemory: 123,
      commands: 9,
    };
    const fields = [...info(state, 'persistence')];
    expect(fields[0]).toEqual(['loading', '1']);
    expect(fields.slice(-6)).toEqual([
      ['loading_start_time', '1700000001'],
      ['loading_total_bytes', '400'],
      ['loading_rdb_used_mem', '123'],
      ['loading_loaded_bytes', '300'],
      ['loading_loaded_perc', '75.00'],
      ['loading_eta_seconds', '1'],
    ]);
  });
});

test('keys, expiries and their average time to live, a database a line', () => {
  const state = newState();
  const nowMs = (START + 5_000_000) / 1000;
  const [first, , , fourth] = state.engine.databases;
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    putValue(first!.space, ascii(name), ascii('v'), 0);
    if (i < 2) setExpiry(first!.space, ascii(name), nowMs + 1000 * (i + 1));
  }
  putValue(fourth!.space, ascii('x'), 5, 0);
  expect([...info(state, 'keyspace')]).toEqual([
    ['db0', 'keys=3,expires=2,avg_ttl=1500'],
    ['db3', 'keys=1,expires=0,avg_ttl=0'],
  ]);
});

test('more data is more memory, and the peak stays', () => {
  const state = newState('maxmemory 1152');
  const used = (): number => Number(info(state, 'memory').get('used_memory'));
  const empty = used();
  const { space } = state.engine.databases[0]!;
  for (let i = 0; i < 5000; i++) putValue(space, ascii(`key:${i}`), ascii('x'.repeat(1000)), 0);
  const full = used();
  expect(full - empty).toBeGreaterThan(5000 * 1000);
  expect(full - empty).toBeLessThan(5000 * 1200);
  state.engine.databases[0]!.space = newKeySpace();
  const fields = info(state, 'memory');
  expect(Number(fields.get('used_memory'))).toBe(empty);
  expect(Number(fields.get('used_memory_peak'))).toBe(full);
  // Half of a hundredth goes to the even digit, as in C.
  expect(fields.get('maxmemory_human')).toBe('1.12K');
});

test('sizes for people', () => {
  expect([0, 1023, 1024, 919 * 1024, 12_345_344, 25_276_514_304].map(humanBytes)).toEqual([
    '0B',
    '1023B',
    '1.00K',
    '919.00K',
    '11.77M',
    '23.54G',
  ]);
});

test('the rate of commands is the average of sixteen samples', () => {
  const state = newState();
  sampleRates(state.counters, 0, START);
  for (let i = 1; i <= 16; i++) sampleRates(state.counters, i * 50, START + i * 100_000);
  expect(info(state, 'stats').get('instantaneous_ops_per_sec')).toBe('500');
  for (let i = 17; i <= 24; i++) sampleRates(state.counters, 800, START + i * 100_000);
  expect(info(state, 'stats').get('instantaneous_ops_per_sec')).toBe('250');
});

test('statistics of commands and errors are lines of their own', () => {
  const state = newState();
  state.engine.stats.byCommand.set('config|get', {
    calls: 2,
    micros: 19,
    rejected: 1,
    failed: 3,
    latency: newLatencyHistogram(),
  });
  state.engine.stats.errors.set('ERR', 2).set('WRONGTYPE', 1);
  expect(info(state, 'commandstats', 'errorstats', 'stats')).toEqual(
    new Map([
      ...info(state, 'stats'),
      ['cmdstat_config|get', 'calls=2,usec=19,usec_per_call=9.50,rejected_calls=1,failed_calls=3'],
      ['errorstat_ERR', 'count=2'],
      ['errorstat_WRONGTYPE', 'count=1'],
    ]),
  );
  expect(info(state, 'stats').get('total_error_replies')).toBe('3');
});

test('clients count, the one that replays the log does not', () => {
  const state = newState();
  state.engine.sessions.set(1, newSession(1, START, '127.0.0.1:5', '127.0.0.1:6379'));
  state.engine.sessions.set(-1, newSession(-1, START, '', '', true));
  expect(info(state, 'clients').get('connected_clients')).toBe('1');
});

describeWithRedis('INFO beside the real server', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis('--appendonly', 'yes');
    await real.send([
      words('SET', 'a', '1'),
      words('SET', 'b', '1', 'EX', '100'),
      words('GET', 'a', 'x'),
    ]);
  });
  afterAll(() => real.stop());

  const asked = async (...sections: string[]): Promise<string> =>
    replyText((await real.send([words('INFO', ...sections)]))[0]);

  test('the same names give the same sections in the same order', async () => {
    const state = newState();
    const headings = (text: string): string[] =>
      text.split('\r\n').filter((line) => line.startsWith('#'));
    for (const sections of [
      [],
      ['default'],
      ['all'],
      ['everything'],
      ['server'],
      ['nosuch'],
      ['server', 'nosuch'],
      ['cpu', 'memory', 'cpu'],
      ['modules'],
      ['default', 'commandstats'],
      ['latencystats', 'errorstats'],
      ['keyspace', 'cluster', 'replication'],
    ]) {
      expect(headings(infoText(state, sections, START)), sections.join(' ')).toEqual(
        headings(await asked(...sections)),
      );
    }
  });

  test('each value has the form of the real one', async () => {
    const theirs = fieldsOf(await asked('everything'));
    const state = newState('appendonly yes');
    state.aof.mode = 'on';
    const { space } = state.engine.databases[0]!;
    putValue(space, ascii('a'), 1, 0);
    state.engine.stats.byCommand.set('set', {
      calls: 2,
      micros: 19,
      rejected: 0,
      failed: 0,
      latency: newLatencyHistogram(),
    });
    state.engine.stats.byCommand.set('get', {
      calls: 0,
      micros: 0,
      rejected: 1,
      failed: 0,
      latency: newLatencyHistogram(),
    });
    state.engine.stats.errors.set('ERR', 1);
    const ours = info(state, 'everything');
    /** Texts that name a machine or a build. */
    const own = [
      'os',
      'gcc_version',
      'redis_build_id',
      'executable',
      'mem_allocator',
      'redis_version',
      'config_file',
    ];
    const form = (value: string): string =>
      value
        .replace(/[0-9a-f]{40}/, 'id')
        .replace(/-?\d+/g, '0')
        .replace(/\b0(\.0)?[KMGB]\b/g, 'size');
    const different = [...theirs]
      .filter(
        ([name]) =>
          !own.includes(name) &&
          !name.startsWith('latency_percentiles') &&
          !name.startsWith('db') &&
          name !== 'cmdstat_info',
      )
      .filter(([name, value]) => form(ours.get(name) ?? 'absent') !== form(value))
      .map(([name, value]) => `${name}: ${value}; ours: ${ours.get(name)}`);
    expect(different).toEqual([]);
    expect(theirs.size).toBeGreaterThan(150);
  });
});
