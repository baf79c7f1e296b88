/**
 * Values as an RDB file has them (rdb.c: rdbSaveObjectType, rdbSaveObject).
 */
import { unreachable } from '../../base/assert.ts';
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatDoubleShortest } from '../../base/doubles.ts';
import { newGrowableBytes, type GrowableBytes } from '../../base/growable-bytes.ts';
import { formatInteger, narrowed } from '../../base/integers.ts';
import { elements, type ListLimits, type ListValue } from '../data/list.ts';
import { nodeRoom } from '../data/list-node.ts';
import type { SetValue } from '../data/set.ts';
import {
  membersByRank,
  membersByRankDown,
  sortedSetSize,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import type { StringValue, Value } from '../data/value.ts';
import type { EngineConfig } from '../server-port.ts';
import { encodeIntset } from './intset.ts';
import { encodeListpack } from './listpack.ts';
import { quicklistContainer, rdbType } from './rdb-format.ts';
import {
  appendBlob,
  appendDouble,
  appendInteger,
  appendLength,
  appendText,
  type Compression,
} from './rdb-output.ts';
import { appendStream } from './save-stream.ts';

export interface SaveOptions extends ListLimits {
  readonly compression: Compression;
}

export function saveOptionsOf(config: EngineConfig): SaveOptions {
  const { rdbCompression, listMaxListpackSize } = config;
  return { compression: rdbCompression ? 'compressed' : 'plain', listMaxListpackSize };
}

/** Bytes of the value in a file, its type and key aside (rdb.c:rdbSavedObjectLen). */
export function serializedLength(value: Value, options: SaveOptions): number {
  const sink = newGrowableBytes();
  appendValue(sink, value, options);
  return sink.length;
}

/** The type byte that stands in front of the key. */
export function typeOfValue(value: Value): number {
  if (typeof value !== 'object') return rdbType.string;
  switch (value.kind) {
    case 'raw':
      return rdbType.string;
    case 'list':
      return rdbType.listQuicklist2;
    case 'set':
      return typeOfSet(value);
    case 'hash':
      return value.encoding === 'listpack' ? rdbType.hashListpack : rdbType.hash;
    case 'zset':
      return value.order.encoding === 'listpack' ? rdbType.zsetListpack : rdbType.zset2;
    case 'stream':
      return rdbType.streamListpacks3;
    default:
      return unreachable(value);
  }
}

function typeOfSet({ encoding }: SetValue): number {
  switch (encoding) {
    case 'intset':
      return rdbType.setIntset;
    case 'listpack':
      return rdbType.setListpack;
    case 'hashtable':
      return rdbType.set;
    default:
      return unreachable(encoding);
  }
}

/** The value behind its key. */
export function appendValue(sink: GrowableBytes, value: Value, options: SaveOptions): void {
  const { compression } = options;
  if (typeof value !== 'object' || value.kind === 'raw')
    return appendString(sink, value, compression);
  switch (value.kind) {
    case 'list':
      return appendList(sink, value, options);
    case 'set':
      return appendSet(sink, value, compression);
    case 'hash':
      if (value.encoding === 'listpack')
        return appendBlob(sink, encodeListpack(flattened(value.fields)), compression);
      appendLength(sink, value.fields.size);
      for (const word of flattened(value.fields)) appendText(sink, word, compression);
      return;
    case 'zset':
      return appendSortedSet(sink, value, compression);
    case 'stream':
      return appendStream(sink, value, compression);
    default:
      return unreachable(value);
  }
}

function appendString(sink: GrowableBytes, value: StringValue, compression: Compression): void {
  if (typeof value === 'number' || typeof value === 'bigint') return appendInteger(sink, value);
  const content = typeof value === 'string' ? value : value.content;
  if (typeof content === 'string') return appendText(sink, content, compression);
  appendBlob(sink, content.bytes.subarray(0, content.length), compression);
}

/**
 * How a quicklist came to be decides where its nodes end, and that is not remembered: they are written as elements
 * pushed one by one to the tail would have filled them.
 */
function appendList(sink: GrowableBytes, list: ListValue, options: SaveOptions): void {
  const nodes = list.encoding === 'listpack' ? [[...elements(list)]] : nodesOf(list, options);
  appendLength(sink, nodes.length);
  for (const node of nodes) {
    appendLength(sink, quicklistContainer.packed);
    appendBlob(sink, encodeListpack(node), options.compression);
  }
}

function nodesOf(list: ListValue, limits: ListLimits): ByteString[][] {
  const nodes: ByteString[][] = [];
  let room = nodeRoom(limits);
  for (const element of elements(list)) {
    if (nodes.length === 0 || !room.takes(element)) {
      nodes.push([]);
      room = nodeRoom(limits);
    }
    room.add(element);
    nodes[nodes.length - 1]!.push(element);
  }
  return nodes;
}

function appendSet(sink: GrowableBytes, set: SetValue, compression: Compression): void {
  switch (set.encoding) {
    case 'intset':
      return appendBlob(sink, encodeIntset(set.members), compression);
    case 'listpack':
      return appendBlob(sink, encodeListpack(set.members), compression);
    case 'hashtable':
      appendLength(sink, set.members.length);
      for (const member of set.members) appendText(sink, member, compression);
      return;
    default:
      return unreachable(set.encoding);
  }
}

/** A skip list from the highest score down, so that a load inserts each at the front. */
function appendSortedSet(
  sink: GrowableBytes,
  zset: SortedSetValue,
  compression: Compression,
): void {
  if (zset.order.encoding === 'listpack')
    return appendBlob(sink, encodeListpack(membersAndScores(zset)), compression);
  appendLength(sink, sortedSetSize(zset));
  for (const { member, score } of membersByRankDown(zset)) {
    appendText(sink, member, compression);
    appendDouble(sink, score);
  }
}

function* membersAndScores(zset: SortedSetValue): Generator<ByteString> {
  for (const { member, score } of membersByRank(zset)) {
    yield member;
    yield scoreText(score);
  }
}

/** Up to here whole scores are kept as integers (util.c:double2ll). */
const LARGEST_WHOLE = 0x4000_0000_0000_0000;

function scoreText(score: number): ByteString {
  if (score === Infinity) return ascii('inf');
  if (score === -Infinity) return ascii('-inf');
  if (Number.isInteger(score) && Math.abs(score) < LARGEST_WHOLE)
    return formatInteger(narrowed(BigInt(score)));
  return formatDoubleShortest(score);
}

function* flattened(fields: ReadonlyMap<ByteString, ByteString>): Generator<ByteString> {
  for (const [field, value] of fields) {
    yield field;
    yield value;
  }
}
