/** Which stretch of lab time the timeline shows, and where a moment stands in it. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
  /** Milliseconds between two labels of the axis. */
  readonly step: number;
}

/** Wide enough that time visibly passes at this speed; the playhead stands six sevenths of the way. */
export function timeSpan(now: number, speed: number): TimeSpan {
  const step = speed <= 0.011 ? 100 : speed <= 1 ? 1000 : 10 ** (3 + Math.ceil(Math.log10(speed)));
  const length = 7.45 * step;
  const from = Math.max(0, now - 6.12 * step);
  return { from, to: from + length, step };
}

/** The run from its beginning to `now`, with a little room behind it. */
export function wholeSpan(now: number): TimeSpan {
  const length = Math.max(1000, now * 1.04);
  let step = 100;
  for (const times of [2, 5, 10, 20, 50, 100, 200, 600, 1200, 3000, 6000, 36_000])
    if (length / step > 12) step = times * 100;
  while (length / step > 12) step *= 2;
  return { from: 0, to: length, step };
}

/** Two seconds to either side of an accident: what was written last, and what of it had reached the disk. */
export function cutSpan(at: number): TimeSpan {
  const from = Math.max(0, at - 2000);
  return { from, to: at + 2000, step: 500 };
}

export function timeX(at: number, span: TimeSpan, width: number): number {
  return ((at - span.from) / (span.to - span.from)) * width;
}

/** Labelled moments within the span. */
export function axisTicks(span: TimeSpan): readonly number[] {
  const ticks: number[] = [];
  for (let at = Math.ceil(span.from / span.step) * span.step; at <= span.to; at += span.step) {
    ticks.push(at);
  }
  return ticks;
}
