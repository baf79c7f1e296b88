/**
 * `rdb -c memory`: what each key would take in the memory of a server of 64 bits, by the original's rules of thumb
 * (Redis 5 with jemalloc). The level of a skip list's node, which there is drawn by chance, is drawn from a seed here.
 */
import { utf8Encode, type ByteString } from '../../base/bytes.ts';
import { parseInt64, type Integer } from '../../base/integers.ts';
import { nextBelow, seedRandom, type RandomState } from '../../base/random.ts';
import { civilTime, type Millis } from '../../base/time.ts';
import { EMPTY_LISTPACK_BYTES, listpackEntryBytes } from '../../engine/data/listpack-size.ts';
import { elements } from '../../engine/data/list.ts';
import { membersByRank } from '../../engine/data/sorted-set.ts';
import { stringText } from '../../engine/data/string.ts';
import type { StreamValue } from '../../engine/data/stream.ts';
import { rdbType } from '../../engine/serialize/rdb-format.ts';
import { put, type OutputBuffer } from '../tool-steps.ts';
import { escapeText, type Escape } from './escape.ts';
import type { Format } from './formats.ts';
import type { RdbRecord, RecordType } from './records.ts';

export interface MemoryRow {
  readonly database: number;
  readonly type: RecordType;
  readonly key: ByteString;
  readonly bytes: number;
  readonly encoding: string;
  readonly elements: number;
  readonly largestElement: number;
  readonly expireAt: Millis | null;
}

export interface MemoryOptions {
  readonly escape: Escape;
  /** Only keys of so many bytes or more. */
  readonly atLeast: number;
  /** Only so many of the largest, the largest first; null: all, in the order of the file. */
  readonly largest: number | null;
}

export const MEMORY_HEADER =
  'database,type,key,size_in_bytes,encoding,num_elements,len_largest_element,expiry\n';

export function memoryFormat(output: OutputBuffer, options: MemoryOptions): Format {
  const levels = skipListLevels();
  const kept: MemoryRow[] = [];
  const print = (row: MemoryRow): void => put(output, utf8Encode(memoryLine(row, options.escape)));
  return {
    start: () => put(output, MEMORY_HEADER),
    record: (record) => {
      const row = memoryOf(record, levels);
      if (row.bytes < options.atLeast) return;
      if (options.largest === null) print(row);
      else kept.push(row);
    },
    end: () => {
      if (options.largest === null) return;
      kept.sort((a, b) => b.bytes - a.bytes);
      for (const row of kept.slice(0, options.largest)) print(row);
    },
  };
}

/** What decides the levels of the skip lists of one report. */
export function skipListLevels(): RandomState {
  return seedRandom('levels of skip lists');
}

/** A key's line of the report, as text. */
export function memoryLine(row: MemoryRow, escape: Escape): string {
  const key = escapeText(row.key, escape, 'key');
  const expiry = row.expireAt === null ? '' : isoTime(row.expireAt);
  const { database, type, bytes, encoding, largestElement } = row;
  return `${database},${type},${key},${bytes},${encoding},${row.elements},${largestElement},${expiry}\n`;
}

/** datetime.isoformat(): the fraction only when there is one. */
function isoTime(at: Millis): string {
  const seconds = Math.floor(at / 1000);
  const { year, month, day, hour, minute, second } = civilTime(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const millis = at - seconds * 1000;
  const fraction = millis === 0 ? '' : `.${String(millis).padStart(3, '0')}000`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

const POINTER = 8;
const OBJECT = 16;
const TABLE_ENTRY = 24;

interface Sum {
  bytes: number;
  elements: number;
  largest: number;
}

export function memoryOf(record: RdbRecord, levels: RandomState): MemoryRow {
  const { database, key, type, value, expireAt, written } = record;
  const sum: Sum = { bytes: keyBytes(key, expireAt), elements: 0, largest: 0 };
  let encoding = packings.get(written) ?? 'hashtable';
  if (typeof value !== 'object' || value.kind === 'raw') {
    const text = stringText(value);
    encoding = 'string';
    sum.bytes += stringBytes(text);
    sum.elements = elementLength(text, 32);
    sum.largest = sum.elements;
  } else if (value.kind === 'list') {
    encoding = 'quicklist';
    addList(sum, elements(value), written === rdbType.list ? 32 : 64);
  } else if (value.kind === 'stream') {
    encoding = 'listpack';
    addStream(sum, value);
  } else if (value.kind === 'zset') {
    if (encoding === 'hashtable') encoding = 'skiplist';
    const members: ByteString[] = [];
    const packed: ByteString[] = [];
    for (const { member, score } of membersByRank(value)) {
      members.push(member);
      packed.push(member, utf8Encode(String(score)));
    }
    addMembers(sum, members, encoding, packed);
    sum.elements = members.length;
    if (encoding === 'skiplist') for (const _ of members) sum.bytes += skipListNode(levels);
  } else if (value.kind === 'hash') {
    const items = [...value.fields].flat();
    addMembers(sum, items, encoding, items);
    sum.elements = value.fields.size;
    if (encoding === 'hashtable')
      sum.bytes += tableBytes(sum.elements) + TABLE_ENTRY * sum.elements;
  } else {
    addMembers(sum, value.members, encoding, value.members);
    sum.elements = value.members.length;
    if (encoding === 'hashtable')
      sum.bytes += tableBytes(sum.elements) + TABLE_ENTRY * sum.elements;
  }
  if (encoding === 'skiplist')
    sum.bytes += 2 * POINTER + tableBytes(sum.elements) + 2 * POINTER + 16;
  const { bytes, largest } = sum;
  return {
    ...{ database, type, key, encoding, expireAt },
    ...{ bytes: Math.trunc(bytes), elements: sum.elements, largestElement: largest },
  };
}

/** By the type in the file; what is not here is not packed. */
const packings: ReadonlyMap<number, string> = new Map([
  [rdbType.hashZipmap, 'zipmap'],
  [rdbType.hashZiplist, 'ziplist'],
  [rdbType.zsetZiplist, 'ziplist'],
  [rdbType.hashListpack, 'listpack'],
  [rdbType.zsetListpack, 'listpack'],
  [rdbType.setListpack, 'listpack'],
  [rdbType.setIntset, 'intset'],
]);

function keyBytes(key: ByteString, expireAt: Millis | null): number {
  const expiry = expireAt === null ? 0 : TABLE_ENTRY + 8;
  return TABLE_ENTRY + stringBytes(key) + OBJECT + expiry;
}

/** Elements that stand by themselves, or the packing that holds them. */
function addMembers(
  sum: Sum,
  members: readonly ByteString[],
  encoding: string,
  packed: readonly ByteString[],
): void {
  const packing = encoding !== 'hashtable' && encoding !== 'skiplist';
  for (const member of members) {
    sum.largest = Math.max(sum.largest, elementLength(member, packing ? 64 : 32));
    if (!packing) sum.bytes += stringBytes(member);
  }
  if (packing) sum.bytes += packedBytes(encoding, packed);
}

function packedBytes(encoding: string, items: readonly ByteString[]): number {
  switch (encoding) {
    case 'listpack':
      return items.reduce((sum, item) => sum + listpackEntryBytes(item), EMPTY_LISTPACK_BYTES);
    case 'intset':
      return 8 + items.length * Math.max(...items.map(intsetWidth));
    case 'zipmap':
      return items.reduce(
        (sum, { length }, i) => sum + (length < 254 ? 1 : 5) + length + (i % 2),
        2,
      );
    default:
      return ziplistBytes(items);
  }
}

function intsetWidth(item: ByteString): number {
  const n = Number(item);
  if (n >= -0x8000 && n < 0x8000) return 2;
  return n >= -0x8000_0000 && n < 0x8000_0000 ? 4 : 8;
}

const ZIPLIST_HEADER = 11;

function ziplistBytes(items: readonly ByteString[]): number {
  let bytes = ZIPLIST_HEADER;
  let previous = 0;
  for (const item of items) {
    const integer = integerOf(item, 64);
    const body = integer === undefined ? textEntry(item.length) : 1 + ziplistIntegerBytes(integer);
    previous = (previous < 254 ? 1 : 5) + body;
    bytes += previous;
  }
  return bytes;
}

function textEntry(length: number): number {
  return length + (length <= 63 ? 1 : length <= 16383 ? 2 : 5);
}

function ziplistIntegerBytes(n: Integer): number {
  if (n >= 0 && n <= 12) return 0;
  if (n >= -0x80 && n < 0x80) return 1;
  if (n >= -0x8000 && n < 0x8000) return 2;
  if (n >= -0x80_0000 && n < 0x80_0000) return 3;
  return n >= -0x8000_0000 && n < 0x8000_0000 ? 4 : 8;
}

/** A quicklist's node takes 8 KB. */
const NODE_BYTES = 8192;

function addList(sum: Sum, items: Iterable<ByteString>, integerBits: 32 | 64): void {
  let nodes = 1;
  let inNode = 0;
  for (const item of items) {
    const bytes = quicklistEntry(item, integerBits);
    if (inNode + bytes > NODE_BYTES) {
      inNode = 0;
      nodes++;
    }
    inNode += bytes;
    sum.bytes += bytes;
    sum.elements++;
    sum.largest = Math.max(sum.largest, elementLength(item, integerBits));
  }
  const list = 2 * POINTER + 8 + 2 * 4;
  const node = 4 * POINTER + 8 + 2 * 4;
  sum.bytes += list + nodes * (node + ZIPLIST_HEADER);
}

/** As the original reckons, for whom a negative number is a small one. */
function quicklistEntry(item: ByteString, integerBits: 32 | 64): number {
  const integer = integerOf(item, integerBits);
  if (integer === undefined) return (item.length < 254 ? 1 : 5) + textEntry(item.length);
  if (integer < 12) return 2;
  const sizes = [2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32];
  const size = sizes.findIndex((limit) => integer < limit) + 1;
  return 2 + (size === 0 ? 8 : size);
}

function addStream(sum: Sum, stream: StreamValue): void {
  sum.elements = 1;
  sum.bytes += 2 * POINTER + 8 + 16 + POINTER + 2 * 8;
  for (const node of stream.nodes) {
    const bytes = node.bytes + COUNTERS;
    sum.bytes += allocated(bytes);
    sum.largest = Math.max(sum.largest, bytes);
  }
  sum.bytes += radixTree(stream.nodes.length);
  for (const group of stream.groups.values()) {
    const pending = group.pending.entries.size;
    sum.bytes += 2 * POINTER + 16 + radixTree(pending) + pending * (POINTER + 8 + 8);
    for (const [name, consumer] of group.consumers)
      sum.bytes += 2 * POINTER + 8 + stringBytes(name) + radixTree(consumer.pending.entries.size);
  }
}

/** The two numbers at the front of a stream's listpack, small ones. */
const COUNTERS = 4;

function radixTree(entries: number): number {
  const nodes = Math.trunc(entries * 2.5);
  return 16 * entries + nodes * 4 + nodes * 30 * 8;
}

function skipListNode(levels: RandomState): number {
  let level = 1;
  while (level < 32 && nextBelow(levels, 4) === 0) level++;
  return 8 + TABLE_ENTRY + 2 * POINTER + 8 + (POINTER + 8) * level;
}

function tableBytes(size: number): number {
  let power = 1;
  while (power <= size) power *= 2;
  return 4 + 7 * 8 + 4 * POINTER + power * POINTER * 1.5;
}

/** Text that Python's int() takes is thought to stand in the object itself. */
function stringBytes(text: ByteString): number {
  if (text.length < 4300 && /^\s*[+-]?\d+(_\d+)*\s*$/.test(text)) return 0;
  const { length } = text;
  const header = length < 2 ** 5 ? 1 : length < 2 ** 8 ? 3 : length < 2 ** 16 ? 5 : 9;
  return allocated(length + header + 1);
}

function allocated(size: number): number {
  if (size <= 64) return Math.max(8, Math.ceil(size / 8) * 8);
  let power = 64;
  while (power * 2 < size) power *= 2;
  return Math.ceil(size / (power / 4)) * (power / 4);
}

/** What a file keeps as an integer counts as a long. */
function elementLength(text: ByteString, integerBits: 32 | 64): number {
  return integerOf(text, integerBits) === undefined ? text.length : 8;
}

function integerOf(text: ByteString, bits: 32 | 64): Integer | undefined {
  const integer = text.length > 20 ? undefined : parseInt64(text);
  if (integer === undefined || bits === 64) return integer;
  return integer >= -0x8000_0000 && integer < 0x8000_0000 ? integer : undefined;
}
