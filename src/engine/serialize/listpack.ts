/**
 * Listpacks: many short strings in one array (listpack.c). Total bytes (u32), number of entries (u16, 65535 when there
 * are more), entries, an end mark. An entry is its encoding, its data and its length again, for walking backwards.
 */
import { byteStringOf, type ByteString } from '../../base/bytes.ts';
import {
  appendByte,
  appendString,
  ensureCapacity,
  newGrowableBytes,
  type GrowableBytes,
} from '../../base/growable-bytes.ts';
import { formatInteger, narrowed, parseInt64, type Integer } from '../../base/integers.ts';
import { appendLittleEndian } from './rdb-output.ts';
import { littleEndian, signedLittleEndian } from './rdb-input.ts';

const HEADER = 6;
const END = 0xff;
const MOST_COUNTED = 0xffff;
/** The longest text of a 64-bit integer. */
const LONGEST_INTEGER = 20;

/** The listpack of these items; texts of integers become integers, as lpAppend makes them. */
export function encodeListpack(items: Iterable<ByteString>): Uint8Array {
  const sink = newGrowableBytes(64);
  sink.length = HEADER;
  let count = 0;
  for (const item of items) {
    appendEntry(sink, item);
    count++;
  }
  appendByte(sink, END);
  const bytes = sink.bytes.slice(0, sink.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, Math.min(count, MOST_COUNTED), true);
  return bytes;
}

function appendEntry(sink: GrowableBytes, item: ByteString): void {
  const start = sink.length;
  const integer = item.length <= LONGEST_INTEGER ? parseInt64(item) : undefined;
  if (integer === undefined) appendTextEntry(sink, item);
  else appendIntegerEntry(sink, integer);
  appendBackLength(sink, sink.length - start);
}

function appendTextEntry(sink: GrowableBytes, item: ByteString): void {
  const { length } = item;
  if (length < 1 << 6) {
    appendByte(sink, 0x80 | length);
  } else if (length < 1 << 12) {
    appendByte(sink, 0xe0 | (length >> 8));
    appendByte(sink, length & 0xff);
  } else {
    appendByte(sink, 0xf0);
    appendLittleEndian(sink, length, 4);
  }
  appendString(sink, item);
}

function appendIntegerEntry(sink: GrowableBytes, value: Integer): void {
  if (typeof value === 'bigint' || value < -0x8000_0000 || value > 0x7fff_ffff) {
    appendByte(sink, 0xf4);
    ensureCapacity(sink, 8);
    new DataView(sink.bytes.buffer).setBigInt64(sink.length, BigInt(value), true);
    sink.length += 8;
  } else if (value >= 0 && value <= 127) {
    appendByte(sink, value);
  } else if (value >= -4096 && value <= 4095) {
    appendByte(sink, 0xc0 | ((value >> 8) & 0x1f));
    appendByte(sink, value & 0xff);
  } else {
    const width =
      value >= -0x8000 && value < 0x8000 ? 2 : value >= -0x80_0000 && value < 0x80_0000 ? 3 : 4;
    appendByte(sink, 0xf1 + width - 2);
    appendLittleEndian(sink, value, width);
  }
}

/** Seven bits a byte, the most significant first; all but the first byte have the upper bit set. */
function appendBackLength(sink: GrowableBytes, length: number): void {
  for (let i = backLengthWidth(length) - 1, first = true; i >= 0; i--, first = false)
    appendByte(sink, ((length >>> (7 * i)) & 127) | (first ? 0 : 128));
}

/** listpack.c:lpEncodeBacklen; its bounds are one less than seven bits would allow. */
function backLengthWidth(length: number): number {
  if (length <= 127) return 1;
  if (length < 16383) return 2;
  if (length < 2097151) return 3;
  return length < 268435455 ? 4 : 5;
}

/** All entries as texts; undefined when the bytes are not a listpack, whole and to the last byte (lpValidateIntegrity). */
export function readListpack(bytes: Uint8Array): ByteString[] | undefined {
  const size = bytes.length;
  if (size < HEADER + 1 || littleEndian(bytes, 0, 4) !== size || bytes[size - 1] !== END)
    return undefined;
  const items: ByteString[] = [];
  let at = HEADER;
  while (at < size - 1) {
    const entry = readEntry(bytes, at, size - 1);
    if (entry === undefined) return undefined;
    items.push(entry.text);
    at = entry.end;
  }
  const count = littleEndian(bytes, 4, 2);
  return count === MOST_COUNTED || count === items.length ? items : undefined;
}

/** The entry at `at`, whose back length must end at or before `stop` and be true. */
function readEntry(
  bytes: Uint8Array,
  at: number,
  stop: number,
): { readonly text: ByteString; readonly end: number } | undefined {
  const head = bytes[at]!;
  const { header, length } = entrySize(bytes, at);
  const dataEnd = at + header + length;
  const width = backLengthWidth(header + length);
  const end = dataEnd + width;
  if (!(end <= stop)) return undefined;
  for (let i = 0; i < width; i++) {
    const expected = (((header + length) >>> (7 * (width - 1 - i))) & 127) | (i === 0 ? 0 : 128);
    if (bytes[dataEnd + i] !== expected) return undefined;
  }
  if (isTextHead(head)) return { text: byteStringOf(bytes, at + header, dataEnd), end };
  const value = readInteger(bytes, at);
  return value === undefined ? undefined : { text: formatInteger(value), end };
}

function isTextHead(head: number): boolean {
  return head >> 6 === 2 || head >> 4 === 0xe || head === 0xf0;
}

/** Bytes of the encoding with a text's length, and of the data behind it. NaN where they are cut off. */
function entrySize(bytes: Uint8Array, at: number): { header: number; length: number } {
  const head = bytes[at]!;
  if (head < 0x80) return { header: 1, length: 0 };
  if (head < 0xc0) return { header: 1, length: head & 0x3f };
  if (head < 0xe0) return { header: 2, length: 0 };
  if (head < 0xf0) return { header: 2, length: ((head & 0x0f) << 8) | (bytes[at + 1] ?? NaN) };
  if (head === 0xf0)
    return { header: 5, length: at + 5 > bytes.length ? NaN : littleEndian(bytes, at + 1, 4) };
  const width = [2, 3, 4, 8][head - 0xf1];
  return { header: 1, length: width ?? NaN };
}

function readInteger(bytes: Uint8Array, at: number): Integer | undefined {
  const head = bytes[at]!;
  if (head < 0x80) return head;
  if (head < 0xe0) {
    const value = ((head & 0x1f) << 8) | bytes[at + 1]!;
    return value >= 4096 ? value - 8192 : value;
  }
  if (head === 0xf4)
    return narrowed(new DataView(bytes.buffer, bytes.byteOffset + at + 1, 8).getBigInt64(0, true));
  return signedLittleEndian(bytes, at + 1, head - 0xf1 + 2);
}
