/** What the lab shows of itself: numbers and rows that the page, lessons and scripts read. Plain JSON, or columns of it. */
import type { WorkloadSpec } from '../cli/workload-spec.ts';

/** Milliseconds of virtual time since the lab was created. */
export type LabMillis = number;

export type LaneStatus = 'running' | 'stopped' | 'loading' | 'failed';

export type CrashKind = 'process-killed' | 'power-lost';

export type Tail =
  'lost' | 'kept' | 'zero-filled' | 'holes' | 'reordered' | { readonly cutAt: number };

export type Layer = 'process' | 'page-cache' | 'drive';

export interface Risk {
  /** Acknowledged write commands that this accident would take (an EXEC counts by its writes). */
  readonly writes: number;
  /** Now minus the acknowledgement time of the oldest of them; 0 if there is none. */
  readonly ms: number;
}

/** What an accident at some instant of the run would have taken of a lane, or would take now. */
export interface LaneForecast {
  readonly lane: string;
  /** Without power, or without a server, there is nothing for an accident to take. */
  readonly life: 'running' | 'stopped' | 'off';
  /** Write commands acknowledged by then, and not lost before. */
  readonly acknowledged: number;
  readonly processKill: Risk;
  /** With all that is unsynced. */
  readonly powerLoss: Risk;
}

/** One lane in one future of a run, at its end. */
export interface LaneOutcome {
  readonly state: LaneStatus;
  /** Of a server that is down: those that a boot would bring back. */
  readonly keys: number;
  /** In its accident since the futures parted; without one, in a loss of power at its end. */
  readonly acknowledged: number;
  readonly survived: number;
  readonly lost: number;
  readonly accident: { readonly kind: CrashKind; readonly at: LabMillis } | null;
}

/** One lane in two futures. */
export interface FutureLane {
  readonly lane: string;
  readonly here: LaneOutcome;
  readonly there: LaneOutcome;
  /** Keys that differ, all in all, and the first of them with their values; null: there is none. */
  readonly differing: number;
  readonly keys: readonly {
    readonly key: string;
    readonly here: string | null;
    readonly there: string | null;
  }[];
}

export interface LostWrite {
  /** When it was acknowledged. */
  readonly at: LabMillis;
  readonly offset: number;
  readonly command: string;
  readonly layer: Layer;
  readonly why: string;
  /** Sent by a person (console, aofLab.send), not by the workload. */
  readonly own: boolean;
}

export interface Crash {
  readonly kind: CrashKind;
  readonly tail: Tail;
  readonly at: LabMillis;
  readonly acknowledged: number;
  readonly survived: number;
  readonly lost: number;
  readonly neverAcknowledged: number;
  /** The window: crash minus the acknowledgement of the oldest lost write. */
  readonly ms: number;
  /** Logical offsets at the crash: what the file kept, and how far it had been acknowledged. */
  readonly fileEnds: number;
  /** A file of the log had been removed under the running server. */
  readonly fileRemoved: boolean;
  readonly acknowledgedOffset: number;
  /** When the fsync that would have saved them was due, if one was. */
  readonly fsyncDueAt: LabMillis | null;
  /** How the lane had been served, its file, and what of its time was on the platter: at the crash. */
  readonly measured: Measured | null;
  readonly fileBytes: number | null;
  readonly durableTo: LabMillis | null;
  /** After the boot, when the recount from what really came back differs: the reason. */
  readonly recount: { readonly survived: number; readonly reason: string } | null;
}

/** How a lane serves its workload, in virtual time; null before the first workload. */
export interface Measured {
  /** The workload or the boot that it counts from, and for how long. */
  readonly since: LabMillis;
  readonly seconds: number;
  /** Answered commands; MULTI and EXEC are not counted. */
  readonly commands: number;
  readonly commandsPerSecond: number;
  /** From sending to the reply, of half and of 99 % of the requests (a transaction is one); null without any. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface FileView {
  readonly path: string;
  readonly size: number;
  readonly durableSize: number;
  readonly mode: number;
}

/** A mapping of logical log offsets to a file: `offset` in the log stands at `offset - start` in `path`. */
export interface Segment {
  readonly path: string;
  readonly start: number;
}

export interface FsyncView {
  readonly startedAt: LabMillis;
  readonly endsAt: LabMillis;
  readonly coversTo: number;
}

export interface LaneView {
  readonly id: string;
  readonly state: LaneStatus;
  readonly power: 'on' | 'off';
  /** A file of the log has been removed or moved: the server writes on, and a boot finds nothing of it. */
  readonly fileRemoved: boolean;
  /** Why the server is not running, in Redis's own words (last log line), when it failed. */
  readonly failure: string | null;
  readonly policy: 'always' | 'everysec' | 'no' | null;
  /** The save points of redis.conf, such as `60 1000`; empty: no snapshot is taken by itself. */
  readonly savePoints: string;
  /** Logical offsets: bytes ever logged. `appended` includes the process buffer. Null without an AOF. */
  readonly appended: number | null;
  readonly acknowledged: number | null;
  readonly written: number | null;
  readonly fsynced: number | null;
  /** What the drive really holds; differs from `fsynced` when the drive lies. */
  readonly durable: number | null;
  readonly file: Segment | null;
  readonly fsync: FsyncView | null;
  readonly atRisk: { readonly processKill: Risk; readonly powerLoss: Risk };
  readonly acknowledgedWrites: number;
  readonly unacknowledged: number;
  readonly crash: Crash | null;
  readonly loading: {
    readonly bytes: number;
    readonly total: number;
    readonly commands: number;
  } | null;
  readonly rewriting: boolean;
  readonly keys: number;
  readonly opsPerSecond: number;
  readonly measured: Measured | null;
  /** The size of what a boot would read: base and increments of the log, or the snapshot. Null: there is no file. */
  readonly fileBytes: number | null;
  /** When the newest write was logged that would survive a loss of power; null: none would. */
  readonly durableTo: LabMillis | null;
}

/** Kinds of log rows; the layer of a row follows from its offset and the lane's three offsets. */
export const recordKind = {
  command: 0,
  select: 1,
  multi: 2,
  exec: 3,
  /** A command inside MULTI … EXEC. */
  inner: 4,
} as const;

export type RecordKind = (typeof recordKind)[keyof typeof recordKind];

export const recordCause = {
  client: 0,
  workload: 1,
  expiry: 2,
  eviction: 3,
  script: 4,
  server: 5,
} as const;

export type RecordCause = (typeof recordCause)[keyof typeof recordCause];

/**
 * New log records of one lane, as columns; `bytes` holds the records' RESP one behind the other.
 * Record i is `bytes[ends[i-1]..ends[i]]`, starts at logical offset `offsets[i]`.
 */
export interface RecordBatch {
  /** Number of the first record: rows count from 0 over the lab's life. */
  readonly first: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly offsets: Float64Array;
  readonly times: Float64Array;
  readonly kinds: Uint8Array;
  readonly causes: Uint8Array;
  /** Row number → what was typed, where it differs from what was logged; only for a person's commands. */
  readonly typed: ReadonlyMap<number, string>;
  /** Row number → the reply as redis-cli prints it (first line, short), for commands of clients. */
  readonly replies: ReadonlyMap<number, string>;
}

export type LabEvent =
  | {
      readonly event: 'reply';
      readonly lane: string;
      readonly at: LabMillis;
      readonly command: string;
      readonly text: string;
    }
  | {
      readonly event: 'record';
      readonly lane: string;
      readonly at: LabMillis;
      readonly offset: number;
      readonly length: number;
    }
  | {
      readonly event: 'flush';
      readonly lane: string;
      readonly at: LabMillis;
      readonly offset: number;
    }
  | {
      readonly event: 'fsync';
      readonly lane: string;
      readonly at: LabMillis;
      readonly startedAt: LabMillis;
      readonly offset: number;
      readonly ok: boolean;
    }
  | {
      readonly event: 'crash';
      readonly lane: string;
      readonly at: LabMillis;
      readonly kind: CrashKind;
    }
  | { readonly event: 'boot'; readonly lane: string; readonly at: LabMillis }
  | {
      readonly event: 'loss';
      readonly lane: string;
      readonly at: LabMillis;
      readonly writes: number;
    }
  | { readonly event: 'step' | 'complete'; readonly at: LabMillis; readonly what: string }
  | { readonly event: 'error'; readonly at: LabMillis; readonly message: string };

export type LabEventName = LabEvent['event'];

/** One point of the timeline, sampled per lane while time passes. */
export interface TimelineBatch {
  /** Alternating time (ms) and acknowledged writes at risk if the power fails. */
  readonly risk: Float64Array;
  /** Times of commands (ms); a person's own ones are listed in `own`. */
  readonly commands: Float64Array;
  readonly own: Float64Array;
  /** Alternating start and end (ms) of finished fsyncs. */
  readonly fsyncs: Float64Array;
}

export interface DiskView {
  readonly preset: DiskPreset;
  /** What an fsync takes on average. */
  readonly fsyncMs: number;
  /** As it was asked for: a lab that is built again has the same. */
  readonly asked: NonNullable<Setup['disk']>;
}

export type DiskPreset = 'hdd' | 'ssd' | 'nvme' | 'cloud' | 'lying';

/** A load whose rate is known. */
export interface Workload extends WorkloadSpec {
  readonly rate: number;
}

export interface LaneSetup {
  readonly id?: string;
  /** redis.conf directives. */
  readonly config?: Readonly<Record<string, string>>;
  /** Quirks of Redis 7.2 that this lane's server does not have; names of persistence/quirks.ts. */
  readonly repaired?: readonly string[];
}

export interface Setup {
  readonly seed?: number;
  readonly lanes?: readonly LaneSetup[];
  readonly disk?: {
    readonly preset?: DiskPreset;
    readonly fsyncMs?: number;
    readonly capacity?: number;
  };
  /** `startAt`: what the machines' wall clocks show first, in ms since the Unix epoch; without it, the time of day. */
  readonly clock?: {
    readonly paused?: boolean;
    readonly speed?: number;
    readonly startAt?: number;
  };
  readonly workload?: Workload | null;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export interface Fault {
  readonly kind: string;
  readonly lane?: string;
  readonly path?: string;
  readonly at?: LabMillis;
  readonly until?: LabMillis;
  readonly value?: number | string;
}

/** A key now, beside what a boot would bring back: gone, an older value, back though deleted, or the same. */
export type MemoryMark = 'gone' | 'older' | 'back' | 'same';

export interface MemoryValue {
  readonly type: string;
  readonly encoding: string;
  /** One short line; long values are cut. */
  readonly text: string;
  /** Milliseconds that the key has left; null: it stays. */
  readonly ttl: number | null;
}

export interface MemoryRow {
  readonly db: number;
  readonly key: string;
  readonly mark: MemoryMark;
  readonly now: MemoryValue | null;
  readonly after: MemoryValue | null;
}

export interface MemoryReport {
  /** Rows that pass the filter. */
  readonly total: number;
  readonly rows: readonly MemoryRow[];
  /** Keys of each mark, of those that pass the filter. */
  readonly counts: Readonly<Record<MemoryMark, number>>;
  /** The instant of the comparison. */
  readonly at: LabMillis;
  /** What it took, in milliseconds of real time: a page does not ask for a long one again and again. */
  readonly cost: number;
  /** The server's last words, if it would not start on what is left. */
  readonly refusal: string | null;
}

export interface CallLine {
  readonly number: number;
  readonly at: LabMillis;
  /** Milliseconds until it returned. */
  readonly took: number;
  readonly pid: number;
  readonly thread: string;
  /** As strace prints it: `fdatasync(8) = 0`. */
  readonly text: string;
}

/** What passed between a server and its clients. */
export type TrafficLine = { readonly number: number; readonly client: string } & (
  | {
      /** `client` sent it, or a script (`lua`); as MONITOR prints it. */
      readonly kind: 'command';
      readonly text: string;
    }
  | {
      /** `client` was given it. */
      readonly kind: 'message';
      readonly channel: string;
      /** The pattern through which it was heard. */
      readonly pattern?: string;
      readonly text: string;
    }
);

export interface ListenedChannel {
  readonly kind: 'channel' | 'pattern' | 'shard';
  readonly name: string;
  /** In the order in which they came. */
  readonly clients: readonly string[];
}

export interface TrafficReport {
  readonly lines: readonly TrafficLine[];
  /** The number of the last line; less than was asked for where the lab has begun to count anew. */
  readonly last: number;
  readonly channels: readonly ListenedChannel[];
  /** All of them; the report names the first 500. */
  readonly channelCount: number;
  /** Clients that have sent MONITOR. */
  readonly monitors: readonly string[];
}
