/**
 * Streams (t_stream.c): entries in order of their ids, in nodes that hold up to `stream-node-max-entries` of them or
 * `stream-node-max-bytes`. Nodes matter to what can be seen: approximate trimming removes whole ones, and an RDB file
 * holds them as they are, with the deleted entries that are still inside.
 */
import type { ByteString } from '../../base/bytes.ts';
import { narrowed, type Integer } from '../../base/integers.ts';
import { EMPTY_LISTPACK_BYTES, listpackEntryBytes, listpackIntegerBytes } from './listpack-size.ts';
import { copyGroups, type StreamGroup } from './stream-group.ts';
import { GREATEST_ID, idMillis, idSequence, SMALLEST_ID, type StreamId } from './stream-id.ts';

export interface StreamValue {
  readonly kind: 'stream';
  readonly encoding: 'stream';
  /** In order of their first ids; none is empty. */
  readonly nodes: StreamNode[];
  /** Entries that are not deleted. */
  length: number;
  lastId: StreamId;
  /** Of the first entry; 0-0 if there is none. */
  firstId: StreamId;
  /** The greatest id that XDEL removed. */
  maxDeletedId: StreamId;
  /** All that were ever added (XSETID may say otherwise). */
  entriesAdded: number;
  readonly groups: Map<ByteString, StreamGroup>;
}

export interface StreamNode {
  /** The id and the fields of the first entry: entries with the same fields keep only their values in a listpack. */
  readonly masterId: StreamId;
  readonly masterFields: readonly ByteString[];
  /** Deleted ones included. */
  readonly entries: StreamEntry[];
  /** How many are not deleted. */
  live: number;
  /** What the listpack takes, without its two counters. */
  bytes: number;
}

export interface StreamEntry {
  readonly id: StreamId;
  /** field, value, field, value … */
  readonly fields: readonly ByteString[];
  readonly deleted: boolean;
}

export interface StreamLimits {
  /** 0: no limit. */
  readonly streamNodeMaxEntries: number;
  readonly streamNodeMaxBytes: number;
}

/** No listpack grows beyond this. */
export const LARGEST_LISTPACK = 1 << 30;

export function newStream(): StreamValue {
  return {
    kind: 'stream',
    encoding: 'stream',
    nodes: [],
    length: 0,
    lastId: SMALLEST_ID,
    firstId: SMALLEST_ID,
    maxDeletedId: SMALLEST_ID,
    entriesAdded: 0,
    groups: new Map(),
  };
}

/** `id` is greater than the last one, and the fields are not larger than a listpack may be. */
export function appendEntry(
  stream: StreamValue,
  id: StreamId,
  fields: readonly ByteString[],
  limits: StreamLimits,
): void {
  const last = stream.nodes[stream.nodes.length - 1];
  const node =
    last === undefined || isFull(last, fields, limits) ? newNode(stream, id, fields) : last;
  addToNode(node, { id, fields, deleted: false });
  stream.length++;
  stream.entriesAdded++;
  stream.lastId = id;
  if (stream.length === 1) stream.firstId = id;
}

/** A node without entries at the end, whose first one is going to have this id and these fields. */
export function newNode(
  stream: StreamValue,
  id: StreamId,
  fields: readonly ByteString[],
): StreamNode {
  const masterFields = fields.filter((_, i) => i % 2 === 0);
  const names = masterFields.reduce((sum, field) => sum + listpackEntryBytes(field), 0);
  const bytes =
    EMPTY_LISTPACK_BYTES +
    listpackIntegerBytes(masterFields.length) +
    names +
    listpackIntegerBytes(0);
  const node: StreamNode = { masterId: id, masterFields, entries: [], live: 0, bytes };
  stream.nodes.push(node);
  return node;
}

/** Adds an entry behind the others of its node. */
export function addToNode(node: StreamNode, entry: StreamEntry): void {
  node.entries.push(entry);
  if (!entry.deleted) node.live++;
  node.bytes += entryBytes(node, entry);
}

/** Whether the entry has the fields of its node's first one, in the same order. */
export function hasMasterFields(
  { masterFields }: StreamNode,
  { fields }: Pick<StreamEntry, 'fields'>,
): boolean {
  return (
    fields.length === masterFields.length * 2 &&
    masterFields.every((field, i) => fields[i * 2] === field)
  );
}

/** What the entry takes in the listpack: flags, difference of the id, fields, values, and their number again. */
function entryBytes(node: StreamNode, entry: StreamEntry): number {
  const same = hasMasterFields(node, entry);
  const count = entry.fields.length / 2;
  let bytes = listpackIntegerBytes(same ? 2 : 0);
  bytes += listpackIntegerBytes(difference(idMillis(entry.id), idMillis(node.masterId)));
  bytes += listpackIntegerBytes(difference(idSequence(entry.id), idSequence(node.masterId)));
  if (!same) bytes += listpackIntegerBytes(count);
  entry.fields.forEach((text, i) => {
    if (!same || i % 2 === 1) bytes += listpackEntryBytes(text);
  });
  return bytes + listpackIntegerBytes(same ? count + 3 : count * 2 + 4);
}

/** As the 64-bit number that it is in C: it wraps around. */
export function difference(a: Integer, b: Integer): Integer {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : narrowed(BigInt.asIntN(64, BigInt(a) - BigInt(b)));
}

function isFull(node: StreamNode, fields: readonly ByteString[], limits: StreamLimits): boolean {
  const { streamNodeMaxEntries: mostEntries, streamNodeMaxBytes } = limits;
  const mostBytes =
    streamNodeMaxBytes === 0 ? LARGEST_LISTPACK : Math.min(streamNodeMaxBytes, LARGEST_LISTPACK);
  const counters =
    listpackIntegerBytes(node.live) + listpackIntegerBytes(node.entries.length - node.live);
  if (node.bytes + counters + textBytes(fields) >= mostBytes) return true;
  return mostEntries > 0 && node.entries.length >= mostEntries;
}

export function textBytes(fields: readonly ByteString[]): number {
  return fields.reduce((sum, text) => sum + text.length, 0);
}

/** Entries from `start` to `end`, both included, that are not deleted. The stream must not be changed meanwhile. */
export function* entriesBetween(
  { nodes }: StreamValue,
  start: StreamId = SMALLEST_ID,
  end: StreamId = GREATEST_ID,
): Generator<StreamEntry> {
  for (let n = Math.max(0, nodeOf(nodes, start)); n < nodes.length; n++) {
    const { entries } = nodes[n]!;
    for (let i = placeIn(entries, start); i < entries.length; i++) {
      const entry = entries[i]!;
      if (entry.id > end) return;
      if (!entry.deleted) yield entry;
    }
  }
}

/** The same from the end to the start. */
export function* entriesBackwards(
  { nodes }: StreamValue,
  start: StreamId = SMALLEST_ID,
  end: StreamId = GREATEST_ID,
): Generator<StreamEntry> {
  for (let n = nodeOf(nodes, end); n >= 0; n--) {
    const { entries } = nodes[n]!;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i]!;
      if (entry.id < start) return;
      if (entry.id <= end && !entry.deleted) yield entry;
    }
  }
}

export function entryAt(stream: StreamValue, id: StreamId): StreamEntry | undefined {
  const node = stream.nodes[nodeOf(stream.nodes, id)];
  const entry = node?.entries[placeIn(node.entries, id)];
  return entry?.id === id && !entry.deleted ? entry : undefined;
}

/** The greatest id of an entry that is there; 0-0 if there is none. */
export function lastEntryId(stream: StreamValue): StreamId {
  for (const { id } of entriesBackwards(stream)) return id;
  return SMALLEST_ID;
}

/** False if there is no such entry. Its id is not yet remembered as deleted. */
export function deleteEntry(stream: StreamValue, id: StreamId): boolean {
  const { nodes } = stream;
  const n = nodeOf(nodes, id);
  const node = nodes[n];
  const i = node === undefined ? 0 : placeIn(node.entries, id);
  const entry = node?.entries[i];
  if (node === undefined || entry?.id !== id || entry.deleted) return false;
  // A node goes with its last entry.
  if (node.live === 1) nodes.splice(n, 1);
  else markDeleted(node, i);
  stream.length--;
  return true;
}

export function refreshFirstId(stream: StreamValue): void {
  stream.firstId = SMALLEST_ID;
  if (stream.length === 0) return;
  for (const { id } of entriesBetween(stream)) {
    stream.firstId = id;
    return;
  }
}

export interface Trim {
  /** Keep so many at most, or those whose ids are not below this one. */
  readonly by: { readonly maxLength: number } | { readonly minId: StreamId };
  /** Only whole nodes go. */
  readonly approximate: boolean;
  /** Go on while no more than so many would be deleted; 0: no limit. */
  readonly limit: number;
}

/** Deletes the oldest entries (t_stream.c:streamTrim); returns how many. */
export function trimStream(stream: StreamValue, trim: Trim): number {
  const { by, approximate, limit } = trim;
  const { nodes } = stream;
  let deleted = 0;
  let whole = 0;
  for (; whole < nodes.length; whole++) {
    const node = nodes[whole]!;
    if ('maxLength' in by && stream.length <= by.maxLength) break;
    if (limit > 0 && deleted + node.live > limit) break;
    const goes =
      'maxLength' in by
        ? stream.length - node.live >= by.maxLength
        : node.entries[node.entries.length - 1]!.id < by.minId;
    if (!goes) {
      if (!approximate) deleted += trimNode(stream, node, by);
      break;
    }
    stream.length -= node.live;
    deleted += node.live;
  }
  nodes.splice(0, whole);
  refreshFirstId(stream);
  return deleted;
}

/** Deletes entries of the node that stays, from its first on. */
function trimNode(stream: StreamValue, node: StreamNode, by: Trim['by']): number {
  let deleted = 0;
  for (const [i, entry] of node.entries.entries()) {
    if ('maxLength' in by ? stream.length <= by.maxLength : entry.id >= by.minId) break;
    if (entry.deleted) continue;
    markDeleted(node, i);
    stream.length--;
    deleted++;
  }
  return deleted;
}

/** Entries are not changed in place, since copies of the stream share them. */
function markDeleted(node: StreamNode, at: number): void {
  node.entries[at] = { ...node.entries[at]!, deleted: true };
  node.live--;
}

/** The last node that begins at or before `id`; −1 if none does. */
function nodeOf(nodes: readonly StreamNode[], id: StreamId): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nodes[middle]!.masterId <= id) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The first entry that is not below `id`. */
function placeIn(entries: readonly StreamEntry[], id: StreamId): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function copyStream(stream: StreamValue): StreamValue {
  return {
    ...stream,
    nodes: stream.nodes.map((node) => ({ ...node, entries: node.entries.slice() })),
    groups: copyGroups(stream.groups),
  };
}
