import type { ByteString } from './bytes.ts';
import { isDigitCode, isSpaceCode } from './characters.ts';

/** A 64-bit integer: a number while it is safe (within ±(2^53-1)), a bigint beyond. */
export type Integer = number | bigint;

export const INT64_MIN = -0x8000_0000_0000_0000n;
export const INT64_MAX = 0x7fff_ffff_ffff_ffffn;
export const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * The integer that `s` is the canonical text of (util.c:string2ll): no blank, plus sign, leading zero or
 * `-0`, and within 64 bits signed. Undefined otherwise.
 */
export function parseInt64(s: ByteString): Integer | undefined {
  const length = s.length;
  if (length === 0 || length > 20) return undefined;
  const negative = s.charCodeAt(0) === 0x2d;
  const first = negative ? 1 : 0;
  const lead = s.charCodeAt(first);
  if (lead === 0x30) return length === 1 ? 0 : undefined;
  if (!(lead >= 0x31 && lead <= 0x39)) return undefined;

  let magnitude = lead - 0x30;
  for (let i = first + 1; i < length; i++) {
    const code = s.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return undefined;
    magnitude = magnitude * 10 + (code - 0x30);
  }
  if (magnitude <= Number.MAX_SAFE_INTEGER) return negative ? -magnitude : magnitude;
  return checkedInt64(BigInt(s));
}

/**
 * The unsigned integer that `s` spells (util.c:string2ull), as parts of stream ids: what strtoull takes in
 * full, so leading zeros, blanks and a sign are fine (`-01` is 2^64-1), but a canonical negative is not.
 */
export function parseUint64(s: ByteString): Integer | undefined {
  const canonical = parseInt64(s);
  if (canonical !== undefined) return canonical < 0 ? undefined : canonical;

  let at = 0;
  while (at < s.length && isSpaceCode(s.charCodeAt(at))) at++;
  const sign = s.charAt(at);
  if (sign === '-' || sign === '+') at++;
  if (at === s.length) return undefined;
  for (let i = at; i < s.length; i++) {
    if (!isDigitCode(s.charCodeAt(i))) return undefined;
  }
  while (s.charAt(at) === '0') at++;
  if (s.length - at > 20) return undefined;
  const magnitude = BigInt(s.slice(at));
  if (magnitude > UINT64_MAX) return undefined;
  return narrowed(sign === '-' ? BigInt.asUintN(64, -magnitude) : magnitude);
}

/** The sum, or undefined when it leaves the 64-bit signed range. */
export function addInt64(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checkedInt64(BigInt(a) + BigInt(b));
}

/** The difference, or undefined when it leaves the 64-bit signed range. */
export function subtractInt64(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checkedInt64(BigInt(a) - BigInt(b));
}

/** The product, or undefined when it leaves the 64-bit signed range. */
export function multiplyInt64(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return checkedInt64(BigInt(a) * BigInt(b));
}

/** `n` itself, narrowed, if it is within the 64-bit signed range; otherwise undefined. */
export function checkedInt64(n: bigint): Integer | undefined {
  return n < INT64_MIN || n > INT64_MAX ? undefined : narrowed(n);
}

/** The one representation of an integer: a number if it is safe. */
export function narrowed(n: bigint): Integer {
  return n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(n)
    : n;
}

/** Decimal digits, never an exponent (a number is safe, so String gives none). */
export function formatInteger(n: Integer): ByteString {
  return (n === 0 ? '0' : String(n)) as ByteString;
}
