import { expect, test } from 'vitest';
import { binaryParts } from '../../src/base/double-bits.ts';
import { preciseAsin, preciseCos, preciseSin } from '../../src/base/precise-trigonometry.ts';
import { nextDouble, seedRandom } from '../../src/base/random.ts';

/** Fixed point with so many binary digits. */
const DIGITS = 200n;
const ONE = 1n << DIGITS;

function fixed(x: number): bigint {
  const { significand, exponent } = binaryParts(Math.abs(x));
  const shift = BigInt(exponent) + DIGITS;
  const magnitude = shift >= 0n ? significand << shift : significand >> -shift;
  return x < 0 ? -magnitude : magnitude;
}

/** The power series, which converges for any x; sine from the power 1, cosine from 0. */
function exact(x: number, power: 0 | 1): bigint {
  const value = fixed(x);
  const square = (value * value) >> DIGITS;
  let term = power === 1 ? value : ONE;
  let total = 0n;
  for (let n = BigInt(power); term !== 0n && n < 400n; n += 2n) {
    total += term;
    term = -((term * square) >> DIGITS) / ((n + 1n) * (n + 2n));
  }
  return total;
}

/** How far a result is from the truth, in units of its last place. */
function errorInUlps(result: number, truth: bigint): number {
  const { exponent } = binaryParts(Math.abs(result));
  const ulp = 1n << (BigInt(exponent) + DIGITS);
  return Number(((fixed(result) - truth) * 10000n) / ulp) / 10000;
}

const random = seedRandom(11);
const angles = [
  1,
  -1,
  0.5,
  3.1,
  -3.1,
  1e-5,
  1e-10,
  ...Array.from({ length: 2000 }, () => (nextDouble(random) * 2 - 1) * 3.2),
];

test('sines and cosines are the doubles nearest to the truth', () => {
  for (const x of angles) {
    expect(Math.abs(errorInUlps(preciseSin(x), exact(x, 1))), `sin ${x}`).toBeLessThanOrEqual(
      0.5001,
    );
    expect(Math.abs(errorInUlps(preciseCos(x), exact(x, 0))), `cos ${x}`).toBeLessThanOrEqual(
      0.5001,
    );
  }
});

test('an arc sine is the double nearest to the truth: the sines of its neighbours’ midpoints enclose the number', () => {
  for (let i = 0; i < 2000; i++) {
    const x = i < 1000 ? nextDouble(random) : nextDouble(random) * 1e-3;
    const angle = preciseAsin(x);
    // To first order: sin(angle + e) = x, with e in units of the last place of the angle.
    const slope = Number(exact(angle, 0) >> (DIGITS - 60n)) / 2 ** 60;
    const { exponent } = binaryParts(angle);
    const ulp = 1n << (BigInt(exponent) + DIGITS);
    const error = Number(((exact(angle, 1) - fixed(x)) * 10000n) / ulp) / 10000 / slope;
    expect(Math.abs(error), `asin ${x}`).toBeLessThanOrEqual(0.501);
  }
});

test('the ends', () => {
  expect(preciseSin(0)).toBe(0);
  expect(preciseCos(0)).toBe(1);
  expect(preciseAsin(0)).toBe(0);
  expect(preciseAsin(1)).toBe(Math.PI / 2);
  expect(preciseAsin(-1)).toBe(-Math.PI / 2);
  expect(preciseAsin(1.0000000000000002)).toBeNaN();
});
