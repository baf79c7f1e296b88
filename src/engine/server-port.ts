/** What commands may ask of the server around the engine. It never waits: what takes system calls is a ServerRequest. */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { HashLimits } from './data/hash.ts';
import type { ListLimits } from './data/list.ts';
import type { SortedSetLimits } from './data/sorted-set.ts';
import type { StreamLimits } from './data/stream.ts';
import type { LfuSettings } from './data/usage.ts';
import type { SlowLogLimits } from './slow-log.ts';
import type { Session } from './session.ts';

/** The directives that commands look at, parsed; the server keeps them equal to CONFIG. */
export interface EngineConfig
  extends HashLimits, ListLimits, StreamLimits, SortedSetLimits, LfuSettings, SlowLogLimits {
  databases: number;
  protoMaxBulkLength: number;
  lazyfreeLazyExpire: boolean;
  lazyfreeLazyEviction: boolean;
  lazyfreeLazyServerDel: boolean;
  lazyfreeLazyUserDel: boolean;
  lazyfreeLazyUserFlush: boolean;
  maxmemory: number;
  maxmemoryPolicy: string;
  maxmemorySamples: number;
  notifyKeyspaceEvents: string;
  hllSparseMaxBytes: number;
  setMaxIntsetEntries: number;
  setMaxListpackEntries: number;
  setMaxListpackValue: number;
  activeExpireEffort: number;
  /** What CONFIG shows; who may log in is decided by the users. */
  requirePass: string;
  rdbCompression: boolean;
  /** Whose values are checked to their last byte. They all are, here: it decides what is counted. */
  sanitizeDumpPayload: 'no' | 'yes' | 'clients';
  /** Milliseconds; 0: latency is not monitored. */
  latencyMonitorThreshold: number;
  /** Whether each command's times are kept for percentiles. */
  latencyTracking: boolean;
  aclLogMaxLen: number;
  /** Whether a new user may use all channels. */
  aclPubsubDefault: 'allchannels' | 'resetchannels';
  /** Keys that clients have read and want to be told of; 0: no limit. */
  trackingTableMaxKeys: number;
}

/** What MEMORY STATS and MEMORY DOCTOR tell, in bytes. */
export interface MemoryFacts {
  readonly used: number;
  readonly peak: number;
  readonly startup: number;
  readonly overhead: number;
  readonly clients: number;
  readonly aofBuffer: number;
  readonly active: number;
  readonly rss: number;
  readonly scripts: number;
  readonly databases: readonly {
    readonly id: number;
    readonly main: number;
    readonly expires: number;
  }[];
}

export type ConfigSetResult =
  | {
      readonly ok: true;
      /** What is in effect only after system calls; `undo`: the texts of the directives before. */
      readonly pending?: {
        readonly directory: ByteString | undefined;
        readonly listens: string | undefined;
        readonly appendOnly: boolean | undefined;
        readonly undo: ReadonlyMap<string, ByteString>;
      };
    }
  | { readonly ok: false; readonly error: string };

/** What CLIENT LIST tells of a connection. */
export interface ConnectionFacts {
  readonly descriptor: number;
  /** Bytes received that are not yet executed, and the room left in that buffer. */
  readonly inputBytes: number;
  readonly inputRoom: number;
  /** Bytes of replies not yet sent, the buffer's size, and the most that it held of late. */
  readonly replyBytes: number;
  readonly replyRoom: number;
  readonly replyPeak: number;
  /** Bytes of replies that did not fit into that buffer, or that the client has not taken. */
  readonly queuedBytes: number;
  /** `r`, `rw`: what the event loop watches it for. */
  readonly events: string;
}

export interface ServerPort {
  readonly config: EngineConfig;
  /** CONFIG GET: names as asked for, with their values in canonical text. */
  configGet(patterns: readonly ByteString[]): readonly (readonly [ByteString, ByteString])[];
  /** CONFIG SET: all or nothing. */
  configSet(pairs: readonly (readonly [ByteString, ByteString])[]): ConfigSetResult;
  configResetStat(): void;
  hasConfigFile(): boolean;
  hasAclFile(): boolean;
  info(sections: readonly string[], now: Micros): ByteString;
  /** Begins to measure how long a command takes; `elapsed` ends it. In virtual time each takes what its preset says. */
  stopwatch(): Micros;
  elapsed(since: Micros): Micros;
  memory(): MemoryFacts;
  replicationOffset(): number;
  /** The error by which writes are refused while the disk fails, if they are. */
  writesDenied(): string | undefined;
  /** A data set is being loaded: only commands with the flag `loading` are carried out. */
  loading(): boolean;
  /** What counts against maxmemory, in bytes: an estimate, without the buffer of the log. */
  usedMemory(): number;
  lastSaveSeconds(): number;
  appendOnlyEnabled(): boolean;
  /** Whether the log is on disk up to this client's last write; false while the log is off. */
  fsynced(session: Session): boolean;
  /** A rewrite or save asked for inside MULTI or a script happens when it can. */
  schedule(what: 'rewrite-aof' | 'bgsave'): void;
  childActive(): 'none' | 'rdb' | 'aof';
  connection(session: Session): ConnectionFacts;
  /** Closes another client's connection; its session is marked `closing`. */
  disconnect(session: Session): void;
  debugAllowed(session: Session): boolean;
  modulesAllowed(session: Session): boolean;
  /** DEBUG PAUSE-CRON. */
  pauseCron(on: boolean): void;
  changeReplicationId(): void;
  setActiveExpire(on: boolean): void;
  setFlushSleep(micros: Micros): void;
  log(level: 'debug' | 'verbose' | 'notice' | 'warning', message: string): void;
}
