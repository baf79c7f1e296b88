/** A process of the simulated machine, and what its table takes of the machine. */
import { type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import type { Pid } from '../machine/syscall.ts';
import type { Network } from './network.ts';
import type { Listener, ServerDoor } from './machine-door.ts';
import {
  type Answer,
  type Ask,
  type Exit,
  type ProcessRow,
  type Run,
  type SignalHandling,
  type SignalName,
  type SpawnRequest,
} from './program.ts';
import type { Reply } from '../resp/reply.ts';
import { type Stream, type Terminal, type Waitable, type Waiter } from './streams.ts';

export interface MachinePorts {
  readonly kernel: SimulatedKernel;
  readonly network: Network;
  readonly servers: ServerDoor;
  readonly now: Micros;
  readonly wallNow: Micros;
  /** `free`: the clock stands still, and what takes no waiting takes no time. */
  pace(): 'timed' | 'free';
  /** Calls `dispatch(timer)` at that instant. */
  schedule(at: Micros, timer: number): void;
}

export interface Socket extends Waitable {
  readonly listener: Listener;
  connection: number;
  readonly replies: Reply[];
  closed: boolean;
}

/** A process: its tasks, what it has open, and what it is told. */
export interface Process extends Waitable {
  readonly pid: Pid;
  parent: Pid;
  group: number;
  readonly request: SpawnRequest;
  argv: readonly ByteString[];
  readonly terminal: Terminal | null;
  readonly network: string;
  readonly streams: Map<number, Stream>;
  readonly sockets: Map<number, Socket>;
  readonly handlers: Map<SignalName, SignalHandling>;
  readonly signals: SignalName[];
  readonly tasks: Set<Task>;
  main: Task | null;
  stopped: SignalName | null;
  /** Whether its parent has been told of the stop. */
  stopTold: boolean;
  exit: Exit | null;
}

export interface Task extends Waiter {
  readonly process: Process;
  readonly run: Run;
  ask: Ask | null;
  /** The answer that the task goes on with; null while it waits. */
  answer: Answer | null;
  readonly waitsOn: Set<Waitable>;
  late: Answer | null;
  timer: number | null;
  /** Work that has not been paid for in time. */
  debt: Micros;
}

export function stateOf({ exit, stopped, main }: Process): ProcessRow['state'] {
  if (exit !== null) return 'Z';
  if (stopped !== null) return 'T';
  return main?.answer === null && main.timer === null ? 'S' : 'R';
}
