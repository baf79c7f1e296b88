import { binaryParts } from './double-bits.ts';

/**
 * Grisu2 (Florian Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with Integers"), in the
 * variant of night-shift's fpconv, which Redis uses from 7.2 on: 64-bit arithmetic that always finds digits
 * which read back as the same double, and nearly always the fewest and nearest. Where it does not, a
 * correct shortest printer would differ from Redis, so the algorithm itself is what has to be the same.
 */
export interface GrisuDigits {
  readonly digits: string;
  /** The power of ten that the digits, taken as an integer, are multiplied with. */
  readonly exponent: number;
}

/** Digits of a positive finite double. */
export function grisuDigits(magnitude: number): GrisuDigits {
  const value = normalized(partsOf(magnitude));
  const { lower, upper } = boundaries(partsOf(magnitude));
  const power = cachedPower(upper.exponent);

  const scaledValue = multiply(value, power);
  // The product is off by at most one unit, so the interval is narrowed by one at each end.
  const scaledUpper = {
    fraction: multiply(upper, power).fraction - 1n,
    exponent: upper.exponent + power.exponent + 64,
  };
  const scaledLower = multiply(lower, power).fraction + 1n;
  return generate(scaledValue.fraction, scaledLower, scaledUpper, -power.decimal);
}

/** fraction × 2^exponent; a normalised fraction has its 64th bit set. */
interface Extended {
  readonly fraction: bigint;
  readonly exponent: number;
}

const HIDDEN_BIT = 1n << 52n;
const WORD = 0xffff_ffff_ffff_ffffn;
const HALF = 0xffff_ffffn;

function partsOf(magnitude: number): Extended {
  const { significand, exponent } = binaryParts(magnitude);
  return { fraction: significand, exponent };
}

function normalized({ fraction, exponent }: Extended): Extended {
  const shift = 64 - fraction.toString(2).length;
  return { fraction: fraction << BigInt(shift), exponent: exponent - shift };
}

/** Half-way to the neighbours: what lies between reads back as the same double. Both have one exponent. */
function boundaries(value: Extended): { readonly lower: Extended; readonly upper: Extended } {
  const upper = normalized({ fraction: (value.fraction << 1n) + 1n, exponent: value.exponent - 1 });
  // Below a power of two the doubles are twice as dense.
  const nearer = value.fraction === HIDDEN_BIT ? 2 : 1;
  const fraction = (value.fraction << BigInt(nearer)) - 1n;
  const shift = value.exponent - nearer - upper.exponent;
  return { lower: { fraction: fraction << BigInt(shift), exponent: upper.exponent }, upper };
}

/** The upper half of the 128-bit product, rounded by the bit below it alone (the lowest word is dropped). */
function multiply(a: Extended, b: Extended): Extended {
  const crossA = (a.fraction >> 32n) * (b.fraction & HALF);
  const crossB = (a.fraction & HALF) * (b.fraction >> 32n);
  const low = (a.fraction & HALF) * (b.fraction & HALF);
  const carry = (crossA & HALF) + (crossB & HALF) + (low >> 32n) + 0x8000_0000n;
  const high = (a.fraction >> 32n) * (b.fraction >> 32n);
  return {
    fraction: high + (crossA >> 32n) + (crossB >> 32n) + (carry >> 32n),
    exponent: a.exponent + b.exponent + 64,
  };
}

function generate(value: bigint, lower: bigint, upper: Extended, decimal: number): GrisuDigits {
  const shift = BigInt(-upper.exponent);
  const one = 1n << shift;
  const distance = upper.fraction - value;
  let delta = upper.fraction - lower;
  let whole = Number(upper.fraction >> shift);
  let fraction = upper.fraction & (one - 1n);

  const digits: number[] = [];
  let divisor = 1_000_000_000;
  for (let place = 9; place >= 0; place--, divisor /= 10) {
    const digit = Math.floor(whole / divisor);
    if (digit !== 0 || digits.length > 0) digits.push(digit);
    whole -= digit * divisor;
    const rest = (BigInt(whole) << shift) + fraction;
    if (rest <= delta) {
      roundLastDigit(digits, delta, rest, BigInt(divisor) << shift, distance);
      return { digits: digits.join(''), exponent: decimal + place };
    }
  }
  let unit = 1n;
  for (let place = -1; ; place--) {
    fraction *= 10n;
    // C's delta and unit are 64-bit words, and wrap.
    delta = (delta * 10n) & WORD;
    unit = (unit * 10n) & WORD;
    const digit = Number(fraction >> shift);
    if (digit !== 0 || digits.length > 0) digits.push(digit);
    fraction &= one - 1n;
    if (fraction < delta) {
      roundLastDigit(digits, delta, fraction, one, (distance * unit) & WORD);
      return { digits: digits.join(''), exponent: decimal + place };
    }
  }
}

/** Steps the last digit down while that comes nearer to the value and stays within the interval. */
function roundLastDigit(
  digits: number[],
  delta: bigint,
  start: bigint,
  step: bigint,
  distance: bigint,
): void {
  let rest = start;
  while (
    rest < distance &&
    delta - rest >= step &&
    (rest + step < distance || distance - rest > rest + step - distance)
  ) {
    digits[digits.length - 1]!--;
    rest += step;
  }
}

interface CachedPower extends Extended {
  readonly decimal: number;
}

const FIRST_POWER = -348;
const POWER_STEP = 8;
const POWER_COUNT = 87;

/** 10^-348, 10^-340 … 10^340, each to 64 bits. */
const POWERS: readonly CachedPower[] = Array.from({ length: POWER_COUNT }, (_, i) =>
  extendedPowerOfTen(FIRST_POWER + i * POWER_STEP),
);

function extendedPowerOfTen(decimal: number): CachedPower {
  const rational = 10n ** BigInt(Math.abs(decimal));
  const bits = rational.toString(2).length;
  // One bit more than wanted is computed and then rounded off.
  const exponent = decimal >= 0 ? bits - 64 : -bits - 63;
  const doubled =
    decimal >= 0
      ? exponent > 0
        ? rational >> BigInt(exponent - 1)
        : rational << BigInt(1 - exponent)
      : (1n << BigInt(1 - exponent)) / rational;
  const fraction = (doubled + 1n) >> 1n;
  return { fraction, exponent, decimal };
}

/** The power that brings an upper boundary's exponent to between -60 and -32. */
function cachedPower(exponent: number): CachedPower {
  const approximate = Math.trunc(-(exponent + POWER_COUNT) * 0.30102999566398114);
  let index = Math.trunc((approximate - FIRST_POWER) / POWER_STEP);
  for (;;) {
    const power = POWERS[index]!;
    const product = exponent + power.exponent + 64;
    if (product < -60) index++;
    else if (product > -32) index--;
    else return power;
  }
}
