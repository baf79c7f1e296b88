/**
 * A lab as it was at an instant, beside the lab that goes on. What only grows (the log's columns, history) and what is
 * never changed in place (pages, actions) is shared with it; of the data set, what has changed since the checkpoint
 * before. So a checkpoint costs a list of the keys and the rest of the machines' state, which is small.
 */
import { cloneData } from '../base/clone.ts';
import type { Micros } from '../base/time.ts';
import { freezeSpace, thawSpace, type FrozenSpace } from '../engine/data/frozen-space.ts';
import type { KeySpace } from '../engine/data/key-space.ts';
import type { KernelState } from '../machine/kernel-state.ts';
import { isGuestAction, type FrozenGuests } from './guests.ts';
import type { LabState } from './lab-state.ts';
import { Lab } from './lab.ts';
import type { LaneState } from './lane-state.ts';
import type { RecordLog } from './record-log.ts';

export interface Checkpoint {
  /** Since the lab began; everything due by then has happened. */
  readonly at: Micros;
  /** How many actions the lab had behind it. */
  readonly actions: number;
  /** Events scheduled until then: about what it costs to come here from the start. */
  readonly work: number;
  /** Entries of key spaces that were copied for it: what had changed since the one before. */
  readonly fresh: number;
  /** About what it holds that no other does, in bytes. */
  readonly weight: number;
  /** Not a lab's state: frozen spaces stand in it for key spaces. */
  readonly frozen: LabState;
  readonly spaces: readonly FrozenSpace[];
  /** Null: no shell was ever used. */
  readonly guests: FrozenGuests | null;
}

/** The last copy of each key space of a lab, which the next one goes on from. */
export type KnownSpaces = WeakMap<KeySpace, FrozenSpace>;

/** What each entry of a key space, an entry copied anew, and a lane's other state take; about. */
const ENTRY_BYTES = 0.3;
const FRESH_BYTES = 120;
const LANE_BYTES = 160_000;

/**
 * Whether a copy would be cheap: a child holds on to a data set of its own.
 */
export function isQuiet(lab: Lab): boolean {
  return lab.lanes.every(
    (lane) =>
      lane.state.children.length === 0 &&
      !lane.runsScript() &&
      spacesOf(lane.state).every(({ preImages }) => preImages === null),
  );
}

/** Whether a copy is possible at all: what guests do while they run is no data. */
export function canBeCopied(lab: Lab): boolean {
  return lab.guests === null ? !usedShell(lab.state) : lab.guests.isIdle();
}

function usedShell({ actions }: LabState): boolean {
  return actions.some(({ action }) => isGuestAction(action));
}

/** To be called when it can be copied. */
export function takeCheckpoint(lab: Lab, known: KnownSpaces): Checkpoint {
  const { state } = lab;
  const guests = lab.guests?.freeze() ?? null;
  const copies = shallowCopies(state);
  for (const lane of state.lanes) {
    for (const column of columnsOf(lane)) copies.set(column, column);
    // From now on the page cache shares its pages: it writes into copies.
    for (const inode of lane.kernel.inodes.values()) if (inode.kind === 'file') inode.owned.clear();
  }
  const spaces: FrozenSpace[] = [];
  let fresh = 0;
  let weight = state.lanes.length * LANE_BYTES + (guests?.weight ?? 0);
  // A space that a child has its eye on is copied as it is.
  for (const space of isQuiet(lab) ? state.lanes.flatMap(spacesOf) : []) {
    const frozen = freezeSpace(space, known.get(space));
    space.touched = new Uint8Array(frozen.groups.length + 1);
    known.set(space, frozen);
    copies.set(space, frozen);
    spaces.push(frozen);
    fresh += frozen.fresh;
    weight += frozen.count * ENTRY_BYTES;
  }
  weight += fresh * FRESH_BYTES;
  return {
    at: lab.clock.now - lab.epoch,
    actions: state.actions.length,
    work: state.clock.seq,
    fresh,
    weight,
    frozen: cloneData(state, copies),
    spaces,
    guests,
  };
}

/** A lab that goes on from there, its own way. `known` is told of its key spaces. */
export function labAt(checkpoint: Checkpoint, known: KnownSpaces): Lab {
  const { frozen, spaces, guests } = checkpoint;
  const copies = shallowCopies(frozen);
  for (const lane of frozen.lanes) lendColumns(lane, copies);
  for (const each of spaces) {
    const space = thawSpace(each);
    known.set(space, each);
    copies.set(each, space);
  }
  const lab = new Lab(cloneData(frozen, copies));
  guests?.thaw(lab);
  return lab;
}

/** Collections whose members never change: a copy of theirs need not look into them. */
function shallowCopies(state: LabState): Map<object, object> {
  const { plan, reopened, earlier, actions } = state;
  const copies = new Map<object, object>([
    [plan, plan],
    [earlier, earlier],
    [actions, actions.slice()],
  ]);
  if (reopened !== null) copies.set(reopened, reopened);
  for (const lane of state.lanes) {
    const { records, crash, kernel } = lane;
    copies.set(records.typed, new Map(records.typed));
    copies.set(records.replies, new Map(records.replies));
    copies.set(records.own, new Set(records.own));
    if (crash !== null) copies.set(crash.rows, crash.rows);
    copyKernelParts(kernel, copies);
  }
  return copies;
}

function copyKernelParts(kernel: KernelState, copies: Map<object, object>): void {
  copies.set(kernel.trace.entries, kernel.trace.entries.slice());
  copies.set(kernel.platterChanges, kernel.platterChanges.slice());
  for (const inode of kernel.inodes.values())
    if (inode.kind === 'file') copies.set(inode.pages, inode.pages.slice());
  for (const inode of kernel.platter.inodes.values())
    if (inode.kind === 'file') copies.set(inode.pages, inode.pages.slice());
  for (const flight of kernel.flights) copies.set(flight.pages, new Map(flight.pages));
}

/**
 * A column that has grown is another array with the same rows in front: the checkpoint, which is on the way to the lab,
 * takes that one too, so that nobody holds on to the shorter one.
 */
export function renewColumns({ frozen }: Checkpoint, lab: Lab): void {
  for (const [i, { records, accidents }] of frozen.lanes.entries()) {
    const now = lab.lanes[i]!.state;
    for (const kind of ['acknowledged', 'killed', 'cut', 'life'] as const) {
      accidents[kind].times = now.accidents[kind].times;
      accidents[kind].values = now.accidents[kind].values;
    }
    if (records.cuts !== now.records.cuts) continue;
    const { offsets, unitEnds, times, acknowledgedAt, writes, kinds, causes, ends } = now.records;
    const grown = { offsets, unitEnds, times, acknowledgedAt, writes, kinds, causes, ends };
    Object.assign(records, grown);
    records.bytes.bytes = now.records.bytes.bytes;
  }
}

/** Columns to which rows are added, and in which no row is ever changed that a checkpoint has seen. */
function columnsOf({ records, accidents }: LaneState): readonly object[] {
  const { acknowledged, killed, cut, life } = accidents;
  return [
    ...recordColumns(records),
    ...[acknowledged, killed, cut, life].flatMap(({ times, values }) => [times, values]),
  ];
}

/**
 * Of columns whose rows never change the lab gets what was there, without room: it copies one when it adds a row. Rows of
 * the others are filled in later, and it needs its own at once.
 */
function lendColumns({ records, accidents }: LaneState, copies: Map<object, object>): void {
  const { count, bytes } = records;
  for (const column of [records.offsets, records.times, records.writes, records.ends])
    copies.set(column, column.subarray(0, count));
  for (const column of [records.kinds, records.causes])
    copies.set(column, column.subarray(0, count));
  for (const column of [records.unitEnds, records.acknowledgedAt])
    copies.set(column, column.slice(0, count));
  copies.set(bytes.bytes, bytes.bytes.subarray(0, bytes.length));
  const { acknowledged, killed, cut, life } = accidents;
  for (const { count: rows, times, values } of [acknowledged, killed, cut, life]) {
    copies.set(times, times.subarray(0, rows));
    copies.set(values, values.subarray(0, rows));
  }
}

function recordColumns(log: RecordLog): readonly object[] {
  const { offsets, unitEnds, times, acknowledgedAt, writes, kinds, causes, bytes, ends } = log;
  return [offsets, unitEnds, times, acknowledgedAt, writes, kinds, causes, bytes.bytes, ends];
}

function spacesOf({ server }: LaneState): readonly KeySpace[] {
  return server === null ? [] : server.engine.databases.map(({ space }) => space);
}
