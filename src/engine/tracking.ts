/**
 * Caching on the client's side (tracking.c): the server remembers which client has read which key, or which prefixes a
 * client wants to hear of, and tells it when a key has changed.
 */
import { ascii, type ByteString } from '../base/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { Delivery } from './effects.ts';
import type { EngineState } from './engine-state.ts';
import { isListening } from './pubsub.ts';
import { array, bulk, bulks, integer, NULL_ARRAY } from './replies.ts';
import type { ClientId, Session } from './session.ts';

export interface ClientTracking {
  mode: 'default' | 'optin' | 'optout' | 'broadcast';
  /** It is not told of what it changes itself. */
  noLoop: boolean;
  /** The client that is told in its place; 0: it is told itself. */
  redirect: ClientId;
  /** That client is gone. */
  redirectBroken: boolean;
  readonly prefixes: Set<ByteString>;
  /** CLIENT CACHING was said, for the next command. */
  caching: boolean;
}

export interface Broadcast {
  readonly clients: Set<ClientId>;
  /** Keys that changed since the last turn, each with who changed it last; null: nobody. */
  readonly keys: Map<ByteString, ClientId | null>;
}

export interface TrackingState {
  readonly clients: Set<ClientId>;
  /** Which clients have read a key. The databases are not told apart, as in Redis. */
  readonly readers: Map<ByteString, Set<ClientId>>;
  readonly broadcasts: Map<ByteString, Broadcast>;
  /** What the client at hand hears when its command has been answered; null: that all is gone. */
  readonly pending: (ByteString | null)[];
}

const INVALIDATE = bulk(ascii('invalidate'));
const BROKEN = bulk(ascii('tracking-redir-broken'));
const MESSAGE = bulk(ascii('message'));
const CHANNEL = bulk(ascii('__redis__:invalidate'));
/** Keys that are forgotten in one go when there are too many. */
const EVICTED_AT_ONCE = 100;

export function newTrackingState(): TrackingState {
  return { clients: new Set(), readers: new Map(), broadcasts: new Map(), pending: [] };
}

export function enableTracking(
  state: EngineState,
  session: Session,
  options: Pick<ClientTracking, 'mode' | 'noLoop' | 'redirect'>,
  prefixes: readonly ByteString[],
): void {
  const known = session.tracking?.prefixes ?? new Set();
  session.tracking = { ...options, redirectBroken: false, prefixes: known, caching: false };
  state.tracking.clients.add(session.id);
  if (options.mode !== 'broadcast') return;
  for (const prefix of prefixes.length === 0 ? [ascii('')] : prefixes) {
    known.add(prefix);
    const broadcast = state.tracking.broadcasts.get(prefix);
    if (broadcast !== undefined) broadcast.clients.add(session.id);
    else state.tracking.broadcasts.set(prefix, { clients: new Set([session.id]), keys: new Map() });
  }
}

/** What the client has read is forgotten when it changes. */
export function disableTracking({ tracking }: EngineState, session: Session): void {
  if (session.tracking === null) return;
  for (const prefix of session.tracking.prefixes) {
    const broadcast = tracking.broadcasts.get(prefix);
    broadcast?.clients.delete(session.id);
    if (broadcast?.clients.size === 0) tracking.broadcasts.delete(prefix);
  }
  tracking.clients.delete(session.id);
  session.tracking = null;
}

/** trackingRememberKeys: the client has read these. */
export function rememberReads(
  { tracking }: EngineState,
  { id, tracking: own }: Session,
  keys: readonly { readonly key: ByteString }[],
): void {
  if (own === null || own.mode === 'broadcast') return;
  if (own.mode === 'optin' && !own.caching) return;
  if (own.mode === 'optout' && own.caching) return;
  for (const { key } of keys) {
    const readers = tracking.readers.get(key);
    if (readers === undefined) tracking.readers.set(key, new Set([id]));
    else readers.add(id);
  }
}

/** trackingInvalidateKey; `by`: who changed it, null if it expired or was evicted. */
export function invalidate(state: EngineState, key: ByteString, by: ClientId | null): Delivery[] {
  const { tracking } = state;
  for (const [prefix, { keys }] of tracking.broadcasts)
    if (key.startsWith(prefix)) keys.set(key, by);
  return invalidateReaders(state, key, by);
}

function invalidateReaders(state: EngineState, key: ByteString, by: ClientId | null): Delivery[] {
  const { readers, pending } = state.tracking;
  const ids = readers.get(key);
  if (ids === undefined) return [];
  readers.delete(key);
  return [...ids].flatMap((id) => {
    const session = state.sessions.get(id);
    const own = session?.tracking ?? null;
    if (session === undefined || own === null || own.mode === 'broadcast') return [];
    if (own.noLoop && id === by) return [];
    if (id !== by) return message(state, session, bulks([key]));
    pending.push(key);
    return [];
  });
}

/** What the client that ran a command hears after its reply. */
export function takePending(state: EngineState, session: Session): Delivery[] {
  return state.tracking.pending
    .splice(0)
    .flatMap((key) => message(state, session, key === null ? NULL_ARRAY : bulks([key])));
}

/** trackingBroadcastInvalidationMessages: once a turn. */
export function takeBroadcasts(state: EngineState): Delivery[] {
  const deliveries: Delivery[] = [];
  const { broadcasts } = state.tracking;
  // In order of the prefixes, and of the keys, as they stand in Redis's radix trees.
  for (const prefix of [...broadcasts.keys()].sort()) {
    const { clients, keys } = broadcasts.get(prefix)!;
    if (keys.size === 0) continue;
    for (const id of clients) {
      const session = state.sessions.get(id);
      if (session === undefined) continue;
      const noLoop = session.tracking?.noLoop === true;
      const told = [...keys].filter(([, by]) => !(noLoop && by === id)).map(([key]) => key);
      if (told.length > 0) deliveries.push(...message(state, session, bulks(told.sort())));
    }
    keys.clear();
  }
  return deliveries;
}

/** trackingInvalidateKeysOnFlush. */
export function invalidateAll(state: EngineState, by: ClientId | null): Delivery[] {
  const { clients, readers, pending } = state.tracking;
  readers.clear();
  return [...clients].flatMap((id) => {
    const session = state.sessions.get(id);
    if (session === undefined) return [];
    if (id !== by) return message(state, session, NULL_ARRAY);
    pending.push(null);
    return [];
  });
}

/** trackingLimitUsedSlots: those who have read a key that is forgotten are told, as if it had changed. */
export function limitReaders(state: EngineState, most: number): Delivery[] {
  const { readers } = state.tracking;
  if (most === 0 || readers.size <= most) return [];
  const deliveries: Delivery[] = [];
  for (const key of readers.keys()) {
    deliveries.push(...invalidateReaders(state, key, null));
    if (readers.size <= most || deliveries.length >= EVICTED_AT_ONCE) break;
  }
  return deliveries;
}

/** sendTrackingMessage: a client of RESP2 is told only through another one that listens. */
function message(state: EngineState, session: Session, keys: Reply): Delivery[] {
  const { tracking } = session;
  if (tracking === null || tracking.redirect === 0) {
    return session.protocol === 3 ? [push(session.id, INVALIDATE, keys)] : [];
  }
  const other = state.sessions.get(tracking.redirect);
  if (other === undefined) {
    tracking.redirectBroken = true;
    return session.protocol === 3 ? [push(session.id, BROKEN, integer(tracking.redirect))] : [];
  }
  if (other.protocol === 3) return [push(other.id, INVALIDATE, keys)];
  if (!isListening(other)) return [];
  return [{ client: other.id, reply: { type: 'push', value: [MESSAGE, CHANNEL, keys] } }];
}

function push(client: ClientId, kind: Reply, what: Reply): Delivery {
  return { client, reply: { type: 'push', value: [kind, what] } };
}

/** How many clients are remembered for keys (INFO). */
export function trackedItems({ readers }: TrackingState): number {
  let items = 0;
  for (const ids of readers.values()) items += ids.size;
  return items;
}

/** TRACKINGINFO. */
export function trackingFacts(own: ClientTracking | null): {
  readonly flags: readonly string[];
  readonly redirect: number;
  readonly prefixes: Reply;
} {
  if (own === null) return { flags: ['off'], redirect: -1, prefixes: array([]) };
  const flags = ['on'];
  if (own.mode === 'broadcast') flags.push('bcast');
  if (own.mode === 'optin') flags.push('optin', ...(own.caching ? ['caching-yes'] : []));
  if (own.mode === 'optout') flags.push('optout', ...(own.caching ? ['caching-no'] : []));
  if (own.noLoop) flags.push('noloop');
  if (own.redirectBroken) flags.push('broken_redirect');
  return { flags, redirect: own.redirect, prefixes: bulks([...own.prefixes].sort()) };
}
