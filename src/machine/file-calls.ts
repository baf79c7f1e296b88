import type { Micros } from '../base/time.ts';
import { addOperation } from './journal.ts';
import { effectiveDisk, faultOf, freeBytes } from './faults.ts';
import { fsyncEndOf, scheduleFlusher, startFsync, startWriteBack, writeBackEnd } from './flush.ts';
import {
  inodeOf,
  type FileInode,
  type Inode,
  type KernelContext,
  type KernelState,
} from './kernel-state.ts';
import {
  createInode,
  isAllowed,
  locate,
  mayChangeDirectory,
  type Found,
  type Place,
} from './namespace.ts';
import { readFromCache, resizeInCache, writeToCache } from './page-cache.ts';
import type { Descriptor, ProcessEntry } from './process-entry.ts';
import { addDescriptor, findDescriptor, removeDescriptor } from './processes.ts';
import type { Completion, Errno, FdRef, FileStat, OpenMode, Syscall } from './syscall.ts';

type CallOf<N extends Syscall['call']> = Extract<Syscall, { call: N }>;

export function succeed(value: number, endsAt: Micros): Completion {
  return { result: { ok: true, value }, endsAt };
}

export function fail(errno: Errno, endsAt: Micros): Completion {
  return { result: { ok: false, errno }, endsAt };
}

export function syscallEnd(state: KernelState, now: Micros): Micros {
  return now + state.costs.syscallMicros;
}

/** When a call that copies `bytes` ends. */
function copyEnd(state: KernelState, now: Micros, bytes: number, microsPerKb: number): Micros {
  return syscallEnd(state, now) + Math.floor((bytes * microsPerKb) / 1024);
}

const CREATED_FILE_MODE = 0o644;

export function openCall(
  context: KernelContext,
  entry: ProcessEntry,
  call: CallOf<'open'>,
  now: Micros,
): Completion {
  const { state } = context;
  const endsAt = syscallEnd(state, now);
  const place = locate(state, entry, call.path);
  if ('errno' in place) return fail(place.errno, endsAt);
  const opened = inodeToOpen(context, entry, place.found, call, now);
  if ('errno' in opened) return fail(opened.errno, endsAt);
  const inode = opened.found;
  const fd = addDescriptor(state, entry, {
    inode: inode.number,
    path: place.found.path,
    access: accessOf(call.mode),
    placing: call.mode === 'append' ? 'at-end' : 'at-position',
    position: 0,
  });
  if (call.mode === 'truncate' && inode.kind === 'file' && inode.size > 0)
    truncate(context, inode, 0, now);
  return succeed(fd, endsAt);
}

function accessOf(mode: OpenMode): Descriptor['access'] {
  if (mode === 'read' || mode === 'directory') return 'read';
  return mode === 'write' ? 'read-write' : 'write';
}

function inodeToOpen(
  context: KernelContext,
  entry: ProcessEntry,
  place: Place,
  { mode }: CallOf<'open'>,
  now: Micros,
): Found<Inode> {
  const { inode, form } = place;
  const creates = mode === 'append' || mode === 'truncate';
  if (creates && form === 'slash') return { errno: 'EISDIR' };
  if (inode === undefined) {
    if (!creates) return { errno: 'ENOENT' };
    if (!mayChangeDirectory(context.state, entry, place.name)) return { errno: 'EACCES' };
    return { found: createInode(context, place.name, 'file', CREATED_FILE_MODE, now) };
  }
  if (inode.kind === 'directory' && (creates || mode === 'write')) return { errno: 'EISDIR' };
  if (inode.kind === 'file' && (mode === 'directory' || form === 'slash'))
    return { errno: 'ENOTDIR' };
  const access = accessOf(mode);
  if (access !== 'write' && !isAllowed(entry, inode, 'read')) return { errno: 'EACCES' };
  if (access !== 'read' && !isAllowed(entry, inode, 'write')) return { errno: 'EACCES' };
  return { found: inode };
}

export function closeCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  fd: FdRef,
  now: Micros,
): Completion {
  const errno = removeDescriptor(state, entry, fd);
  const endsAt = syscallEnd(state, now);
  return errno === undefined ? succeed(0, endsAt) : fail(errno, endsAt);
}

export function readCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  call: CallOf<'read'>,
  now: Micros,
): Completion {
  const endsAt = syscallEnd(state, now);
  const descriptor = findDescriptor(entry, call.fd);
  if (descriptor === undefined || descriptor.access === 'write') return fail('EBADF', endsAt);
  const file = inodeOf(state, descriptor.inode);
  if (file.kind === 'directory') return fail('EISDIR', endsAt);
  if (!isSize(call.length)) return fail('EINVAL', endsAt);
  const bytes = readFromCache(file, descriptor.position, call.length);
  descriptor.position += bytes.length;
  const end = copyEnd(state, now, bytes.length, state.costs.readMicrosPerKb);
  return { result: { ok: true, value: bytes.length, bytes }, endsAt: end };
}

/** As many bytes as fit are written; if none does, the write fails. */
export function writeCall(
  context: KernelContext,
  entry: ProcessEntry,
  call: CallOf<'write'>,
  now: Micros,
): Completion {
  const { state } = context;
  const descriptor = findDescriptor(entry, call.fd);
  const endsAt = syscallEnd(state, now);
  if (descriptor === undefined || descriptor.access === 'read') return fail('EBADF', endsAt);
  const file = inodeOf(state, descriptor.inode);
  if (file.kind === 'directory') return fail('EBADF', endsAt);
  const { length } = call.bytes;
  if (length === 0) return succeed(0, endsAt);
  const failing = faultOf(state, 'write-error', now, descriptor);
  if (failing !== undefined) return fail(failing.errno, endsAt);
  const offset = descriptor.placing === 'at-end' ? file.size : descriptor.position;
  const accepted = acceptedLength(state, file, descriptor, offset, length, now);
  if (accepted <= 0) return fail('ENOSPC', endsAt);
  writeToCache(
    state,
    file,
    offset,
    accepted === length ? call.bytes : call.bytes.subarray(0, accepted),
    now,
  );
  scheduleFlusher(context, file.dirtySince);
  descriptor.position = offset + accepted;
  const blockedUntil =
    effectiveDisk(state, now, descriptor).writesDuringFsync === 'block'
      ? fsyncEndOf(state, file.number, now)
      : 0;
  return succeed(
    accepted,
    Math.max(copyEnd(state, now, accepted, state.costs.writeMicrosPerKb), blockedUntil),
  );
}

/** How many of `length` bytes the disk has room for, and a planned short write lets through. */
function acceptedLength(
  state: KernelState,
  file: FileInode,
  descriptor: Descriptor,
  offset: number,
  length: number,
  now: Micros,
): number {
  const growth = Math.max(offset + length - file.size, 0);
  const accepted = length - Math.max(growth - freeBytes(state, now), 0);
  const short = faultOf(state, 'short-write', now, descriptor);
  if (short === undefined) return accepted;
  const taken = Math.max(Math.min(accepted, short.left), 0);
  short.left -= taken;
  return taken;
}

export function truncateCall(
  context: KernelContext,
  entry: ProcessEntry,
  call: CallOf<'ftruncate'>,
  now: Micros,
): Completion {
  const { state } = context;
  const endsAt = syscallEnd(state, now);
  const descriptor = findDescriptor(entry, call.fd);
  if (descriptor === undefined) return fail('EBADF', endsAt);
  const file = inodeOf(state, descriptor.inode);
  if (descriptor.access === 'read' || file.kind === 'directory' || !isSize(call.size))
    return fail('EINVAL', endsAt);
  if (call.size - file.size > freeBytes(state, now)) return fail('ENOSPC', endsAt);
  truncate(context, file, call.size, now);
  return succeed(0, endsAt);
}

function truncate(context: KernelContext, file: FileInode, size: number, now: Micros): void {
  const isShorter = size < file.size;
  resizeInCache(context.state, file, size, now);
  if (isShorter) addOperation(context, file.number, { op: 'size', size, at: now }, now);
  scheduleFlusher(context, file.dirtySince);
}

export function fsyncCall(
  context: KernelContext,
  entry: ProcessEntry,
  fd: FdRef,
  now: Micros,
): Completion {
  const descriptor = findDescriptor(entry, fd);
  if (descriptor === undefined) return fail('EBADF', syscallEnd(context.state, now));
  const { endsAt, errno } = startFsync(context, descriptor, now);
  return errno === undefined ? succeed(0, endsAt) : fail(errno, endsAt);
}

export function syncRangeCall(
  context: KernelContext,
  entry: ProcessEntry,
  call: Extract<Syscall, { call: 'sync_file_range' }>,
  now: Micros,
): Completion {
  const { state } = context;
  const descriptor = findDescriptor(entry, call.fd);
  if (descriptor === undefined) return fail('EBADF', syscallEnd(state, now));
  const { inode } = descriptor;
  startWriteBack(context, descriptor, now);
  const end = call.wait === 'no' ? 0 : writeBackEnd(state, inode, call.offset, call.length);
  return succeed(0, Math.max(end, syscallEnd(state, now)));
}

export function fstatCall(
  { state }: KernelContext,
  entry: ProcessEntry,
  fd: FdRef,
  now: Micros,
): Completion {
  const descriptor = findDescriptor(entry, fd);
  if (descriptor === undefined) return fail('EBADF', syscallEnd(state, now));
  return statOf(inodeOf(state, descriptor.inode), syscallEnd(state, now));
}

const DIRECTORY_SIZE = 4096;

export function statOf(inode: Inode, endsAt: Micros): Completion {
  const { kind, mode, modifiedAt, number } = inode;
  const size = inode.kind === 'file' ? inode.size : DIRECTORY_SIZE;
  const stat: FileStat = { kind, size, mode, modifiedAt, inode: number };
  return { result: { ok: true, value: 0, stat }, endsAt };
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
