/** What the engine knows of one client, as plain data. Sockets and buffers belong to the server. */
import { ascii, EMPTY, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import type { WaitedType } from './blocking.ts';
import type { ClientTracking } from './tracking.ts';

export type ClientId = number;

export type SubscriptionKind = 'channels' | 'patterns' | 'shardChannels';

export interface WatchedKey {
  readonly db: number;
  readonly key: ByteString;
  /** The key had already expired when it was watched: EXEC does not fail when it is deleted for that. */
  expired: boolean;
}

export interface Transaction {
  readonly queue: (readonly ByteString[])[];
  /** A command was refused while queueing: EXEC aborts. */
  aborted: boolean;
}

export interface Session {
  readonly id: ClientId;
  db: number;
  protocol: Protocol;
  name: ByteString;
  libName: ByteString;
  libVersion: ByteString;
  user: ByteString;
  authenticated: boolean;
  transaction: Transaction | null;
  watched: WatchedKey[];
  /** A watched key was touched: EXEC answers null. */
  watchBroken: boolean;
  /** Waiting for keys, for an fsync, or for the server to finish what the command asked. */
  blocked: Blocked | null;
  readonly address: string;
  readonly localAddress: string;
  readonly createdAt: Micros;
  lastCommandAt: Micros;
  lastCommand: string;
  noEvict: boolean;
  noTouch: boolean;
  /** CLIENT TRACKING; null: off. */
  tracking: ClientTracking | null;
  /** What it listens to. */
  readonly subscriptions: Readonly<Record<SubscriptionKind, Set<ByteString>>>;
  /** CLIENT REPLY; `skip`: the next command is not answered. */
  replyMode: 'on' | 'off' | 'skip';
  /** The connection is to be closed once the replies so far have left. */
  closing: boolean;
  /** The client that replays a log: it is never refused and its commands have no effects outside. */
  readonly loading: boolean;
  /** Replication offset after this client's last write, for WAITAOF. */
  writeOffset: number;
  commands: number;
}

/** `server`: the server does something for the client first, and then answers it. */
export type Blocked =
  | { readonly reason: 'server' }
  | KeyWait
  /** CLIENT PAUSE: the command that came is held back until the pause is over. */
  | {
      readonly reason: 'pause';
      readonly deadline: Micros | null;
      readonly argv: readonly ByteString[];
    }
  /** Waiting for replicas, of which there are none, until the deadline (null: for ever). */
  | { readonly reason: 'wait'; readonly deadline: Micros | null; readonly onTimeout: Reply }
  /** Waiting for the log to be on disk up to the client's last write, and for so many replicas. */
  | { readonly reason: 'wait-aof'; readonly deadline: Micros | null; readonly replicas: number };

/** Waiting for a key of a type, to run the command again. */
export interface KeyWait {
  readonly reason: 'keys';
  readonly type: WaitedType;
  readonly db: number;
  readonly keys: readonly ByteString[];
  readonly argv: readonly ByteString[];
  readonly deadline: Micros | null;
  readonly whenGone: boolean;
}

export function newSession(
  id: ClientId,
  now: Micros,
  address: string,
  localAddress: string,
  loading = false,
): Session {
  return {
    id,
    db: 0,
    protocol: 2,
    name: EMPTY,
    libName: EMPTY,
    libVersion: EMPTY,
    user: ascii('default'),
    authenticated: true,
    transaction: null,
    watched: [],
    watchBroken: false,
    blocked: null,
    address,
    localAddress,
    createdAt: now,
    lastCommandAt: now,
    lastCommand: 'NULL',
    noEvict: false,
    noTouch: false,
    tracking: null,
    subscriptions: { channels: new Set(), patterns: new Set(), shardChannels: new Set() },
    replyMode: 'on',
    closing: false,
    loading,
    writeOffset: 0,
    commands: 0,
  };
}
