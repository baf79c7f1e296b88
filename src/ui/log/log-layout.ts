/**
 * What stands at each line of the log's list: records, notes below some of them, the markers' rules, and,
 * while the list follows the log's end, folds of the workload's runs. All of it is found by halving or by
 * walking back from the end, never by walking over the log.
 */
import type { Marker } from './log-markers.ts';
import type { LogRows } from './log-rows.ts';
import type { RowList } from './row-list.ts';

export type LogItem =
  | { readonly type: 'record'; readonly row: number }
  | { readonly type: 'note'; readonly row: number }
  | { readonly type: 'fold'; readonly from: number; readonly to: number }
  | { readonly type: 'marker'; readonly marker: Marker }
  | { readonly type: 'dropped'; readonly rows: number };

export interface LogList {
  readonly rows: LogRows;
  /** In ascending order of their rows, and the place before which each stands. */
  readonly markers: readonly Marker[];
  readonly places: readonly number[];
  /** How many of the oldest rows the page no longer holds; a line at the top says so. */
  readonly dropped: number;
}

/** `markers` in ascending order of their rows. */
export function logList(rows: LogRows, markers: readonly Marker[], dropped: number): LogList {
  return { rows, markers, places: markers.map(({ row }) => rows.placeOf(row)), dropped };
}

/** How many lines the whole list has. */
export function lineCount(list: LogList): number {
  return lineOfPlace(list, list.rows.count) + markersAt(list, list.rows.count).length;
}

/** The line on which a row's record stands. */
export function lineOfRow(list: LogList, row: number): number {
  const place = list.rows.placeOf(row);
  return lineOfPlace(list, place) + markersAt(list, place).length;
}

/** The items of `count` lines from `line` on, fewer at the end. */
export function itemsFrom(list: LogList, line: number, count: number): LogItem[] {
  const items: LogItem[] = [];
  const header = list.dropped > 0 ? 1 : 0;
  if (line < header) items.push({ type: 'dropped', rows: list.dropped });

  let low = 0;
  let high = list.rows.count;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (lineOfPlace(list, middle) <= line) low = middle;
    else high = middle - 1;
  }
  let skip = Math.max(0, line - lineOfPlace(list, low));
  for (let place = low; place <= list.rows.count && items.length < count; place++) {
    for (const item of block(list, place)) {
      if (skip > 0) skip--;
      else if (items.length < count) items.push(item);
    }
  }
  return items;
}

/** Markers before a row, the row, and its note. Behind the last row there may be markers, too. */
function block(list: LogList, place: number): LogItem[] {
  const items: LogItem[] = markersAt(list, place).map((marker) => ({ type: 'marker', marker }));
  if (place === list.rows.count) return items;
  const row = list.rows.rowAt(place);
  items.push({ type: 'record', row });
  if (list.rows.hasNote(row)) items.push({ type: 'note', row });
  return items;
}

/** The line at which the block of a place starts. */
function lineOfPlace(list: LogList, place: number): number {
  const header = list.dropped > 0 ? 1 : 0;
  let markers = 0;
  for (const each of list.places) if (each < place) markers++;
  return header + place + list.rows.notesBefore(place) + markers;
}

function markersAt(list: LogList, place: number): Marker[] {
  return list.markers.filter((_, i) => list.places[i] === place);
}

/** A shorter run is shown whole. */
const LEAST_FOLDED = 3;

/**
 * The last `count` lines with the workload's runs folded. Next to a rule a run shows its nearest record,
 * at the log's end its last; lines that are left over show more of the newest runs.
 */
export function foldedTail(list: LogList, landmarks: RowList, count: number): LogItem[] {
  const upwards: LogItem[] = [];
  let place = list.rows.count;
  while (upwards.length < count) {
    for (const marker of markersAt(list, place).reverse()) upwards.push({ type: 'marker', marker });
    if (place === 0) break;
    const row = list.rows.rowAt(place - 1);
    if (landmarks.has(row)) {
      pushRow(list, row, upwards);
      place--;
      continue;
    }
    const start = runStart(list, landmarks, place);
    pushRun(list, start, place, upwards);
    place = start;
  }
  if (place === 0 && upwards.length < count) {
    if (list.dropped > 0) upwards.push({ type: 'dropped', rows: list.dropped });
    return spread(list, upwards.reverse(), count);
  }
  return upwards.slice(0, count).reverse();
}

/** The place at which the foldable run that ends before `place` starts. */
function runStart(list: LogList, landmarks: RowList, place: number): number {
  const last = list.rows.rowAt(place - 1);
  const before = landmarks.countBelow(last);
  let start = before === 0 ? 0 : list.rows.placeOf(landmarks.at(before - 1) + 1);
  for (const at of list.places) if (at < place && at > start) start = at;
  return start;
}

function pushRun(list: LogList, start: number, end: number, upwards: LogItem[]): void {
  const atRule = (place: number): boolean => list.places.includes(place);
  const top = atRule(start) ? 1 : 0;
  const bottom = end === list.rows.count || atRule(end) ? 1 : 0;
  if (end - start - top - bottom < LEAST_FOLDED) {
    for (let at = end - 1; at >= start; at--) pushRow(list, list.rows.rowAt(at), upwards);
    return;
  }
  if (bottom === 1) pushRow(list, list.rows.rowAt(end - 1), upwards);
  upwards.push({
    type: 'fold',
    from: list.rows.rowAt(start + top),
    to: list.rows.rowAt(end - bottom - 1) + 1,
  });
  if (top === 1) pushRow(list, list.rows.rowAt(start), upwards);
}

function pushRow(list: LogList, row: number, upwards: LogItem[]): void {
  if (list.rows.hasNote(row)) upwards.push({ type: 'note', row });
  upwards.push({ type: 'record', row });
}

/** The whole log fits folded: what room is left shows the newest rows of the newest folds. */
function spread(list: LogList, items: readonly LogItem[], count: number): LogItem[] {
  let room = count - items.length;
  const upwards: LogItem[] = [];
  for (const item of [...items].reverse()) {
    if (item.type !== 'fold') {
      upwards.push(item);
      continue;
    }
    let to = item.to;
    while (to > item.from && (room > 0 || to - 1 === item.from)) {
      const lines = list.rows.hasNote(to - 1) ? 2 : 1;
      // The fold's own line is free once nothing is left in it.
      if (lines > room + (to - 1 === item.from ? 1 : 0)) break;
      pushRow(list, --to, upwards);
      room -= lines;
    }
    if (to === item.from) room++;
    else upwards.push({ type: 'fold', from: item.from, to });
  }
  return upwards.reverse().slice(-count);
}
