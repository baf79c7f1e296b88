import {
  doubleOfWords,
  fractionAndExponent,
  highWord,
  lowWord,
  scaleByPowerOfTwo,
  withoutLowWord,
} from './double-bits.ts';

/**
 * Exponentials and logarithms that give the same bits on every host: of Math's functions, those that a host
 * may approximate in its own way are not used. Error below 1 ulp; sinh, cosh and tanh below 2. The algorithms
 * and their coefficients are those of fdlibm:
 * "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun Microsystems,
 * Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that
 * this notice is preserved."
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const LN2 = 6.93147180559945286227e-1;
const INVERSE_LN2 = 1.442695040888963387;
const OVERFLOW_BOUND = 7.09782712893383973096e2;
const SQRT_HALF = 7.0710678118654757e-1;

/** e^x */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > OVERFLOW_BOUND) return Infinity;
  if (x < -7.4513321910194110842e2) return 0;
  if (Math.abs(x) < 3.7252902984619141e-9) return 1 + x;

  // x = k ln 2 + r with |r| ≤ ln 2 / 2, where r = high - low carries more than 53 bits.
  let k = 0;
  let high = x;
  let low = 0;
  if (Math.abs(x) > 0.5 * LN2) {
    k = Math.abs(x) < 1.5 * LN2 ? Math.sign(x) : Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5));
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const c = expRemainder(r);
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), k);
}

/** r - r(e^r + 1)/(e^r - 1) + 2 and so on: the rational approximation shared by exp and pow. */
function expRemainder(r: number): number {
  const t = r * r;
  const p =
    1.66666666666666019037e-1 +
    t *
      (-2.77777777770155933842e-3 +
        t *
          (6.61375632143793436117e-5 +
            t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8)));
  return r - t * p;
}

/** e^x - 1, precise near 0 */
export function expm1(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > OVERFLOW_BOUND) return Infinity;
  if (x < -56 * LN2) return -1;
  if (Math.abs(x) < 5.551115123125783e-17) return x;

  let k = 0;
  let r = x;
  let c = 0;
  if (Math.abs(x) > 0.5 * LN2) {
    k = Math.abs(x) < 1.5 * LN2 ? Math.sign(x) : Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5));
    const high = x - k * LN2_HIGH;
    const low = k * LN2_LOW;
    r = high - low;
    c = high - r - low;
  }
  const half = 0.5 * r;
  const h = r * half;
  const q =
    1 +
    h *
      (-3.33333333333331316428e-2 +
        h *
          (1.58730158725481460165e-3 +
            h *
              (-7.93650757867487942473e-5 +
                h * (4.00821782732936239552e-6 + h * -2.01099218183624371326e-7))));
  const t = 3 - q * half;
  let e = h * ((q - t) / (6 - r * t));
  if (k === 0) return r - (r * e - h);
  e = r * (e - c) - c - h;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return scaleByPowerOfTwo(1 - (e - r), k) - 1;
  if (k < 20) return scaleByPowerOfTwo(1 - scaleByPowerOfTwo(1, -k) - (e - r), k);
  return scaleByPowerOfTwo(r - (e + scaleByPowerOfTwo(1, -k)) + 1, k);
}

/** The natural logarithm */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;

  const { k, f } = logReduction(x);
  if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = even + odd;
  const halfSquare = 0.5 * f * f;
  if (k === 0) return f - (halfSquare - s * (halfSquare + r));
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + r) + k * LN2_LOW) - f);
}

/** x = 2^k (1 + f) with √½ < 1 + f < √2 */
function logReduction(x: number): { readonly k: number; readonly f: number } {
  const { fraction, exponent } = fractionAndExponent(x);
  return fraction < SQRT_HALF
    ? { k: exponent - 1, f: fraction * 2 - 1 }
    : { k: exponent, f: fraction - 1 };
}

/** The decimal logarithm; exact for powers of ten. */
export function log10(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const { high, low } = log2Pair(x);
  return high * LOG10_2_HIGH + (high * LOG10_2_LOW + low * LOG10_2);
}

/** log10(2), and its parts: the first is short enough for its product with a pair's high part to be exact. */
const LOG10_2 = 3.01029995663981198e-1;
const LOG10_2_HIGH = withoutLowWord(LOG10_2);
const LOG10_2_LOW = 3.01029995663611771306e-1 - LOG10_2_HIGH + 3.69423907715893078616e-13;

/** (e^x - e^-x) / 2 */
export function sinh(x: number): number {
  const size = Math.abs(x);
  const half = x < 0 ? -0.5 : 0.5;
  if (size < 3.7252902984619141e-9 || !Number.isFinite(x)) return x;
  if (size < 22) {
    const t = expm1(size);
    return size < 1 ? half * (2 * t - (t * t) / (t + 1)) : half * (t + t / (t + 1));
  }
  return Math.sign(x) * halfExp(size);
}

/** (e^x + e^-x) / 2 */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size < 0.5 * LN2) {
    const t = expm1(size);
    const w = 1 + t;
    return size < 2.7755575615628914e-17 ? w : 1 + (t * t) / (w + w);
  }
  if (size < 22) {
    const t = exp(size);
    return 0.5 * t + 0.5 / t;
  }
  return halfExp(size);
}

/** e^x / 2 where e^x itself may be beyond the largest double */
function halfExp(size: number): number {
  if (size <= OVERFLOW_BOUND) return 0.5 * exp(size);
  if (size > 7.10475860073943863426e2) return Infinity;
  const root = exp(0.5 * size);
  return 0.5 * root * root;
}

/** sinh(x) / cosh(x) */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size < 2.7755575615628914e-17) return x;
  let z = 1;
  if (size < 1) {
    const t = expm1(-2 * size);
    z = -t / (t + 2);
  } else if (size < 22) {
    z = 1 - 2 / (expm1(2 * size) + 2);
  }
  return x < 0 ? -z : z;
}

/** x^y, with C's special cases: 1^y and x^0 are 1 even for nan, and (-1)^±∞ is 1 (Math.pow says NaN to both). */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const size = Math.abs(x);
  if (!Number.isFinite(y)) {
    if (size === 1) return 1;
    return size > 1 === y > 0 ? Infinity : 0;
  }
  const parity = parityOf(y);
  const negative = (x < 0 || (x === 0 && 1 / x < 0)) && parity === 'odd';
  if (size === 0 || size === Infinity) {
    const result = (size === 0) === y > 0 ? 0 : Infinity;
    return negative ? -result : result;
  }
  if (x < 0 && parity === 'fraction') return NaN;
  if (y === 1) return x;
  if (y === -1) return 1 / x;
  if (y === 2) return x * x;
  if (y === 0.5) return Math.sqrt(x);
  const result = positivePower(size, y);
  return negative ? -result : result;
}

function parityOf(y: number): 'odd' | 'even' | 'fraction' {
  if (!Number.isInteger(y)) return 'fraction';
  return Math.abs(y) <= Number.MAX_SAFE_INTEGER && y % 2 !== 0 ? 'odd' : 'even';
}

/** size^y for finite size > 0, by log2(size) in a pair of doubles */
function positivePower(size: number, y: number): number {
  if (size === 1) return 1;
  // So large an exponent over- or underflows whatever the base, and the products below would too.
  if (Math.abs(y) > 1.8446744073709552e19 * 2) return size > 1 === y > 0 ? Infinity : 0;

  const logarithm = log2Pair(size);
  const yHigh = withoutLowWord(y);
  const low = (y - yHigh) * logarithm.high + y * logarithm.low;
  const high = yHigh * logarithm.high;
  const z = low + high;
  if (z >= 1024 && (z > 1024 || low + 8.0085662595372944372e-17 > z - high)) return Infinity;
  if (z <= -1075 && (z < -1075 || low <= z - high)) return 0;

  // 2^(high + low) = 2^n e^r
  const n = Math.abs(z) > 0.5 ? Math.floor(z + 0.5) : 0;
  const reduced = high - n;
  const t = withoutLowWord(low + reduced);
  const u = t * 6.93147182464599609375e-1;
  const v = (low - (t - reduced)) * LN2 + t * -1.90465429995776804525e-9;
  const r = u + v;
  const w = v - (r - u);
  const c = expRemainder(r);
  return scaleByPowerOfTwo(1 - ((r * c) / (c - 2) - (w + r * w) - r), n);
}

interface Pair {
  /** With its low word clear. */
  readonly high: number;
  readonly low: number;
}

/** log2(x) for finite x > 0, to about 70 bits */
function log2Pair(size: number): Pair {
  let n = 0;
  let x = size;
  if (x < 2.2250738585072014e-308) {
    x *= 9007199254740992;
    n -= 53;
  }
  const high = highWord(x);
  const fraction = high & 0x000f_ffff;
  n += (high >> 20) - 1023;
  // Nearest to 1, to 1.5 or to 2, so that the series below converges fast.
  let k = 0;
  let exponentOfOne = 0x3ff0_0000;
  if (fraction > 0x3988e && fraction < 0xbb67a) {
    k = 1;
  } else if (fraction >= 0xbb67a) {
    n++;
    exponentOfOne = 0x3fe0_0000;
  }
  x = doubleOfWords(fraction | exponentOfOne, lowWord(x));

  const centre = k === 0 ? 1 : 1.5;
  const u = x - centre;
  const v = 1 / (x + centre);
  const s = u * v;
  const sHigh = withoutLowWord(s);
  const sumHigh = withoutLowWord(x + centre);
  const sumLow = x - (sumHigh - centre);
  const sLow = v * (u - sHigh * sumHigh - sHigh * sumLow);

  const s2 = s * s;
  let r =
    s2 *
    s2 *
    (5.99999999999994648725e-1 +
      s2 *
        (4.28571428578550184252e-1 +
          s2 *
            (3.33333329818377432918e-1 +
              s2 *
                (2.72728123808534006489e-1 +
                  s2 * (2.30660745775561754067e-1 + s2 * 2.06975017800338417784e-1)))));
  r += sLow * (sHigh + s);
  const square = sHigh * sHigh;
  const tHigh = withoutLowWord(3 + square + r);
  const tLow = r - (tHigh - 3 - square);
  const pu = sHigh * tHigh;
  const pv = sLow * tHigh + tLow * s;
  const pHigh = withoutLowWord(pu + pv);
  const pLow = pv - (pHigh - pu);

  const zHigh = 9.61796700954437255859e-1 * pHigh;
  const zLow =
    -7.02846165095275826516e-9 * pHigh +
    pLow * 9.61796693925975554329e-1 +
    (k === 0 ? 0 : 1.35003920212974897128e-8);
  const offset = k === 0 ? 0 : 5.84962487220764160156e-1;
  const sum = withoutLowWord(zHigh + zLow + offset + n);
  return { high: sum, low: zLow - (sum - n - offset - zHigh) };
}
