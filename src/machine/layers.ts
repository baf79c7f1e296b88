import type { FileInode, KernelState } from './kernel-state.ts';
import { findPath } from './lookup.ts';
import { normalizePath } from './paths.ts';
import { findOnPlatter, ROOT_INODE } from './platter.ts';
import { addRanges, countBytes, cutRanges, type Ranges } from './ranges.ts';

/** Where the bytes of a file are. Ranges are flat lists of start and end. */
export interface Layers {
  readonly inode: number;
  /** What programs see. */
  readonly size: number;
  /** The longest prefix that would survive a loss of power which takes all that is unsynced. */
  readonly durableSize: number;
  /** The same if the drive kept its promises: larger only where a drive ignores flushes. */
  readonly claimedSize: number;
  /** All bytes that are not on the platter, in order. */
  readonly dirty: Ranges;
  /** Those of them that a drive has accepted and keeps in its own cache. */
  readonly inDrive: Ranges;
  /** Those of them that a failed flush has given up: nothing will write them. */
  readonly abandoned: Ranges;
  /** Whether the name leads to the file on the platter too. */
  readonly name: 'durable' | 'not-durable';
}

export interface FileEntry {
  readonly path: string;
  readonly inode: number;
  readonly size: number;
  readonly durableSize: number;
  readonly mode: number;
}

export function layersOfPath(state: KernelState, path: string): Layers | undefined {
  const normal = normalizePath(path, '/');
  const number = findPath(state, normal);
  if (number === undefined) return undefined;
  const layers = layersOfInode(state, number);
  if (layers === undefined || findOnPlatter(state.platter, normal) === number) return layers;
  return {
    ...layers,
    durableSize: 0,
    claimedSize: claimsName(state, number) ? layers.claimedSize : 0,
    name: 'not-durable',
  };
}

/** Whether a drive has accepted the operation that names the inode. */
function claimsName(state: KernelState, number: number): boolean {
  return state.flights.some(
    (flight) =>
      flight.where === 'drive' &&
      flight.operations.some(({ inode, op }) => inode === number && op !== 'unlink'),
  );
}

/** As if the file had a durable name. */
export function layersOfInode(state: KernelState, number: number): Layers | undefined {
  const file = state.inodes.get(number);
  if (file?.kind !== 'file') return undefined;
  const inDrive: Ranges = [];
  const inKernel = file.dirty.slice();
  let claimedEnd = 0;
  for (const flight of state.flights) {
    if (flight.inode !== number) continue;
    addRanges(flight.where === 'drive' ? inDrive : inKernel, flight.ranges);
    if (flight.where === 'drive')
      claimedEnd = Math.max(claimedEnd, flight.ranges[flight.ranges.length - 1] ?? 0);
  }
  cutRanges(inDrive, file.size);
  cutRanges(inKernel, file.size);
  const dirty = inKernel.slice();
  addRanges(dirty, inDrive);
  addRanges(dirty, file.stale);
  const durableEnd = sizeOnPlatter(state, file);
  const lost = Math.min(inKernel[0] ?? file.size, file.stale[0] ?? file.size);
  return {
    inode: number,
    size: file.size,
    durableSize: Math.min(file.size, durableEnd, dirty[0] ?? file.size),
    claimedSize: Math.min(file.size, Math.max(durableEnd, claimedEnd), lost),
    dirty,
    inDrive,
    abandoned: file.stale.slice(),
    name: 'durable',
  };
}

function sizeOnPlatter(state: KernelState, file: FileInode): number {
  const durable = state.platter.inodes.get(file.number);
  return durable?.kind === 'file' ? durable.size : 0;
}

/** How many bytes of all files are not on the platter. */
export function dirtyBytes(state: KernelState): number {
  let bytes = 0;
  for (const number of state.inodes.keys())
    bytes += countBytes(layersOfInode(state, number)?.dirty ?? []);
  return bytes;
}

export function listFiles(state: KernelState): FileEntry[] {
  const files: FileEntry[] = [];
  collectFiles(state, ROOT_INODE, '', files);
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function collectFiles(
  state: KernelState,
  directory: number,
  prefix: string,
  files: FileEntry[],
): void {
  const inode = state.inodes.get(directory);
  if (inode?.kind !== 'directory') return;
  for (const [name, number] of inode.entries) {
    const path = `${prefix}/${name}`;
    const layers = layersOfPath(state, path);
    if (layers === undefined) {
      collectFiles(state, number, path, files);
      continue;
    }
    const { size, durableSize } = layers;
    files.push({
      path,
      inode: number,
      size,
      durableSize,
      mode: state.inodes.get(number)?.mode ?? 0,
    });
  }
}
