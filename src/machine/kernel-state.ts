import { assert } from '../base/assert.ts';
import { seedRandom, type RandomState } from '../base/random.ts';
import type { Micros, Millis } from '../base/time.ts';
import type { Scheduler } from './clock.ts';
import {
  defaultCosts,
  diskModel,
  type CostTable,
  type DiskModel,
  type DiskPresetName,
} from './devices.ts';
import type { FaultState } from './fault-plan.ts';
import type { Pages } from './pages.ts';
import {
  createPlatter,
  ROOT_INODE,
  type FileKind,
  type Platter,
  type PlatterChange,
} from './platter.ts';
import type { ProcessEntry } from './process-entry.ts';
import type { Ranges } from './ranges.ts';
import type { Pid } from './syscall.ts';
import type { TraceState } from './trace.ts';

/** A computer without its programs: page cache, names, disk and processes. Plain data all through. */
export interface KernelState {
  /** Names this machine in the events of a clock that several share. */
  readonly owner: string;
  readonly random: RandomState;
  readonly costs: CostTable;
  disk: DiskModel;
  /** Bytes that all files together may have. */
  capacity: number;
  /** Sizes of all files that have a name or are open. */
  usedBytes: number;
  readonly inodes: Map<number, Inode>;
  /** Counts changes of names, on either side: who remembers what stands where sees that it may be otherwise now. */
  nameChanges: number;
  nextInode: number;
  /** Changes of names, sizes and modes that wait for a commit of the journal, in order. */
  readonly pending: Operation[];
  nextOperation: number;
  /** Whether a commit of the journal stands in the clock. */
  journal: 'idle' | 'commit-scheduled';
  /** Whether a wake-up of the flusher stands in the clock. Its grid of wake-ups starts at `bootedAt`. */
  flusher: 'idle' | 'wake-scheduled';
  bootedAt: Micros;
  /** What was handed to the disk and has not reached the platter, oldest first. */
  readonly flights: Flight[];
  nextFlight: number;
  /** Until when the disk is busy with the flushes it has been given. */
  flushesUntil: Micros;
  readonly platter: Platter;
  /** Changes of the platter that nobody has taken yet. */
  readonly platterChanges: PlatterChange[];
  readonly platterJournal: 'keep' | 'drop';
  readonly processes: Map<Pid, ProcessEntry>;
  nextPid: Pid;
  readonly faults: FaultState;
  readonly trace: TraceState;
}

export type Inode = FileInode | DirectoryInode;

interface InodeBase {
  readonly number: number;
  mode: number;
  modifiedAt: Micros;
  /** Where the inode stands in the directories that programs see. */
  readonly names: Name[];
  /** How many descriptors are open on it. */
  opens: number;
}

export interface FileInode extends InodeBase {
  readonly kind: 'file';
  size: number;
  readonly pages: Pages;
  /** Pages that only the page cache holds and that may be written in place; every other one is copied first. */
  readonly owned: Set<number>;
  /** Bytes written and not handed to the disk yet. */
  readonly dirty: Ranges;
  /** When the file became dirty after having been clean; -1 while it is clean. */
  dirtySince: Micros;
  /** Bytes that count as clean though the platter lacks them: a flush of theirs failed. */
  readonly stale: Ranges;
}

export interface DirectoryInode extends InodeBase {
  readonly kind: 'directory';
  readonly entries: Map<string, number>;
}

export interface Name {
  readonly parent: number;
  readonly name: string;
}

/** A change of metadata that is not durable yet. `seq` grows. */
export type Operation = { readonly seq: number; readonly inode: number } & OperationBody;

export type OperationBody =
  | {
      readonly op: 'create';
      readonly type: FileKind;
      readonly mode: number;
      readonly at: Micros;
      readonly to: Name;
    }
  | { readonly op: 'link'; readonly to: Name }
  | { readonly op: 'unlink'; readonly from: Name }
  | { readonly op: 'rename'; readonly from: Name; readonly to: Name }
  | { readonly op: 'mode'; readonly mode: number }
  | { readonly op: 'size'; readonly size: number; readonly at: Micros };

/** What a flush carries: the bytes that were dirty when it started. */
export interface Flight {
  readonly id: number;
  readonly inode: number;
  readonly startedAt: Micros;
  readonly endsAt: Micros;
  /** `flying` until `endsAt`; then a drive that ignores flushes keeps it in its own cache. */
  where: 'flying' | 'drive';
  readonly outcome: 'durable' | 'fails';
  /**
   * Whether its pages differ from the platter in `ranges` alone, or anywhere since they also hold bytes of a flush
   * that failed.
   */
  differs: 'in-ranges' | 'on-pages';
  /** Whether its pages hold the bytes of all flushes that have failed; older ones do not. */
  stale: 'goes' | 'stays';
  /** `honoured` or `ignored` by the disk as it was when the flush started. */
  readonly flush: DiskModel['flushes'];
  size: number;
  readonly modifiedAt: Micros;
  /** Bytes that were dirty, and the pages that hold them (with what else stands on those pages). */
  readonly ranges: Ranges;
  readonly pages: Map<number, Uint8Array>;
  /** Operations up to this number go along. */
  readonly throughOperation: number;
  /** Those that a drive has accepted and keeps in its cache. */
  readonly operations: Operation[];
  readonly source: 'fsync' | 'write-back' | 'journal';
}

/** What a kernel puts into the clock. */
export interface KernelEvent {
  readonly kind: 'kernel';
  readonly payload: KernelEventPayload;
}

export type KernelEventPayload = { readonly owner: string } & (
  | { readonly type: 'flush-ends' | 'destage'; readonly flight: number }
  | { readonly type: 'journal-commit' | 'flusher-wakes' }
  | { readonly type: 'fault-starts'; readonly fault: number }
);

export type KernelClock = Scheduler<KernelEvent>;

/** What the parts of a kernel work on. */
export interface KernelContext {
  readonly state: KernelState;
  readonly clock: KernelClock;
}

export interface KernelOptions {
  readonly owner: string;
  readonly seed: number | string;
  readonly now: Micros;
  readonly disk?: DiskPresetName | DiskModel;
  /** Every fsync lasts exactly this long. */
  readonly fsyncMs?: Millis;
  readonly capacity?: number;
  readonly costs?: Partial<CostTable>;
  /** Finished system calls that the trace keeps; 0 (the default) keeps none. */
  readonly traceCapacity?: number;
  /** `drop` if nobody will take the changes of the platter. */
  readonly platterJournal?: 'keep' | 'drop';
  readonly firstPid?: Pid;
}

const DEFAULT_CAPACITY = 64 * 2 ** 30;

/** A machine with an empty disk. */
export function createKernelState(options: KernelOptions): KernelState {
  return kernelFromPlatter(createPlatter(options.now), options);
}

/** A machine that has just booted from `platter`, which it takes over. */
export function kernelFromPlatter(platter: Platter, options: KernelOptions): KernelState {
  const state: KernelState = {
    owner: options.owner,
    random: seedRandom(options.seed),
    costs: { ...defaultCosts, ...options.costs },
    disk: diskModel(options.disk ?? 'ssd', options.fsyncMs),
    capacity: options.capacity ?? DEFAULT_CAPACITY,
    usedBytes: 0,
    inodes: new Map(),
    nextInode: ROOT_INODE + 1,
    pending: [],
    nextOperation: 1,
    nameChanges: 0,
    journal: 'idle',
    flusher: 'idle',
    bootedAt: options.now,
    flights: [],
    nextFlight: 1,
    flushesUntil: options.now,
    platter,
    platterChanges: [],
    platterJournal: options.platterJournal ?? 'keep',
    processes: new Map(),
    nextPid: options.firstPid ?? 1,
    faults: { plans: [], nextId: 1 },
    trace: { capacity: options.traceCapacity ?? 0, entries: [], next: 0, total: 0 },
  };
  mountPlatter(state);
  return state;
}

/** Fills the page cache's view of names and files from the platter; frees what no name leads to. */
export function mountPlatter(state: KernelState): void {
  const { platter } = state;
  state.inodes.clear();
  state.nameChanges++;
  state.usedBytes = 0;
  mountInode(state, ROOT_INODE, undefined);
  for (const number of [...platter.inodes.keys()]) {
    if (number >= state.nextInode) state.nextInode = number + 1;
    if (state.inodes.has(number)) continue;
    platter.inodes.delete(number);
    if (state.platterJournal === 'keep') state.platterChanges.push({ kind: 'free', inode: number });
  }
}

function mountInode(state: KernelState, number: number, name: Name | undefined): void {
  const known = state.inodes.get(number);
  if (known !== undefined) {
    if (name !== undefined) known.names.push(name);
    return;
  }
  const durable = state.platter.inodes.get(number);
  assert(durable !== undefined, `a name on the platter leads to no inode ${number}`);
  const names = name === undefined ? [] : [name];
  const { mode, modifiedAt } = durable;
  if (durable.kind === 'directory') {
    const entries = new Map(durable.entries);
    state.inodes.set(number, {
      kind: 'directory',
      number,
      mode,
      modifiedAt,
      names,
      opens: 0,
      entries,
    });
    for (const [child, inode] of entries) mountInode(state, inode, { parent: number, name: child });
    return;
  }
  const { size } = durable;
  const pages = durable.pages.slice();
  state.inodes.set(number, {
    kind: 'file',
    number,
    mode,
    modifiedAt,
    names,
    opens: 0,
    size,
    pages,
    owned: new Set(),
    dirty: [],
    dirtySince: -1,
    stale: [],
  });
  state.usedBytes += size;
}

export function inodeOf(state: KernelState, number: number): Inode {
  const inode = state.inodes.get(number);
  assert(inode !== undefined, `no inode ${number}`);
  return inode;
}

export function fileOf(state: KernelState, number: number): FileInode {
  const inode = inodeOf(state, number);
  assert(inode.kind === 'file', `inode ${number} is a directory`);
  return inode;
}

export function directoryOf(state: KernelState, number: number): DirectoryInode {
  const inode = inodeOf(state, number);
  assert(inode.kind === 'directory', `inode ${number} is a file`);
  return inode;
}
