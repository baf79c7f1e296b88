/** The states that the page must show well, as the frames a lab would send. */
import type { Frame, Recovered, StorageView } from '../../src/worker/protocol.ts';
import {
  crashOf,
  everysecTimeline,
  frameOf,
  isWrite,
  laneView,
  riskBetween,
  workload,
} from './scenario.ts';
import type { Logged } from './scenario.ts';

export interface Fixture {
  readonly frames: readonly Frame[];
  /** Lines typed into redis-cli before the picture is taken. */
  readonly typed?: readonly string[];
  readonly recovered?: Recovered;
}

const now = 12_720;
const lastFsync = 12_000;

const main: readonly Logged[] = workload(20, now, [
  { at: 9_130, words: ['SET', 'session:9', 'user:1'], reply: 'OK' },
  { at: 10_400, words: ['SADD', 'basket:1', 'kopi', 'teh', 'gula'], reply: '(integer) 3' },
  {
    at: 12_318,
    words: ['PEXPIREAT', 'session:9', '1767225672318'],
    typed: 'EXPIRE session:9 60',
    reply: '(integer) 1',
  },
  { at: 12_611, words: ['SREM', 'basket:1', 'teh'], typed: 'SPOP basket:1', reply: '"teh"' },
]);
const lastRecord = main.at(-1);
const appended = lastRecord === undefined ? 0 : lastRecord.offset + lastRecord.bytes.length;
const written = lastRecord?.offset ?? 0;
const fsynced = main.find((record) => record.at > lastFsync && isWrite(record))?.offset ?? 0;
const answered = main.filter((record) => isWrite(record) && record.offset < written).length;
const survived = main.filter((record) => isWrite(record) && record.offset < fsynced).length;
const powerLoss = riskBetween(main, fsynced, written, now);

const healthyView = laneView({
  appended,
  acknowledged: written,
  written,
  fsynced,
  durable: fsynced,
  atRisk: { processKill: { writes: 0, ms: 0 }, powerLoss },
  acknowledgedWrites: answered,
  unacknowledged: 1,
  keys: answered,
  opsPerSecond: 50,
});
const mainTimeline = everysecTimeline(main, now - 1, 4);
const healthy = frameOf({
  view: healthyView,
  logged: main,
  timeline: mainTimeline,
  clock: { now, speed: 0.1, paused: true },
  frame: { workload: { rate: 50 } },
});
const typedLines = [
  'CONFIG GET appendfsync',
  'SET session:9 "user:1"',
  'SADD basket:1 kopi teh gula',
  'GET session:9',
  'EXPIRE session:9 60',
  'SPOP basket:1',
];

const crash = crashOf({
  at: now,
  acknowledged: answered,
  survived,
  lost: powerLoss.writes,
  neverAcknowledged: 1,
  ms: powerLoss.ms,
  fileEnds: fsynced,
  acknowledgedOffset: written,
  fsyncDueAt: 13_000,
});
const deadView = laneView({
  ...healthyView,
  state: 'stopped',
  power: 'off',
  crash,
  opsPerSecond: 0,
});
const powerCut = frameOf({
  view: deadView,
  clock: { now, speed: 0.1, paused: true },
  events: [{ event: 'crash', lane: 'main', at: now, kind: 'power-lost' }],
});
const killed = frameOf({
  view: laneView({
    ...healthyView,
    state: 'stopped',
    crash: crashOf({
      ...crash,
      kind: 'process-killed',
      survived: answered,
      lost: 0,
      ms: 0,
      fileEnds: written,
    }),
  }),
  clock: { now, speed: 0.1, paused: true },
  events: [{ event: 'crash', lane: 'main', at: now, kind: 'process-killed' }],
});
const loading = frameOf({
  view: laneView({
    ...deadView,
    state: 'loading',
    power: 'on',
    appended: fsynced,
    acknowledged: fsynced,
    written: fsynced,
    atRisk: { processKill: { writes: 0, ms: 0 }, powerLoss: { writes: 0, ms: 0 } },
    loading: { bytes: Math.round(fsynced * 0.908), total: fsynced, commands: 502 },
  }),
  clock: { now: 13_527, speed: 0.1, paused: false },
  events: [{ event: 'boot', lane: 'main', at: 13_500 }],
});
const failed = frameOf({
  view: laneView({
    ...deadView,
    state: 'failed',
    power: 'on',
    appended: fsynced,
    acknowledged: fsynced,
    written: fsynced,
    atRisk: { processKill: { writes: 0, ms: 0 }, powerLoss: { writes: 0, ms: 0 } },
    failure:
      'Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>',
  }),
  clock: { now: 13_527, speed: 0.1, paused: true },
  events: [{ event: 'boot', lane: 'main', at: 13_500 }],
});

const firstVisit = frameOf({ view: laneView({}), clock: { now: 420, speed: 0.1, paused: false } });

const alwaysView = laneView({
  policy: 'always',
  appended,
  acknowledged: appended,
  written: appended,
  fsynced: appended,
  durable: appended,
  acknowledgedWrites: answered + 1,
});
const always = frameOf({
  view: alwaysView,
  logged: main,
  timeline: { ...mainTimeline, risk: Float64Array.of(1000, 0, now, 0) },
  clock: { now, speed: 1, paused: false },
  frame: { workload: { rate: 50 } },
});

const slow = workload(5, 5_900, []);
const slowEnd = slow.at(-1);
const slowAppended = slowEnd === undefined ? 0 : slowEnd.offset + slowEnd.bytes.length;
const offsetAt = (at: number): number => slow.find((record) => record.at > at)?.offset ?? 0;
const slowFsynced = offsetAt(3_000);
const slowWritten = offsetAt(4_800);
const postponed = frameOf({
  view: laneView({
    appended: slowAppended,
    acknowledged: slowAppended,
    written: slowWritten,
    fsynced: slowFsynced,
    durable: slowFsynced,
    fsync: { startedAt: 4_800, endsAt: 6_600, coversTo: slowWritten },
    atRisk: {
      processKill: riskBetween(slow, slowWritten, slowAppended, 5_900),
      powerLoss: riskBetween(slow, slowFsynced, slowAppended, 5_900),
    },
    acknowledgedWrites: slow.filter(isWrite).length,
  }),
  logged: slow,
  timeline: everysecTimeline(slow, 5_900, 1_800, 3_000),
  clock: { now: 5_900, speed: 0.05, paused: false },
  frame: {
    workload: { rate: 200 },
    faults: [{ kind: 'fsync-time', value: 1800, at: 2_900 }],
    disk: { preset: 'ssd', fsyncMs: 1800, asked: { preset: 'ssd' } },
  },
});

const lying = frameOf({
  view: laneView({
    appended,
    acknowledged: appended,
    written: appended,
    fsynced: appended,
    durable: fsynced,
    atRisk: {
      processKill: { writes: 0, ms: 0 },
      powerLoss: riskBetween(main, fsynced, appended, now),
    },
    acknowledgedWrites: answered + 1,
  }),
  logged: main,
  timeline: mainTimeline,
  clock: { now, speed: 1, paused: false },
  frame: {
    disk: { preset: 'lying', fsyncMs: 0.05, asked: { preset: 'lying' } },
    workload: { rate: 50 },
  },
});

const noAof = frameOf({
  view: laneView({
    policy: null,
    appended: null,
    acknowledged: null,
    written: null,
    fsynced: null,
    durable: null,
    file: null,
    atRisk: {
      processKill: { writes: answered, ms: now - 1000 },
      powerLoss: { writes: answered, ms: now - 1000 },
    },
    acknowledgedWrites: answered,
  }),
  timeline: mainTimeline,
  clock: { now, speed: 20, paused: false },
  frame: { workload: { rate: 50 } },
});

const stored = (storage: StorageView): Frame => ({ ...healthy, storage });

export const fixtures: Readonly<Record<string, Fixture>> = {
  'first-visit': { frames: [firstVisit] },
  healthy: { frames: [healthy], typed: typedLines },
  'power-cut': { frames: [healthy, powerCut], typed: [...typedLines, 'SET user:2 "Budi"'] },
  killed: { frames: [healthy, killed], typed: typedLines },
  loading: { frames: [healthy, powerCut, loading], typed: ['SPOP basket:1', 'GET session:9'] },
  failed: { frames: [healthy, powerCut, failed] },
  always: { frames: [always], typed: typedLines.slice(0, 2) },
  postponed: { frames: [postponed] },
  lying: { frames: [lying] },
  'no-aof': { frames: [noAof] },
  degraded: {
    frames: [
      stored({
        state: 'degraded',
        notice: 'The browser’s own storage is full: the run is no longer kept for your next visit.',
      }),
    ],
  },
  'read-only': { frames: [stored({ state: 'read-only', notice: null })] },
  recovered: {
    frames: [healthy],
    recovered: {
      text: 'Closing the page cut the power of this machine: 37 acknowledged writes were not on its disk and did not come back.',
      stores: null,
      lostWrites: 37,
    },
  },
};
