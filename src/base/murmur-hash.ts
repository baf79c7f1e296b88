import type { ByteString } from './bytes.ts';

/** A 64-bit hash as two unsigned 32-bit words. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

/** MurmurHash2 by Austin Appleby (public domain), the 64-bit variant for 64-bit machines, little-endian. */
export function murmurHash64A(data: ByteString, seed: number): Hash64 {
  const { length } = data;
  multiply(0, length);
  let h1 = high;
  let h0 = (seed ^ low) >>> 0;
  const whole = length - (length & 7);
  for (let i = 0; i < whole; i += 8) {
    multiply(word(data, i + 4, 4), word(data, i, 4));
    multiply(high, low ^ (high >>> SHIFT));
    multiply(h1 ^ high, h0 ^ low);
    h1 = high;
    h0 = low;
  }
  const rest = length - whole;
  if (rest > 0) {
    multiply(h1 ^ word(data, whole + 4, rest - 4), h0 ^ word(data, whole, Math.min(rest, 4)));
    h1 = high;
    h0 = low;
  }
  multiply(h1, h0 ^ (h1 >>> SHIFT));
  return { high, low: (low ^ (high >>> SHIFT)) >>> 0 };
}

/** A shift of 47 takes from the high word alone. */
const SHIFT = 47 - 32;
const FACTOR_HIGH = 0xc6a4a793;
const FACTOR_LOW = 0x5bd1e995;

/** The product of the last multiplication. */
let high = 0;
let low = 0;

/** The low 64 bits of a product with the algorithm's factor. */
function multiply(aHigh: number, aLow: number): void {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = FACTOR_LOW & 0xffff;
  const b1 = FACTOR_LOW >>> 16;
  const p00 = a0 * b0;
  const p01 = a0 * b1;
  const p10 = a1 * b0;
  const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
  const carried = a1 * b1 + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16);
  low = ((middle << 16) | (p00 & 0xffff)) >>> 0;
  high = ((carried | 0) + Math.imul(aHigh, FACTOR_LOW) + Math.imul(aLow, FACTOR_HIGH)) >>> 0;
}

/** Up to four bytes from `at` on as a little-endian number; none if `count` is not positive. */
function word(data: ByteString, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= data.charCodeAt(at + i) << (8 * i);
  return value;
}
