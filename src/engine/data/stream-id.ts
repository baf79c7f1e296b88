/**
 * The id of an entry: milliseconds and a sequence number, each of 64 bits without sign. It is kept as its 16 bytes,
 * big end first (as the keys of the radix tree of t_stream.c), so that ids compare with `<` and are Map keys.
 */
import { ascii, concatBytes, sliceBytes, type ByteString } from '../../base/bytes.ts';
import {
  formatInteger,
  narrowed,
  parseUint64,
  UINT64_MAX,
  type Integer,
} from '../../base/integers.ts';

export type StreamId = ByteString;

const HALF = 0x1_0000_0000;
const ID_BYTES = 16;
/** t_stream.c:streamGenericParseIDOrReply: no id is longer than its buffer. */
const LONGEST_TEXT = 127;

export const SMALLEST_ID: StreamId = streamId(0, 0);
export const GREATEST_ID: StreamId = streamId(UINT64_MAX, UINT64_MAX);

export function streamId(ms: Integer, sequence: Integer): StreamId {
  return concatBytes(bytesOf64(ms), bytesOf64(sequence));
}

export function idMillis(id: StreamId): Integer {
  return integerOf(id, 0);
}

export function idSequence(id: StreamId): Integer {
  return integerOf(id, ID_BYTES / 2);
}

/** `1526919030474-55` */
export function formatId(id: StreamId): ByteString {
  return concatBytes(formatInteger(idMillis(id)), ascii('-'), formatInteger(idSequence(id)));
}

/** The id after this one; undefined after the greatest. */
export function nextId(id: StreamId): StreamId | undefined {
  const sequence = idSequence(id);
  if (sequence !== UINT64_MAX)
    return concatBytes(sliceBytes(id, 0, ID_BYTES / 2), bytesOf64(plus(sequence, 1)));
  const ms = idMillis(id);
  return ms === UINT64_MAX ? undefined : streamId(plus(ms, 1), 0);
}

export function previousId(id: StreamId): StreamId | undefined {
  const sequence = idSequence(id);
  if (sequence !== 0)
    return concatBytes(sliceBytes(id, 0, ID_BYTES / 2), bytesOf64(plus(sequence, -1)));
  const ms = idMillis(id);
  return ms === 0 ? undefined : streamId(plus(ms, -1), UINT64_MAX);
}

export interface ParsedId {
  readonly ms: Integer;
  /** Undefined if it was not given; `*` if it is to be chosen. */
  readonly sequence: Integer | '*' | undefined;
}

/** `ms` or `ms-sequence` or `ms-*`; undefined if it is none of them. */
export function parseId(text: ByteString): ParsedId | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  // A NUL ends the text, as it ended the buffer.
  const end = text.indexOf('\0');
  const word = end < 0 ? text : sliceBytes(text, 0, end);
  const dash = word.indexOf('-');
  const ms = parseUint64(dash < 0 ? word : sliceBytes(word, 0, dash));
  if (ms === undefined) return undefined;
  if (dash < 0) return { ms, sequence: undefined };
  const rest = sliceBytes(word, dash + 1);
  if (rest === '*') return { ms, sequence: '*' };
  const sequence = parseUint64(rest);
  return sequence === undefined ? undefined : { ms, sequence };
}

function plus(n: Integer, by: 1 | -1): Integer {
  return typeof n === 'number' && n < Number.MAX_SAFE_INTEGER
    ? n + by
    : narrowed(BigInt(n) + BigInt(by));
}

function bytesOf64(n: Integer): ByteString {
  const high = typeof n === 'number' ? Math.floor(n / HALF) : Number(n / BigInt(HALF));
  const low = typeof n === 'number' ? n % HALF : Number(n % BigInt(HALF));
  return ascii(
    String.fromCharCode(
      ...[high >>> 24, (high >>> 16) & 0xff, (high >>> 8) & 0xff, high & 0xff],
      ...[low >>> 24, (low >>> 16) & 0xff, (low >>> 8) & 0xff, low & 0xff],
    ),
  );
}

function integerOf(id: StreamId, at: number): Integer {
  const high = uint32(id, at);
  const low = uint32(id, at + 4);
  // Up to 53 bits fit a number.
  return high < 0x20_0000 ? high * HALF + low : narrowed(BigInt(high) * BigInt(HALF) + BigInt(low));
}

function uint32(id: StreamId, at: number): number {
  const byte = (i: number): number => id.charCodeAt(at + i);
  return byte(0) * 0x100_0000 + ((byte(1) << 16) | (byte(2) << 8) | byte(3));
}
