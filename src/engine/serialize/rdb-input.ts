/**
 * Reading an RDB file or a DUMP payload: every function returns undefined when it cannot, and then `failure` says why.
 * Nothing is ever allocated by a length that the bytes merely claim.
 */
import { byteStringOf, type ByteString } from '../../base/bytes.ts';
import { formatInteger } from '../../base/integers.ts';
import { lzfDecompress } from '../../base/lzf.ts';
import { lengthForm, stringEncoding } from './rdb-format.ts';

export interface RdbInput {
  readonly bytes: Uint8Array;
  /** Where what is read must end. */
  readonly end: number;
  at: number;
  failure: RdbFailure | null;
  /** Packings that were checked to their last byte. */
  sanitized: number;
}

export type RdbFailure =
  /** The bytes end before what they tell of. */
  | { readonly kind: 'short' }
  /** They make no sense; the reason as rdb.c words it. */
  | { readonly kind: 'corrupt'; readonly reason: string }
  /** A collection without elements, which some old versions wrote: a load passes over it. */
  | { readonly kind: 'empty' };

/** Engines of the page hold no longer text than this, so no longer value can be. */
const LONGEST_STRING = 0x2000_0000 - 24;

export function newRdbInput(bytes: Uint8Array, at = 0, end: number = bytes.length): RdbInput {
  return { bytes, at, end, failure: null, sanitized: 0 };
}

export function failShort(input: RdbInput): undefined {
  input.failure ??= { kind: 'short' };
  return undefined;
}

export function failCorrupt(input: RdbInput, reason: string): undefined {
  input.failure ??= { kind: 'corrupt', reason };
  return undefined;
}

export function readByte(input: RdbInput): number | undefined {
  return input.at < input.end ? input.bytes[input.at++]! : failShort(input);
}

/** A view of the next `length` bytes: they are not copied. */
export function readBytes(input: RdbInput, length: number): Uint8Array | undefined {
  if (!(length <= input.end - input.at)) return failShort(input);
  input.at += length;
  return input.bytes.subarray(input.at - length, input.at);
}

/** An unsigned number of up to four bytes, the least significant first. */
export function readLittleEndian(input: RdbInput, width: number): number | undefined {
  const bytes = readBytes(input, width);
  return bytes === undefined ? undefined : littleEndian(bytes, 0, width);
}

export function littleEndian(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

/** Of up to four bytes, the highest bit of the last being the sign. */
export function signedLittleEndian(bytes: Uint8Array, at: number, width: number): number {
  const spare = 32 - 8 * width;
  return (littleEndian(bytes, at, width) << spare) >> spare;
}

/** A signed integer of 64 bits, the least significant byte first. */
export function readInt64(input: RdbInput): bigint | undefined {
  const bytes = readBytes(input, 8);
  return bytes === undefined ? undefined : viewOf(bytes).getBigInt64(0, true);
}

export function readDouble(input: RdbInput): number | undefined {
  const bytes = readBytes(input, 8);
  return bytes === undefined ? undefined : viewOf(bytes).getFloat64(0, true);
}

/** A plain length. Above 2^53 it is not exact, which no true length is. */
export function readLength(input: RdbInput): number | undefined {
  const length = readLength64(input);
  return length === undefined ? undefined : Number(length);
}

/** A number that is written as a length but may need all 64 bits. */
export function readLength64(input: RdbInput): number | bigint | undefined {
  const form = readForm(input);
  if (form === undefined) return undefined;
  if (form.encoding === undefined) return form.length;
  // rdbLoadLen gives the encoding itself to callers that expect no string, who then fail by what it claims.
  return form.encoding;
}

interface Form {
  readonly length: number | bigint;
  /** Set when no length stands there but a string in some other form. */
  readonly encoding: number | undefined;
}

function readForm(input: RdbInput): Form | undefined {
  const first = readByte(input);
  if (first === undefined) return undefined;
  const form = first >> 6;
  if (form === lengthForm.bits6) return { length: first, encoding: undefined };
  if (form === lengthForm.bits14) {
    const second = readByte(input);
    if (second === undefined) return undefined;
    return { length: ((first & 0x3f) << 8) | second, encoding: undefined };
  }
  if (form === lengthForm.encoded) return { length: 0, encoding: first & 0x3f };
  if (first === lengthForm.bits32) {
    const bytes = readBytes(input, 4);
    if (bytes === undefined) return undefined;
    return { length: viewOf(bytes).getUint32(0), encoding: undefined };
  }
  if (first === lengthForm.bits64) {
    const bytes = readBytes(input, 8);
    if (bytes === undefined) return undefined;
    return { length: viewOf(bytes).getBigUint64(0), encoding: undefined };
  }
  return failCorrupt(input, `Unknown length encoding ${form} in rdbLoadLen()`);
}

export function readText(input: RdbInput): ByteString | undefined {
  const found = readBlob(input);
  return found === undefined || typeof found === 'string' ? found : byteStringOf(found);
}

/** A string as it stands there: bytes, or the digits of an integer. */
export function readBlob(input: RdbInput): Uint8Array | ByteString | undefined {
  const form = readForm(input);
  if (form === undefined) return undefined;
  const { length, encoding } = form;
  if (encoding === undefined) {
    if (length > LONGEST_STRING) return failShort(input);
    return readBytes(input, Number(length));
  }
  switch (encoding) {
    case stringEncoding.int8:
      return readDigits(input, 1);
    case stringEncoding.int16:
      return readDigits(input, 2);
    case stringEncoding.int32:
      return readDigits(input, 4);
    case stringEncoding.lzf:
      return readCompressed(input);
    default:
      return failCorrupt(input, `Unknown RDB string encoding type ${encoding}`);
  }
}

function readDigits(input: RdbInput, width: 1 | 2 | 4): ByteString | undefined {
  const bytes = readBytes(input, width);
  return bytes === undefined ? undefined : formatInteger(signedLittleEndian(bytes, 0, width));
}

function readCompressed(input: RdbInput): Uint8Array | undefined {
  const size = readLength(input);
  const length = size === undefined ? undefined : readLength(input);
  if (size === undefined || length === undefined) return undefined;
  const compressed = readBytes(input, size);
  if (compressed === undefined) return undefined;
  const bytes = length > LONGEST_STRING ? undefined : lzfDecompress(compressed, length);
  return bytes ?? failCorrupt(input, 'Invalid LZF compressed string');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
