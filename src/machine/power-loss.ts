import { assert, unreachable } from '../base/assert.ts';
import { nextBelow } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import { commitOperations, ensureOnPlatter, takeOperations } from './journal.ts';
import {
  mountPlatter,
  type FileInode,
  type KernelContext,
  type KernelState,
  type Operation,
} from './kernel-state.ts';
import { layersOfInode, listFiles, type FileEntry, type Layers } from './layers.ts';
import { findPath } from './lookup.ts';
import { copyFromPages, PAGE_SIZE, pageCount, pageOf } from './pages.ts';
import { normalizePath } from './paths.ts';
import { changePlatter } from './platter-journal.ts';
import { addRange, cutRanges, rangesWithin, removeRange, type Ranges } from './ranges.ts';

/**
 * What becomes of the bytes that are not on the platter when the power goes:
 * `lost`: none is there. `kept`: the disk got all that was on its way. `cutAt`: of one file those before that byte.
 * `zero-filled`: the length was journalled, the bytes are zeros. `holes`: pages arrived out of order, the first one
 * is missing, chance decides about the others. `reordered`: the disk wrote the oldest last: names and all later pages are
 * there, the first unsynced page of each file is not.
 */
export type TailMode =
  | 'lost'
  | 'kept'
  | 'zero-filled'
  | 'holes'
  | 'reordered'
  | { readonly cutAt: number; readonly path: string };

export interface PowerLoss {
  readonly at: Micros;
  /** Files that came back shorter, with other bytes, or not at all. */
  readonly files: readonly LostFile[];
  /** Paths that are there again since their removal was not durable. */
  readonly returned: readonly string[];
}

export interface LostFile {
  readonly path: string;
  readonly inode: number;
  readonly sizeBefore: number;
  /** null: nothing stands at that path, or an older file. */
  readonly sizeAfter: number | null;
  /** Bytes of the file that are gone, as a flat list of start and end. */
  readonly lost: Ranges;
  /** Those of them that a drive had accepted without keeping them. */
  readonly lostByDrive: Ranges;
  /** Those of them that were lost already when a flush failed. */
  readonly abandoned: Ranges;
}

interface Witness {
  readonly entry: FileEntry;
  readonly layers: Layers;
  /** Unsynced bytes that reached the platter after all. */
  readonly saved: Ranges;
}

export function losePower(context: KernelContext, tail: TailMode): PowerLoss {
  const { state, clock } = context;
  const { now } = clock;
  const witnesses = listFiles(state).map((entry): Witness => witnessOf(state, entry));
  if (tail !== 'lost') saveTails(state, tail, witnesses, now);
  reboot(context, now);
  return {
    at: now,
    files: witnesses.flatMap((witness) => lossOf(state, witness)),
    returned: returnedPaths(state, witnesses),
  };
}

function witnessOf(state: KernelState, entry: FileEntry): Witness {
  const { inode, path } = entry;
  const layers = layersOfInode(state, inode);
  assert(layers !== undefined, `no layers of ${path}`);
  return { entry, layers, saved: [] };
}

/** Brings to the platter what that kind of tail keeps. */
function saveTails(
  state: KernelState,
  tail: Exclude<TailMode, 'lost'>,
  witnesses: readonly Witness[],
  now: Micros,
): void {
  commitOperations(state, [...driveOperations(state), ...keptOperations(state, tail, now)]);
  const done = new Set<number>();
  for (const witness of witnesses) {
    const file = state.inodes.get(witness.entry.inode);
    if (file?.kind !== 'file' || done.has(file.number)) continue;
    done.add(file.number);
    if (ensureOnPlatter(state, file.number)) saveTail(state, file, tail, witness);
  }
}

function driveOperations(state: KernelState): Operation[] {
  return state.flights.flatMap((flight) => flight.operations.splice(0));
}

/** All but `lost` have the journal's last commit; what waits for an fsync of a directory comes if all is kept or the data comes last. */
function keptOperations(state: KernelState, tail: TailMode, now: Micros): Operation[] {
  return tail === 'kept' || tail === 'reordered'
    ? state.pending.splice(0)
    : takeOperations(state, 0, Infinity, now);
}

function saveTail(
  state: KernelState,
  file: FileInode,
  tail: Exclude<TailMode, 'lost'>,
  witness: Witness,
): void {
  const unsynced = unsyncedRanges(state, witness.layers);
  switch (tail) {
    case 'kept':
      saveRanges(state, file, unsynced, witness);
      return;
    case 'zero-filled':
      growOnPlatter(state, file, file.size);
      return;
    case 'holes':
      saveWithHoles(state, file, unsynced, witness, () => nextBelow(state.random, 2) === 1);
      return;
    case 'reordered':
      saveWithHoles(state, file, unsynced, witness, () => true);
      return;
    default:
      if (typeof tail === 'string') return unreachable(tail);
      if (findPath(state, normalizePath(tail.path, '/')) !== file.number) return;
      saveRanges(state, file, rangesWithin(unsynced, 0, tail.cutAt), witness);
  }
}

/** Without what a failed flush has given up, or is about to. */
function unsyncedRanges(state: KernelState, layers: Layers): Ranges {
  const ranges = layers.dirty.slice();
  const subtract = (others: Ranges): void => {
    for (let i = 0; i < others.length; i += 2) removeRange(ranges, others[i]!, others[i + 1]!);
  };
  subtract(layers.abandoned);
  const file = state.inodes.get(layers.inode);
  for (const flight of state.flights) {
    if (flight.inode !== layers.inode || flight.outcome !== 'fails') continue;
    const failing = flight.ranges.slice();
    if (file?.kind === 'file') {
      for (let i = 0; i < file.dirty.length; i += 2)
        removeRange(failing, file.dirty[i]!, file.dirty[i + 1]!);
    }
    subtract(failing);
  }
  return ranges;
}

function saveWithHoles(
  state: KernelState,
  file: FileInode,
  unsynced: Ranges,
  witness: Witness,
  arrived: () => boolean,
): void {
  saveRanges(state, file, withHoles(unsynced, arrived), witness);
  if (unsynced.length > 0) growOnPlatter(state, file, file.size);
}

/** The first unsynced page is missing; `arrived` is asked about each of the others. */
function withHoles(unsynced: Ranges, arrived: () => boolean): Ranges {
  const kept: Ranges = [];
  let seen = -1;
  let isKept = false;
  for (let i = 0; i < unsynced.length; i += 2) {
    const end = unsynced[i + 1]!;
    for (let index = pageOf(unsynced[i]!); index < pageCount(end); index++) {
      if (index !== seen) isKept = seen >= 0 && arrived();
      seen = index;
      if (!isKept) continue;
      addRange(
        kept,
        Math.max(unsynced[i]!, index * PAGE_SIZE),
        Math.min(end, (index + 1) * PAGE_SIZE),
      );
    }
  }
  return kept;
}

function saveRanges(state: KernelState, file: FileInode, ranges: Ranges, witness: Witness): void {
  for (let i = 0; i < ranges.length; i += 2) {
    const offset = ranges[i]!;
    const end = ranges[i + 1]!;
    const bytes = copyFromPages(file.pages, offset, end);
    changePlatter(state, { kind: 'data', inode: file.number, offset, bytes });
    addRange(witness.saved, offset, end);
  }
  if (ranges.length > 0) growOnPlatter(state, file, ranges[ranges.length - 1]!);
}

function growOnPlatter(state: KernelState, file: FileInode, size: number): void {
  const durable = state.platter.inodes.get(file.number);
  if (durable?.kind !== 'file') return;
  const { number: inode, modifiedAt } = file;
  changePlatter(state, { kind: 'size', inode, size: Math.max(durable.size, size), modifiedAt });
}

/** Faults that are planned for later stay planned: they belong to the surroundings. */
function reboot({ state, clock }: KernelContext, now: Micros): void {
  clock.cancelWhere(({ kind, payload }) => kind === 'kernel' && isUnderWay(payload, state.owner));
  state.flights.length = 0;
  state.pending.length = 0;
  state.processes.clear();
  state.journal = 'idle';
  state.flusher = 'idle';
  state.flushesUntil = now;
  state.bootedAt = now;
  mountPlatter(state);
}

function isUnderWay(payload: unknown, owner: string): boolean {
  if (
    typeof payload !== 'object' ||
    payload === null ||
    !('owner' in payload) ||
    !('type' in payload)
  )
    return false;
  return payload.owner === owner && payload.type !== 'fault-starts';
}

function lossOf(state: KernelState, { entry, layers, saved }: Witness): LostFile[] {
  const { path, inode, size: sizeBefore } = entry;
  const after = state.inodes.get(findPath(state, path) ?? 0);
  const isSame = after?.kind === 'file' && after.number === inode;
  const sizeAfter = isSame ? after.size : null;
  const lost = isSame ? layers.dirty.slice() : sizeBefore > 0 ? [0, sizeBefore] : [];
  if (isSame) {
    for (let i = 0; i < saved.length; i += 2) removeRange(lost, saved[i]!, saved[i + 1]!);
  }
  cutRanges(lost, sizeBefore);
  if (lost.length === 0 && sizeAfter === sizeBefore) return [];
  return [
    {
      path,
      inode,
      sizeBefore,
      sizeAfter,
      lost,
      lostByDrive: commonRanges(lost, layers.inDrive),
      abandoned: layers.abandoned,
    },
  ];
}

function commonRanges(some: Ranges, others: Ranges): Ranges {
  const common: Ranges = [];
  for (let i = 0; i < others.length; i += 2)
    common.push(...rangesWithin(some, others[i]!, others[i + 1]!));
  return common;
}

function returnedPaths(state: KernelState, witnesses: readonly Witness[]): string[] {
  const before = new Set(witnesses.map(({ entry }) => entry.path));
  return listFiles(state).flatMap(({ path }) => (before.has(path) ? [] : [path]));
}
