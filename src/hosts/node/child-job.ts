/**
 * A child of the server as a job of the same process, since Node cannot fork: it writes its snapshot in slices
 * between the server's turns. The named exception is that it does not outlive its parent.
 */
import type { Micros } from '../../base/time.ts';
import type { Syscall, SyscallResult } from '../../machine/syscall.ts';
import {
  completeChildCall,
  newChild,
  runChildProcess,
  type ChildState,
} from '../../server/child-process.ts';
import type { ChildTask } from '../../server/state.ts';
import type { NodeKernel } from './node-kernel.ts';

/** So long the clients wait for one slice, at most; one step writes about 64 KB. */
const SLICE_MILLIS = 4;
const MICROS_PER_MILLI = 1000;

export class ChildJob {
  private readonly state: ChildState;
  private readonly kernel: NodeKernel;
  private readonly clock: () => Micros;
  private readonly log: (line: string) => void;
  private readonly reported: (keys: number) => void;
  private readonly exited: (code: number) => void;
  private stopped = false;

  constructor(
    pid: number,
    task: ChildTask,
    kernel: NodeKernel,
    clock: () => Micros,
    log: (line: string) => void,
    reported: (keys: number) => void,
    exited: (code: number) => void,
  ) {
    this.state = newChild(pid, task);
    this.kernel = kernel;
    this.clock = clock;
    this.log = log;
    this.reported = reported;
    this.exited = exited;
    setImmediate(() => this.slice());
  }

  get pid(): number {
    return this.state.pid;
  }

  /** By a signal: nothing of it runs any more, its temporary file stays as it is. */
  kill(): void {
    this.stopped = true;
    const { fd } = this.state;
    if (fd >= 0) this.kernel.callInBackground(this.caller, { call: 'close', fd }, () => undefined);
  }

  private get caller(): { readonly pid: number; readonly thread: string } {
    return { pid: this.state.pid, thread: 'main' };
  }

  private slice(): void {
    const end = performance.now() + SLICE_MILLIS;
    while (!this.stopped) {
      const wait = runChildProcess(this.state, this.clock());
      for (const keys of this.state.reports.splice(0)) this.reported(keys);
      if (wait.wait === 'exit') return this.exited(wait.code);
      if (wait.wait === 'sleep') {
        setTimeout(() => this.slice(), Math.ceil(wait.micros / MICROS_PER_MILLI));
        return;
      }
      if (wait.wait !== 'syscall') throw new Error(`a child does not wait for ${wait.wait}`);
      const { call } = wait;
      if (isFlush(call)) {
        return this.kernel.callInBackground(this.caller, call, (result) => this.resume(result));
      }
      this.take(this.kernel.call(this.caller, call, this.clock()).result);
      if (performance.now() >= end) {
        setImmediate(() => this.slice());
        return;
      }
    }
  }

  private take(result: SyscallResult): void {
    completeChildCall(this.state, result, this.clock());
    for (const line of this.state.lines.splice(0)) this.log(line);
  }

  private resume(result: SyscallResult): void {
    if (this.stopped) return;
    this.take(result);
    this.slice();
  }
}

/** A flush takes its time, in which the server goes on. */
function isFlush({ call }: Syscall): boolean {
  return call === 'fsync' || call === 'fdatasync' || call === 'sync_file_range';
}
