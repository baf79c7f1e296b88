import type { Micros } from '../base/time.ts';
import { flushDuration, transferDuration } from './devices.ts';
import { effectiveDisk, faultOf } from './faults.ts';
import {
  commitOperations,
  ensureOnPlatter,
  freeOnPlatter,
  scheduleCommit,
  takeOperations,
} from './journal.ts';
import type { FileInode, Flight, KernelContext, KernelState, Operation } from './kernel-state.ts';
import { captureDirty, type Captured } from './page-cache.ts';
import { copyFromPages, PAGE_SIZE } from './pages.ts';
import { changePlatter, recordPlatterChange } from './platter-journal.ts';
import type { PlatterFile } from './platter.ts';
import { addRange, addRanges, countBytes, rangesWithin, removeRange } from './ranges.ts';
import type { Errno } from './syscall.ts';

/** Linux's vm.dirty_writeback_centisecs and vm.dirty_expire_centisecs. */
const FLUSHER_INTERVAL: Micros = 5_000_000;
const DIRTY_EXPIRES_AFTER: Micros = 30_000_000;

interface OpenFile {
  readonly inode: number;
  readonly path: string;
}

/**
 * fsync(2) and fdatasync(2): covers what was written before now, and is durable when it ends. A disk does one flush
 * at a time, the next one waits.
 */
export function startFsync(
  context: KernelContext,
  file: OpenFile,
  now: Micros,
): { endsAt: Micros; errno: Errno | undefined } {
  const { state, clock } = context;
  const disk = effectiveDisk(state, now, file);
  const errno = faultOf(state, 'fsync-error', now, file)?.errno;
  const captured = capture(state, file.inode);
  const startsAt = Math.max(now, state.flushesUntil);
  const endsAt = startsAt + flushDuration(disk, countBytes(captured.ranges), state.random);
  state.flushesUntil = endsAt;
  const flight = addFlight(state, file.inode, captured, {
    source: 'fsync',
    startedAt: now,
    endsAt,
    flush: disk.flushes,
    outcome: errno === undefined ? 'durable' : 'fails',
  });
  clock.schedule(endsAt, {
    kind: 'kernel',
    payload: { owner: state.owner, type: 'flush-ends', flight: flight.id },
  });
  return { endsAt, errno };
}

/**
 * The write-back that a process asks for by sync_file_range(2). All that is dirty goes: whoever asks again and again has
 * nothing else. It is no flush, but the disk is busy with it.
 */
export function startWriteBack(context: KernelContext, open: OpenFile, now: Micros): void {
  const { state, clock } = context;
  const file = state.inodes.get(open.inode);
  if (file?.kind !== 'file' || file.dirty.length === 0) return;
  const disk = effectiveDisk(state, now, open);
  const captured = captureDirty(file);
  const transfer = transferDuration(disk, countBytes(captured.ranges));
  const endsAt = Math.max(now, state.flushesUntil) + transfer;
  state.flushesUntil = endsAt;
  const terms = { startedAt: now, endsAt, flush: disk.flushes, outcome: 'durable' } as const;
  const flight = addFlight(state, open.inode, captured, { source: 'write-back', ...terms });
  clock.schedule(endsAt, {
    kind: 'kernel',
    payload: { owner: state.owner, type: 'flush-ends', flight: flight.id },
  });
}

/** When all that is on its way of that range has arrived; 0 if nothing is. */
export function writeBackEnd(
  state: KernelState,
  inode: number,
  offset: number,
  length: number,
): Micros {
  let end = 0;
  for (const flight of state.flights) {
    if (flight.inode !== inode || flight.where !== 'flying') continue;
    if (rangesWithin(flight.ranges, offset, offset + length).length > 0)
      end = Math.max(end, flight.endsAt);
  }
  return end;
}

function capture(state: KernelState, inode: number): Captured {
  const file = state.inodes.get(inode);
  return file?.kind === 'file' ? captureDirty(file) : { size: 0, ranges: [], pages: new Map() };
}

type FlightTerms = Pick<Flight, 'source' | 'startedAt' | 'endsAt' | 'flush' | 'outcome'>;

function addFlight(
  state: KernelState,
  inode: number,
  captured: Captured,
  terms: FlightTerms,
): Flight {
  const flight: Flight = {
    id: state.nextFlight++,
    inode,
    ...terms,
    ...captured,
    where: 'flying',
    differs: holdsFailedBytes(state, inode) ? 'on-pages' : 'in-ranges',
    stale: 'goes',
    modifiedAt: state.inodes.get(inode)?.modifiedAt ?? terms.startedAt,
    throughOperation: state.nextOperation - 1,
    operations: [],
  };
  state.flights.push(flight);
  return flight;
}

function holdsFailedBytes(state: KernelState, inode: number): boolean {
  const file = state.inodes.get(inode);
  if (file?.kind === 'file' && file.stale.length > 0) return true;
  return state.flights.some((flight) => flight.inode === inode && flight.outcome === 'fails');
}

/** When the last fsync of `inode` that is still going on ends; 0 if there is none. */
export function fsyncEndOf(state: KernelState, inode: number, now: Micros): Micros {
  let end = 0;
  for (const flight of state.flights) {
    const isGoingOn = flight.where === 'flying' && flight.source === 'fsync' && flight.endsAt > now;
    if (isGoingOn && flight.inode === inode) end = Math.max(end, flight.endsAt);
  }
  return end;
}

/** The end of a flush: the platter has it, or a lying drive's cache, or nobody. */
export function endFlush(context: KernelContext, id: number, now: Micros): void {
  const flight = context.state.flights.find((one) => one.id === id);
  if (flight !== undefined) landFlight(context, flight, now);
}

function landFlight(context: KernelContext, flight: Flight, now: Micros): void {
  const { state } = context;
  if (flight.outcome === 'fails') {
    removeFlight(state, flight);
    const file = state.inodes.get(flight.inode);
    if (file?.kind === 'file') markStale(state, file, flight);
    return;
  }
  // Write-back carries bytes; the names and sizes of files wait for the journal or for an fsync.
  const operations =
    flight.source === 'write-back'
      ? []
      : takeOperations(state, flight.inode, flight.throughOperation, now);
  acceptFlight(context, flight, operations, now);
}

/** Linux gives up on the bytes of a failed flush: they count as clean. What has been written anew meanwhile is dirty. */
function markStale(state: KernelState, file: FileInode, flight: Flight): void {
  for (const other of state.flights) {
    if (other.inode === file.number && other.id < flight.id) other.stale = 'stays';
  }
  addRanges(file.stale, flight.ranges);
  for (let i = 0; i < file.dirty.length; i += 2)
    removeRange(file.stale, file.dirty[i]!, file.dirty[i + 1]!);
}

function acceptFlight(
  context: KernelContext,
  flight: Flight,
  operations: readonly Operation[],
  now: Micros,
): void {
  const { state, clock } = context;
  flight.operations.push(...operations);
  if (flight.flush === 'ignored') {
    flight.where = 'drive';
    const event = { owner: state.owner, type: 'destage', flight: flight.id } as const;
    clock.schedule(now + state.disk.destageAfter, { kind: 'kernel', payload: event });
    return;
  }
  emptyDriveCache(state);
  putOnPlatter(state, flight);
}

/** A drive writes its cache in the order in which it was given it; a flush that it honours empties it. */
export function emptyDriveCache(state: KernelState): void {
  for (const flight of state.flights.filter((one) => one.where === 'drive'))
    putOnPlatter(state, flight);
}

/** The drive writes by itself what it has had in its cache for long enough. */
export function destage(context: KernelContext, id: number): void {
  const { state } = context;
  const flight = state.flights.find((one) => one.id === id);
  if (flight !== undefined) putOnPlatter(state, flight);
}

/** Makes a flight durable: its operations first, since a truncation came before the bytes, then its bytes. */
export function putOnPlatter(state: KernelState, flight: Flight): void {
  removeFlight(state, flight);
  commitOperations(state, flight.operations);
  if (flight.ranges.length > 0 && ensureOnPlatter(state, flight.inode)) putBytes(state, flight);
  freeOnPlatter(state, flight.inode);
}

function removeFlight(state: KernelState, flight: Flight): void {
  state.flights.splice(state.flights.indexOf(flight), 1);
}

function putBytes(state: KernelState, flight: Flight): void {
  const { inode, modifiedAt, ranges } = flight;
  const durable = state.platter.inodes.get(inode);
  if (durable?.kind !== 'file') return;
  const file = state.inodes.get(inode);
  const changed: number[] = [];
  for (const [index, page] of flight.pages) {
    noteChanges(durable, flight, index, page, changed);
    putPage(durable, index, page, flight.size);
    if (flight.stale === 'goes' && file?.kind === 'file')
      removeRange(file.stale, index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
  }
  for (let i = 0; i < changed.length; i += 2) {
    const offset = changed[i]!;
    const bytes = copyFromPages(durable.pages, offset, changed[i + 1]!);
    durable.size = Math.max(durable.size, changed[i + 1]!);
    recordPlatterChange(state, { kind: 'data', inode, offset, bytes });
  }
  const size = Math.max(durable.size, ranges[ranges.length - 1]!);
  changePlatter(state, { kind: 'size', inode, size, modifiedAt });
}

/** Which bytes of a page are new to the platter: a whole page travels even if a few bytes of it were dirty. */
function noteChanges(
  durable: PlatterFile,
  flight: Flight,
  index: number,
  page: Uint8Array,
  changed: number[],
): void {
  const start = index * PAGE_SIZE;
  let first = 0;
  let last = Math.min(flight.size - start, PAGE_SIZE);
  if (flight.differs === 'in-ranges') {
    addRanges(changed, rangesWithin(flight.ranges, start, start + last));
    return;
  }
  const before = durable.pages[index];
  while (first < last && page[first] === (before?.[first] ?? 0)) first++;
  while (last > first && page[last - 1] === (before?.[last - 1] ?? 0)) last--;
  addRange(changed, start + first, start + last);
}

/** Lets the platter share a page of the page cache, as far as the file went when the flush started. */
function putPage(durable: PlatterFile, index: number, page: Uint8Array, size: number): void {
  const before = durable.pages[index];
  const length = Math.min(size - index * PAGE_SIZE, PAGE_SIZE);
  if (before === undefined || length === PAGE_SIZE || durable.size <= index * PAGE_SIZE + length) {
    durable.pages[index] = page;
    return;
  }
  // A truncation made while the flush ran is not durable yet: behind it stands what stood there.
  const mixed = before.slice();
  mixed.set(page.subarray(0, length));
  durable.pages[index] = mixed;
}

/** The journal's commit, five seconds after the first operation that it holds. */
export function commitJournal(context: KernelContext, now: Micros): void {
  const { state } = context;
  state.journal = 'idle';
  const operations = takeOperations(state, 0, Infinity, now);
  // Names that a fault holds back are tried again later.
  scheduleCommit(context, now);
  if (operations.length === 0) return;
  const { flushes: flush } = effectiveDisk(state, now, { inode: 0, path: '' });
  const captured: Captured = { size: 0, ranges: [], pages: new Map() };
  const flight = addFlight(state, 0, captured, {
    source: 'journal',
    startedAt: now,
    endsAt: now,
    flush,
    outcome: 'durable',
  });
  acceptFlight(context, flight, operations, now);
}

/** Puts the flusher's next wake-up that can find something to do into the clock, if it isn't there. */
export function scheduleFlusher({ state, clock }: KernelContext, dirtySince: Micros): void {
  if (state.flusher !== 'idle' || dirtySince < 0) return;
  state.flusher = 'wake-scheduled';
  const wakeUps = Math.ceil((dirtySince + DIRTY_EXPIRES_AFTER - state.bootedAt) / FLUSHER_INTERVAL);
  const at = state.bootedAt + wakeUps * FLUSHER_INTERVAL;
  clock.schedule(at, { kind: 'kernel', payload: { owner: state.owner, type: 'flusher-wakes' } });
}

/** The kernel's own write-back: files that became dirty 30 seconds ago or earlier, every five seconds. */
export function wakeFlusher(context: KernelContext, now: Micros): void {
  const { state } = context;
  state.flusher = 'idle';
  let oldest = -1;
  for (const file of [...state.inodes.values()]) {
    if (file.kind !== 'file' || file.dirtySince < 0) continue;
    if (file.dirtySince + DIRTY_EXPIRES_AFTER <= now && !isFlying(state, file.number))
      writeBack(context, file, now);
    else if (oldest < 0 || file.dirtySince < oldest) oldest = file.dirtySince;
  }
  // What an fsync holds back is looked at again on the next wake-up, not on this one.
  if (oldest >= 0) scheduleFlusher(context, Math.max(oldest, now - DIRTY_EXPIRES_AFTER + 1));
}

/** Pages on their way already are left alone: a later state may not overtake an earlier one. */
function isFlying(state: KernelState, inode: number): boolean {
  return state.flights.some((flight) => flight.where === 'flying' && flight.inode === inode);
}

function writeBack(context: KernelContext, file: FileInode, now: Micros): void {
  const { state } = context;
  const { flushes: flush } = effectiveDisk(state, now, { inode: file.number, path: '' });
  const captured = captureDirty(file);
  const flight = addFlight(state, file.number, captured, {
    source: 'write-back',
    startedAt: now,
    endsAt: now,
    flush,
    outcome: 'durable',
  });
  acceptFlight(context, flight, [], now);
}
