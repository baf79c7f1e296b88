/**
 * Where a lane's log stands: which file holds which stretch of it, and how much of it would survive which accident.
 * The truth comes from the kernel's layers; what Redis believes is kept beside it.
 */
import type { SimulatedKernel } from '../machine/kernel.ts';

/** The log from `start` on stands in the file `inode` from `fileStart` on. */
export interface LogSegment {
  readonly path: string;
  readonly inode: number;
  readonly start: number;
  readonly fileStart: number;
}

export interface DurabilityState {
  /** Oldest first; a rewrite drops what its base has made needless. */
  segments: LogSegment[];
  /** Everything before this offset is in the base file `inode`. */
  base: { readonly inode: number; readonly path: string; readonly offset: number } | null;
  written: number;
  /** Files in RDB format, and how much of the records each holds; the newest is last. */
  snapshots: SnapshotFile[];
  /** Where the server keeps its snapshot, and looks for it. */
  snapshotPath: string;
  /** Which files of the log a boot would not find, as of the kernel's so-many-eth change of names; -1: not known. */
  missing: Missing;
  missingAsOf: number;
}

/** `cache`: programs do not find a file of the log, the platter still has its name; `both`: neither has it. */
export type Missing = 'cache' | 'both' | null;

export interface SnapshotFile {
  readonly inode: number;
  readonly offset: number;
  /** Its bytes and its name are on the platter: the save has ended. */
  durable: boolean;
}

export interface LogOffsets {
  /** What survives the death of the process. */
  readonly written: number;
  /** What the drive has said is safe, and what the platter really holds. */
  readonly claimed: number;
  readonly durable: number;
  /** A file is gone by name, though the server that has it open writes on: what is in it does not come back. */
  readonly missing: Missing;
}

export function newDurability(): DurabilityState {
  return {
    segments: [],
    base: null,
    written: 0,
    snapshots: [],
    snapshotPath: '',
    missing: null,
    missingAsOf: -1,
  };
}

export function logOffsets(state: DurabilityState, kernel: SimulatedKernel): LogOffsets {
  const durable = reach(state, kernel, 'durableSize');
  return {
    written: state.written,
    claimed: Math.max(durable, reach(state, kernel, 'claimedSize')),
    durable,
    missing: missingFiles(state, kernel),
  };
}

/** Whether a boot would miss a file that the log is in: somebody has removed or moved it under the running server. */
export function missingFiles(state: DurabilityState, kernel: SimulatedKernel): Missing {
  if (state.missingAsOf !== kernel.nameChanges) {
    state.missing = isMissing(state, kernel, 'cache')
      ? isMissing(state, kernel, 'platter')
        ? 'both'
        : 'cache'
      : null;
    state.missingAsOf = kernel.nameChanges;
  }
  return state.missing;
}

function isMissing(
  { base, segments }: DurabilityState,
  kernel: SimulatedKernel,
  where: 'cache' | 'platter',
): boolean {
  const files = base === null ? segments : [base, ...segments];
  const last = segments[segments.length - 1];
  return (
    files.some(({ path, inode }) => kernel.inodeAt(path, where) !== inode) ||
    (last !== undefined && kernel.inodeAt(manifestOf(last.path), where) === undefined)
  );
}

/** `appendonly.aof.1.incr.aof` is listed in `appendonly.aof.manifest`; a log that no manifest lists is its own. */
function manifestOf(path: string): string {
  return path.replace(/\.\d+\.incr\.aof$/, '.manifest');
}

/** How far the log reaches without a gap, by that size of its files. */
function reach(
  state: DurabilityState,
  kernel: SimulatedKernel,
  size: 'durableSize' | 'claimedSize',
): number {
  let offset = 0;
  if (state.base !== null) {
    const layers = kernel.layersOfInode(state.base.inode);
    if (layers === undefined || layers[size] === layers.size) offset = state.base.offset;
  }
  for (const [i, segment] of state.segments.entries()) {
    if (segment.start > offset) break;
    const layers = kernel.layersOfInode(segment.inode);
    if (layers === undefined) continue;
    const end = segment.start + layers[size] - segment.fileStart;
    offset = Math.max(offset, end);
    const next = state.segments[i + 1];
    if (next !== undefined && end < next.start && offset < next.start) break;
  }
  return Math.min(offset, state.written);
}

/** The offset in the file at hand that stands for a logical one, and back. */
export function currentSegment(state: DurabilityState): LogSegment | undefined {
  return state.segments[state.segments.length - 1];
}

/** Writes go on at the end of the file `path`, which holds the log from `offset` on. */
export function enterSegment(
  state: DurabilityState,
  kernel: SimulatedKernel,
  path: string,
  fileOffset: number,
  offset: number,
): void {
  const inode = kernel.layersOf(path)?.inode ?? 0;
  const known = state.segments.find((segment) => segment.inode === inode);
  if (known === undefined)
    state.segments.push({ path, inode, start: offset, fileStart: fileOffset });
  else state.segments = state.segments.map((one) => (one === known ? { ...one, path } : one));
  state.written = offset;
  state.missingAsOf = -1;
}

/** Where the end of the file `path` stands in the log, if the log knows that file; later files are forgotten. */
export function resumeSegment(
  state: DurabilityState,
  kernel: SimulatedKernel,
  path: string,
  fileOffset: number,
): number | undefined {
  const inode = kernel.layersOf(path)?.inode;
  const known = state.segments.find((segment) => segment.inode === inode);
  if (known === undefined) return undefined;
  const offset = known.start + fileOffset - known.fileStart;
  state.segments = state.segments.filter(({ start }) => start <= known.start);
  state.written = offset;
  state.missingAsOf = -1;
  return offset;
}

/** A rewrite's base holds everything before `offset`. */
export function enterBase(
  state: DurabilityState,
  inode: number,
  path: string,
  offset: number,
): void {
  state.base = { inode, path, offset };
  state.missingAsOf = -1;
  state.segments = state.segments.filter((_, i) => {
    const next = state.segments[i + 1];
    return next === undefined || next.start > offset;
  });
}

/** No more than these can matter: the one in place, the one being written, and one that a dead parent's child writes. */
const MOST_SNAPSHOTS = 4;

/** The file `path` is, or is going to be, a snapshot of everything before `offset`. */
export function enterSnapshot(
  state: DurabilityState,
  kernel: SimulatedKernel,
  path: string,
  offset: number,
  durable: boolean,
): void {
  const inode = kernel.layersOf(path)?.inode;
  if (inode === undefined) return;
  const others = state.snapshots.filter((one) => one.inode !== inode);
  state.snapshots = [...others, { inode, offset, durable }].slice(-MOST_SNAPSHOTS);
}

/** The snapshot in place is safe from now on. */
export function snapshotIsDurable(state: DurabilityState, kernel: SimulatedKernel): void {
  const inode = kernel.layersOf(state.snapshotPath)?.inode;
  for (const one of state.snapshots) if (one.inode === inode) one.durable = true;
}

/** How much of the records the snapshot in place holds: after a loss of power, only one that is on the platter. */
export function snapshotOffset(
  state: DurabilityState,
  kernel: SimulatedKernel,
  after: 'process-killed' | 'power-lost',
): number {
  const inode = kernel.layersOf(state.snapshotPath)?.inode;
  const inPlace = state.snapshots.find((one) => one.inode === inode);
  if (inPlace === undefined) return 0;
  if (after === 'process-killed' || inPlace.durable) return inPlace.offset;
  // Its predecessor comes back, if the name of this one was not on the platter yet; nobody can tell before.
  const before = state.snapshots.filter((one) => one.durable);
  return before[before.length - 1]?.offset ?? 0;
}
