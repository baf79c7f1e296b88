import { assert } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import { inodeOf, type KernelState } from './kernel-state.ts';
import { releaseInode } from './namespace.ts';
import type { Descriptor, ProcessEntry, ProcessExit, Volume } from './process-entry.ts';
import type { Errno, Fd, FdRef, Pid } from './syscall.ts';

export interface SpawnOptions {
  readonly program: string;
  readonly cwd: string;
  readonly parent?: Pid;
  readonly user?: ProcessEntry['user'];
  readonly root?: string;
  readonly volumes?: readonly Volume[];
  readonly memoryBytes?: number;
}

/** Enters a process into the table. Nothing is inherited from a parent but what the options say. */
export function spawnProcess(state: KernelState, options: SpawnOptions, now: Micros): ProcessEntry {
  const entry: ProcessEntry = {
    pid: state.nextPid++,
    parent: options.parent ?? 0,
    program: options.program,
    user: options.user ?? 'redis',
    cwd: options.cwd,
    root: options.root ?? '/',
    volumes: options.volumes ?? [],
    memoryBytes: options.memoryBytes ?? 0,
    startedAt: now,
    state: 'running',
    exit: null,
    descriptors: new Map(),
  };
  state.processes.set(entry.pid, entry);
  return entry;
}

/** Ends a process and closes its descriptors. The entry stays until `reapProcess`; a flush of its goes on. */
export function endProcess(state: KernelState, pid: Pid, exit: ProcessExit): void {
  const entry = state.processes.get(pid);
  if (entry === undefined || entry.state === 'ended') return;
  entry.state = 'ended';
  entry.exit = exit;
  for (const descriptor of entry.descriptors.values()) closeDescriptor(state, descriptor);
  entry.descriptors.clear();
}

/** waitpid(2): takes an ended process out of the table. */
export function reapProcess(state: KernelState, pid: Pid): ProcessExit | null {
  const entry = state.processes.get(pid);
  if (entry === undefined || entry.state !== 'ended') return null;
  state.processes.delete(pid);
  return entry.exit;
}

export function runningProcess(state: KernelState, pid: Pid): ProcessEntry {
  const entry = state.processes.get(pid);
  assert(
    entry !== undefined && entry.state === 'running',
    `a system call of process ${pid}, which does not run`,
  );
  return entry;
}

const FIRST_FD = 3;

/** Gives `descriptor` the lowest free number. */
export function addDescriptor(state: KernelState, entry: ProcessEntry, descriptor: Descriptor): Fd {
  let fd = FIRST_FD;
  while (entry.descriptors.has(fd)) fd++;
  entry.descriptors.set(fd, descriptor);
  inodeOf(state, descriptor.inode).opens++;
  return fd;
}

/** Names of descriptors belong to plans (plan.ts); one that comes here was never opened. */
export function findDescriptor(entry: ProcessEntry, ref: FdRef): Descriptor | undefined {
  return typeof ref === 'number' ? entry.descriptors.get(ref) : undefined;
}

export function removeDescriptor(
  state: KernelState,
  entry: ProcessEntry,
  ref: FdRef,
): Errno | undefined {
  const descriptor = findDescriptor(entry, ref);
  if (descriptor === undefined || typeof ref === 'string') return 'EBADF';
  entry.descriptors.delete(ref);
  closeDescriptor(state, descriptor);
  return undefined;
}

function closeDescriptor(state: KernelState, descriptor: Descriptor): void {
  inodeOf(state, descriptor.inode).opens--;
  releaseInode(state, descriptor.inode);
}
