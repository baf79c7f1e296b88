import { unreachable } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import type { ClockEvent } from './clock.ts';
import { healFaults, planFault, startFault } from './fault-control.ts';
import type { Fault, FaultRequest, PlanResult } from './fault-plan.ts';
import { childBytesPerSecond, freeBytes, wallClock } from './faults.ts';
import {
  closeCall,
  fstatCall,
  fsyncCall,
  syncRangeCall,
  openCall,
  readCall,
  truncateCall,
  writeCall,
} from './file-calls.ts';
import { commitJournal, destage, endFlush, wakeFlusher } from './flush.ts';
import type { KernelClock, KernelContext, KernelEvent, KernelState } from './kernel-state.ts';
import { listFiles, layersOfInode, layersOfPath, type FileEntry, type Layers } from './layers.ts';
import {
  chdirCall,
  chmodCall,
  forkCall,
  linkCall,
  mkdirCall,
  readdirCall,
  renameCall,
  rmdirCall,
  statCall,
  statfsCall,
  unlinkCall,
} from './name-calls.ts';
import { findPath } from './lookup.ts';
import { losePower, type PowerLoss, type TailMode } from './power-loss.ts';
import { findOnPlatter, type PlatterChange } from './platter.ts';
import { platterSnapshot } from './platter-snapshot.ts';
import type { ProcessEntry, ProcessExit } from './process-entry.ts';
import {
  endProcess,
  reapProcess,
  runningProcess,
  spawnProcess,
  type SpawnOptions,
} from './processes.ts';
import { durableFile, makeDirectory, readFile, removeFile, writeFile } from './side-door.ts';
import type { Caller, Completion, Kernel, Pid, Syscall } from './syscall.ts';
import { recordCall, tracedCalls, type TraceEntry } from './trace.ts';

/**
 * A simulated Linux as far as a database server can see it, and the control side that the server can't see.
 * It wraps a state and a clock and holds nothing else, so a copied state runs on under a new kernel.
 *
 * What a call does to the page cache it does at once; what becomes durable does so when the fsync, the flusher's or
 * the journal's event comes, which the owner of the clock hands to `dispatch`.
 */
export class SimulatedKernel implements Kernel {
  readonly state: KernelState;
  readonly clock: KernelClock;
  private readonly context: KernelContext;

  constructor(state: KernelState, clock: KernelClock) {
    this.state = state;
    this.clock = clock;
    this.context = { state, clock };
  }

  call(caller: Caller, call: Syscall, now: Micros): Completion {
    const completion = this.perform(runningProcess(this.state, caller.pid), call, now);
    recordCall(this.state.trace, caller, call, now, completion);
    return completion;
  }

  private perform(entry: ProcessEntry, call: Syscall, now: Micros): Completion {
    const { context } = this;
    switch (call.call) {
      case 'open':
        return openCall(context, entry, call, now);
      case 'close':
        return closeCall(context, entry, call.fd, now);
      case 'read':
        return readCall(context, entry, call, now);
      case 'write':
        return writeCall(context, entry, call, now);
      case 'ftruncate':
        return truncateCall(context, entry, call, now);
      case 'fsync':
      case 'fdatasync':
        return fsyncCall(context, entry, call.fd, now);
      case 'sync_file_range':
        return syncRangeCall(context, entry, call, now);
      case 'fstat':
        return fstatCall(context, entry, call.fd, now);
      case 'stat':
        return statCall(context, entry, call.path, now);
      case 'rename':
        return renameCall(context, entry, call.from, call.to, now);
      case 'link':
        return linkCall(context, entry, call.from, call.to, now);
      case 'unlink':
        return unlinkCall(context, entry, call.path, now);
      case 'rmdir':
        return rmdirCall(context, entry, call.path, now);
      case 'readdir':
        return readdirCall(context, entry, call.path, now);
      case 'statfs':
        return statfsCall(context, entry, call.path, now);
      case 'chdir':
        return chdirCall(context, entry, call.path, now);
      case 'mkdir':
        return mkdirCall(context, entry, call.path, call.mode, now);
      case 'chmod':
        return chmodCall(context, entry, call.path, call.mode, now);
      case 'fork':
        return forkCall(context, entry, call.child, now);
      default:
        return unreachable(call);
    }
  }

  /** An event of this kernel (`payload.owner` is `state.owner`) whose instant has come. */
  dispatch(event: ClockEvent<KernelEvent>): void {
    const { context } = this;
    const { at, payload } = event;
    switch (payload.type) {
      case 'flush-ends':
        endFlush(context, payload.flight, at);
        return;
      case 'destage':
        destage(context, payload.flight);
        return;
      case 'journal-commit':
        commitJournal(context, at);
        return;
      case 'flusher-wakes':
        wakeFlusher(context, at);
        return;
      case 'fault-starts':
        startFault(context, payload.fault);
        return;
      default:
        unreachable(payload);
    }
  }

  /** Starts a program; the lab runs it. */
  spawn(options: SpawnOptions): ProcessEntry {
    return spawnProcess(this.state, options, this.clock.now);
  }

  /** exit(2): closes the descriptors. An fsync that the process has started goes on. */
  exit(pid: Pid, status: number): void {
    endProcess(this.state, pid, { by: 'exit', status });
  }

  /** Ends a process from outside; what a signal other than KILL means to a program is the lab's affair. */
  killProcess(pid: Pid, signal: string): void {
    endProcess(this.state, pid, { by: 'signal', signal });
  }

  /** waitpid(2): how an ended process ended, once; null while it runs. */
  reap(pid: Pid): ProcessExit | null {
    return reapProcess(this.state, pid);
  }

  process(pid: Pid): ProcessEntry | undefined {
    return this.state.processes.get(pid);
  }

  /** Power goes and comes back: processes, descriptors and page cache are gone, the platter is mounted anew. */
  losePower(tail: TailMode): PowerLoss {
    return losePower(this.context, tail);
  }

  /** Plans a fault; the value of the result is its number. */
  plan(request: FaultRequest): PlanResult<number> {
    return planFault(this.context, request, this.clock.now);
  }

  /** Ends all faults, or those of one kind. */
  heal(kind?: string): void {
    healFaults(this.context, this.clock.now, kind);
  }

  faults(): readonly Fault[] {
    return this.state.faults.plans;
  }

  /** What the machine's wall clock shows at `now`, faults included. */
  wallClock(now: Micros): Micros {
    return wallClock(this.state, now);
  }

  childBytesPerSecond(now: Micros): number {
    return childBytesPerSecond(this.state, now);
  }

  diskSpace(now: Micros): {
    readonly capacity: number;
    readonly used: number;
    readonly free: number;
  } {
    const { capacity, usedBytes: used } = this.state;
    return { capacity, used, free: freeBytes(this.state, now) };
  }

  /** Where the bytes of the file at an absolute path are; undefined if there is none. */
  layersOf(path: string): Layers | undefined {
    return layersOfPath(this.state, path);
  }

  /** The same of a file that may have no name any more. */
  layersOfInode(inode: number): Layers | undefined {
    return layersOfInode(this.state, inode);
  }

  /** All files that programs see, in order of their paths' bytes. */
  files(): FileEntry[] {
    return listFiles(this.state);
  }

  /** The bytes that a program would read. */
  readFile(path: string): Uint8Array | undefined {
    return readFile(this.state, path);
  }

  /** How often a name has come, gone or moved, in the page cache's view or on the platter. */
  get nameChanges(): number {
    return this.state.nameChanges;
  }

  /** The inode at an absolute path, as programs find it or as the platter has it. */
  inodeAt(path: string, where: 'cache' | 'platter'): number | undefined {
    return where === 'cache' ? findPath(this.state, path) : findOnPlatter(this.state.platter, path);
  }

  /** The bytes that a loss of power would leave at that path. */
  durableFile(path: string): Uint8Array | undefined {
    return durableFile(this.state, path);
  }

  /** Puts a file in place past the page cache, durable at once, with the folders that it needs. */
  writeFile(path: string, bytes: Uint8Array, mode?: number): PlanResult<number> {
    return writeFile(this.context, path, bytes, mode);
  }

  /** Makes a folder and those above it, durable at once. */
  makeDirectory(path: string): PlanResult<number> {
    return makeDirectory(this.context, path);
  }

  /** Removes a file, durable at once; whether there was one. Open descriptors keep it. */
  removeFile(path: string): boolean {
    return removeFile(this.context, path);
  }

  /** What has changed on the platter since the last time, in order. */
  takePlatterChanges(): PlatterChange[] {
    return this.state.platterChanges.splice(0);
  }

  /** The whole platter as changes of an empty one. */
  platterSnapshot(): PlatterChange[] {
    return platterSnapshot(this.state.platter);
  }

  /** Finished system calls that the trace still has, oldest first. */
  trace(): TraceEntry[] {
    return tracedCalls(this.state.trace);
  }
}
