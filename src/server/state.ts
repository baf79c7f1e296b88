/** All that one redis-server process keeps, as plain data: it can be copied, stored and run on. */
import type { ByteString } from '../base/bytes.ts';
import { seedRandom, nextUint32 } from '../base/random.ts';
import { secondsOfMicros, type Micros, type Seconds } from '../base/time.ts';
import type { Delivery, ServerRequest } from '../engine/effects.ts';
import { newEngineState, type EngineState } from '../engine/engine-state.ts';
import type { ClientId } from '../engine/session.ts';
import type { Snapshot } from '../engine/data/snapshot.ts';
import type { Plan } from '../machine/plan.ts';
import type { Fd, Pid } from '../machine/syscall.ts';
import { newAofState, type AofState } from '../persistence/aof-writer.ts';
import type { Quirk } from '../persistence/quirks.ts';
import type { AofLoad } from '../persistence/aof-loader.ts';
import type { RdbLoad } from '../persistence/rdb-loader.ts';
import type { RdbHeader, RdbSaveOptions, RdbWriteJob } from '../persistence/rdb-writer.ts';
import { newCounters, type Counters } from './counters.ts';
import type { DirectiveValues } from './directives.ts';
import type { ServerEvent } from './events.ts';
import type { SyncedFile } from './incremental-sync.ts';
import type { Settings } from './settings.ts';
import type { ApplyRequest, Step } from './steps.ts';
import { configureUsers } from './users.ts';

export type ThreadName = 'main' | 'bio_aof' | 'bio_close_file';

export interface Thread {
  plan: Plan<Step> | null;
  /** Jobs that wait for the thread (bio threads only). */
  readonly queue: Plan<Step>[];
}

/** What a child is forked for, with all that it takes along: CONFIG SET in its parent does not reach it. */
export interface ChildTask {
  readonly kind: 'aof' | 'rdb';
  readonly format: 'aof' | 'rdb';
  readonly snapshot: Snapshot;
  readonly header: RdbHeader;
  readonly options: RdbSaveOptions;
  readonly dbFilename: string;
  /** The line that a base in RESP begins with, if timestamps are asked for. */
  readonly annotation: string;
  readonly keyDelayMicros: Micros;
  /** It is written back every few megabytes. */
  readonly incrementalSync: boolean;
  readonly logs: 'all' | 'warnings' | 'nothing';
  readonly utcOffset: Micros;
}

/** A forked child as its parent sees it. */
export interface Child {
  readonly pid: Pid;
  readonly kind: 'aof' | 'rdb';
  readonly task: ChildTask;
  readonly startedAt: Micros;
  /** `dirty` at the fork. */
  readonly dirty: number;
  /** Bytes logged before the fork: all of them are in what the child writes. */
  readonly logOffset: number;
  /** Keys that it has reported, in the pipe and as the cron has read them. */
  reported: number;
  processed: number;
  /** Set by whoever runs the processes; the cron looks at it. */
  exit: { readonly code: number; readonly signal: string | null } | null;
}

/** A snapshot that the main thread writes itself, while everybody waits. */
export interface ForegroundSave {
  readonly job: RdbWriteJob;
  readonly after: AfterSave;
  readonly file: SyncedFile;
  fd: Fd;
}

/** What a save in the foreground is for. */
export type AfterSave =
  | { readonly then: 'reply'; readonly client: ClientId }
  | { readonly then: 'flushed-all' }
  | { readonly then: 'shutdown' }
  | { readonly then: 'reload' };

export type ReloadRequest = Extract<ServerRequest, { readonly kind: 'reload' }>;

/** One thing that the main thread has to do before it goes on to the next stage of its turn. */
export type Task =
  | { readonly task: 'request'; readonly client: ClientId; readonly request: ServerRequest }
  | { readonly task: 'rewrite'; readonly client: ClientId | null }
  | { readonly task: 'save'; readonly why: 'point' | 'scheduled' }
  | { readonly task: 'child-ended' }
  | {
      readonly task: 'shutdown';
      readonly request: Extract<ServerRequest, { kind: 'shutdown' }>;
      readonly client: ClientId | null;
    };

/** Where the turn of the event loop stands. */
export type Stage = 'commands' | 'cron' | 'before-sleep' | 'replies' | 'poll';

export interface Input {
  readonly client: ClientId;
  readonly argv: readonly ByteString[];
}

export interface Loading {
  readonly startedAt: Micros;
  fileStartedAt: Micros;
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly type: 'base' | 'incr' | 'snapshot';
  }[];
  /** Index of the file at hand, and the bytes of those before it. */
  file: number;
  loadedBefore: number;
  readonly totalBytes: number;
  /** What is being replayed, or read as a snapshot; both null while the file is not in memory yet. */
  load: AofLoad | null;
  rdb: RdbLoad | null;
  /** What the writer of the last snapshot said that it used, in bytes. */
  writersMemory: number;
  commands: number;
}

export interface ServerState {
  readonly pid: Pid;
  readonly runId: string;
  readonly startedAt: Micros;
  /** Local time minus UTC: times in the log are local. */
  readonly utcOffset: Micros;
  readonly settings: Settings;
  readonly directives: DirectiveValues;
  readonly configFile: string | null;
  /** The quirks of 7.2 that this server does not have. */
  readonly repaired: ReadonlySet<Quirk>;
  readonly engine: EngineState;
  readonly aof: AofState;
  /** `initialized`: has announced itself and listens, and has not looked at its files. */
  phase: 'starting' | 'initialized' | 'loading' | 'serving' | 'stopping' | 'exited';
  stage: Stage;
  exit: { readonly code: number; readonly signal: string | null } | null;
  readonly threads: Readonly<Record<ThreadName, Thread>>;
  readonly tasks: Task[];
  /** Cached clock of this turn, in µs; Redis's server.unixtime is its whole seconds. */
  now: Micros;
  nextCron: Micros;
  cronRuns: number;
  readonly inbox: Input[];
  inboxAt: number;
  /** Commands of clients that wait, in their order. */
  readonly postponed: Map<ClientId, Input[]>;
  /** Replies of this turn: they leave after the flush. */
  outgoing: Delivery[];
  readonly events: ServerEvent[];
  /** Work done since the main thread last waited; whoever runs the process turns it into time. */
  work: Work;
  loading: Loading | null;
  child: Child | null;
  /** Children that were forked and have not been taken over yet by whoever runs processes. */
  readonly forked: Pid[];
  readonly signalsToSend: { readonly pid: Pid; readonly signal: string }[];
  saving: ForegroundSave | null;
  /** Who waits for the reply to BGREWRITEAOF, BGSAVE, and CONFIG SET appendonly. */
  rewriteClient: ClientId | null;
  bgsaveClient: ClientId | null;
  appendOnlyClient: ClientId | null;
  /** CONFIG SET appendonly yes until its rewrite has begun; `undo`: the directives before it. */
  turningOn: {
    readonly client: ClientId | null;
    readonly undo: ReadonlyMap<string, ByteString>;
  } | null;
  /** CONFIG SET of addresses until they are listened on. */
  listening: { readonly client: ClientId; readonly request: ApplyRequest } | null;
  /** Who waits for DEBUG LOADAOF or RELOAD, and which it is; null: a load is the server's own start. */
  reload: { readonly client: ClientId; readonly request: ReloadRequest } | null;
  rewriteScheduled: boolean;
  bgsaveScheduled: boolean;
  rewrite: RewriteStatus;
  save: SaveStatus;
  shutdownAsked: Extract<ServerRequest, { kind: 'shutdown' }> | null;
  /** The shutdown that is under way, and who asked for it: null for a signal. */
  shutdown: {
    readonly request: Extract<ServerRequest, { kind: 'shutdown' }>;
    readonly client: ClientId | null;
  } | null;
  flushSleepMicros: number;
  sleepMicros: number;
  /** When the main thread's last system call of the flush, or its fork, began. */
  callStartedAt: Micros;
  /** DEBUG PAUSE-CRON. */
  cronPaused: boolean;
  /** As random as the run id, and another one. */
  replicationId: string;
  /** What a command takes in virtual time. */
  readonly commandMicros: Micros;
  nextClientId: number;
  /** Replication offset: one a propagated command; WAITAOF counts by it. */
  replicationOffset: number;
  fsyncedOffset: number;
  connectionsReceived: number;
  peakMemory: number;
  /** What INFO counts; CONFIG RESETSTAT begins anew. */
  counters: Counters;
  /** Clients whose connections are to be closed; whoever runs the process takes them. */
  disconnects: ClientId[];
}

export interface Work {
  commands: number;
  bytes: number;
  /** Of scripts. */
  instructions: number;
}

export interface RewriteStatus {
  lastOk: boolean;
  lastSeconds: Seconds;
  startedAt: Micros;
  count: number;
  consecutiveFailures: number;
  /** No automatic rewrite before this second, after repeated failures. */
  retryAt: Seconds;
  pauseMinutes: number;
}

export interface SaveStatus {
  lastSave: Seconds;
  lastTry: Seconds;
  lastOk: boolean;
  lastSeconds: Seconds;
  count: number;
  /** Of the last snapshot that was loaded. */
  loadedKeys: number;
  expiredKeys: number;
}

export interface ServerSetup {
  readonly pid: Pid;
  readonly now: Micros;
  readonly seed: number;
  readonly settings: Settings;
  readonly directives: DirectiveValues;
  readonly configFile: string | null;
  readonly repaired?: ReadonlySet<Quirk>;
  /** Where the log's times are not UTC. */
  readonly utcOffset?: Micros;
  readonly commandMicros?: Micros;
}

export function newServerState(setup: ServerSetup): ServerState {
  const { pid, now, seed, settings, directives, configFile } = setup;
  const seconds = secondsOfMicros(now);
  const engine = newEngineState(settings.databases, seed, directives.renames);
  configureUsers(engine, directives, settings);
  return {
    pid,
    runId: runIdOf(seed),
    startedAt: now,
    utcOffset: setup.utcOffset ?? 0,
    settings,
    directives,
    configFile,
    repaired: setup.repaired ?? new Set(),
    engine,
    aof: newAofState(seconds),
    phase: 'starting',
    stage: 'commands',
    exit: null,
    threads: {
      main: { plan: null, queue: [] },
      bio_aof: { plan: null, queue: [] },
      bio_close_file: { plan: null, queue: [] },
    },
    tasks: [],
    now,
    nextCron: now,
    cronRuns: 0,
    inbox: [],
    inboxAt: 0,
    postponed: new Map(),
    outgoing: [],
    events: [],
    work: { commands: 0, bytes: 0, instructions: 0 },
    loading: null,
    child: null,
    forked: [],
    signalsToSend: [],
    saving: null,
    rewriteClient: null,
    bgsaveClient: null,
    appendOnlyClient: null,
    turningOn: null,
    reload: null,
    rewriteScheduled: false,
    bgsaveScheduled: false,
    rewrite: {
      lastOk: true,
      lastSeconds: -1,
      startedAt: 0,
      count: 0,
      consecutiveFailures: 0,
      retryAt: 0,
      pauseMinutes: 0,
    },
    save: {
      lastSave: seconds,
      lastTry: 0,
      lastOk: true,
      lastSeconds: -1,
      count: 0,
      loadedKeys: 0,
      expiredKeys: 0,
    },
    listening: null,
    shutdownAsked: null,
    shutdown: null,
    flushSleepMicros: 0,
    sleepMicros: 0,
    callStartedAt: now,
    cronPaused: false,
    replicationId: [...runIdOf(seed)].reverse().join(''),
    commandMicros: setup.commandMicros ?? 0,
    nextClientId: 1,
    replicationOffset: 0,
    fsyncedOffset: 0,
    connectionsReceived: 0,
    peakMemory: 0,
    counters: newCounters(),
    disconnects: [],
  };
}

/** 40 hexadecimal digits, as a real run_id, from the process's seed. */
export function runIdOf(seed: number): string {
  const random = seedRandom(seed);
  let id = '';
  while (id.length < 40) id += nextUint32(random).toString(16).padStart(8, '0');
  return id;
}
