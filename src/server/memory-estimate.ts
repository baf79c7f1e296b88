/**
 * What a real server of 7.2 would use of memory for this data set, estimated: a JavaScript host cannot say. Values are
 * taken from a sample of the keys, spread evenly, so that INFO costs the same whatever the number of keys.
 */
import type { ByteString } from '../base/bytes.ts';
import type { KeySpace } from '../engine/data/key-space.ts';
import { sortedSetSize, membersByRank } from '../engine/data/sorted-set.ts';
import type { Value } from '../engine/data/value.ts';
import type { ServerState } from './state.ts';

export interface MemoryEstimate {
  readonly used: number;
  /** What an empty server uses. */
  readonly startup: number;
  /** Everything but the keys and values. */
  readonly overhead: number;
  readonly clients: number;
  readonly aofBuffer: number;
}

const STARTUP = 865_000;
const CLIENT = 1928;
/** Keys that are looked at in each database, and elements in each value. */
const SAMPLED_KEYS = 512;
const SAMPLED_ELEMENTS = 16;

/** sizeof(dictEntry), robj and a slot of the hash table. */
const ENTRY = 24;
const OBJECT = 16;
const SLOT = 8;
/** Header and NUL of a short string, and what an element of a listpack needs around its bytes. */
const STRING_HEADER = 4;
const PACKED_ELEMENT = 2;
const COLLECTION = 64;
/** A skip list's node: header, backward pointer, score and on average 4/3 levels. */
const SKIP_NODE = 48;

export function estimateMemory(state: ServerState): MemoryEstimate {
  let tables = 0;
  let data = 0;
  for (const { space } of state.engine.databases) {
    tables += tableBytes(space.keys.size) + tableBytes(space.expireOrder.length);
    data += dataBytes(space);
  }
  let sessions = 0;
  for (const { loading } of state.engine.sessions.values()) if (!loading) sessions++;
  const clients = sessions * CLIENT;
  const aofBuffer = state.aof.mode === 'off' ? 0 : state.aof.buffer.length;
  const overhead = STARTUP + tables + clients + aofBuffer;
  return { used: overhead + data, startup: STARTUP, overhead, clients, aofBuffer };
}

function tableBytes(entries: number): number {
  if (entries === 0) return 0;
  let slots = 4;
  while (slots < entries) slots *= 2;
  return slots * SLOT + entries * ENTRY;
}

function dataBytes({ order, keys }: KeySpace): number {
  if (order.length === 0) return 0;
  const step = Math.max(1, Math.floor(order.length / SAMPLED_KEYS));
  let bytes = 0;
  let seen = 0;
  for (let i = 0; i < order.length; i += step) {
    const key = order[i]!;
    bytes += stringBytes(key) + valueBytes(keys.get(key)!.value);
    seen++;
  }
  return Math.round((bytes / seen) * order.length);
}

function stringBytes({ length }: { readonly length: number }): number {
  return Math.ceil((length + STRING_HEADER) / 8) * 8;
}

/** About what MEMORY USAGE would say of a value, its key aside. */
export function valueBytes(value: Value): number {
  if (typeof value === 'number' || typeof value === 'bigint') return OBJECT;
  if (typeof value === 'string') return OBJECT + stringBytes(value);
  switch (value.kind) {
    case 'raw':
      return OBJECT + stringBytes(value.content);
    case 'list':
      return OBJECT + COLLECTION + value.bytes + value.length * PACKED_ELEMENT;
    case 'set':
      return collection(value.members.length, value.encoding !== 'hashtable', value.members, 1);
    case 'hash':
      return collection(
        value.fields.size,
        value.encoding === 'listpack',
        flattened(value.fields),
        2,
      );
    case 'zset': {
      const size = sortedSetSize(value);
      const packed = value.order.encoding === 'listpack';
      return collection(size, packed, members(value), 1) + size * (packed ? 8 : SKIP_NODE);
    }
    case 'stream':
      return (
        OBJECT + COLLECTION + value.nodes.reduce((sum, { bytes }) => sum + bytes + COLLECTION, 0)
      );
  }
}

/** `strings` each entry has `perEntry` of; only the first few are looked at. */
function collection(
  size: number,
  packed: boolean,
  strings: Iterable<ByteString>,
  perEntry: number,
): number {
  let bytes = 0;
  let seen = 0;
  for (const text of strings) {
    bytes += packed ? text.length + PACKED_ELEMENT : stringBytes(text);
    if (++seen === SAMPLED_ELEMENTS) break;
  }
  if (seen === 0) return OBJECT + COLLECTION;
  const contents = Math.round((bytes / seen) * size * perEntry);
  return OBJECT + COLLECTION + contents + (packed ? 0 : tableBytes(size));
}

function* flattened(fields: ReadonlyMap<ByteString, ByteString>): Generator<ByteString> {
  for (const [field, value] of fields) {
    yield field;
    yield value;
  }
}

function* members(value: Extract<Value, { readonly kind: 'zset' }>): Generator<ByteString> {
  for (const { member } of membersByRank(value)) yield member;
}
