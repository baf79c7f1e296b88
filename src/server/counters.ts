/** What INFO counts beside the engine's own statistics: traffic, forks, turns of the event loop, and rates. */
import type { Micros } from '../base/time.ts';
import { newRecentPeaks, type RecentPeaks } from './recent-peaks.ts';

export interface Counters {
  netInputBytes: number;
  netOutputBytes: number;
  reads: number;
  writes: number;
  rejectedConnections: number;
  evictedClients: number;
  forks: number;
  lastForkMicros: Micros;
  turns: number;
  /** Time that the main thread spent in turns, and in executing commands. */
  turnMicros: Micros;
  commandMicros: Micros;
  /** Processor time of the main thread, and of children that have ended. */
  cpuMicros: Micros;
  childCpuMicros: Micros;
  readonly recentPeaks: RecentPeaks;
  readonly rates: Readonly<Record<RateName, Rate>>;
}

export type RateName = 'commands' | 'input' | 'output' | 'turns' | 'turn-micros';

/** A rate a second, as the average of the last samples (server.c:trackInstantaneousMetric). */
export interface Rate {
  readonly samples: number[];
  next: number;
  lastValue: number;
  lastBase: number;
}

const SAMPLES = 16;
const MILLIS_PER_SECOND = 1000;

export function newCounters(): Counters {
  return {
    netInputBytes: 0,
    netOutputBytes: 0,
    reads: 0,
    writes: 0,
    rejectedConnections: 0,
    evictedClients: 0,
    forks: 0,
    lastForkMicros: 0,
    turns: 0,
    turnMicros: 0,
    commandMicros: 0,
    cpuMicros: 0,
    childCpuMicros: 0,
    recentPeaks: newRecentPeaks(),
    rates: {
      commands: newRate(),
      input: newRate(),
      output: newRate(),
      turns: newRate(),
      'turn-micros': newRate(),
    },
  };
}

function newRate(): Rate {
  return { samples: new Array<number>(SAMPLES).fill(0), next: 0, lastValue: 0, lastBase: 0 };
}

/** To be called by the cron, about ten times a second; `commands`: executed so far. */
export function sampleRates(counters: Counters, commands: number, now: Micros): void {
  const { rates } = counters;
  const millis = Math.floor(now / 1000);
  sample(rates.commands, commands, millis, MILLIS_PER_SECOND);
  sample(rates.input, counters.netInputBytes, millis, MILLIS_PER_SECOND);
  sample(rates.output, counters.netOutputBytes, millis, MILLIS_PER_SECOND);
  sample(rates.turns, counters.turns, millis, MILLIS_PER_SECOND);
  sample(rates['turn-micros'], counters.turnMicros, counters.turns, 1);
}

export function rateOf(counters: Counters, name: RateName): number {
  const { samples } = counters.rates[name];
  return Math.floor(samples.reduce((sum, value) => sum + value, 0) / SAMPLES);
}

/** Growth of `value` for each `factor` of growth of `base`. */
function sample(rate: Rate, value: number, base: number, factor: number): void {
  if (rate.lastBase > 0) {
    const grown = base - rate.lastBase;
    rate.samples[rate.next] =
      grown > 0 ? Math.floor(((value - rate.lastValue) * factor) / grown) : 0;
    rate.next = (rate.next + 1) % SAMPLES;
  }
  rate.lastBase = base;
  rate.lastValue = value;
}
