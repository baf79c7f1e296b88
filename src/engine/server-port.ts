/** What commands may ask of the server around the engine. It never waits: what takes system calls is a ServerRequest. */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { HashLimits } from './data/hash.ts';
import type { SortedSetLimits } from './data/sorted-set.ts';
import type { Session } from './session.ts';

/** The directives that commands look at, parsed; the server keeps them equal to CONFIG. */
export interface EngineConfig extends HashLimits, SortedSetLimits {
  databases: number;
  protoMaxBulkLength: number;
  lazyfreeLazyExpire: boolean;
  lazyfreeLazyEviction: boolean;
  lazyfreeLazyServerDel: boolean;
  lazyfreeLazyUserDel: boolean;
  lazyfreeLazyUserFlush: boolean;
  maxmemory: number;
  maxmemoryPolicy: string;
  notifyKeyspaceEvents: string;
  setMaxIntsetEntries: number;
  setMaxListpackEntries: number;
  setMaxListpackValue: number;
  listMaxListpackSize: number;
  activeExpireEffort: number;
  requirePass: string;
}

export type ConfigSetResult = { readonly ok: true; readonly appendOnly?: boolean } | { readonly ok: false; readonly error: string };

export interface ServerPort {
  readonly config: EngineConfig;
  /** CONFIG GET: names as asked for, with their values in canonical text. */
  configGet(patterns: readonly ByteString[]): readonly (readonly [ByteString, ByteString])[];
  /** CONFIG SET: all or nothing. `appendOnly` is set when the log has to be turned on or off. */
  configSet(pairs: readonly (readonly [ByteString, ByteString])[]): ConfigSetResult;
  configResetStat(): void;
  hasConfigFile(): boolean;
  info(sections: readonly string[], now: Micros): ByteString;
  /** The error by which writes are refused while the disk fails, if they are. */
  writesDenied(): string | undefined;
  lastSaveSeconds(): number;
  appendOnlyEnabled(): boolean;
  /** A rewrite or save asked for inside MULTI or a script happens when it can. */
  schedule(what: 'rewrite-aof' | 'bgsave'): void;
  childActive(): 'none' | 'rdb' | 'aof';
  debugAllowed(session: Session): boolean;
  setActiveExpire(on: boolean): void;
  setFlushSleep(micros: Micros): void;
  log(level: 'debug' | 'verbose' | 'notice' | 'warning', message: string): void;
}
