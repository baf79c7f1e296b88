/**
 * Circular functions rounded correctly, but for about one result in 2^40: sums of two doubles carry twice the digits
 * until the last step. The C library that Redis is built with is as exact as that nearly always, so that distances
 * agree with its own to the last digit; those of trigonometry.ts, which are faster, differ in one of ten.
 */
import { asin, cos as roughCos } from './trigonometry.ts';

/** The unevaluated sum of two doubles, the second of which is at most half a unit in the last place of the first. */
interface Pair {
  readonly high: number;
  readonly low: number;
}

/** For |x| up to 2^20. */
export function preciseSin(x: number): number {
  const { high, low } = sinPair(x);
  return high + low;
}

/** For |x| up to 2^20. */
export function preciseCos(x: number): number {
  const { quadrant, rest } = reduced(x);
  const { high, low } = quadrant % 2 === 0 ? cosSeries(rest) : sinSeries(rest);
  const value = high + low;
  return quadrant === 1 || quadrant === 2 ? -value : value;
}

export function preciseAsin(x: number): number {
  const rough = asin(x);
  const slope = roughCos(rough);
  if (!(Math.abs(x) < 1) || slope === 0) return rough;
  // One step of Newton's method, with the sine in twice the digits.
  const { high, low } = sinPair(rough);
  return rough + (x - high - low) / slope;
}

function sinPair(x: number): Pair {
  const { quadrant, rest } = reduced(x);
  const { high, low } = quadrant % 2 === 0 ? sinSeries(rest) : cosSeries(rest);
  return quadrant < 2 ? { high, low } : { high: -high, low: -low };
}

/** π/2 in three parts; the first two are short enough for their multiples to be exact. */
const HALF_PI_PARTS = [
  1.570796326734125614166, 6.077100506303965976596e-11, 2.022266248795950631e-21,
] as const;
const TWO_OVER_PI = 0.6366197723675814;

/** x = quadrant × π/2 + rest (modulo 2π), |rest| ≤ π/4. */
function reduced(x: number): { readonly quadrant: number; readonly rest: Pair } {
  const turns = Math.round(x * TWO_OVER_PI);
  let rest = sum(x, -turns * HALF_PI_PARTS[0]);
  rest = addPairs(rest, { high: -turns * HALF_PI_PARTS[1], low: 0 });
  rest = addPairs(rest, product(-turns, HALF_PI_PARTS[2]));
  return { quadrant: ((turns % 4) + 4) % 4, rest };
}

/** Powers beyond this add nothing to 80 bits where |x| ≤ π/4. */
const LAST_POWER = 23;

function sinSeries(x: Pair): Pair {
  return series(x, x, 1);
}

function cosSeries(x: Pair): Pair {
  return series(x, { high: 1, low: 0 }, 0);
}

/** `first` is the term of the power `power`; each further one is −x²/((n+1)(n+2)) times the one before. */
function series(x: Pair, first: Pair, power: number): Pair {
  const negativeSquare = multiplyPairs({ high: -x.high, low: -x.low }, x);
  let term = first;
  let total = first;
  for (let n = power; n < LAST_POWER; n += 2) {
    term = dividePair(multiplyPairs(term, negativeSquare), (n + 1) * (n + 2));
    total = addPairs(total, term);
  }
  return total;
}

/** The exact sum (Knuth). */
function sum(a: number, b: number): Pair {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

/** The exact product (Dekker). */
function product(a: number, b: number): Pair {
  const high = a * b;
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

/** 2^27 + 1 splits a double into two of 26 bits. */
const SPLITTER = 134217729;

function halves(a: number): readonly [number, number] {
  const scaled = SPLITTER * a;
  const high = scaled - (scaled - a);
  return [high, a - high];
}

function addPairs(a: Pair, b: Pair): Pair {
  const { high, low } = sum(a.high, b.high);
  return sum(high, low + a.low + b.low);
}

function multiplyPairs(a: Pair, b: Pair): Pair {
  const { high, low } = product(a.high, b.high);
  return sum(high, low + a.high * b.low + a.low * b.high);
}

function dividePair(a: Pair, divisor: number): Pair {
  const high = a.high / divisor;
  const back = product(high, divisor);
  return sum(high, (a.high - back.high - back.low + a.low) / divisor);
}
