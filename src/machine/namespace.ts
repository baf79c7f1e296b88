import type { Micros } from '../base/time.ts';
import { addOperation, freeOnPlatter } from './journal.ts';
import {
  directoryOf,
  inodeOf,
  type Inode,
  type KernelContext,
  type KernelState,
  type Name,
} from './kernel-state.ts';
import { machinePath, pathNames } from './paths.ts';
import { ROOT_INODE, type FileKind } from './platter.ts';
import type { ProcessEntry } from './process-entry.ts';
import type { Errno } from './syscall.ts';

/** What a path means to a process: an inode, or the free name where one could be made. */
export interface Place {
  readonly path: string;
  readonly name: Name;
  readonly inode: Inode | undefined;
  /** A path that ends in a slash means a directory. */
  readonly form: 'plain' | 'slash';
}

export type Found<T> = { readonly found: T } | { readonly errno: Errno };

const NAME_LIMIT = 255;

/** Walks a path as the kernel does: every folder on the way must exist, be one, and may be searched. */
export function locate(state: KernelState, entry: ProcessEntry, path: string): Found<Place> {
  if (path === '') return { errno: 'ENOENT' };
  if (path.includes('\0')) return { errno: 'EINVAL' };
  const absolute = machinePath(entry, path);
  const names = pathNames(absolute);
  const last = names.pop();
  let directory = directoryOf(state, ROOT_INODE);
  const form = path.endsWith('/') ? 'slash' : 'plain';
  if (last === undefined)
    return {
      found: { path: absolute, name: { parent: ROOT_INODE, name: '' }, inode: directory, form },
    };
  for (const name of names) {
    if (!isAllowed(entry, directory, 'search')) return { errno: 'EACCES' };
    const number = directory.entries.get(name);
    if (number === undefined) return { errno: 'ENOENT' };
    const next = inodeOf(state, number);
    if (next.kind !== 'directory') return { errno: 'ENOTDIR' };
    directory = next;
  }
  if (!isAllowed(entry, directory, 'search')) return { errno: 'EACCES' };
  if (last.length > NAME_LIMIT) return { errno: 'EINVAL' };
  const number = directory.entries.get(last);
  const inode = number === undefined ? undefined : inodeOf(state, number);
  return { found: { path: absolute, name: { parent: directory.number, name: last }, inode, form } };
}

/** The inode at a path that must exist. */
export function locateInode(state: KernelState, entry: ProcessEntry, path: string): Found<Inode> {
  const place = locate(state, entry, path);
  if ('errno' in place) return place;
  const { inode, form } = place.found;
  if (inode === undefined) return { errno: 'ENOENT' };
  return inode.kind === 'file' && form === 'slash' ? { errno: 'ENOTDIR' } : { found: inode };
}

const permissionBits = { read: 0o400, write: 0o200, search: 0o100 } as const;

/** Every file belongs to the user of the server; root may do everything. */
export function isAllowed(
  entry: ProcessEntry,
  inode: Inode,
  access: keyof typeof permissionBits,
): boolean {
  return entry.user === 'root' || (inode.mode & permissionBits[access]) !== 0;
}

/** Whether the process may add and remove names beside this one. */
export function mayChangeDirectory(state: KernelState, entry: ProcessEntry, name: Name): boolean {
  return isAllowed(entry, directoryOf(state, name.parent), 'write');
}

/** A new inode with a name. */
export function createInode(
  context: KernelContext,
  name: Name,
  kind: FileKind,
  mode: number,
  now: Micros,
): Inode {
  const { state } = context;
  const number = state.nextInode++;
  const base = { number, mode, modifiedAt: now, names: [], opens: 0 };
  const inode: Inode =
    kind === 'directory'
      ? { ...base, kind, entries: new Map<string, number>() }
      : {
          ...base,
          kind,
          size: 0,
          pages: [],
          owned: new Set<number>(),
          dirty: [],
          dirtySince: -1,
          stale: [],
        };
  state.inodes.set(number, inode);
  setName(state, name, inode, now);
  addOperation(context, number, { op: 'create', type: kind, mode, at: now, to: name }, now);
  return inode;
}

export function linkInode(context: KernelContext, inode: Inode, to: Name, now: Micros): void {
  setName(context.state, to, inode, now);
  addOperation(context, inode.number, { op: 'link', to }, now);
}

export function unlinkName(context: KernelContext, inode: Inode, from: Name, now: Micros): void {
  removeName(context.state, from, inode, now);
  addOperation(context, inode.number, { op: 'unlink', from }, now);
  releaseInode(context.state, inode.number);
}

/** The inode that had the name `to` before loses it. */
export function renameInode(
  context: KernelContext,
  inode: Inode,
  from: Name,
  to: Name,
  now: Micros,
): void {
  const { state } = context;
  const replaced = directoryOf(state, to.parent).entries.get(to.name);
  if (replaced !== undefined) removeName(state, to, inodeOf(state, replaced), now);
  removeName(state, from, inode, now);
  setName(state, to, inode, now);
  addOperation(context, inode.number, { op: 'rename', from, to }, now);
  if (replaced !== undefined) releaseInode(state, replaced);
}

function setName(state: KernelState, name: Name, inode: Inode, now: Micros): void {
  const directory = directoryOf(state, name.parent);
  state.nameChanges++;
  directory.entries.set(name.name, inode.number);
  directory.modifiedAt = now;
  inode.names.push(name);
}

function removeName(state: KernelState, name: Name, inode: Inode, now: Micros): void {
  const directory = directoryOf(state, name.parent);
  state.nameChanges++;
  directory.entries.delete(name.name);
  directory.modifiedAt = now;
  const index = inode.names.findIndex(
    (one) => one.parent === name.parent && one.name === name.name,
  );
  inode.names.splice(index, 1);
}

/** Frees the space of a file that no name and no descriptor holds any more. */
export function releaseInode(state: KernelState, number: number): void {
  const inode = state.inodes.get(number);
  if (inode === undefined || inode.names.length > 0 || inode.opens > 0 || number === ROOT_INODE)
    return;
  if (inode.kind === 'file') state.usedBytes -= inode.size;
  state.inodes.delete(number);
  freeOnPlatter(state, number);
}
