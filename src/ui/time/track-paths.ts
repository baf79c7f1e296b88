/** Paths of the timeline's tracks, never more of them than there are pixels. */
import type { RecordStore } from '../log/record-store.ts';
import type { Column } from '../model/timeline.ts';
import type { Outage } from './outages.ts';
import { timeX } from './span.ts';
import type { TimeSpan } from './span.ts';

export interface RiskPath {
  readonly line: string;
  readonly area: string;
  /** The value at the track's upper edge. */
  readonly top: number;
}

/**
 * The sawtooth of risk: a value holds until the next sample, and `now` ends it. While the power is off
 * there is nothing at risk any more, and no curve.
 */
export function riskPath(
  risk: Column,
  span: TimeSpan,
  now: number,
  out: readonly Outage[],
  width: number,
  height: number,
): RiskPath {
  const first = Math.max(0, risk.firstFrom(span.from) - 1);
  const end = Math.min(risk.rows, risk.firstFrom(Math.min(now, span.to) + 1e-6));
  let peak = 0;
  for (let row = first; row < end; row++) peak = Math.max(peak, risk.at(row, 1));
  const top = niceCeiling(peak);
  const y = (value: number): number => height - (value / top) * height;
  let line = '';
  let area = '';
  for (const part of poweredParts(span.from, Math.min(now, span.to), out)) {
    const from = part.from === span.from ? first : risk.firstFrom(part.from);
    const to = Math.min(end, risk.firstFrom(part.to + 1e-6));
    if (to <= from) continue;
    const columns = pixelColumns(risk, from, to, span, width);
    const drawn = partLine(columns, Math.min(width, timeX(part.to, span, width)), y);
    line += drawn;
    area += `${drawn}V${height}H${(columns[0]?.x ?? 0).toFixed(1)}z`;
  }
  return { line, area, top };
}

function poweredParts(from: number, to: number, out: readonly Outage[]): readonly Outage[] {
  const parts: Outage[] = [];
  let start = from;
  for (const outage of out) {
    if (outage.from > start) parts.push({ from: start, to: Math.min(outage.from, to) });
    start = outage.to;
  }
  if (start < to) parts.push({ from: start, to });
  return parts;
}

function partLine(
  columns: readonly PixelColumn[],
  endX: number,
  y: (value: number) => number,
): string {
  let line = '';
  let previous = 0;
  for (const column of columns) {
    if (line === '') line = `M${column.x.toFixed(1)} ${y(column.first).toFixed(1)}`;
    else line += `L${column.x.toFixed(1)} ${y(previous).toFixed(1)}V${y(column.first).toFixed(1)}`;
    if (column.high !== column.first) line += `V${y(column.high).toFixed(1)}`;
    if (column.low !== column.high) line += `V${y(column.low).toFixed(1)}`;
    if (column.last !== column.low) line += `V${y(column.last).toFixed(1)}`;
    previous = column.last;
  }
  return `${line}H${endX.toFixed(1)}`;
}

/** A round number: the scale holds still while the first tooth grows. */
export function niceCeiling(value: number): number {
  let unit = 1;
  while (unit * 10 < value) unit *= 10;
  const times = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * unit >= value) ?? 10;
  return times * unit;
}

interface PixelColumn {
  readonly x: number;
  readonly first: number;
  high: number;
  low: number;
  last: number;
}

function pixelColumns(
  risk: Column,
  from: number,
  to: number,
  span: TimeSpan,
  width: number,
): PixelColumn[] {
  const columns: PixelColumn[] = [];
  for (let row = from; row < to; row++) {
    const value = risk.at(row, 1);
    const x = Math.max(0, timeX(risk.at(row), span, width));
    const column = columns.at(-1);
    if (column !== undefined && x - column.x < 0.75) {
      column.high = Math.max(column.high, value);
      column.low = Math.min(column.low, value);
      column.last = value;
    } else {
      columns.push({ x, first: value, high: value, low: value, last: value });
    }
  }
  return columns;
}

/** Moments in ascending order. */
export interface Moments {
  readonly rows: number;
  at(row: number): number;
  /** The first row at or after a moment; `near`: a row not far from it. */
  firstFrom(at: number, near?: number): number;
}

/** The moments of a log's records. */
export function recordMoments(records: RecordStore): Moments {
  return {
    rows: records.count,
    at: (row) => records.timeAt(row),
    firstFrom: (at, near) => records.rowAfterTime(at - 1e-6, near),
  };
}

/** One upright stroke a moment; those closer than `apart` pixels share one. */
export function tickPath(
  times: Moments,
  span: TimeSpan,
  width: number,
  top: number,
  height: number,
  apart: number,
): string {
  let path = '';
  let lastX = -Infinity;
  let lastRow = 0;
  let stride = 0;
  for (let row = times.firstFrom(span.from); row < times.rows; row++) {
    const x = timeX(times.at(row), span, width);
    if (x > width) break;
    if (x - lastX < apart) {
      const next = span.from + ((lastX + apart) / width) * (span.to - span.from);
      // Strokes that share as many moments as the one before are the rule.
      row = Math.max(row, times.firstFrom(next, row + stride) - 1);
      continue;
    }
    stride = row - lastRow;
    lastRow = row;
    lastX = x;
    path += `M${x.toFixed(1)} ${top}v${height}`;
  }
  return path;
}

/** Boxes as wide as each fsync lasted, at least `minimum` pixels; what touches is drawn as one. */
export function boxPath(
  intervals: Column,
  span: TimeSpan,
  width: number,
  top: number,
  height: number,
  minimum: number,
): string {
  let path = '';
  let left = -1;
  let right = -1;
  const flush = (): void => {
    if (right < 0) return;
    path += `M${left.toFixed(1)} ${top}H${right.toFixed(1)}v${height}H${left.toFixed(1)}z`;
  };
  for (let row = Math.max(0, intervals.firstFrom(span.from) - 1); row < intervals.rows; row++) {
    const from = Math.max(0, timeX(intervals.at(row), span, width));
    if (from > width) break;
    const to = Math.min(width, timeX(intervals.at(row, 1), span, width));
    if (to < 0) continue;
    const end = Math.max(to, from + minimum);
    if (right >= 0 && from <= right + 0.5) {
      right = Math.max(right, end);
      continue;
    }
    flush();
    left = from;
    right = end;
  }
  flush();
  return path;
}
