import { assert } from './assert.ts';

/** A binary floating-point format: the precision in bits and the exponents of its range. */
export interface BinaryFormat {
  /** Bits of the significand, the leading one included. */
  readonly precision: number;
  /** The exponent of the significand's last bit in the smallest (subnormal) numbers. */
  readonly leastExponent: number;
  /** The exponent of the significand's last bit in the largest numbers. */
  readonly greatestExponent: number;
}

export const DOUBLE_FORMAT: BinaryFormat = {
  precision: 53,
  leastExponent: -1074,
  greatestExponent: 971,
};
export const EXTENDED_FORMAT: BinaryFormat = {
  precision: 64,
  leastExponent: -16445,
  greatestExponent: 16320,
};

/** significand × 2^exponent, with a significand of at most `precision` bits. */
export interface Rounded {
  readonly significand: bigint;
  readonly exponent: number;
}

/**
 * numerator ÷ denominator × 2^exponent in the format, to the nearest, ties to even. A result of zero from a
 * numerator that is not has underflowed. 'overflow' when it is beyond the largest number.
 */
export function roundToFormat(
  numerator: bigint,
  denominator: bigint,
  exponent: number,
  format: BinaryFormat,
): Rounded | 'overflow' {
  assert(numerator >= 0n && denominator > 0n, 'a magnitude is rounded');
  if (numerator === 0n) return { significand: 0n, exponent: format.leastExponent };

  // The quotient has this many bits or one more, so the unit may be one too small at first.
  const atLeastBits = bitLength(numerator) - bitLength(denominator);
  let unit = Math.max(atLeastBits + exponent - format.precision, format.leastExponent);
  const shift = exponent - unit;
  const scaledNumerator = shift > 0 ? numerator << BigInt(shift) : numerator;
  let scaledDenominator = shift < 0 ? denominator << BigInt(-shift) : denominator;
  if (bitLength(scaledNumerator / scaledDenominator) > format.precision) {
    scaledDenominator *= 2n;
    unit++;
  }
  return inFormat(divideToNearest(scaledNumerator, scaledDenominator), unit, format);
}

/** Rounding up may have carried into one bit more, which is then a zero that can be dropped. */
function inFormat(significand: bigint, unit: number, format: BinaryFormat): Rounded | 'overflow' {
  const carried = bitLength(significand) > format.precision;
  const exponent = carried ? unit + 1 : unit;
  if (exponent > format.greatestExponent) return 'overflow';
  return { significand: carried ? significand >> 1n : significand, exponent };
}

/** How many bits a positive number has; 0 for zero. */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = n.toString(16);
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28);
}

/** numerator ÷ denominator to the nearest integer, ties to even. */
export function divideToNearest(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n)
    ? quotient + 1n
    : quotient;
}
