/** How fast a lane serves its workload, in virtual time: counted where replies reach the clients. */
import type { Micros } from '../base/time.ts';
import type { Measured } from './view.ts';

export interface Meter {
  /** Since when it counts; null: it does not count. */
  since: Micros | null;
  /** When the lane stopped being served; null: it still is. */
  until: Micros | null;
  /** Answered requests: a command, or a whole transaction. */
  requests: number;
  /** Commands in each request, MULTI and EXEC aside. */
  commandsEach: number;
  /** How often a request took how long; see `bucketOf`. As long as the longest needs it. */
  latencies: Uint32Array;
}

/** Up to here each µs has a bucket of its own; above, each doubling has half as many, twice as wide. */
const EXACT = 256;
const HALF = EXACT / 2;
/** Buckets end at 2^40 µs, some twelve days. */
const DOUBLINGS = 32;
const MICROS_PER_SECOND = 1_000_000;

export function newMeter(): Meter {
  return {
    since: null,
    until: null,
    requests: 0,
    commandsEach: 1,
    latencies: new Uint32Array(EXACT),
  };
}

/** Counts from now on, and forgets what was. */
export function startMeter(meter: Meter, now: Micros, commandsEach: number): void {
  meter.since = now;
  meter.until = null;
  meter.requests = 0;
  meter.commandsEach = commandsEach;
  meter.latencies.fill(0);
}

/** Nothing is served from now on; what was counted stays. */
export function stopMeter(meter: Meter, now: Micros): void {
  if (meter.since !== null) meter.until ??= now;
}

/** A request that took so long has been answered. */
export function countRequest(meter: Meter, latency: Micros): void {
  if (meter.since === null || meter.until !== null) return;
  meter.requests++;
  const bucket = bucketOf(latency);
  if (bucket >= meter.latencies.length) lengthen(meter, bucket);
  meter.latencies[bucket]!++;
}

/** By whole doublings. */
function lengthen(meter: Meter, bucket: number): void {
  const longer = new Uint32Array(EXACT + HALF * (Math.floor((bucket - EXACT) / HALF) + 1));
  longer.set(meter.latencies);
  meter.latencies = longer;
}

/** Null while there is nothing to tell. */
export function measured(meter: Meter, now: Micros, epoch: Micros): Measured | null {
  const { since, requests } = meter;
  if (since === null) return null;
  const micros = (meter.until ?? now) - since;
  const commands = requests * meter.commandsEach;
  return {
    since: (since - epoch) / 1000,
    seconds: micros / MICROS_PER_SECOND,
    commands,
    commandsPerSecond: micros === 0 ? 0 : (commands * MICROS_PER_SECOND) / micros,
    p50Ms: percentile(meter, 50),
    p99Ms: percentile(meter, 99),
  };
}

/** The latency in ms that so many of 100 requests stay within, to two digits; null without a request. */
function percentile({ latencies, requests }: Meter, of100: number): number | null {
  if (requests === 0) return null;
  const wanted = Math.ceil((requests * of100) / 100);
  let seen = 0;
  let bucket = -1;
  while (seen < wanted) seen += latencies[++bucket]!;
  return lowestOf(bucket) / 1000;
}

function bucketOf(micros: Micros): number {
  const value = Math.max(0, Math.round(micros));
  if (value < EXACT) return value;
  let shift = 0;
  let reduced = value;
  while (reduced >= EXACT) {
    reduced = Math.floor(reduced / 2);
    shift++;
  }
  return Math.min(EXACT + DOUBLINGS * HALF - 1, EXACT + (shift - 1) * HALF + (reduced - HALF));
}

/** The shortest latency that falls into the bucket, in µs. */
function lowestOf(bucket: number): Micros {
  if (bucket < EXACT) return bucket;
  const above = bucket - EXACT;
  let width = 2;
  for (let shift = Math.floor(above / HALF); shift > 0; shift--) width *= 2;
  return ((above % HALF) + HALF) * width;
}
