/** The real time in microseconds: the host's clock, which may be set, with finer steps in between. */
import type { Micros } from '../../base/time.ts';

const MICROS_PER_MILLI = 1000;
const MICROS_PER_MINUTE = 60_000_000;

/** Never further than a millisecond from the host's clock, so it follows when that one is set. */
export function newWallClock(): () => Micros {
  let offset = 0;
  return () => {
    const fine = Math.floor(performance.now() * MICROS_PER_MILLI);
    const coarse = Date.now() * MICROS_PER_MILLI;
    const now = fine + offset;
    if (now >= coarse && now < coarse + MICROS_PER_MILLI) return now;
    const nearest = now < coarse ? coarse : coarse + MICROS_PER_MILLI - 1;
    offset = nearest - fine;
    return nearest;
  };
}

/** Local time minus UTC, as of now. */
export function utcOffset(): Micros {
  return -new Date().getTimezoneOffset() * MICROS_PER_MINUTE;
}
