import type { Micros } from '../base/time.ts';
import { anyFault, freeBytes } from './faults.ts';
import { fail, statOf, succeed, syscallEnd } from './file-calls.ts';
import { addOperation } from './journal.ts';
import {
  directoryOf,
  type DirectoryInode,
  type Inode,
  type KernelContext,
  type KernelState,
} from './kernel-state.ts';
import {
  createInode,
  isAllowed,
  linkInode,
  locate,
  locateInode,
  mayChangeDirectory,
  renameInode,
  unlinkName,
  type Place,
} from './namespace.ts';
import { normalizePath } from './paths.ts';
import { ROOT_INODE } from './platter.ts';
import type { ProcessEntry } from './process-entry.ts';
import { spawnProcess } from './processes.ts';
import type { Completion, Errno } from './syscall.ts';

/** These calls change or read names; each takes the time of one system call and is durable by the journal. */
export function statCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(state, now);
  const inode = locateInode(state, entry, path);
  return 'errno' in inode ? fail(inode.errno, endsAt) : statOf(inode.found, endsAt);
}

export function readdirCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(state, now);
  const inode = locateInode(state, entry, path);
  if ('errno' in inode) return fail(inode.errno, endsAt);
  if (inode.found.kind === 'file') return fail('ENOTDIR', endsAt);
  if (!isAllowed(entry, inode.found, 'read')) return fail('EACCES', endsAt);
  const names = [...inode.found.entries.keys()];
  return { result: { ok: true, value: names.length, names }, endsAt };
}

/** Its value is the number of free bytes. */
export function statfsCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(state, now);
  const inode = locateInode(state, entry, path);
  return 'errno' in inode ? fail(inode.errno, endsAt) : succeed(freeBytes(state, now), endsAt);
}

export function mkdirCall(
  context: KernelContext,
  entry: ProcessEntry,
  path: string,
  mode: number,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(context.state, now);
  const place = locate(context.state, entry, path);
  if ('errno' in place) return fail(place.errno, endsAt);
  const { inode, name } = place.found;
  if (inode !== undefined) return fail('EEXIST', endsAt);
  if (!mayChangeDirectory(context.state, entry, name)) return fail('EACCES', endsAt);
  createInode(context, name, 'directory', mode & 0o7777, now);
  return succeed(0, endsAt);
}

export function chmodCall(
  context: KernelContext,
  entry: ProcessEntry,
  path: string,
  mode: number,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(context.state, now);
  const inode = locateInode(context.state, entry, path);
  if ('errno' in inode) return fail(inode.errno, endsAt);
  inode.found.mode = mode & 0o7777;
  addOperation(context, inode.found.number, { op: 'mode', mode: mode & 0o7777 }, now);
  return succeed(0, endsAt);
}

export function unlinkCall(
  context: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
): Completion {
  return removeCall(context, entry, path, now, ({ kind }, form) => {
    if (kind === 'directory') return 'EISDIR';
    return form === 'slash' ? 'ENOTDIR' : undefined;
  });
}

export function rmdirCall(
  context: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
): Completion {
  return removeCall(context, entry, path, now, (inode) => {
    if (inode.kind === 'file') return 'ENOTDIR';
    if (inode.number === ROOT_INODE) return 'EINVAL';
    return inode.entries.size > 0 ? 'ENOTEMPTY' : undefined;
  });
}

function removeCall(
  context: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
  refusal: (inode: Inode, form: Place['form']) => Errno | undefined,
): Completion {
  const endsAt = syscallEnd(context.state, now);
  const place = locate(context.state, entry, path);
  if ('errno' in place) return fail(place.errno, endsAt);
  const { inode, name, form } = place.found;
  if (inode === undefined) return fail('ENOENT', endsAt);
  const refused = refusal(inode, form);
  if (refused !== undefined) return fail(refused, endsAt);
  if (!mayChangeDirectory(context.state, entry, name)) return fail('EACCES', endsAt);
  unlinkName(context, inode, name, now);
  return succeed(0, endsAt);
}

export function linkCall(
  context: KernelContext,
  entry: ProcessEntry,
  from: string,
  to: string,
  now: Micros,
): Completion {
  const { state } = context;
  const endsAt = syscallEnd(state, now);
  const inode = locateInode(state, entry, from);
  if ('errno' in inode) return fail(inode.errno, endsAt);
  const place = locate(state, entry, to);
  if ('errno' in place) return fail(place.errno, endsAt);
  if (place.found.inode !== undefined) return fail('EEXIST', endsAt);
  if (place.found.form === 'slash') return fail('ENOENT', endsAt);
  // Linux says EPERM.
  if (inode.found.kind === 'directory') return fail('EACCES', endsAt);
  if (!mayChangeDirectory(state, entry, place.found.name)) return fail('EACCES', endsAt);
  linkInode(context, inode.found, place.found.name, now);
  return succeed(0, endsAt);
}

export function renameCall(
  context: KernelContext,
  entry: ProcessEntry,
  from: string,
  to: string,
  now: Micros,
): Completion {
  const { state } = context;
  const endsAt = syscallEnd(state, now);
  const source = locate(state, entry, from);
  if ('errno' in source) return fail(source.errno, endsAt);
  const target = locate(state, entry, to);
  if ('errno' in target) return fail(target.errno, endsAt);
  const { inode } = source.found;
  if (inode === undefined) return fail('ENOENT', endsAt);
  const errno = renameRefusal(state, entry, inode, source.found, target.found);
  if (errno !== undefined) return fail(errno, endsAt);
  // Two names of one file: rename(2) leaves both.
  if (target.found.inode !== inode)
    renameInode(context, inode, source.found.name, target.found.name, now);
  return succeed(0, endsAt);
}

/** The checks of fs/namei.c:do_renameat2 and vfs_rename, in their order. */
function renameRefusal(
  state: KernelState,
  entry: ProcessEntry,
  inode: Inode,
  source: Place,
  target: Place,
): Errno | undefined {
  if (inode.kind === 'file' && (source.form === 'slash' || target.form === 'slash'))
    return 'ENOTDIR';
  if (inode.number === ROOT_INODE || target.inode?.number === ROOT_INODE) return 'EINVAL';
  if (inode.kind === 'directory' && isInside(state, directoryOf(state, target.name.parent), inode))
    return 'EINVAL';
  const replaced = target.inode;
  if (
    replaced?.kind === 'directory' &&
    isInside(state, directoryOf(state, source.name.parent), replaced)
  )
    return 'ENOTEMPTY';
  if (replaced === inode) return undefined;
  if (
    !mayChangeDirectory(state, entry, source.name) ||
    !mayChangeDirectory(state, entry, target.name)
  )
    return 'EACCES';
  if (replaced === undefined) return undefined;
  if (inode.kind === 'file') return replaced.kind === 'directory' ? 'EISDIR' : undefined;
  if (replaced.kind === 'file') return 'ENOTDIR';
  return replaced.entries.size > 0 ? 'ENOTEMPTY' : undefined;
}

/** Whether `directory` is `folder` or lies in it. */
function isInside(state: KernelState, directory: DirectoryInode, folder: DirectoryInode): boolean {
  let at = directory;
  while (at !== folder) {
    const [name] = at.names;
    if (name === undefined) return false;
    at = directoryOf(state, name.parent);
  }
  return true;
}

/** The child has its parent's places and size, and none of its descriptors. */
export function chdirCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  path: string,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(state, now);
  const found = locateInode(state, entry, path);
  if ('errno' in found) return fail(found.errno, endsAt);
  if (found.found.kind !== 'directory') return fail('ENOTDIR', endsAt);
  if (!isAllowed(entry, found.found, 'search')) return fail('EACCES', endsAt);
  entry.cwd = normalizePath(path, entry.cwd);
  return succeed(0, endsAt);
}

export function forkCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  program: string,
  now: Micros,
): Completion {
  const { costs } = state;
  const copying = Math.round((costs.forkMsPerGb * 1_000 * entry.memoryBytes) / 2 ** 30);
  const failing = anyFault(state, 'fork-failure', now);
  if (failing !== undefined) return fail(failing.errno, now + costs.forkMicros);
  const { pid: parent, cwd, user, root, volumes, memoryBytes } = entry;
  const child = spawnProcess(
    state,
    { program, cwd, parent, user, root, volumes, memoryBytes },
    now,
  );
  return succeed(child.pid, now + costs.forkMicros + copying);
}
