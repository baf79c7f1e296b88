/** Strings: an integer, a text, or bytes that are changed in place (see RawString). object.c, t_string.c. */
import {
  byteStringOf,
  concatBytes,
  EMPTY,
  sliceBytes,
  writeBytes,
  type ByteString,
} from '../../base/bytes.ts';
import {
  ensureCapacity,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../../base/growable-bytes.ts';
import { formatInteger, parseInt64 } from '../../base/integers.ts';
import type { RawString, StringValue, Value } from './value.ts';

/** The value that SET stores: an integer if the text is the canonical form of one (tryObjectEncoding). */
export function stringOf(text: ByteString): StringValue {
  // The longest integer has 20 chars; most other texts are refused by their first.
  if (text.length > 20 || text.length === 0) return text;
  const first = text.charCodeAt(0);
  if (first !== MINUS && (first < ZERO || first > NINE)) return text;
  return parseInt64(text) ?? text;
}

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Up to this length a string that is changed in place stays text: measured, an array pays above. */
const LONGEST_TEXT = 256;

export function isString(value: Value): value is StringValue {
  return typeof value !== 'object' || value.kind === 'raw';
}

export function stringText(value: StringValue): ByteString {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return formatInteger(value);
  const { content } = value;
  return typeof content === 'string' ? content : byteStringOf(content.bytes, 0, content.length);
}

export function stringLength(value: StringValue): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' ? value.content.length : formatInteger(value).length;
}

/** Bytes `start` up to, not including, `end`; both are within the string. */
export function stringSlice(value: StringValue, start: number, end: number): ByteString {
  if (typeof value === 'object' && typeof value.content !== 'string') {
    return byteStringOf(value.content.bytes, start, end);
  }
  return sliceBytes(stringText(value), start, end);
}

/** Longest string that is kept in one allocation with its object. */
const LONGEST_EMBEDDED = 44;

export function stringEncoding(value: StringValue): 'int' | 'embstr' | 'raw' {
  if (typeof value === 'string') return value.length <= LONGEST_EMBEDDED ? 'embstr' : 'raw';
  return typeof value === 'object' ? 'raw' : 'int';
}

export function newRawString(content: ByteString = EMPTY): RawString {
  return { kind: 'raw', content };
}

/** The same string, ready to be changed in place. */
export function asRawString(value: StringValue): RawString {
  return typeof value === 'object' ? value : newRawString(stringText(value));
}

/** Returns the new length. */
export function appendText(raw: RawString, text: ByteString): number {
  const { content } = raw;
  if (typeof content === 'string' && content.length + text.length <= LONGEST_TEXT) {
    raw.content = concatBytes(content, text);
    return raw.content.length;
  }
  const bytes = growable(raw, text.length);
  bytes.length = writeBytes(text, bytes.bytes, bytes.length);
  return bytes.length;
}

/** Overwrites from `offset` on; what lies between the old end and `offset` is zeros. Returns the new length. */
export function overwriteText(raw: RawString, offset: number, text: ByteString): number {
  const end = offset + text.length;
  const { content } = raw;
  if (typeof content === 'string' && Math.max(content.length, end) <= LONGEST_TEXT) {
    const gap = byteStringOf(new Uint8Array(Math.max(0, offset - content.length)));
    raw.content = concatBytes(sliceBytes(content, 0, offset), gap, text, sliceBytes(content, end));
    return raw.content.length;
  }
  const bytes = growableTo(raw, end);
  writeBytes(text, bytes.bytes, offset);
  return bytes.length;
}

/** The string as bytes to be changed in place, at least `length` of them: new ones are zero. */
export function growableTo(raw: RawString, length: number): GrowableBytes {
  const known = raw.content.length;
  const bytes = growable(raw, Math.max(0, length - known));
  if (length > known) {
    // A longer string that was cut may have left bytes in the spare room.
    bytes.bytes.fill(0, known, length);
    bytes.length = length;
  }
  return bytes;
}

export function copyRawString({ content }: RawString): RawString {
  if (typeof content === 'string') return newRawString(content);
  return { kind: 'raw', content: { bytes: takenBytes(content), length: content.length } };
}

function growable(raw: RawString, extra: number): GrowableBytes {
  const { content } = raw;
  if (typeof content !== 'string') {
    ensureCapacity(content, extra);
    return content;
  }
  const bytes = newGrowableBytes(content.length + extra);
  bytes.length = writeBytes(content, bytes.bytes, 0);
  raw.content = bytes;
  return bytes;
}
