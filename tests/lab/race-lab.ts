/** A race of five machines for tests, and how their platters are read without any reader of the project's own. */
import { laneView } from '../../src/lab/lane-view.ts';
import { Lab } from '../../src/lab/lab.ts';
import type { Lane } from '../../src/lab/lane.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { LaneView, Setup, Workload } from '../../src/lab/view.ts';

export const CREATED_AT = 1_795_225_880_000_000;
export const LANES = [
  { id: 'none', config: { appendonly: 'no' } },
  { id: 'rdb', config: { appendonly: 'no', save: '1 100' } },
  { id: 'no', config: { appendfsync: 'no' } },
  { id: 'everysec', config: { appendfsync: 'everysec' } },
  { id: 'always', config: { appendfsync: 'always' } },
];

export function newRace(seed: number, workload: Workload | null, setup: Setup = {}): Lab {
  const plan = planLab(
    { seed, lanes: LANES, disk: { preset: 'ssd' }, workload, ...setup },
    CREATED_AT,
  );
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

export function run(lab: Lab, ms: number): void {
  lab.runUntil(lab.clock.now + Math.round(ms * 1000), Infinity);
}

export function viewOf(lab: Lab, id: string): LaneView {
  return laneView(lab.lane(id)!, 'lost');
}

/** SET commands in the increments on the platter, counted by a pattern. */
export function setsOnPlatter(lane: Lane): number {
  return matches(lane, '.incr.aof', /\r\nSET\r\n/g).length;
}

/** The keys `key:N` in the log's increments or in the snapshot on the platter, as often as they stand there. */
export function keysOnPlatter(lane: Lane): readonly string[] {
  const inLog = matches(lane, '.incr.aof', /\r\nSET\r\n\$\d+\r\nkey:\d+\r\n/g);
  // A name there has its length before it; it is too short to be compressed, and no value holds a colon.
  const inSnapshot = matches(lane, '/dump.rdb', /[^]key:\d+/g);
  return [
    ...inLog.map((text) => /key:\d+/.exec(text)![0]),
    ...inSnapshot.map((text) => text.slice(1, 1 + text.charCodeAt(0))),
  ];
}

function matches(lane: Lane, ending: string, pattern: RegExp): readonly string[] {
  return lane.kernel
    .files()
    .filter(({ path }) => path.endsWith(ending))
    .map(({ path, durableSize }) => lane.kernel.readFile(path)!.subarray(0, durableSize))
    .flatMap((bytes) => Buffer.from(bytes).toString('latin1').match(pattern) ?? []);
}
