/**
 * Acknowledged writes at risk over the whole run, in a bounded number of points: between two points the curve is
 * straight, a fall stands upright. When there are too many, neighbours give way; peaks and ends of falls stay.
 */
import type { LabMillis } from './view.ts';

export interface RiskCurve {
  /** Alternating time in ms and writes. */
  points: number[];
}

/** As many points as a picture has pixels, in the end. */
const MOST_POINTS = 640;
const COLUMNS = 100;
const SHORTEST_COLUMN: LabMillis = 0.001;

export function newRiskCurve(): RiskCurve {
  return { points: [] };
}

export function addRisk(curve: RiskCurve, at: LabMillis, writes: number): void {
  const { points } = curve;
  const last = points.length - 2;
  if (last >= 0 && points[last] === at && points[last + 1] === writes) return;
  points.push(at, writes);
  if (points.length > MOST_POINTS * 2) curve.points = thinned(points);
}

/** Of each column of time its first, highest, lowest and last point, in their order. */
function thinned(points: readonly number[]): number[] {
  const from = points[0]!;
  const width = Math.max((points[points.length - 2]! - from) / COLUMNS, SHORTEST_COLUMN);
  const kept: number[] = [];
  let start = 0;
  while (start < points.length) {
    const column = Math.floor((points[start]! - from) / width);
    let end = start;
    let high = start;
    let low = start;
    while (end < points.length && Math.floor((points[end]! - from) / width) === column) {
      if (points[end + 1]! > points[high + 1]!) high = end;
      if (points[end + 1]! < points[low + 1]!) low = end;
      end += 2;
    }
    const chosen = [start, Math.min(high, low), Math.max(high, low), end - 2];
    for (const [i, at] of chosen.entries())
      if (i === 0 || at !== chosen[i - 1]) kept.push(points[at]!, points[at + 1]!);
    start = end;
  }
  return kept;
}
