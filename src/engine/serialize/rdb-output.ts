/** Lengths, strings and doubles as an RDB file has them (rdb.c: rdbSaveLen, rdbSaveRawString, rdbSaveBinaryDoubleValue). */
import { byteStringOf, bytesOf, type ByteString } from '../../base/bytes.ts';
import {
  appendByte,
  appendBytes,
  appendString,
  type GrowableBytes,
} from '../../base/growable-bytes.ts';
import { formatInteger, parseInt64, type Integer } from '../../base/integers.ts';
import { lzfCompress } from '../../base/lzf.ts';
import { lengthForm, stringEncoding } from './rdb-format.ts';

export type Compression = 'compressed' | 'plain';

/** Longer texts than this are not looked at as integers. */
const LONGEST_INTEGER_TEXT = 11;
/** Up to this length a string is not worth compressing, nor is it when fewer than so many bytes are saved. */
const LONGEST_UNCOMPRESSED = 20;
const LEAST_SAVED = 4;

/** A non-negative length, or another number of up to 64 bits that is written as one. */
export function appendLength(sink: GrowableBytes, length: Integer): void {
  if (typeof length === 'bigint') {
    appendByte(sink, lengthForm.bits64);
    scratch.setBigUint64(0, length);
    for (let i = 0; i < 8; i++) appendByte(sink, scratch.getUint8(i));
  } else if (length < 1 << 6) {
    appendByte(sink, length);
  } else if (length < 1 << 14) {
    appendByte(sink, (lengthForm.bits14 << 6) | (length >> 8));
    appendByte(sink, length & 0xff);
  } else if (length <= 0xffff_ffff) {
    appendByte(sink, lengthForm.bits32);
    appendBigEndian(sink, length, 4);
  } else {
    appendByte(sink, lengthForm.bits64);
    appendBigEndian(sink, Math.floor(length / 0x1_0000_0000), 4);
    appendBigEndian(sink, length % 0x1_0000_0000, 4);
  }
}

/** A string: as an integer if it is the text of one, compressed if that pays, else as it is. */
export function appendText(sink: GrowableBytes, text: ByteString, compression: Compression): void {
  const { length } = text;
  if (length <= LONGEST_INTEGER_TEXT) {
    const integer = parseInt64(text);
    if (integer !== undefined && appendEncodedInteger(sink, integer)) return;
  } else if (compression === 'compressed' && length > LONGEST_UNCOMPRESSED) {
    return appendBlob(sink, bytesOf(text), compression);
  }
  appendLength(sink, length);
  appendString(sink, text);
}

/** A string that stands in an array of bytes: a listpack, or a value that was changed in place. */
export function appendBlob(sink: GrowableBytes, bytes: Uint8Array, compression: Compression): void {
  const { length } = bytes;
  if (length <= LONGEST_INTEGER_TEXT) return appendText(sink, byteStringOf(bytes), compression);
  if (compression === 'compressed' && length > LONGEST_UNCOMPRESSED) {
    const compressed = lzfCompress(bytes, length - LEAST_SAVED);
    if (compressed !== undefined) {
      appendByte(sink, (lengthForm.encoded << 6) | stringEncoding.lzf);
      appendLength(sink, compressed.length);
      appendLength(sink, length);
      return appendBytes(sink, compressed);
    }
  }
  appendLength(sink, length);
  appendBytes(sink, bytes);
}

/** An integer as a string; beyond 32 bits its digits. */
export function appendInteger(sink: GrowableBytes, value: Integer): void {
  if (appendEncodedInteger(sink, value)) return;
  const digits = formatInteger(value);
  appendLength(sink, digits.length);
  appendString(sink, digits);
}

/** False, and nothing appended, beyond 32 bits. */
function appendEncodedInteger(sink: GrowableBytes, value: Integer): boolean {
  if (typeof value === 'bigint' || value < -0x8000_0000 || value > 0x7fff_ffff) return false;
  const [encoding, width] =
    value >= -0x80 && value <= 0x7f
      ? [stringEncoding.int8, 1]
      : value >= -0x8000 && value <= 0x7fff
        ? [stringEncoding.int16, 2]
        : [stringEncoding.int32, 4];
  appendByte(sink, (lengthForm.encoded << 6) | encoding);
  appendLittleEndian(sink, value, width);
  return true;
}

const scratch = new DataView(new ArrayBuffer(8));

/** Eight bytes, the least significant first. */
export function appendDouble(sink: GrowableBytes, value: number): void {
  scratch.setFloat64(0, value, true);
  for (let i = 0; i < 8; i++) appendByte(sink, scratch.getUint8(i));
}

/** A signed 64-bit number of milliseconds, the least significant byte first. */
export function appendMillis(sink: GrowableBytes, millis: Integer): void {
  scratch.setBigInt64(0, BigInt(millis), true);
  for (let i = 0; i < 8; i++) appendByte(sink, scratch.getUint8(i));
}

/** The lower `width` bytes, at most four, of a number in 32-bit range. */
export function appendLittleEndian(sink: GrowableBytes, value: number, width: number): void {
  for (let i = 0; i < width; i++) appendByte(sink, (value >> (8 * i)) & 0xff);
}

function appendBigEndian(sink: GrowableBytes, value: number, width: number): void {
  for (let i = width - 1; i >= 0; i--) appendByte(sink, (value >>> (8 * i)) & 0xff);
}
