/** All that the engine keeps, as plain data. */
import type { ByteString } from '../base/bytes.ts';
import { seedRandom, type RandomState } from '../base/random.ts';
import { newKeySpace, type Database } from './data/key-space.ts';
import type { ClientId, Session } from './session.ts';

export interface CommandStats {
  calls: number;
  /** Virtual or real microseconds, as charged by the server. */
  micros: number;
  rejected: number;
  failed: number;
}

export interface EngineStats {
  commands: number;
  hits: number;
  misses: number;
  expired: number;
  evicted: number;
  errors: Map<string, number>;
  byCommand: Map<string, CommandStats>;
}

export interface EngineState {
  readonly databases: Database[];
  readonly sessions: Map<ClientId, Session>;
  /** `db:key` → clients that watch it. */
  readonly watchers: Map<string, Set<ClientId>>;
  /** Clients that wait for something other than the server's own work. */
  readonly waiting: Set<ClientId>;
  readonly random: RandomState;
  stats: EngineStats;
  /** Changes to the data set since the last save: Redis's server.dirty. */
  dirty: number;
  activeExpire: boolean;
}

export function newEngineState(databases: number, seed: number): EngineState {
  return {
    databases: Array.from({ length: databases }, (_, id) => ({ id, space: newKeySpace() })),
    sessions: new Map(),
    watchers: new Map(),
    waiting: new Set(),
    random: seedRandom(seed),
    stats: newEngineStats(),
    dirty: 0,
    activeExpire: true,
  };
}

export function newEngineStats(): EngineStats {
  return { commands: 0, hits: 0, misses: 0, expired: 0, evicted: 0, errors: new Map(), byCommand: new Map() };
}

export function watcherKey(db: number, key: ByteString): string {
  return `${db}:${key}`;
}
