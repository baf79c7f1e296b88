import type { LaneView } from '../../worker/protocol.ts';
import type { RecordStore } from './record-store.ts';
import type { LostRange } from './lost-rows.ts';

export type Offset = 'acknowledged' | 'written' | 'fsynced';

/** A rule between two rows: everything above it has come as far as it says. */
export type Marker = {
  /** It stands before this row. */
  readonly row: number;
} & (
  | {
      readonly type: 'reached';
      readonly names: readonly Offset[];
      readonly offset: number;
      readonly lying: boolean;
    }
  | { readonly type: 'file-ends'; readonly offset: number; readonly tense: 'present' | 'past' }
  | { readonly type: 'had-been-acknowledged'; readonly offset: number }
  | { readonly type: 'crashed'; readonly range: LostRange }
);

const offsetNames: readonly Offset[] = ['acknowledged', 'written', 'fsynced'];

/** The rules of the log, from the top to the bottom. */
export function markersOf(store: RecordStore, view: LaneView): Marker[] {
  const down = view.state !== 'running' && view.crash !== null;
  const markers: Marker[] = [];
  for (const range of store.lost.ranges) {
    const current = down && range === store.lost.ranges.at(-1);
    const offset = range.crash.fileEnds;
    if (range.from < range.to || current) {
      markers.push({
        type: 'file-ends',
        row: range.from,
        offset,
        tense: current ? 'present' : 'past',
      });
    }
    if (current && range.crash.acknowledgedOffset > offset) {
      markers.push({
        type: 'had-been-acknowledged',
        row: range.unanswered,
        offset: range.crash.acknowledgedOffset,
      });
    }
    markers.push({ type: 'crashed', row: range.to, range });
  }
  if (!down) markers.push(...reachedMarkers(store, view));
  return markers.filter(({ row }) => row >= store.first);
}

function reachedMarkers(store: RecordStore, view: LaneView): Marker[] {
  const byOffset = new Map<number, Offset[]>();
  for (const name of offsetNames) {
    const offset = view[name];
    if (offset === null) continue;
    const names = byOffset.get(offset);
    if (names === undefined) byOffset.set(offset, [name]);
    else names.push(name);
  }
  return [...byOffset]
    .sort(([a], [b]) => a - b)
    .map(([offset, names]) => ({
      type: 'reached' as const,
      row: store.rowBehindOffset(offset),
      names,
      offset,
      lying:
        names.includes('fsynced') &&
        view.durable !== null &&
        view.fsynced !== null &&
        view.durable < view.fsynced,
    }));
}

/** `gone`: it was never acknowledged, and is no longer there. */
export type RowLayer = 'buffer' | 'cache' | 'disk' | 'lost' | 'gone';

/** Where a row's record is. The drive's truth decides, not what it told Redis. */
export function layerOfRow(store: RecordStore, view: LaneView, row: number): RowLayer {
  const range = store.lost.rangeOf(row);
  if (range !== undefined) return row < range.unanswered ? 'lost' : 'gone';
  const end = store.endAt(row);
  if (end <= (view.durable ?? view.fsynced ?? 0)) return 'disk';
  return end <= (view.written ?? 0) ? 'cache' : 'buffer';
}
