/** One lane: a machine, the server that runs on it, its clients, and what they have been told. Plain data. */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { ClientId } from '../engine/session.ts';
import type { KernelEvent, KernelState } from '../machine/kernel-state.ts';
import type { Pid, Syscall, SyscallResult } from '../machine/syscall.ts';
import type { FsyncPolicy } from '../persistence/aof-writer.ts';
import type { Reply } from '../resp/reply.ts';
import type { ChildState } from '../server/child-process.ts';
import type { ServerState, ThreadName } from '../server/state.ts';
import { newAccidents, type Accidents } from './accidents.ts';
import { newDurability, type DurabilityState } from './durability.ts';
import { newRecordLog, type RecordLog } from './record-log.ts';
import type { LostRows } from './ledger.ts';
import { newMeter, type Meter } from './measure.ts';
import { newRiskCurve, type RiskCurve } from './risk-curve.ts';
import type { LabEvent, LaneStatus, TrafficLine } from './view.ts';
import { newWorkloadStream, type WorkloadStream } from './workload.ts';

/** What waits in the lab's clock for a lane; `lane` is the lane's id. */
export type LaneEventPayload =
  /** The main thread has worked long enough, or slept, or its timer is due. */
  | { readonly lane: string; readonly type: 'wake'; readonly pid: Pid }
  /** It makes its system call now. */
  | { readonly lane: string; readonly type: 'call'; readonly pid: Pid; readonly call: Syscall }
  | {
      readonly lane: string;
      readonly type: 'done';
      readonly pid: Pid;
      readonly thread: ThreadName;
      readonly result: SyscallResult;
    }
  | { readonly lane: string; readonly type: 'child-wake'; readonly pid: Pid }
  | {
      readonly lane: string;
      readonly type: 'child-done';
      readonly pid: Pid;
      readonly result: SyscallResult;
    }
  /** A command reaches the machine. `token` names who waits for the answer; below 0: the workload. */
  | {
      readonly lane: string;
      readonly type: 'arrive';
      readonly client: string;
      readonly token: number;
      readonly argv: readonly ByteString[];
      readonly sentAt: Micros;
    };

export interface LaneEvent {
  readonly kind: 'lane';
  readonly payload: LaneEventPayload;
}
export interface TickEvent {
  readonly kind: 'workload';
  readonly payload: { readonly round: number };
}
/** A timer of the lab's guests. */
export interface GuestEvent {
  readonly kind: 'guest';
  readonly payload: { readonly lane: string; readonly timer: number };
}
export type LabClockEvent = KernelEvent | LaneEvent | TickEvent | GuestEvent;

/** One client program outside the machine. */
export interface LaneClient {
  readonly name: string;
  /** Null: not connected. */
  id: ClientId | null;
  /** Commands without a reply, in order. */
  readonly waiting: Waiting[];
}

export interface Waiting {
  readonly token: number;
  readonly argv: readonly ByteString[];
  readonly sentAt: Micros;
  /** The last row of the log that the command made; null if it made none. */
  row: number | null;
}

/** An answer for whoever sent a command: `token` as given to `send`. */
export interface LaneAnswer {
  readonly token: number;
  readonly outcome:
    | { readonly outcome: 'reply'; readonly reply: Reply }
    | { readonly outcome: 'refused' | 'closed' };
}
/** A message that no command asked for: MONITOR, pub/sub, invalidation. */
export interface LanePush {
  readonly client: string;
  readonly reply: Reply;
}

export interface ChildProcess {
  readonly pid: Pid;
  readonly parent: Pid;
  readonly state: ChildState;
  /** Everything recorded before is in what it writes. */
  readonly recordsEnd: number;
}

/** What has passed between server and clients, the last lines, oldest first. */
export interface Traffic {
  readonly lines: TrafficLine[];
  nextNumber: number;
}

export interface LaneState {
  readonly id: string;
  readonly seed: number;
  readonly kernel: KernelState;
  power: 'on' | 'off';
  status: LaneStatus;
  /** The last words of a server that could not start. */
  failure: string | null;
  /** What the server was last set to; null: it keeps no log. */
  policy: FsyncPolicy | null;
  /** The save points of the last server, as redis.conf has them. */
  savePoints: string;
  pid: Pid;
  server: ServerState | null;
  /** What the main thread waits for; `poll` is broken by input. */
  waitsFor: 'poll' | 'time' | 'call';
  wake: number | null;
  /** Threads whose call is under way. */
  readonly busyThreads: Set<ThreadName>;
  readonly children: ChildProcess[];
  /** Processes that are stopped, and what they have been kept from; see stopped-processes.ts. */
  readonly stopped: Map<Pid, LaneEventPayload[]>;
  readonly clients: Map<string, LaneClient>;
  readonly clientNames: Map<ClientId, string>;
  readonly records: RecordLog;
  readonly durability: DurabilityState;
  /** Where the records ended when the server forked last. */
  forkOffset: number;
  /** Write commands acknowledged and not lost since. */
  acknowledgedOffset: number;
  fsync: { readonly startedAt: Micros; readonly covers: number } | null;
  fsyncedOffset: number;
  lastFsyncAt: Micros;
  crash: LostRows | null;
  readonly meter: Meter;
  readonly riskCurve: RiskCurve;
  readonly accidents: Accidents;
  readonly stream: WorkloadStream;
  /** Workload clients that wait for nothing, by name. */
  readonly idle: string[];
  /** Requests of an open loop that found no client free: the next free one sends them. */
  owed: number;
  boots: number;
  commands: number;
  // What the host of the lab takes away after each run:
  answers: LaneAnswer[];
  pushes: LanePush[];
  events: LabEvent[];
  logLines: string[];
  riskSamples: number[];
  fsyncSamples: number[];
  ownSamples: number[];
  /** Rows whose reply has come since. */
  repliedRows: number[];
  /** What passes between server and clients; null: nobody looks. */
  traffic: Traffic | null;
}

export function newLaneState(id: string, seed: number, kernel: KernelState): LaneState {
  return {
    id,
    seed,
    kernel,
    power: 'on',
    status: 'stopped',
    failure: null,
    policy: null,
    savePoints: '',
    pid: 0,
    server: null,
    waitsFor: 'time',
    wake: null,
    busyThreads: new Set(),
    children: [],
    stopped: new Map(),
    clients: new Map(),
    clientNames: new Map(),
    records: newRecordLog(),
    durability: newDurability(),
    forkOffset: 0,
    acknowledgedOffset: 0,
    fsync: null,
    fsyncedOffset: 0,
    lastFsyncAt: 0,
    crash: null,
    meter: newMeter(),
    riskCurve: newRiskCurve(),
    accidents: newAccidents(),
    // The same stream in every lane, whatever the lane's own seed.
    stream: newWorkloadStream(`workload ${seed}`),
    idle: [],
    owed: 0,
    boots: 0,
    commands: 0,
    answers: [],
    pushes: [],
    events: [],
    logLines: [],
    riskSamples: [],
    fsyncSamples: [],
    ownSamples: [],
    repliedRows: [],
    traffic: null,
  };
}
