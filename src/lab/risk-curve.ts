/**
 * Acknowledged writes at risk over the whole run, in a bounded number of points: between two points the curve is
 * straight, a fall stands upright. When there are too many, older neighbours give way, but for peaks and ends of falls;
 * the newest stand as they are, so that the last seconds before an accident can be looked at closely.
 */
import type { LabMillis } from './view.ts';

export interface RiskCurve {
  /** Alternating time in ms and writes. */
  points: number[];
}

/** As many points as a picture has pixels, in the end. */
const MOST_POINTS = 640;
const NEWEST_POINTS = 240;
const COLUMNS = 75;
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

/** Of each older column of time its first, highest, lowest and last point, in their order; of the newest time all. */
function thinned(points: readonly number[]): number[] {
  const older = points.length - NEWEST_POINTS * 2;
  const from = points[0]!;
  const width = Math.max((points[older - 2]! - from) / COLUMNS, SHORTEST_COLUMN);
  const kept: number[] = [];
  let start = 0;
  while (start < older) {
    const column = Math.floor((points[start]! - from) / width);
    let end = start;
    let high = start;
    let low = start;
    while (end < older && Math.floor((points[end]! - from) / width) === column) {
      if (points[end + 1]! > points[high + 1]!) high = end;
      if (points[end + 1]! < points[low + 1]!) low = end;
      end += 2;
    }
    const chosen = [start, Math.min(high, low), Math.max(high, low), end - 2];
    for (const [i, at] of chosen.entries())
      if (i === 0 || at !== chosen[i - 1]) kept.push(points[at]!, points[at + 1]!);
    start = end;
  }
  for (let i = older; i < points.length; i++) kept.push(points[i]!);
  return kept;
}
