/**
 * How far back the oldest lost acknowledged write lies if an accident happens now, looked at all through a run on the
 * simulated machine: the experiment of which the loss windows of `everysec` and `no` are known from real servers.
 */
import { Lab } from '../../src/lab/lab.ts';
import { logOffsets } from '../../src/lab/durability.ts';
import { riskOf, survivesTo } from '../../src/lab/ledger.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { CrashKind } from '../../src/lab/view.ts';

export interface LossRun {
  readonly policy: 'always' | 'everysec' | 'no';
  readonly fsyncMs: number;
  readonly seconds: number;
  /** Write commands a second, evenly spread. */
  readonly rate: number;
  /** Where in a wall clock second the server starts: 7.2 counts in whole seconds. */
  readonly startAtMs: number;
}

export interface LossWindow {
  readonly worstMs: number;
  readonly meanMs: number;
}

export interface LossWindows {
  readonly power: LossWindow;
  readonly kill: LossWindow;
  readonly acknowledged: number;
}

const START = 1_795_225_880_000;
const SAMPLE_MICROS = 5_000;

export function measureLossWindows(run: LossRun): LossWindows {
  const { policy, fsyncMs, seconds, rate, startAtMs } = run;
  const plan = planLab(
    {
      lanes: [{ config: { appendfsync: policy } }],
      disk: { fsyncMs },
      clock: { startAt: START + startAtMs },
      workload: { rate, clients: 8 },
    },
    0,
  );
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  const { state, kernel } = lab.lanes[0]!;
  const power = newCount();
  const kill = newCount();
  const begin = lab.clock.now;
  for (let at = SAMPLE_MICROS; at <= seconds * 1_000_000; at += SAMPLE_MICROS) {
    lab.runUntil(begin + at, Infinity);
    const offsets = logOffsets(state.durability, kernel);
    const age = (kind: CrashKind): number => {
      const { oldestAt } = riskOf(state.records, survivesTo(offsets, kind, 'lost'));
      return oldestAt === null ? 0 : (lab.clock.now - oldestAt) / 1000;
    };
    count(power, age('power-lost'));
    count(kill, age('process-killed'));
  }
  return { power: windowOf(power), kill: windowOf(kill), acknowledged: state.records.acknowledged };
}

interface Count {
  worst: number;
  sum: number;
  samples: number;
}

function newCount(): Count {
  return { worst: 0, sum: 0, samples: 0 };
}

function count(into: Count, ageMs: number): void {
  into.worst = Math.max(into.worst, ageMs);
  into.sum += ageMs;
  into.samples++;
}

function windowOf({ worst, sum, samples }: Count): LossWindow {
  return { worstMs: worst, meanMs: sum / samples };
}

/** What was measured on a real 7.2.4, in seconds, with an fsync of that many milliseconds. */
export const EVERYSEC_ON_7_2_4: readonly {
  readonly fsyncMs: number;
  /** The higher fsync time depends on where in its second the server started: either is right. */
  readonly worst: readonly number[];
  readonly mean: number;
  readonly killWorst: number;
}[] = [
  { fsyncMs: 2, worst: [1], mean: 0.5, killWorst: 0 },
  { fsyncMs: 500, worst: [1.5], mean: 0.99, killWorst: 0.5 },
  { fsyncMs: 900, worst: [1.9], mean: 1.38, killWorst: 0.9 },
  { fsyncMs: 1500, worst: [3, 4], mean: 2.47, killWorst: 1.5 },
  { fsyncMs: 3000, worst: [6], mean: 3.98, killWorst: 1.99 },
  { fsyncMs: 6000, worst: [13], mean: 7, killWorst: 2 },
];
