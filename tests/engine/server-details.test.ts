import { expect, test } from 'vitest';
import { ascii, bytesOf, byteStringOf } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import {
  cumulativeCounts,
  microsAtPercentile,
  newLatencyHistogram,
  recordMicros,
} from '../../src/base/latency-histogram.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { encodeReply } from '../../src/resp/reply-encoder.ts';
import { newTestPort, testConfig } from '../support/engine-port.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { describeWithRedis, replyText, startRedis, words } from '../support/real-redis.ts';

differentialSuite('a master without replicas, cluster and modules answers as the real one', {
  replication: `
    REPLICAOF NO ONE
    SLAVEOF no one
    REPLICAOF no two
    REPLICAOF a b
    REPLICAOF a
    FAILOVER
    FAILOVER ABORT
    FAILOVER ABORT x
    FAILOVER TO a b
    FAILOVER TO a 1
    FAILOVER TO a 1 FORCE
    FAILOVER TIMEOUT 0
    FAILOVER TIMEOUT x
    FAILOVER TIMEOUT
    FAILOVER nope
    WAIT 0 0
    WAIT 1 1
    WAIT x 1
  `,
  'cluster, modules and migration': `
    CLUSTER
    CLUSTER INFO
    CLUSTER INFO x
    CLUSTER SLOTS
    CLUSTER NOPE
    CLUSTER KEYSLOT a
    CLUSTER HELP
    READONLY
    READWRITE
    ASKING
    MODULE LIST
    MODULE LIST x
    MODULE LOAD x
    MODULE UNLOAD x
    MODULE NOPE
    MIGRATE 127.0.0.1 1 k 0 100
    SET k v
    MIGRATE 127.0.0.1 1 k 0 100 foo
    MIGRATE 127.0.0.1 1 k x 100
    MIGRATE 127.0.0.1 1 k 0 x
    MIGRATE 127.0.0.1 1 k 0 100 KEYS a b
    MIGRATE 127.0.0.1 1 "" 0 100 AUTH
    MIGRATE 127.0.0.1 1 "" 0 100 KEYS nokey
    MIGRATE 127.0.0.1 1 k 0 10
    MIGRATE 127.0.0.1 1 k 0 10 COPY REPLACE AUTH2 a b
  `,
  SLOWLOG: `
    CONFIG SET slowlog-log-slower-than -1
    SLOWLOG RESET
    SLOWLOG LEN
    SLOWLOG GET
    SLOWLOG GET -1
    SLOWLOG GET -2
    SLOWLOG GET x
    SLOWLOG GET 1 2
    SLOWLOG NOPE
    SLOWLOG
  `,
  'LATENCY and MEMORY': `
    LATENCY LATEST
    LATENCY HISTORY x
    LATENCY RESET
    LATENCY RESET x y
    LATENCY GRAPH x
    LATENCY DOCTOR
    LATENCY HISTOGRAM nope
    LATENCY NOPE
    MEMORY USAGE nokey
    MEMORY USAGE nokey SAMPLES
    MEMORY USAGE nokey SAMPLES -1
    MEMORY USAGE nokey SAMPLES x
    MEMORY USAGE nokey NOPE 1
    MEMORY PURGE
    MEMORY NOPE
    SET i 12345
    SET e abc
    SET e40 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    SET r50 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    SADD s 1 2 3
    SADD sl 1 2 3000000
    ZADD z 1 a 2 b
    HSET h a b
    MEMORY USAGE i
    MEMORY USAGE e
    MEMORY USAGE e40
    MEMORY USAGE r50
    MEMORY USAGE s
    MEMORY USAGE sl
    MEMORY USAGE z SAMPLES 0
    MEMORY USAGE h
  `,
  'LOLWUT 5 without chance': `
    LOLWUT VERSION 5 x
    LOLWUT VERSION x
  `,
});

describeWithRedis('LOLWUT draws as the real one does', () => {
  test.each([
    ['20', '3', '2'],
    ['66', '8', '1'],
    ['5', '1', '2'],
    ['0', '0', '0'],
  ])('squares in order: %s columns, %s by %s', async (...sizes) => {
    const real = await startRedis();
    try {
      const argv = words('LOLWUT', 'VERSION', '5', ...sizes);
      const [expected] = await real.send([argv]);
      const [ours] = newEngineFixture().run(argv);
      if (ours?.type !== 'verbatim') throw new Error('no drawing');
      expect(ours.value.replace('7.2.4', '7.0.15')).toBe(replyText(expected));
    } finally {
      await real.stop();
    }
  });
});

test('LOLWUT 6 draws a skyline of the size that was asked for, in four shades', () => {
  const [reply] = newEngineFixture().run(words('LOLWUT', 'VERSION', '6', '30', '7'));
  if (reply?.type !== 'verbatim') throw new Error('no drawing');
  const lines = reply.value.split('\n').slice(0, 7);
  for (const line of lines)
    expect(line).toMatch(/^(\x1b\[0;(30;40|90;100|37;47|97;107)m \x1b\[0m){30}$/);
  expect(lines.at(-1)).toContain('0;30;40m');
});

test('what takes too long stands in the slow log, its secrets and its tail cut', () => {
  const port = newTestPort();
  const fixture = newEngineFixture(port);
  port.commandMicros = 20_000;
  fixture.line('CLIENT SETNAME me');
  fixture.run([
    ascii('RPUSH'),
    ascii('l'),
    ...Array.from({ length: 40 }, (_, i) => ascii(String(i))),
  ]);
  fixture.run([ascii('SET'), ascii('k'), ascii('x'.repeat(200))]);
  fixture.line('CONFIG SET requirepass secret');
  port.commandMicros = 5;
  const reply = fixture.line('SLOWLOG GET -1');
  if (reply.type !== 'array') throw new Error('no entries');
  const entries = reply.value.map((entry) => {
    if (entry.type !== 'array') throw new Error('no entry');
    const [id, , micros, argv, , name] = entry.value;
    const texts = argv?.type === 'array' ? argv.value.map(replyText) : [];
    return { id: id?.type === 'integer' && id.value, micros, texts, name: replyText(name) };
  });
  expect(entries.map(({ id }) => id)).toEqual([3, 2, 1, 0]);
  expect(entries[0]!.texts).toEqual(['CONFIG', 'SET', 'requirepass', '(redacted)']);
  expect(entries[1]!.texts).toEqual(['SET', 'k', `${'x'.repeat(128)}... (72 more bytes)`]);
  expect(entries[2]!.texts).toHaveLength(32);
  expect(entries[2]!.texts.at(-1)).toBe('... (11 more arguments)');
  expect(entries[0]!.name).toBe('me');
  expect(entries[0]!.micros).toEqual({ type: 'integer', value: 20_000 });
});

test('spikes of latency are kept by their cause, one a second, and drawn', () => {
  const port = newTestPort();
  const fixture = newEngineFixture(port);
  fixture.line('CONFIG SET latency-monitor-threshold 10');
  const take = (ms: number): void => {
    port.commandMicros = ms * 1000;
    fixture.now += 1_000_000;
    fixture.line('KEYS *');
    port.commandMicros = 5;
  };
  for (const ms of [50, 20, 9, 30, 94, 14]) take(ms);
  const history = fixture.line('LATENCY HISTORY command');
  expect(history.type === 'array' && history.value.length).toBe(5);
  fixture.now += 1_000_000;
  const graph = fixture.line('LATENCY GRAPH command');
  // As the real server drew spikes of these heights.
  expect(graph.type === 'verbatim' && graph.value.split('\n')).toEqual([
    'command - high 94 ms, low 14 ms (all time high 94 ms)',
    '-'.repeat(80),
    '   # ',
    '   | ',
    '#  | ',
    '|_#|_',
    '     ',
    '65321',
    'sssss',
    '',
  ]);
  const doctor = fixture.line('LATENCY DOCTOR');
  expect(doctor.type === 'verbatim' && doctor.value).toContain(
    '1. command: 5 latency spikes (average 41ms',
  );
  expect(fixture.line('LATENCY RESET command')).toEqual({ type: 'integer', value: 1 });
});

test('the histogram of times has the buckets of the real one', () => {
  const histogram = newLatencyHistogram();
  // The real server told of DEBUG SLEEPs of these lengths: 16908 µs 1, 33816 µs 2, 1073741 µs 3.
  for (const micros of [10_204, 20_171, 700_167]) recordMicros(histogram, micros);
  expect(cumulativeCounts(histogram)).toEqual([
    [16_908, 1],
    [33_816, 2],
    [1_073_741, 3],
  ]);
  expect(microsAtPercentile(histogram, 50)).toBe(20_185.087);
  expect(microsAtPercentile(histogram, 99)).toBe(700_448.767);
  const short = newLatencyHistogram();
  recordMicros(short, 3);
  recordMicros(short, 47);
  expect([50, 99].map((p) => microsAtPercentile(short, p))).toEqual([3.007, 47.103]);
});

differentialSuite('DEBUG shows structures as the real one does', {
  'tables, texts and switches': `
    SET k text
    SET i 5
    HSET h f v
    DEBUG HTSTATS 99
    DEBUG HTSTATS x
    DEBUG HTSTATS 0 full
    DEBUG HTSTATS-KEY nokey
    DEBUG HTSTATS-KEY h
    DEBUG LISTPACK nokey
    DEBUG LISTPACK k
    DEBUG LISTPACK h
    DEBUG SDSLEN nokey
    DEBUG SDSLEN i
    DEBUG SDSLEN h
    DEBUG REPLYBUFFER PEAK-RESET-TIME RESET
    DEBUG REPLYBUFFER PEAK-RESET-TIME NEVER
    DEBUG REPLYBUFFER PEAK-RESET-TIME x
    DEBUG REPLYBUFFER PEAK-RESET-TIME 100
    DEBUG REPLYBUFFER RESIZING 0
    DEBUG REPLYBUFFER RESIZING 1
    DEBUG REPLYBUFFER x y
    DEBUG PAUSE-CRON 1
    DEBUG PAUSE-CRON 0
    DEBUG CHANGE-REPL-ID
    DEBUG STRUCTSIZE
    DEBUG CLIENT-EVICTION
    DEBUG REPLICATE a b
  `,
});

test('DEBUG HTSTATS counts the entries of each table', () => {
  const { line } = newEngineFixture();
  line('DEBUG POPULATE 100');
  line('EXPIRE key:1 100');
  const reply = line('DEBUG HTSTATS 0');
  const text = reply.type === 'verbatim' ? reply.value : '';
  expect(text).toContain(' table size: 128\n number of elements: 100\n');
  expect(text).toContain(
    '[Expires HT]\nHash table 0 stats (main hash table):\n table size: 4\n number of elements: 1\n',
  );
  const rows = [...text.split('[Expires HT]')[0]!.matchAll(/^ {3}(\d+): (\d+) /gm)];
  const entries = rows.reduce((sum, [, length, slots]) => sum + Number(length) * Number(slots), 0);
  const slots = rows.reduce((sum, [, , count]) => sum + Number(count), 0);
  expect([entries, slots]).toEqual([100, 128]);
});

describeWithRedis('DEBUG PROTOCOL attrib', () => {
  test.each([2, 3] as const)('is the bytes of the real one in RESP%i', async (protocol) => {
    const real = await startRedis('--enable-debug-command', 'yes');
    try {
      const hello = protocol === 3 ? 'HELLO 3\r\n' : '';
      const sent = ascii(`${hello}ECHO start\r\nDEBUG PROTOCOL attrib\r\nECHO finish\r\n`);
      const answer = await real.exchange(bytesOf(sent), '$6\r\nfinish\r\n');
      const [reply] = newEngineFixture().run(words('DEBUG', 'PROTOCOL', 'attrib'));
      const sink = newGrowableBytes();
      encodeReply(reply!, protocol, sink);
      const ours = byteStringOf(takenBytes(sink));
      expect(ours).toContain('Some real reply');
      expect(answer).toContain(`$5\r\nstart\r\n${ours}$6\r\nfinish\r\n`);
    } finally {
      await real.stop();
    }
  });
});

test('the expire cycle counts how often it ended at its limit', () => {
  const fixture = newEngineFixture();
  for (let i = 0; i < 100; i++) fixture.line(`SET k${i} v PX 1`);
  const { engine } = fixture;
  const later = fixture.now + 1_000_000;
  engine.activeExpire(later, 40);
  expect(engine.state.stats.expireCapReached).toBe(1);
  engine.activeExpire(later, 1000);
  expect(engine.state.stats.expireCapReached).toBe(1);
  expect(engine.state.databases[0]!.space.entries).toEqual([]);
});

test('what is deleted for its time or for room, and what serves one who waits, has a latency of its own', () => {
  const config = { ...testConfig(), latencyMonitorThreshold: 1 };
  const port = newTestPort(config);
  const fixture = newEngineFixture(port);
  const waiting = fixture.session(2);
  port.commandMicros = 3000;
  fixture.line('SET gone v PX 1');
  fixture.engine.activeExpire(fixture.now + 1_000_000, 40);
  fixture.engine.execute(waiting, words('BLPOP', 'l', '0'), fixture.now);
  fixture.line('RPUSH l x');
  expect([...fixture.engine.state.latency.keys()]).toEqual(
    expect.arrayContaining(['command', 'expire-del', 'command-unblocking']),
  );
});
