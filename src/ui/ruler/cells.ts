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
  const bytes = minimum / window.scale;
  let at = from;
  let row: number | undefined;
  // Cells of as many records as the one before are the rule.
  let stride = 0;
  while (at < to) {
    const first = records.rowAtOffset(at, row);
    const cell = lastOfCell(records, first, at, bytes, stride);
    const end = cell < 0 ? at : records.endAt(cell);
    const next = end > at ? Math.min(to, end) : to;
    edges.push(xOf(next, window));
    at = next;
    stride = cell - first;
    row = cell + 1;
  }
  const last = edges.length - 1;
  const narrow = last > 1 && (edges[last] ?? 0) - (edges[last - 1] ?? 0) < minimum / 2;
  return narrow ? [...edges.slice(0, last - 1), edges[last] ?? 0] : edges;
}

/** The row that ends a cell which starts in row `first` and is at least `bytes` long; -1 if none is known. */
function lastOfCell(
  records: Records,
  first: number,
  at: number,
  bytes: number,
  stride: number,
): number {
  if (first < 0 || records.endAt(first) - at >= bytes) return first;
  return records.rowAtOffset(at + bytes - 1e-6, first + stride);
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
