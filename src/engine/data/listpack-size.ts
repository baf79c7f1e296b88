/** How many bytes a listpack takes (listpack.c), by which Redis decides when a list is too large for one. */
import type { ByteString } from '../../base/bytes.ts';
import { parseInt64, type Integer } from '../../base/integers.ts';

/** Header and end mark. */
export const EMPTY_LISTPACK_BYTES = 7;

export function listpackEntryBytes(text: ByteString): number {
  const integer = text.length <= 20 ? parseInt64(text) : undefined;
  const encoded = integer === undefined ? textBytes(text.length) : integerBytes(integer);
  return encoded + backLengthBytes(encoded);
}

/** An integer with its back length. */
export function listpackIntegerBytes(n: Integer): number {
  const encoded = integerBytes(n);
  return encoded + backLengthBytes(encoded);
}

function integerBytes(n: Integer): number {
  if (typeof n === 'bigint') return 9;
  if (n >= 0 && n <= 127) return 1;
  if (n >= -4096 && n <= 4095) return 2;
  if (n >= -0x8000 && n < 0x8000) return 3;
  if (n >= -0x800000 && n < 0x800000) return 4;
  return n >= -0x80000000 && n < 0x80000000 ? 5 : 9;
}

function textBytes(length: number): number {
  return length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
}

/** The entry's length again, for walking backwards: seven bits a byte. */
function backLengthBytes(encoded: number): number {
  if (encoded <= 127) return 1;
  if (encoded < 16383) return 2;
  if (encoded < 2097151) return 3;
  return encoded < 268435455 ? 4 : 5;
}
