/** All that the engine keeps, as plain data. */
import type { ByteString } from '../base/bytes.ts';
import { newLatencyHistogram, type LatencyHistogram } from '../base/latency-histogram.ts';
import { seedRandom, type RandomState } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import { newKeySpace, type Database } from './data/key-space.ts';
import type { LatencyEvents } from './latency-events.ts';
import { newListeners, type Listeners } from './pubsub.ts';
import { newAccessLog, type AccessLog } from './acl/access-log.ts';
import { newUsers, type Users } from './acl/users.ts';
import { newRenames, type Renames } from './renames.ts';
import { newSlowLog, type SlowLog } from './slow-log.ts';
import { newScriptingState, type ScriptingState } from './scripting-state.ts';
import type { ShownCommand } from './monitor.ts';
import type { Pause } from './pause.ts';
import { newTrackingState, type TrackingState } from './tracking.ts';
import type { ClientId, Session } from './session.ts';

export interface CommandStats {
  calls: number;
  /** Virtual or real microseconds, as charged by the server. */
  micros: number;
  rejected: number;
  failed: number;
  readonly latency: LatencyHistogram;
}

export function newCommandStats(): CommandStats {
  return { calls: 0, micros: 0, rejected: 0, failed: 0, latency: newLatencyHistogram() };
}

export interface EngineStats {
  commands: number;
  hits: number;
  misses: number;
  expired: number;
  evicted: number;
  /** Values that Redis would have given to another thread to free. */
  lazyFreed: number;
  /** The share of keys that were expired when the expire cycle looked at them, averaged; and its time. */
  staleShare: number;
  expireMicros: Micros;
  /** Cycles that ended at their limit, and not since too few keys had expired. */
  expireCapReached: number;
  /** Packings of RESTORE, or of a snapshot, that `sanitize-dump-payload` had checked to their last byte. */
  sanitizations: number;
  /** Since when memory has been short with nothing to evict; and how long it was before. */
  exceededSince: Micros | null;
  exceededMicros: Micros;
  errors: Map<string, number>;
  byCommand: Map<string, CommandStats>;
}

/** Clients that wait for one key, first come first. */
export interface KeyRow {
  readonly db: number;
  readonly key: ByteString;
  readonly clients: Set<ClientId>;
}

export interface EngineState {
  readonly databases: Database[];
  readonly sessions: Map<ClientId, Session>;
  /** `db:key` → clients that watch it. */
  readonly watchers: Map<string, Set<ClientId>>;
  /** `db:key` → who waits for it. */
  readonly rows: Map<string, KeyRow>;
  /** Rows, by name, whose key has changed so that somebody may be served. */
  readonly ready: Set<string>;
  /** Who listens to what. */
  readonly listeners: Listeners;
  /** Names of commands that the configuration changed. */
  readonly renames: Renames;
  /** Replaced as a whole by ACL LOAD. */
  users: Users;
  readonly accessLog: AccessLog;
  readonly tracking: TrackingState;
  /** CLIENT PAUSE; null: none. */
  pause: Pause | null;
  readonly slowLog: SlowLog;
  readonly latency: LatencyEvents;
  /** Clients that see every command (MONITOR). */
  readonly monitors: Set<ClientId>;
  /** What somebody outside who looks on (monitor.ts: ONLOOKER) has not taken yet. */
  readonly shown: ShownCommand[];
  /** Clients that wait for something other than the server's own work. */
  readonly waiting: Set<ClientId>;
  readonly scripting: ScriptingState;
  readonly random: RandomState;
  stats: EngineStats;
  /** Changes to the data set since the last save: Redis's server.dirty. */
  dirty: number;
  activeExpire: boolean;
  /** The database from which a random key was evicted last. */
  evictedFrom: number;
}

export function newEngineState(
  databases: number,
  seed: number,
  renames: readonly (readonly [ByteString, ByteString])[] = [],
): EngineState {
  return {
    databases: Array.from({ length: databases }, (_, id) => ({ id, space: newKeySpace() })),
    sessions: new Map(),
    watchers: new Map(),
    rows: new Map(),
    ready: new Set(),
    listeners: newListeners(),
    renames: newRenames(renames),
    users: newUsers(),
    accessLog: newAccessLog(),
    tracking: newTrackingState(),
    pause: null,
    slowLog: newSlowLog(),
    latency: new Map(),
    monitors: new Set(),
    shown: [],
    waiting: new Set(),
    scripting: newScriptingState(),
    random: seedRandom(seed),
    stats: newEngineStats(),
    dirty: 0,
    activeExpire: true,
    evictedFrom: -1,
  };
}

export function newEngineStats(): EngineStats {
  return {
    commands: 0,
    hits: 0,
    misses: 0,
    expired: 0,
    evicted: 0,
    lazyFreed: 0,
    staleShare: 0,
    expireMicros: 0,
    expireCapReached: 0,
    sanitizations: 0,
    exceededSince: null,
    exceededMicros: 0,
    errors: new Map(),
    byCommand: new Map(),
  };
}

/** A key and its database in one text. */
export function keyName(db: number, key: ByteString): string {
  return `${db}:${key}`;
}
