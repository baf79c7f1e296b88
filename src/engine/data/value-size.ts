/**
 * What a value takes of memory in a real server of 7.2 on 64 bits with jemalloc: MEMORY USAGE, and the estimate by
 * which maxmemory is kept (object.c:objectComputeSize). Collections are measured by a sample of their elements.
 */
import { unreachable } from '../../base/assert.ts';
import type { ByteString } from '../../base/bytes.ts';
import { formatDoubleShortest } from '../../base/doubles.ts';
import { formatInteger } from '../../base/integers.ts';
import type { HashValue } from './hash.ts';
import { elements, type ListValue } from './list.ts';
import { estimatedNodes } from './list-node.ts';
import { EMPTY_LISTPACK_BYTES, listpackEntryBytes } from './listpack-size.ts';
import type { SetValue } from './set.ts';
import { membersByRank, sortedSetSize, type SortedSetValue } from './sorted-set.ts';
import type { StreamValue } from './stream.ts';
import { stringEncoding } from './string.ts';
import type { StringValue, Value } from './value.ts';

/** sizeof of the structures, as they are allocated. */
const OBJECT = 16;
const DICT = 56;
const DICT_ENTRY = 24;
const SLOT = 8;
const QUICKLIST = 40;
const QUICKLIST_NODE = 32;
const SKIP_LIST = 16 + 32;
const SKIP_LIST_HEADER = 640;
/** A node of a skip list has a third of a level more than one, on average: 24 bytes and 16 a level. */
const SKIP_NODE = 46;
const STREAM = 80;
const GROUP = 56;
const CONSUMER = 56;
const PENDING_ENTRY = 24;
/** A node of a radix tree, and what an element of one adds, as object.c:streamRadixTreeMemoryUsage guesses. */
const RADIX_NODE = 244;
const RADIX_ELEMENT = 16;
/** The last node of a stream has room for more (t_stream.c:STREAM_LISTPACK_MAX_PRE_ALLOCATE). */
const LAST_STREAM_NODE = 4096;
/** A string of up to 44 bytes stands in one allocation with its object. */
const LONGEST_EMBEDDED = 44;
const INTSET_HEADER = 8;

/** `samples`: elements that are looked at; 0: all. */
export function valueSize(value: Value, samples: number): number {
  if (typeof value !== 'object' || value.kind === 'raw') return stringSize(value);
  switch (value.kind) {
    case 'list':
      return listSize(value, samples);
    case 'set':
      return setSize(value, samples);
    case 'hash':
      return hashSize(value, samples);
    case 'zset':
      return sortedSetBytes(value, samples);
    case 'stream':
      return streamSize(value);
    default:
      return unreachable(value);
  }
}

/** A key with its entry in the table. */
export function keySize(key: ByteString): number {
  return textSize(key.length) + DICT_ENTRY;
}

/** The slots of a hash table with so many entries. */
export function slotsSize(entries: number): number {
  if (entries === 0) return 0;
  let slots = 4;
  while (slots < entries) slots *= 2;
  return slots * SLOT;
}

/** What jemalloc hands out for a request: its size classes. */
export function allocated(bytes: number): number {
  if (bytes <= 8) return 8;
  if (bytes <= 128) return Math.ceil(bytes / 16) * 16;
  let top = 256;
  while (top < bytes) top *= 2;
  const step = top / 8;
  return Math.ceil(bytes / step) * step;
}

/** A string of sds.c: its header depends on how long it is. */
export function textSize(length: number): number {
  const header = length < 32 ? 1 : length < 256 ? 3 : length < 65_536 ? 5 : 9;
  return allocated(header + length + 1);
}

function stringSize(value: StringValue): number {
  if (typeof value === 'number' || typeof value === 'bigint') return OBJECT;
  const { length } = typeof value === 'string' ? value : value.content;
  if (
    stringEncoding(value) === 'embstr' ||
    (length <= LONGEST_EMBEDDED && typeof value === 'string')
  )
    return allocated(OBJECT + 3 + length + 1);
  return OBJECT + Math.max(textSize(length), allocated(3 + length + 1));
}

/** The average over a sample, times the number of all. */
function estimated<T>(
  items: Iterable<T>,
  count: number,
  samples: number,
  sizeOf: (item: T) => number,
): number {
  if (count === 0) return 0;
  let bytes = 0;
  let seen = 0;
  for (const item of items) {
    bytes += sizeOf(item);
    if (++seen === samples) break;
  }
  return (bytes / seen) * count;
}

function listSize(list: ListValue, samples: number): number {
  if (list.encoding === 'listpack') return OBJECT + allocated(list.bytes);
  const bytes = estimated(elements(list), list.length, samples, listpackEntryBytes);
  const nodes = estimatedNodes(bytes);
  return Math.round(
    OBJECT + QUICKLIST + nodes * (QUICKLIST_NODE + allocated(EMPTY_LISTPACK_BYTES + bytes / nodes)),
  );
}

function setSize({ encoding, members }: SetValue, samples: number): number {
  const count = members.length;
  if (encoding === 'intset') {
    const width = Math.max(...members.map((member) => integerWidth(Number(member))));
    return OBJECT + allocated(INTSET_HEADER + count * width);
  }
  if (encoding === 'listpack') return OBJECT + packed(members, count, samples);
  // An entry of a set is the member alone, with the next one of its slot.
  const entries = estimated(members, count, samples, ({ length }) => textSize(length) + 16);
  return Math.round(OBJECT + DICT + slotsSize(count) + entries);
}

function integerWidth(value: number): number {
  if (value >= -0x8000 && value < 0x8000) return 2;
  return value >= -0x80000000 && value < 0x80000000 ? 4 : 8;
}

function packed(texts: Iterable<ByteString>, count: number, samples: number): number {
  return allocated(
    Math.round(EMPTY_LISTPACK_BYTES + estimated(texts, count, samples, listpackEntryBytes)),
  );
}

function hashSize({ encoding, fields }: HashValue, samples: number): number {
  const pair = (size: (text: ByteString) => number) => (entry: readonly [ByteString, ByteString]) =>
    size(entry[0]) + size(entry[1]);
  if (encoding === 'listpack') {
    const bytes = estimated(fields, fields.size, samples, pair(listpackEntryBytes));
    return OBJECT + allocated(Math.round(EMPTY_LISTPACK_BYTES + bytes));
  }
  const bytes = estimated(
    fields,
    fields.size,
    samples,
    pair(({ length }) => textSize(length)),
  );
  return Math.round(OBJECT + DICT + slotsSize(fields.size) + bytes + fields.size * DICT_ENTRY);
}

function sortedSetBytes(value: SortedSetValue, samples: number): number {
  const count = sortedSetSize(value);
  const members = membersByRank(value);
  if (value.order.encoding === 'listpack') {
    const bytes = estimated(
      members,
      count,
      samples,
      ({ member, score }) => listpackEntryBytes(member) + listpackEntryBytes(scoreText(score)),
    );
    return OBJECT + allocated(Math.round(EMPTY_LISTPACK_BYTES + bytes));
  }
  const bytes = estimated(
    members,
    count,
    samples,
    ({ member }) => textSize(member.length) + DICT_ENTRY + SKIP_NODE,
  );
  return Math.round(OBJECT + SKIP_LIST + DICT + SKIP_LIST_HEADER + slotsSize(count) + bytes);
}

function scoreText(score: number): ByteString {
  return Number.isSafeInteger(score) ? formatInteger(score) : formatDoubleShortest(score);
}

function streamSize({ nodes, groups }: StreamValue): number {
  let size =
    OBJECT + STREAM + radixSize(nodes.length) + (groups.size === 0 ? 0 : radixSize(groups.size));
  nodes.forEach(({ bytes }, i) => {
    const own = bytes + EMPTY_LISTPACK_BYTES;
    size += allocated(i === nodes.length - 1 ? Math.max(own, LAST_STREAM_NODE) : own);
  });
  for (const { pending, consumers } of groups.values()) {
    const count = pending.entries.size;
    size += GROUP + radixSize(count) + radixSize(consumers.size) + count * PENDING_ENTRY;
    // Each consumer has a tree of its own of what it has been given.
    for (const name of consumers.keys()) size += CONSUMER + textSize(name.length) + RADIX_NODE;
    size += count * (RADIX_NODE + RADIX_ELEMENT);
  }
  return size;
}

/** About one node an element, and the root. */
function radixSize(elements: number): number {
  return elements * RADIX_ELEMENT + (elements + 1) * RADIX_NODE;
}
