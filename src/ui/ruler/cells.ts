/** The cells of the strip: one a record, width by bytes; records too narrow to draw are drawn together. */
import type { RecordStore } from '../log/record-store.ts';
import type { Zone } from '../model/situation.ts';
import { xOf } from '../model/window.ts';
import type { StripWindow } from '../model/window.ts';

type Records = Pick<RecordStore, 'rowAtOffset' | 'endAt'>;

/** Left edges of the cells of one zone, and its right edge, in pixels; at least `minimum` apart but for the last. */
export function cellEdges(
  records: Records,
  zone: Zone,
  window: StripWindow,
  minimum: number,
): readonly number[] {
  const from = Math.max(zone.from, window.from);
  const to = Math.min(zone.to, window.from + window.width / window.scale);
  if (from >= to) return [];
  const edges = [xOf(from, window)];
  let at = from;
  while (at < to) {
    const next = Math.min(to, cellEnd(records, at, minimum / window.scale) ?? to);
    edges.push(xOf(next, window));
    at = next;
  }
  const last = edges.length - 1;
  const narrow = last > 1 && (edges[last] ?? 0) - (edges[last - 1] ?? 0) < minimum / 2;
  return narrow ? [...edges.slice(0, last - 1), edges[last] ?? 0] : edges;
}

/** The end of the record that covers `at + bytes`, so that the cell is at least that long; null if none is known. */
function cellEnd(records: Records, at: number, bytes: number): number | null {
  const first = records.rowAtOffset(at);
  if (first < 0) return null;
  const end = records.endAt(first);
  if (end - at >= bytes) return end > at ? end : null;
  const row = records.rowAtOffset(at + bytes - 1e-6);
  if (row < 0) return null;
  const further = records.endAt(row);
  return further > at ? further : null;
}

/** Solid cells with a gap of one pixel between them. */
export function solidPath(edges: readonly number[], top: number, height: number): string {
  return boxes(edges, (left, right) => {
    const width = Math.max(1, right - left - 1);
    return `M${px(left)} ${top}h${px(width)}v${height}h${px(-width)}z`;
  });
}

/** Boxes drawn with a line that lies inside the cell. */
export function outlinePath(edges: readonly number[], top: number, height: number): string {
  return boxes(edges, (left, right) => {
    const width = Math.max(0.5, right - left - 1.9);
    return `M${px(left + 0.95)} ${top + 0.65}h${px(width)}v${height - 1.3}h${px(-width)}z`;
  });
}

/** Both diagonals of each cell: what is lost is struck out. */
export function crossPath(edges: readonly number[], top: number, height: number): string {
  return boxes(edges, (left, right) => {
    const a = px(left + 1);
    const b = px(right - 1);
    const bottom = top + height - 0.5;
    return `M${a} ${top + 0.5}L${b} ${bottom}M${b} ${top + 0.5}L${a} ${bottom}`;
  });
}

function boxes(edges: readonly number[], draw: (left: number, right: number) => string): string {
  let path = '';
  for (let i = 1; i < edges.length; i++) path += draw(edges[i - 1] ?? 0, edges[i] ?? 0);
  return path;
}

function px(value: number): string {
  return value.toFixed(2);
}
