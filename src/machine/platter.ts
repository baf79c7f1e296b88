import { assert, unreachable } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import { copyFromPages, cutPages, PAGE_SIZE, pageOf, type Pages } from './pages.ts';

/**
 * What survives a loss of power: inodes with their bytes, and directories that name them.
 * Bytes of a page beyond the size of its file are zero.
 */
export interface Platter {
  readonly inodes: Map<number, PlatterInode>;
}

export type PlatterInode = PlatterFile | PlatterDirectory;

interface PlatterInodeBase {
  mode: number;
  modifiedAt: Micros;
  /** How many directory entries lead here. An inode without any is garbage at the next mount. */
  links: number;
}

export interface PlatterFile extends PlatterInodeBase {
  readonly kind: 'file';
  size: number;
  readonly pages: Pages;
}

export interface PlatterDirectory extends PlatterInodeBase {
  readonly kind: 'directory';
  readonly entries: Map<string, number>;
}

export type FileKind = PlatterInode['kind'];

export const ROOT_INODE = 1;

/**
 * One change of a platter. Entries stand by the inode of their directory, not by path: a directory may be renamed,
 * and a file may have bytes on the platter before it has a name there.
 */
export type PlatterChange =
  | {
      readonly kind: 'create';
      readonly inode: number;
      readonly type: FileKind;
      readonly mode: number;
      readonly modifiedAt: Micros;
    }
  | {
      readonly kind: 'link';
      readonly parent: number;
      readonly name: string;
      readonly inode: number;
    }
  | {
      readonly kind: 'unlink';
      readonly parent: number;
      readonly name: string;
      readonly inode: number;
    }
  | {
      readonly kind: 'rename';
      readonly inode: number;
      readonly fromParent: number;
      readonly fromName: string;
      readonly toParent: number;
      readonly toName: string;
    }
  | {
      readonly kind: 'data';
      readonly inode: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  /** Sets the size (growing with zeros) and the time of modification. */
  | {
      readonly kind: 'size';
      readonly inode: number;
      readonly size: number;
      readonly modifiedAt: Micros;
    }
  | { readonly kind: 'mode'; readonly inode: number; readonly mode: number }
  | { readonly kind: 'free'; readonly inode: number };

/** A freshly formatted one: an empty root directory. */
export function createPlatter(now: Micros): Platter {
  const root: PlatterDirectory = {
    kind: 'directory',
    mode: 0o755,
    modifiedAt: now,
    links: 1,
    entries: new Map(),
  };
  return { inodes: new Map([[ROOT_INODE, root]]) };
}

/** Changes that do not follow on what the platter holds (a batch is missing) throw AssertionError. */
export function applyPlatterChanges(platter: Platter, changes: readonly PlatterChange[]): void {
  for (const change of changes) applyPlatterChange(platter, change);
}

export function applyPlatterChange(platter: Platter, change: PlatterChange): void {
  switch (change.kind) {
    case 'create':
      platter.inodes.set(change.inode, createInode(change));
      return;
    case 'link':
      setEntry(platter, change.parent, change.name, change.inode);
      return;
    case 'unlink':
      removeEntry(platter, change.parent, change.name, change.inode);
      return;
    case 'rename':
      removeEntry(platter, change.fromParent, change.fromName, change.inode);
      setEntry(platter, change.toParent, change.toName, change.inode);
      return;
    case 'data':
      writePlatterBytes(platterFile(platter, change.inode), change.offset, change.bytes);
      return;
    case 'size':
      resizePlatterFile(platterFile(platter, change.inode), change.size, change.modifiedAt);
      return;
    case 'mode':
      platterInode(platter, change.inode).mode = change.mode;
      return;
    case 'free':
      platter.inodes.delete(change.inode);
      return;
    default:
      unreachable(change);
  }
}

function createInode(change: Extract<PlatterChange, { kind: 'create' }>): PlatterInode {
  const { type, mode, modifiedAt } = change;
  // Nothing names the root, yet it is never garbage.
  const links = change.inode === ROOT_INODE ? 1 : 0;
  if (type === 'file') return { kind: type, mode, modifiedAt, links, size: 0, pages: [] };
  return { kind: type, mode, modifiedAt, links, entries: new Map() };
}

export function platterInode(platter: Platter, inode: number): PlatterInode {
  const found = platter.inodes.get(inode);
  assert(found !== undefined, `no inode ${inode} on the platter`);
  return found;
}

export function platterFile(platter: Platter, inode: number): PlatterFile {
  const found = platterInode(platter, inode);
  assert(found.kind === 'file', `inode ${inode} is a directory`);
  return found;
}

export function platterDirectory(platter: Platter, inode: number): PlatterDirectory {
  const found = platterInode(platter, inode);
  assert(found.kind === 'directory', `inode ${inode} is a file`);
  return found;
}

/** A file that had the name before loses it. */
function setEntry(platter: Platter, parent: number, name: string, inode: number): void {
  const { entries } = platterDirectory(platter, parent);
  const before = entries.get(name);
  if (before === inode) return;
  if (before !== undefined) platterInode(platter, before).links--;
  entries.set(name, inode);
  platterInode(platter, inode).links++;
}

/** Tolerates that the name is gone or leads elsewhere: without ordered metadata its change came first. */
function removeEntry(platter: Platter, parent: number, name: string, inode: number): void {
  const { entries } = platterDirectory(platter, parent);
  if (entries.get(name) !== inode) return;
  entries.delete(name);
  platterInode(platter, inode).links--;
}

function writePlatterBytes(file: PlatterFile, offset: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    const index = pageOf(offset + done);
    const start = offset + done - index * PAGE_SIZE;
    const length = Math.min(PAGE_SIZE - start, bytes.length - done);
    const page = file.pages[index]?.slice() ?? new Uint8Array(PAGE_SIZE);
    page.set(bytes.subarray(done, done + length), start);
    file.pages[index] = page;
    done += length;
  }
  file.size = Math.max(file.size, offset + bytes.length);
}

function resizePlatterFile(file: PlatterFile, size: number, modifiedAt: Micros): void {
  if (size < file.size) cutPages(file.pages, size);
  file.size = size;
  file.modifiedAt = modifiedAt;
}

/** The inode that an absolute path leads to, by the names on the platter. */
export function findOnPlatter(platter: Platter, path: string): number | undefined {
  let inode = ROOT_INODE;
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    const directory = platter.inodes.get(inode);
    if (directory?.kind !== 'directory') return undefined;
    const next = directory.entries.get(name);
    if (next === undefined) return undefined;
    inode = next;
  }
  return inode;
}

export function readPlatterFile(file: PlatterFile): Uint8Array {
  return copyFromPages(file.pages, 0, file.size);
}
