/**
 * How long a value is in an RDB file, its type byte and key aside: `serializedlength` of DEBUG OBJECT (rdb.c:
 * rdbSavedObjectLen). A list's nodes are taken to be full, since how they came to be is not remembered.
 */
import { unreachable } from '../base/assert.ts';
import { byteStringOf, bytesOf, type ByteString } from '../base/bytes.ts';
import { formatDoubleShortest } from '../base/doubles.ts';
import { formatInteger, parseInt64, type Integer } from '../base/integers.ts';
import {
  appendByte,
  appendBytes,
  appendString,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../base/growable-bytes.ts';
import { lzfCompress } from '../base/lzf.ts';
import { elements } from '../engine/data/list.ts';
import { membersByRank, sortedSetSize } from '../engine/data/sorted-set.ts';
import type { SetValue } from '../engine/data/set.ts';
import type { Value } from '../engine/data/value.ts';

export type Compression = 'compressed' | 'plain';

export function serializedLength(value: Value, compression: Compression): number {
  if (typeof value === 'number' || typeof value === 'bigint') return integerLength(value);
  if (typeof value === 'string') return stringLength(bytesOf(value), compression);
  const text = (word: ByteString): number => stringLength(bytesOf(word), compression);
  switch (value.kind) {
    case 'raw': {
      const { content } = value;
      const bytes =
        typeof content === 'string' ? bytesOf(content) : content.bytes.subarray(0, content.length);
      return stringLength(bytes, compression);
    }
    case 'list':
      return listLength([...elements(value)], compression);
    case 'set':
      return setLength(value, compression);
    case 'hash': {
      if (value.encoding === 'listpack') return packedLength([...value.fields].flat(), compression);
      let length = prefixLength(value.fields.size);
      for (const [field, content] of value.fields) length += text(field) + text(content);
      return length;
    }
    case 'zset': {
      const members = [...membersByRank(value)];
      if (value.order.encoding === 'listpack') {
        const packed = members.flatMap(({ member, score }) => [
          member,
          formatDoubleShortest(score),
        ]);
        return packedLength(packed, compression);
      }
      const scores = members.length * DOUBLE_BYTES;
      return members.reduce(
        (sum, { member }) => sum + text(member),
        prefixLength(sortedSetSize(value)) + scores,
      );
    }
    default:
      return unreachable(value);
  }
}

const DOUBLE_BYTES = 8;
/** Strings up to this length may be integers in disguise; longer than 20 they are worth compressing. */
const LONGEST_INTEGER_TEXT = 11;
const SHORTEST_COMPRESSED = 20;

/** rdb.c:rdbSaveRawString. */
function stringLength(bytes: Uint8Array, compression: Compression): number {
  const { length } = bytes;
  if (length <= LONGEST_INTEGER_TEXT) {
    const integer = parseInt64(byteStringOf(bytes));
    const encoded = integer === undefined ? undefined : integerEncoding(integer);
    if (encoded !== undefined) return encoded;
  }
  if (compression === 'compressed' && length > SHORTEST_COMPRESSED) {
    const compressed = lzfCompress(bytes, length - 4);
    if (compressed !== undefined) {
      return 1 + prefixLength(compressed.length) + prefixLength(length) + compressed.length;
    }
  }
  return prefixLength(length) + length;
}

function integerLength(value: Integer): number {
  const digits = formatInteger(value).length;
  return integerEncoding(value) ?? prefixLength(digits) + digits;
}

/** One byte that says how wide it is, and the integer; undefined beyond 32 bits. */
function integerEncoding(value: Integer): number | undefined {
  if (value >= -0x80 && value <= 0x7f) return 2;
  if (value >= -0x8000 && value <= 0x7fff) return 3;
  return value >= -0x8000_0000 && value <= 0x7fff_ffff ? 5 : undefined;
}

/** rdb.c:rdbSaveLen. */
function prefixLength(length: number): number {
  if (length < 1 << 6) return 1;
  return length < 1 << 14 ? 2 : 5;
}

function setLength(value: SetValue, compression: Compression): number {
  const members = [...value.members];
  switch (value.encoding) {
    case 'intset': {
      const numbers = members.map((member) => parseInt64(member)!);
      return stringLength(intset(numbers), compression);
    }
    case 'listpack':
      return packedLength(members, compression);
    case 'hashtable':
      return members.reduce(
        (sum, member) => sum + stringLength(bytesOf(member), compression),
        prefixLength(members.length),
      );
    default:
      return unreachable(value.encoding);
  }
}

/** A quicklist: the number of nodes, and of each its kind and its listpack. */
function listLength(items: readonly ByteString[], compression: Compression): number {
  let length = 0;
  let nodes = 0;
  let node: ByteString[] = [];
  let room = NODE_BYTES;
  const close = (): void => {
    if (node.length === 0) return;
    nodes++;
    length += 1 + packedLength(node, compression);
    node = [];
    room = NODE_BYTES;
  };
  for (const item of items) {
    if (item.length + PACKED_OVERHEAD > room) close();
    node.push(item);
    room -= item.length + PACKED_OVERHEAD;
  }
  close();
  return prefixLength(nodes) + length;
}

/** list-max-listpack-size -2. */
const NODE_BYTES = 8192;
const PACKED_OVERHEAD = 2;

function packedLength(items: readonly ByteString[], compression: Compression): number {
  return stringLength(listpack(items), compression);
}

function intset(numbers: readonly Integer[]): Uint8Array {
  const sorted = numbers.map(BigInt).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const fits = (bits: number): boolean => sorted.every((n) => BigInt.asIntN(bits, n) === n);
  const width = fits(16) ? 2 : fits(32) ? 4 : 8;
  const sink = newGrowableBytes();
  appendLittleEndian(sink, BigInt(width), 4);
  appendLittleEndian(sink, BigInt(sorted.length), 4);
  for (const number of sorted) appendLittleEndian(sink, number, width);
  return takenBytes(sink);
}

/** listpack.c: total bytes, number of elements, the elements, an end mark. */
function listpack(items: readonly ByteString[]): Uint8Array {
  const body = newGrowableBytes();
  for (const item of items) appendPacked(body, item);
  const sink = newGrowableBytes();
  appendLittleEndian(sink, BigInt(body.length + 7), 4);
  appendLittleEndian(sink, BigInt(Math.min(items.length, 0xffff)), 2);
  appendBytes(sink, takenBytes(body));
  appendByte(sink, 0xff);
  return takenBytes(sink);
}

function appendPacked(sink: GrowableBytes, item: ByteString): void {
  const start = sink.length;
  const integer = parseInt64(item);
  if (integer === undefined) appendPackedString(sink, item);
  else appendPackedInteger(sink, BigInt(integer));
  appendBackLength(sink, sink.length - start);
}

function appendPackedString(sink: GrowableBytes, item: ByteString): void {
  const { length } = item;
  if (length < 1 << 6) {
    appendByte(sink, 0x80 | length);
  } else if (length < 1 << 12) {
    appendByte(sink, 0xe0 | (length >> 8));
    appendByte(sink, length & 0xff);
  } else {
    appendByte(sink, 0xf0);
    appendLittleEndian(sink, BigInt(length), 4);
  }
  appendString(sink, item);
}

function appendPackedInteger(sink: GrowableBytes, value: bigint): void {
  if (value >= 0n && value <= 127n) return appendByte(sink, Number(value));
  if (value >= -4096n && value <= 4095n) {
    const bits = Number(value & 0x1fffn);
    appendByte(sink, 0xc0 | (bits >> 8));
    return appendByte(sink, bits & 0xff);
  }
  for (const [mark, width] of [
    [0xf1, 2],
    [0xf2, 3],
    [0xf3, 4],
    [0xf4, 8],
  ] as const) {
    if (BigInt.asIntN(width * 8, value) !== value) continue;
    appendByte(sink, mark);
    return appendLittleEndian(sink, value, width);
  }
}

/** The length of the element before it, seven bits a byte, so that a listpack is read backwards. */
function appendBackLength(sink: GrowableBytes, length: number): void {
  const parts: number[] = [length & 127];
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) parts.unshift(rest & 127);
  for (const [i, part] of parts.entries()) appendByte(sink, i === 0 ? part : part | 128);
}

function appendLittleEndian(sink: GrowableBytes, value: bigint, width: number): void {
  let rest = BigInt.asUintN(width * 8, value);
  for (let i = 0; i < width; i++) {
    appendByte(sink, Number(rest & 0xffn));
    rest >>= 8n;
  }
}
