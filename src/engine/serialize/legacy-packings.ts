/** What came before listpacks, read only: ziplists (until 6.2) and zipmaps (until 2.4). */
import { byteStringOf, type ByteString } from '../../base/bytes.ts';
import { formatInteger, narrowed } from '../../base/integers.ts';
import { littleEndian, signedLittleEndian } from './rdb-input.ts';

const END = 0xff;
const ZIPLIST_HEADER = 10;
const MOST_COUNTED = 0xffff;
/** In front of a length that does not fit a byte, in both forms. */
const LONG = 0xfe;

/**
 * All entries of a ziplist; undefined when it is not one, whole and to the last byte (ziplistValidateIntegrity).
 * Total bytes (u32), offset of the last entry (u32), number of entries (u16), entries, an end mark. An entry is the
 * length of the one before, an encoding, and data.
 */
export function readZiplist(bytes: Uint8Array): ByteString[] | undefined {
  const size = bytes.length;
  if (size < ZIPLIST_HEADER + 1 || littleEndian(bytes, 0, 4) !== size) return undefined;
  if (bytes[size - 1] !== END) return undefined;
  const items: ByteString[] = [];
  let at = ZIPLIST_HEADER;
  let before = 0;
  let last = ZIPLIST_HEADER;
  while (at < size - 1) {
    const entry = readZiplistEntry(bytes, at, size - 1);
    if (entry === undefined || entry.before !== before) return undefined;
    items.push(entry.text);
    before = entry.end - at;
    last = at;
    at = entry.end;
  }
  const count = littleEndian(bytes, 8, 2);
  if (count !== MOST_COUNTED && count !== items.length) return undefined;
  return littleEndian(bytes, 4, 4) === last ? items : undefined;
}

interface ZiplistEntry {
  readonly before: number;
  readonly text: ByteString;
  readonly end: number;
}

function readZiplistEntry(
  bytes: Uint8Array,
  start: number,
  stop: number,
): ZiplistEntry | undefined {
  let at = start;
  let before = bytes[at++]!;
  if (before === LONG) {
    if (at + 4 > stop) return undefined;
    before = littleEndian(bytes, at, 4);
    at += 4;
  }
  if (at >= stop) return undefined;
  const head = bytes[at]!;
  if (head < 0xc0) {
    const text = ziplistText(bytes, at, head, stop);
    if (text === undefined || text.end > stop) return undefined;
    return { before, text: byteStringOf(bytes, text.start, text.end), end: text.end };
  }
  if (head >= 0xf1 && head <= 0xfd)
    return { before, text: formatInteger(head - 0xf1), end: at + 1 };
  const width = ziplistIntegerWidths.get(head);
  if (width === undefined || at + 1 + width > stop) return undefined;
  return { before, text: signedText(bytes, at + 1, width), end: at + 1 + width };
}

const ziplistIntegerWidths: ReadonlyMap<number, number> = new Map([
  [0xc0, 2],
  [0xd0, 4],
  [0xe0, 8],
  [0xf0, 3],
  [0xfe, 1],
]);

/** Lengths of 6, 14 or 32 bits, the most significant byte first. */
function ziplistText(
  bytes: Uint8Array,
  at: number,
  head: number,
  stop: number,
): { start: number; end: number } | undefined {
  if (head < 0x40) return { start: at + 1, end: at + 1 + head };
  if (head < 0x80) {
    if (at + 2 > stop) return undefined;
    const length = ((head & 0x3f) << 8) | bytes[at + 1]!;
    return { start: at + 2, end: at + 2 + length };
  }
  if (head !== 0x80 || at + 5 > stop) return undefined;
  const length =
    bytes[at + 1]! * 0x100_0000 + ((bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!);
  return { start: at + 5, end: at + 5 + length };
}

function signedText(bytes: Uint8Array, at: number, width: number): ByteString {
  if (width === 8) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
    return formatInteger(narrowed(view.getBigInt64(0, true)));
  }
  return formatInteger(signedLittleEndian(bytes, at, width));
}

/**
 * Fields and values of a zipmap, in turn; undefined when it is not one (zipmapValidateIntegrity). A count (u8, 254 or
 * more: not known), then per pair: length and field, length, spare bytes, value and spare; an end mark.
 */
export function readZipmap(bytes: Uint8Array): ByteString[] | undefined {
  const size = bytes.length;
  if (size < 2 || bytes[size - 1] !== END) return undefined;
  const items: ByteString[] = [];
  let at = 1;
  while (bytes[at] !== END) {
    const field = zipmapLength(bytes, at);
    if (field === undefined || field.end + field.length > size) return undefined;
    const value = zipmapLength(bytes, field.end + field.length);
    if (value === undefined || value.end >= size) return undefined;
    const start = value.end + 1;
    const end = start + value.length;
    items.push(byteStringOf(bytes, field.end, field.end + field.length));
    items.push(byteStringOf(bytes, start, end));
    at = end + bytes[value.end]!;
    if (at >= size) return undefined;
  }
  if (at !== size - 1) return undefined;
  const count = bytes[0]!;
  return count >= LONG || count * 2 === items.length ? items : undefined;
}

function zipmapLength(bytes: Uint8Array, at: number): { length: number; end: number } | undefined {
  const head = bytes[at];
  if (head === undefined || head === END) return undefined;
  if (head < LONG) return { length: head, end: at + 1 };
  return at + 5 > bytes.length
    ? undefined
    : { length: littleEndian(bytes, at + 1, 4), end: at + 5 };
}
