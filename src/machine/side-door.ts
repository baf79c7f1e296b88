import type { PlanResult } from './fault-plan.ts';
import { freeBytes } from './faults.ts';
import { emptyDriveCache } from './flush.ts';
import { commitOperations, takeOperationsOf } from './journal.ts';
import {
  directoryOf,
  fileOf,
  inodeOf,
  type FileInode,
  type KernelContext,
  type KernelState,
  type Name,
} from './kernel-state.ts';
import { findPath } from './lookup.ts';
import { createInode, unlinkName } from './namespace.ts';
import { cutFlight, readFromCache } from './page-cache.ts';
import { normalizePath, pathNames } from './paths.ts';
import { changePlatter } from './platter-journal.ts';
import { findOnPlatter, platterFile, readPlatterFile, ROOT_INODE } from './platter.ts';

/** Files as an importer, an editor of the lab or a test sees them: no process, no time, no page cache. */
export function readFile(state: KernelState, path: string): Uint8Array | undefined {
  const inode = state.inodes.get(findPath(state, normalizePath(path, '/')) ?? 0);
  return inode?.kind === 'file' ? readFromCache(inode, 0, inode.size) : undefined;
}

export function durableFile(state: KernelState, path: string): Uint8Array | undefined {
  const inode = state.platter.inodes.get(
    findOnPlatter(state.platter, normalizePath(path, '/')) ?? 0,
  );
  return inode?.kind === 'file' ? readPlatterFile(inode) : undefined;
}

const NEW_FILE_MODE = 0o644;
const NEW_DIRECTORY_MODE = 0o755;

/** The value is the file's inode. An open file stays open: its descriptors see the new bytes. */
export function writeFile(
  context: KernelContext,
  path: string,
  bytes: Uint8Array,
  mode?: number,
): PlanResult<number> {
  const { state, clock } = context;
  const names = pathNames(normalizePath(path, '/'));
  const last = names.pop();
  if (last === undefined || path.endsWith('/'))
    return { ok: false, error: `${path}: Is a directory` };
  const parent = makeDirectories(context, names);
  if (!parent.ok) return parent;
  const name: Name = { parent: parent.value, name: last };
  const existing = directoryOf(state, name.parent).entries.get(last);
  if (existing !== undefined && inodeOf(state, existing).kind === 'directory')
    return { ok: false, error: `${path}: Is a directory` };
  const sizeBefore = existing === undefined ? 0 : fileOf(state, existing).size;
  if (bytes.length - sizeBefore > freeBytes(state, clock.now))
    return { ok: false, error: `${path}: No space left on device` };
  const number =
    existing ?? createInode(context, name, 'file', mode ?? NEW_FILE_MODE, clock.now).number;
  makeDurable(state, [name]);
  replaceContents(state, fileOf(state, number), bytes, clock.now);
  if (mode !== undefined && existing !== undefined) {
    inodeOf(state, number).mode = mode;
    changePlatter(state, { kind: 'mode', inode: number, mode });
  }
  return { ok: true, value: number };
}

function replaceContents(
  state: KernelState,
  file: FileInode,
  bytes: Uint8Array,
  now: number,
): void {
  const { number: inode } = file;
  for (const flight of state.flights) {
    if (flight.inode === inode) cutFlight(flight, 0);
  }
  changePlatter(state, { kind: 'size', inode, size: 0, modifiedAt: now });
  if (bytes.length > 0)
    changePlatter(state, { kind: 'data', inode, offset: 0, bytes: bytes.slice() });
  changePlatter(state, { kind: 'size', inode, size: bytes.length, modifiedAt: now });
  state.usedBytes += bytes.length - file.size;
  file.size = bytes.length;
  file.modifiedAt = now;
  file.dirty.length = 0;
  file.stale.length = 0;
  file.dirtySince = -1;
  file.owned.clear();
  file.pages.length = 0;
  for (const page of platterFile(state.platter, inode).pages) file.pages.push(page);
}

export function makeDirectory(context: KernelContext, path: string): PlanResult<number> {
  return makeDirectories(context, pathNames(normalizePath(path, '/')));
}

function makeDirectories(context: KernelContext, names: readonly string[]): PlanResult<number> {
  const { state, clock } = context;
  let parent = ROOT_INODE;
  const chain: Name[] = [];
  for (const one of names) {
    const name: Name = { parent, name: one };
    const number = directoryOf(state, parent).entries.get(one);
    const inode =
      number === undefined
        ? createInode(context, name, 'directory', NEW_DIRECTORY_MODE, clock.now)
        : inodeOf(state, number);
    if (inode.kind === 'file') return { ok: false, error: `${one}: Not a directory` };
    chain.push(name);
    parent = inode.number;
  }
  makeDurable(state, chain);
  return { ok: true, value: parent };
}

export function removeFile(context: KernelContext, path: string): boolean {
  const { state, clock } = context;
  const normal = normalizePath(path, '/');
  const inode = state.inodes.get(findPath(state, normal) ?? 0);
  if (inode?.kind !== 'file') return false;
  const names = pathNames(normal);
  const last = names.pop() ?? '';
  const name: Name = { parent: findPath(state, `/${names.join('/')}`) ?? ROOT_INODE, name: last };
  unlinkName(context, inode, name, clock.now);
  makeDurable(state, [name]);
  return true;
}

/** Commits what these names stand on; what a drive holds of operations came before and goes first. */
function makeDurable(state: KernelState, names: readonly Name[]): void {
  if (state.flights.some((flight) => flight.operations.length > 0)) emptyDriveCache(state);
  commitOperations(state, takeOperationsOf(state, names));
}
