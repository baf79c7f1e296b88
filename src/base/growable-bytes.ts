import type { ByteString } from './bytes.ts';

/** Bytes that are appended to: the first `length` of `bytes` count, the rest is spare room. */
export interface GrowableBytes {
  bytes: Uint8Array;
  length: number;
}

const SMALLEST_CAPACITY = 64;

export function newGrowableBytes(capacity: number = SMALLEST_CAPACITY): GrowableBytes {
  return { bytes: new Uint8Array(capacity), length: 0 };
}

/** Makes room for `extra` more bytes. Capacity doubles, so appending costs amortised constant time. */
export function ensureCapacity(sink: GrowableBytes, extra: number): void {
  const needed = sink.length + extra;
  if (needed <= sink.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, sink.bytes.length * 2, SMALLEST_CAPACITY));
  grown.set(sink.bytes.subarray(0, sink.length));
  sink.bytes = grown;
}

export function appendByte(sink: GrowableBytes, byte: number): void {
  if (sink.length === sink.bytes.length) ensureCapacity(sink, 1);
  sink.bytes[sink.length++] = byte;
}

export function appendBytes(sink: GrowableBytes, bytes: Uint8Array): void {
  ensureCapacity(sink, bytes.length);
  sink.bytes.set(bytes, sink.length);
  sink.length += bytes.length;
}

/** Appends a byte string, or a text known to have no char above 255. */
export function appendString(sink: GrowableBytes, text: ByteString | string): void {
  const size = text.length;
  ensureCapacity(sink, size);
  const { bytes, length } = sink;
  for (let i = 0; i < size; i++) bytes[length + i] = text.charCodeAt(i);
  sink.length = length + size;
}

/** Appends the decimal digits of a non-negative safe integer, without making a string of it. */
export function appendDecimal(sink: GrowableBytes, n: number): void {
  if (n > 0x7fff_ffff) {
    appendString(sink, String(n));
    return;
  }
  let digits = 1;
  for (let bound = 10; bound <= n; bound *= 10) digits++;
  ensureCapacity(sink, digits);
  const { bytes } = sink;
  let rest = n | 0;
  for (let at = sink.length + digits - 1; at >= sink.length; at--) {
    const quotient = (rest / 10) | 0;
    bytes[at] = 0x30 + (rest - quotient * 10);
    rest = quotient;
  }
  sink.length += digits;
}

/** A copy of what was appended, of exactly its size. */
export function takenBytes(sink: GrowableBytes): Uint8Array {
  return sink.bytes.slice(0, sink.length);
}
