/** Who listens to which channels (pubsub.c). The commands themselves stand in commands/pubsub.ts. */
import { ascii, type ByteString } from '../base/bytes.ts';
import { globMatch } from '../base/glob.ts';
import type { Reply } from '../resp/reply.ts';
import type { Delivery } from './effects.ts';
import type { EngineState } from './engine-state.ts';
import { bulk } from './replies.ts';
import type { ClientId, Session, SubscriptionKind } from './session.ts';

/** Channels and patterns, each with those who listen in the order in which they came. */
export type Listeners = Readonly<Record<SubscriptionKind, Map<ByteString, Set<ClientId>>>>;

const MESSAGE = bulk(ascii('message'));
const PATTERN_MESSAGE = bulk(ascii('pmessage'));
const SHARD_MESSAGE = bulk(ascii('smessage'));
const kinds: readonly SubscriptionKind[] = ['channels', 'patterns', 'shardChannels'];

export function newListeners(): Listeners {
  return { channels: new Map(), patterns: new Map(), shardChannels: new Map() };
}

export function subscribe(
  state: EngineState,
  session: Session,
  kind: SubscriptionKind,
  name: ByteString,
): void {
  session.subscriptions[kind].add(name);
  const known = state.listeners[kind].get(name);
  if (known === undefined) state.listeners[kind].set(name, new Set([session.id]));
  else known.add(session.id);
}

export function unsubscribe(
  state: EngineState,
  session: Session,
  kind: SubscriptionKind,
  name: ByteString,
): void {
  session.subscriptions[kind].delete(name);
  const known = state.listeners[kind].get(name);
  known?.delete(session.id);
  if (known?.size === 0) state.listeners[kind].delete(name);
}

export function unsubscribeAll(state: EngineState, session: Session): void {
  for (const kind of kinds)
    for (const name of session.subscriptions[kind]) unsubscribe(state, session, kind, name);
}

/** How many subscriptions a confirmation tells of: those to shard channels are counted by themselves. */
export function subscriptionCount({ subscriptions }: Session, kind: SubscriptionKind): number {
  if (kind === 'shardChannels') return subscriptions.shardChannels.size;
  return subscriptions.channels.size + subscriptions.patterns.size;
}

/** A client that listens to anything: in RESP2 it may only say what has to do with that. */
export function isListening({ subscriptions }: Session): boolean {
  return kinds.some((kind) => subscriptions[kind].size > 0);
}

/** The messages to those who listen to `channel`, and then to those with a pattern that it matches. */
export function published(
  state: EngineState,
  channel: ByteString,
  message: ByteString,
): Delivery[] {
  const { channels, patterns } = state.listeners;
  const deliveries: Delivery[] = [];
  const to = (clients: Iterable<ClientId>, reply: Reply): void => {
    for (const client of clients) deliveries.push({ client, reply });
  };
  const direct = channels.get(channel);
  if (direct !== undefined) to(direct, push(MESSAGE, channel, message));
  for (const [pattern, clients] of patterns) {
    if (globMatch(pattern, channel)) to(clients, push(PATTERN_MESSAGE, pattern, channel, message));
  }
  return deliveries;
}

export function publishedToShard(
  state: EngineState,
  channel: ByteString,
  message: ByteString,
): Delivery[] {
  const clients = state.listeners.shardChannels.get(channel) ?? [];
  return Array.from(clients, (client) => ({
    client,
    reply: push(SHARD_MESSAGE, channel, message),
  }));
}

function push(head: Reply, ...texts: readonly ByteString[]): Reply {
  return { type: 'push', value: [head, ...texts.map(bulk)] };
}
