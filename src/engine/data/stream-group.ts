/** Consumer groups of a stream: how far each has read, and what was delivered and not yet acknowledged. */
import { compareBytes, type ByteString } from '../../base/bytes.ts';
import type { Millis } from '../../base/time.ts';
import { SMALLEST_ID, type StreamId } from './stream-id.ts';

export interface StreamGroup {
  lastId: StreamId;
  /** How many entries of the stream the group has read; null if that is not known (−1 in files). */
  entriesRead: number | null;
  readonly pending: PendingEntries<PendingEntry>;
  readonly consumers: Map<ByteString, StreamConsumer>;
}

export interface StreamConsumer {
  /** When it last tried to read. */
  seenAt: Millis;
  /** When it last got something; null: never. */
  activeAt: Millis | null;
  /** The ids of the group's pending entries that are this consumer's. */
  readonly pending: PendingEntries<true>;
}

/** An entry that was delivered and not acknowledged (streamNACK). */
export interface PendingEntry {
  readonly consumer: ByteString;
  readonly deliveredAt: Millis;
  readonly deliveries: number;
}

/** By id. New ones mostly have greater ids than the others, so the order is kept up only where that fails. */
export interface PendingEntries<T> {
  entries: Map<StreamId, T>;
  /** The greatest id that was added. */
  greatest: StreamId;
  sorted: boolean;
}

export function newGroup(lastId: StreamId, entriesRead: number | null): StreamGroup {
  return { lastId, entriesRead, pending: noPending(), consumers: new Map() };
}

export function newConsumer(now: Millis): StreamConsumer {
  return { seenAt: now, activeAt: null, pending: noPending() };
}

/** The delivery of an entry to a consumer, instead of what the group knew of it. The consumer is one of the group. */
export function setPending(group: StreamGroup, id: StreamId, entry: PendingEntry): void {
  const known = group.pending.entries.get(id);
  if (known !== undefined && known.consumer !== entry.consumer) {
    group.consumers.get(known.consumer)?.pending.entries.delete(id);
  }
  put(group.pending, id, entry);
  put(group.consumers.get(entry.consumer)!.pending, id, true);
}

/** False if it was not pending. */
export function deletePending(group: StreamGroup, id: StreamId): boolean {
  const known = group.pending.entries.get(id);
  if (known === undefined) return false;
  group.pending.entries.delete(id);
  group.consumers.get(known.consumer)?.pending.entries.delete(id);
  return true;
}

/** The consumer goes with all that is pending for it; returns how much that was. */
export function deleteConsumer(group: StreamGroup, name: ByteString): number {
  const consumer = group.consumers.get(name);
  if (consumer === undefined) return 0;
  for (const id of consumer.pending.entries.keys()) group.pending.entries.delete(id);
  group.consumers.delete(name);
  return consumer.pending.entries.size;
}

/** The ids from `start` on, in their order. What is pending may be changed meanwhile. */
export function pendingFrom(
  pending: PendingEntries<unknown>,
  start: StreamId = SMALLEST_ID,
): StreamId[] {
  if (!pending.sorted) sort(pending);
  const ids: StreamId[] = [];
  for (const id of pending.entries.keys()) if (id >= start) ids.push(id);
  return ids;
}

/** Groups and consumers are told in the order of their names, as a radix tree has them. */
export function byName<T>(
  named: ReadonlyMap<ByteString, T>,
): readonly (readonly [ByteString, T])[] {
  return [...named].sort(([a], [b]) => compareBytes(a, b));
}

export function copyGroups(
  groups: ReadonlyMap<ByteString, StreamGroup>,
): Map<ByteString, StreamGroup> {
  return new Map(Array.from(groups, ([name, group]) => [name, copyGroup(group)]));
}

function copyGroup(group: StreamGroup): StreamGroup {
  const consumers = Array.from(
    group.consumers,
    ([name, consumer]) => [name, { ...consumer, pending: copyPending(consumer.pending) }] as const,
  );
  return { ...group, pending: copyPending(group.pending), consumers: new Map(consumers) };
}

function copyPending<T>(pending: PendingEntries<T>): PendingEntries<T> {
  return { ...pending, entries: new Map(pending.entries) };
}

function noPending<T>(): PendingEntries<T> {
  return { entries: new Map(), greatest: SMALLEST_ID, sorted: true };
}

function put<T>(pending: PendingEntries<T>, id: StreamId, value: T): void {
  if (id > pending.greatest) pending.greatest = id;
  else if (!pending.entries.has(id)) pending.sorted = false;
  pending.entries.set(id, value);
}

function sort<T>(pending: PendingEntries<T>): void {
  pending.entries = new Map([...pending.entries].sort(([a], [b]) => compareBytes(a, b)));
  pending.sorted = true;
}
