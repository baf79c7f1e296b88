import { ascii, byteStringOf, bytesOf } from '../../src/base/bytes.ts';
import type { Micros } from '../../src/base/time.ts';
import { Clock, createClockState, type ClockState } from '../../src/machine/clock.ts';
import {
  createKernelState,
  type KernelEvent,
  type KernelOptions,
  type KernelState,
} from '../../src/machine/kernel-state.ts';
import { SimulatedKernel } from '../../src/machine/kernel.ts';
import type { Fd, Pid, Syscall, SyscallResult } from '../../src/machine/syscall.ts';

export const START: Micros = 1_700_000_000_000_000;
export const MILLI = 1_000;
export const SECOND = 1_000_000;

export interface MachineState {
  readonly kernel: KernelState;
  readonly clock: ClockState<KernelEvent>;
}

/** A kernel, its clock and one process, driven as a lab would: what is due comes before the next call. */
export class Machine {
  readonly kernel: SimulatedKernel;
  readonly clock: Clock<KernelEvent>;
  pid: Pid;

  constructor(state: MachineState, pid: Pid) {
    this.clock = new Clock(state.clock);
    this.kernel = new SimulatedKernel(state.kernel, this.clock);
    this.pid = pid;
  }

  get state(): MachineState {
    return { kernel: this.kernel.state, clock: this.clock.state };
  }

  get now(): Micros {
    return this.clock.now;
  }

  /** Dispatches everything due until `at`. */
  runUntil(at: Micros): void {
    for (let due = this.clock.next(); due !== undefined && due <= at; due = this.clock.next())
      this.step();
    this.clock.advanceTo(at);
  }

  run(duration: Micros): void {
    this.runUntil(this.now + duration);
  }

  step(): void {
    this.kernel.dispatch(this.clock.pop());
  }

  /** Makes a call now, without waiting for its end. */
  start(call: Syscall, thread = 'main'): { result: SyscallResult; endsAt: Micros } {
    return this.kernel.call({ pid: this.pid, thread }, call, this.now);
  }

  /** Makes a call and waits until it has ended. */
  call(call: Syscall): SyscallResult {
    const { result, endsAt } = this.start(call);
    this.runUntil(endsAt);
    return result;
  }

  /** The same for a call that must succeed; its value. */
  do(call: Syscall): number {
    const result = this.call(call);
    if (!result.ok) throw new Error(`${call.call} failed with ${result.errno}`);
    return result.value;
  }

  errnoOf(call: Syscall): string {
    const result = this.call(call);
    return result.ok ? 'ok' : result.errno;
  }

  append(path: string): Fd {
    return this.do({ call: 'open', path, mode: 'append' });
  }

  write(fd: Fd, text: string): number {
    return this.do({ call: 'write', fd, bytes: text_(text) });
  }

  fsync(fd: Fd): number {
    return this.do({ call: 'fsync', fd });
  }

  read(path: string): string | undefined {
    const bytes = this.kernel.readFile(path);
    return bytes === undefined ? undefined : byteStringOf(bytes);
  }

  durable(path: string): string | undefined {
    const bytes = this.kernel.durableFile(path);
    return bytes === undefined ? undefined : byteStringOf(bytes);
  }

  spawn(): void {
    this.pid = this.kernel.spawn({ program: 'redis-server', cwd: '/data' }).pid;
  }
}

function text_(text: string): Uint8Array {
  return bytesOf(ascii(text));
}

export { text_ as bytes };

/** A machine with an empty, durable /data and one process in it; nothing waits in its journals. */
export function boot(options: Partial<KernelOptions> = {}): Machine {
  const now = options.now ?? START;
  const kernel = createKernelState({ owner: 'lane', seed: 1, now, ...options });
  const machine = new Machine({ kernel, clock: createClockState(now) }, 0);
  machine.kernel.makeDirectory('/data');
  machine.spawn();
  return machine;
}
