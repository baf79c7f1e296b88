/**
 * Where every byte of one lane's log is, derived from the lane's offsets alone, so that strip, table and minimap
 * cannot disagree. Offsets are logical: bytes ever logged.
 */
import type { LaneView } from '../../worker/protocol.ts';

export type ZoneKind = 'disk' | 'cache' | 'buffer' | 'lost' | 'gone';

/** Bytes `from` up to but not including `to`; never empty. `gone`: never acknowledged, and now nowhere. */
export interface Zone {
  readonly kind: ZoneKind;
  readonly from: number;
  readonly to: number;
}

export type MarkerName =
  | 'acknowledged'
  | 'written'
  | 'fsynced'
  | 'fsynced-says-drive'
  | 'file-ends'
  | 'had-been-acknowledged'
  | 'replayed';

/** Equal offsets share one marker: its names are read with "=" between them. */
export interface Marker {
  readonly names: readonly MarkerName[];
  readonly offset: number;
}

export type Phase = 'no-log' | 'live' | 'dead' | 'replay' | 'failed';

export interface Situation {
  readonly phase: Phase;
  /** The first byte of the file that is being written, and the end of what was ever logged. */
  readonly start: number;
  readonly end: number;
  /** Bytes in the file: what `ls -l` shows. */
  readonly fileSize: number;
  readonly zones: readonly Zone[];
  readonly markers: readonly Marker[];
  /** Bytes above the disk: what the ruler must have room for. */
  readonly exposed: number;
  /** Share of the replay that is done, 0 to 1; null while nothing is replayed. */
  readonly replayed: number | null;
}

/** The truth about one lane as the ruler shows it. */
export function situationOf(view: LaneView): Situation {
  if (view.state === 'loading') return replaying(view);
  const { written, appended } = view;
  if (written === null || appended === null) return { ...nothing, phase: 'no-log' };
  if (view.state === 'stopped' && view.crash !== null) return dead(view, written, appended);
  const start = view.file?.start ?? 0;
  const safe = truth(view, written);
  const kept = Math.max(written, start);
  const zones = contiguous(start, [
    ['disk', safe],
    ['cache', kept],
    ['buffer', appended],
  ]);
  const lies = view.durable !== null && view.fsynced !== null && view.durable < view.fsynced;
  const markers = merged([
    ['acknowledged', view.acknowledged ?? written],
    ['written', written],
    [lies ? 'fsynced-says-drive' : 'fsynced', view.fsynced ?? start],
  ]);
  const phase = view.state === 'failed' ? 'failed' : view.state === 'stopped' ? 'dead' : 'live';
  const end = Math.max(appended, kept);
  return {
    phase,
    start,
    end,
    fileSize: kept - start,
    zones,
    markers,
    exposed: end - Math.max(safe, start),
    replayed: null,
  };
}

const nothing = {
  start: 0,
  end: 0,
  fileSize: 0,
  zones: [],
  markers: [],
  exposed: 0,
  replayed: null,
} as const;

/** After a crash: what the file kept is solid (or still only in the kernel), what had been answered is struck out. */
function dead(view: LaneView, written: number, appended: number): Situation {
  const start = view.file?.start ?? 0;
  const crash = view.crash;
  const fileEnds = crash?.fileEnds ?? written;
  const answered = Math.max(crash?.acknowledgedOffset ?? fileEnds, fileEnds);
  const end = Math.max(appended, answered);
  const safe = view.power === 'off' ? fileEnds : Math.min(truth(view, written), fileEnds);
  const zones = contiguous(start, [
    ['disk', safe],
    ['cache', fileEnds],
    ['lost', answered],
    ['gone', end],
  ]);
  const named: [MarkerName, number][] = [];
  if (safe < fileEnds) named.push(['fsynced', safe]);
  named.push(['file-ends', fileEnds]);
  if (answered > fileEnds) named.push(['had-been-acknowledged', answered]);
  return {
    phase: 'dead',
    start,
    end,
    fileSize: Math.max(0, fileEnds - start),
    zones,
    markers: merged(named),
    exposed: end - Math.max(safe, start),
    replayed: null,
  };
}

function replaying(view: LaneView): Situation {
  const start = view.file?.start ?? 0;
  const total = view.loading?.total ?? 0;
  const done = view.loading?.bytes ?? 0;
  const end = start + total;
  const safe = view.durable ?? view.fsynced ?? end;
  return {
    phase: 'replay',
    start,
    end,
    fileSize: total,
    zones: contiguous(start, [
      ['disk', safe],
      ['cache', end],
    ]),
    markers: [{ names: ['replayed'], offset: start + done }],
    exposed: 0,
    replayed: total === 0 ? 0 : Math.min(1, done / total),
  };
}

/** What the platter really holds: the drive's truth where it is known, else what fsync promised. */
function truth(view: LaneView, written: number): number {
  return Math.min(view.durable ?? view.fsynced ?? 0, written);
}

function contiguous(start: number, ends: readonly (readonly [ZoneKind, number])[]): Zone[] {
  const zones: Zone[] = [];
  let from = start;
  for (const [kind, to] of ends) {
    if (to <= from) continue;
    zones.push({ kind, from, to });
    from = to;
  }
  return zones;
}

function merged(named: readonly (readonly [MarkerName, number])[]): Marker[] {
  const at = new Map<number, MarkerName[]>();
  for (const [name, offset] of named) {
    const names = at.get(offset);
    if (names === undefined) at.set(offset, [name]);
    else names.push(name);
  }
  return [...at]
    .map(([offset, names]) => ({ names, offset }))
    .sort((one, other) => one.offset - other.offset);
}
