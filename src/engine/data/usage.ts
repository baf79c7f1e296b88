/**
 * When a key was last used, or how often: 24 bits, as `robj.lru` (evict.c). Under an LFU policy the upper 16 are the
 * minute of the last decrement and the lower 8 a logarithmic counter; otherwise all are the LRU clock in seconds.
 */
import { nextDouble, type RandomState } from '../../base/random.ts';
import type { Millis, Seconds } from '../../base/time.ts';

export interface LfuSettings {
  lfuLogFactor: number;
  lfuDecayTime: number;
}

const LRU_CLOCK_MAX = 0xffffff;
const MINUTES_MAX = 0xffff;
/** A new key starts here, so that it is not evicted at once. */
const INITIAL_COUNT = 5;

export function lruClock(now: Millis): number {
  return Math.floor(now / 1000) & LRU_CLOCK_MAX;
}

export function idleSeconds(lru: number, now: Millis): Seconds {
  const clock = lruClock(now);
  return clock >= lru ? clock - lru : clock + (LRU_CLOCK_MAX - lru);
}

export function firstUse(now: Millis): number {
  return usedOften(INITIAL_COUNT, now);
}

/** The use of a key that was last used so many seconds ago (object.c:objectSetLRUOrLFU). */
export function usedBefore(idle: Seconds, now: Millis): number {
  const clock = lruClock(now) - Math.min(idle, LRU_CLOCK_MAX);
  return clock < 0 ? clock + LRU_CLOCK_MAX : clock;
}

/** The use of a key with that counter, as of now. */
export function usedOften(frequency: number, now: Millis): number {
  return (minutesOf(now) << 8) | frequency;
}

/** The counter as it has decayed until now (LFUDecrAndReturn). */
export function decayedCount(lru: number, now: Millis, { lfuDecayTime }: LfuSettings): number {
  const then = lru >>> 8;
  const minutes = minutesOf(now);
  const passed = minutes >= then ? minutes - then : MINUTES_MAX - then + minutes;
  const periods = lfuDecayTime === 0 ? 0 : Math.floor(passed / lfuDecayTime);
  return Math.max(0, (lru & 0xff) - periods);
}

/** The same key after one more use (updateLFU): the higher the counter, the less likely that it grows. */
export function nextUse(
  lru: number,
  now: Millis,
  settings: LfuSettings,
  random: RandomState,
): number {
  let count = decayedCount(lru, now, settings);
  const above = Math.max(0, count - INITIAL_COUNT);
  if (count < 0xff && nextDouble(random) < 1 / (above * settings.lfuLogFactor + 1)) count++;
  return usedOften(count, now);
}

function minutesOf(now: Millis): number {
  return Math.floor(now / 60_000) & MINUTES_MAX;
}
