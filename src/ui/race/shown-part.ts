/** A part of the race's time, looked at closely: which part, and what each lane's curve is in it. */
import type { CurvePoint } from './race-lanes.ts';
import type { RaceSpan } from './race-scale.ts';

/** In ms: the curves have their points about as far apart. */
export const SHORTEST_PART = 20;

/** Two seconds up to the accident: what came last, and what of it had reached the disk. */
export function cutPart(whole: RaceSpan, cut: number): RaceSpan {
  const length = Math.min(2000, Math.max(SHORTEST_PART, (cut - whole.from) / 2));
  return { from: cut - length, to: cut };
}

/** As long as `length`, with the instant `at` where it stands in `part` now. */
export function resized(part: RaceSpan, length: number, at: number): RaceSpan {
  const share = (at - part.from) / (part.to - part.from);
  const from = at - share * length;
  return { from, to: from + length };
}

/** The part where it can be shown: not beyond the run, not shorter than the shortest. */
export function within(whole: RaceSpan, part: RaceSpan): RaceSpan {
  const length = Math.max(SHORTEST_PART, part.to - part.from);
  if (length >= whole.to - whole.from) return whole;
  if (part.from <= whole.from) return { from: whole.from, to: whole.from + length };
  const to = Math.min(whole.to, part.to);
  return { from: to - length, to };
}

/**
 * Writes at risk of those that were answered within the part, so that all lanes keep one scale: a lane that has lost
 * everything for minutes would flatten what another lost in a second. The curve rises by answers alone.
 */
export function partCurve(curve: readonly CurvePoint[], part: RaceSpan): readonly CurvePoint[] {
  const shown: CurvePoint[] = [];
  let answered = 0;
  for (let i = 1; i < curve.length; i++) {
    const [a, b] = [curve[i - 1]!, curve[i]!];
    if (b.at < part.from || a.at > part.to) continue;
    const from = Math.max(a.at, part.from);
    const to = Math.min(b.at, part.to);
    const before = writesAt(a, b, from);
    const after = to === b.at ? b.writes : writesAt(a, b, to);
    if (shown.length === 0) shown.push({ at: from, writes: 0 });
    answered += Math.max(0, after - before);
    shown.push({ at: to, writes: Math.min(after, answered) });
  }
  return shown;
}

function writesAt(a: CurvePoint, b: CurvePoint, at: number): number {
  return a.at === b.at
    ? a.writes
    : a.writes + ((b.writes - a.writes) * (at - a.at)) / (b.at - a.at);
}
