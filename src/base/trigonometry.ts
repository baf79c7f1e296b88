import { binaryParts, highWord, scaleByPowerOfTwo, withoutLowWord } from './double-bits.ts';

/**
 * Circular functions that give the same bits on every host, with errors below 1 ulp. The algorithms and their
 * coefficients are those of fdlibm; only the reduction of arguments beyond 2^20 is done in integers instead.
 * "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun Microsystems,
 * Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that
 * this notice is preserved."
 */
export function sin(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return sinKernel(x, 0);
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, high, low } = reduce(x);
  switch (quadrant) {
    case 0:
      return sinKernel(high, low);
    case 1:
      return cosKernel(high, low);
    case 2:
      return -sinKernel(high, low);
    default:
      return -cosKernel(high, low);
  }
}

export function cos(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return cosKernel(x, 0);
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, high, low } = reduce(x);
  switch (quadrant) {
    case 0:
      return cosKernel(high, low);
    case 1:
      return -sinKernel(high, low);
    case 2:
      return -cosKernel(high, low);
    default:
      return sinKernel(high, low);
  }
}

export function tan(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return tanKernel(x, 0, 'tangent');
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, high, low } = reduce(x);
  return tanKernel(high, low, quadrant % 2 === 0 ? 'tangent' : 'cotangent');
}

const QUARTER_PI = 7.85398163397448278999e-1;
const QUARTER_PI_LOW = 3.06161699786838301793e-17;
const HALF_PI = 1.570796326794896558;
const HALF_PI_LOW = 6.12323399573676603587e-17;
const PI = 3.141592653589793116;
const PI_LOW = 1.22464679914735317636e-16;

interface Reduced {
  /** 0..3 */
  readonly quadrant: number;
  /** high + low is the rest of x, at most π/4 in size. */
  readonly high: number;
  readonly low: number;
}

/** x less a multiple of π/2 */
function reduce(x: number): Reduced {
  const size = Math.abs(x);
  const { quadrant, high, low } = size < 1_600_000 ? reduceSmall(size) : reduceLarge(size);
  return x < 0 ? { quadrant: -quadrant & 3, high: -high, low: -low } : { quadrant, high, low };
}

/** π/2 in three pieces of 33 bits, whose products with a 20-bit integer are exact, each with what follows it. */
const PIECE_1 = 1.57079632673412561417;
const REST_1 = 6.07710050650619224932e-11;
const PIECE_2 = 6.0771005063039659766e-11;
const REST_2 = 2.02226624879595063154e-21;
const PIECE_3 = 2.0222662487111664558e-21;
const REST_3 = 8.47842766036889956997e-32;

function reduceSmall(size: number): Reduced {
  const n = Math.floor(size * 6.36619772367581382433e-1 + 0.5);
  let rest = size - n * PIECE_1;
  let w = n * REST_1;
  let high = rest - w;
  const exponent = highWord(size) >> 20;
  // The more bits cancel, the more pieces are needed.
  if (exponent - ((highWord(high) >> 20) & 0x7ff) > 16) {
    let before = rest;
    w = n * PIECE_2;
    rest = before - w;
    w = n * REST_2 - (before - rest - w);
    high = rest - w;
    if (exponent - ((highWord(high) >> 20) & 0x7ff) > 49) {
      before = rest;
      w = n * PIECE_3;
      rest = before - w;
      w = n * REST_3 - (before - rest - w);
      high = rest - w;
    }
  }
  return { quadrant: n & 3, high, low: rest - high - w };
}

/** A double is at most 2^1024, and nowhere nearer than 2^-62 to a multiple of π/2. */
const HALF_PI_BITS = 1_024 + 200;
const FRACTION_BITS = 200;
const HALF_PI_SCALED = computeHalfPi(HALF_PI_BITS);

function reduceLarge(size: number): Reduced {
  const { significand, exponent } = binaryParts(size);
  const scaled = significand << BigInt(exponent + HALF_PI_BITS);
  const n = (scaled + (HALF_PI_SCALED >> 1n)) / HALF_PI_SCALED;
  const rest = (scaled - n * HALF_PI_SCALED) >> BigInt(HALF_PI_BITS - FRACTION_BITS);
  const high = Number(rest);
  const low = Number(rest - BigInt(high));
  return {
    quadrant: Number(n & 3n),
    high: scaleByPowerOfTwo(high, -FRACTION_BITS),
    low: scaleByPowerOfTwo(low, -FRACTION_BITS),
  };
}

/** π/2 × 2^bits, by Machin: π/4 = 4 arctan(1/5) - arctan(1/239). */
function computeHalfPi(bits: number): bigint {
  const one = 1n << BigInt(bits + 32);
  const arctanOfInverse = (x: bigint): bigint => {
    let term = one / x;
    let sum = term;
    for (let divisor = 3n, sign = -1n; term > 0n; divisor += 2n, sign = -sign) {
      term /= x * x;
      sum += (sign * term) / divisor;
    }
    return sum;
  };
  return (2n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))) >> 32n;
}

/** sin(x + y) for |x| ≤ π/4 and y its tail */
function sinKernel(x: number, y: number): number {
  if (Math.abs(x) < 7.450580596923828e-9) return x;
  const z = x * x;
  const v = z * x;
  const r =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z *
          (2.75573137070700676789e-6 +
            z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  if (y === 0) return x + v * (-1.66666666666666324348e-1 + z * r);
  return x - (z * (0.5 * y - v * r) - y - v * -1.66666666666666324348e-1);
}

/** cos(x + y) for |x| ≤ π/4 and y its tail */
function cosKernel(x: number, y: number): number {
  const size = Math.abs(x);
  if (size < 7.450580596923828e-9) return 1;
  const z = x * x;
  const r =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.48015872894767294178e-5 +
              z *
                (-2.75573143513906633035e-7 +
                  z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))));
  if (size < 0.3) return 1 - (0.5 * z - (z * r - x * y));
  // About x/4 is taken off both terms, so that their difference loses nothing.
  const q = size > 0.78125 ? 0.28125 : withoutLowWord(size / 4);
  const half = 0.5 * z - q;
  return 1 - q - (half - (z * r - x * y));
}

const TANGENT_COEFFICIENTS = [
  3.33333333333334091986e-1, 1.33333333333201242699e-1, 5.39682539762260521377e-2,
  2.18694882948595424599e-2, 8.86323982359930005737e-3, 3.59207910759131235356e-3,
  1.45620945432529025516e-3, 5.88041240820264096874e-4, 2.46463134818469906812e-4,
  7.817944429395570923e-5, 7.14072491382608190305e-5, -1.85586374855275456654e-5,
  2.59073051863633712884e-5,
] as const;

/** tan(x + y), or -1/tan(x + y), for |x| ≤ π/4 and y its tail */
function tanKernel(argument: number, tail: number, wanted: 'tangent' | 'cotangent'): number {
  let x = argument;
  let y = tail;
  const size = Math.abs(x);
  if (size < 3.7252902984619141e-9 && wanted === 'tangent') return x;
  const large = size >= 0.6744;
  if (large) {
    // tan(x) = (1 - tan(π/4 - x)) / (1 + tan(π/4 - x))
    x = QUARTER_PI - size + (QUARTER_PI_LOW - (argument < 0 ? -y : y));
    y = 0;
  }
  const z = x * x;
  const w = z * z;
  const T = TANGENT_COEFFICIENTS;
  const odd = T[1] + w * (T[3] + w * (T[5] + w * (T[7] + w * (T[9] + w * T[11]))));
  const even = z * (T[2] + w * (T[4] + w * (T[6] + w * (T[8] + w * (T[10] + w * T[12])))));
  const s = z * x;
  const r = y + z * (s * (odd + even) + y) + T[0] * s;
  const sum = x + r;
  if (large) {
    const v = wanted === 'tangent' ? 1 : -1;
    const result = v - 2 * (x - ((sum * sum) / (sum + v) - r));
    return argument < 0 ? -result : result;
  }
  if (wanted === 'tangent') return sum;
  // -1 / (x + r), with the quotient's error put right.
  const sumHigh = withoutLowWord(sum);
  const sumLow = r - (sumHigh - x);
  const inverse = -1 / sum;
  const inverseHigh = withoutLowWord(inverse);
  return inverseHigh + inverse * (1 + inverseHigh * sumHigh + inverseHigh * sumLow);
}

export function asin(x: number): number {
  const size = Math.abs(x);
  if (size > 1 || Number.isNaN(x)) return NaN;
  if (size === 1) return x * HALF_PI + x * HALF_PI_LOW;
  if (size < 7.450580596923828e-9) return x;
  if (size < 0.5) return x + x * arcRatio(x * x);

  // asin(x) = π/2 - 2 asin(√((1 - x)/2))
  const t = (1 - size) * 0.5;
  const s = Math.sqrt(t);
  const ratio = arcRatio(t);
  let result: number;
  if (size >= 0.975) {
    result = HALF_PI - (2 * (s + s * ratio) - HALF_PI_LOW);
  } else {
    const sHigh = withoutLowWord(s);
    const sLow = (t - sHigh * sHigh) / (s + sHigh);
    const p = 2 * s * ratio - (HALF_PI_LOW - 2 * sLow);
    result = QUARTER_PI - (p - (QUARTER_PI - 2 * sHigh));
  }
  return x < 0 ? -result : result;
}

export function acos(x: number): number {
  const size = Math.abs(x);
  if (size > 1 || Number.isNaN(x)) return NaN;
  if (size === 1) return x > 0 ? 0 : PI + 2 * HALF_PI_LOW;
  if (size < 0.5) {
    if (size < 6.938893903907228e-18) return HALF_PI + HALF_PI_LOW;
    return HALF_PI - (x - (HALF_PI_LOW - x * arcRatio(x * x)));
  }
  const t = (1 - size) * 0.5;
  const s = Math.sqrt(t);
  const ratio = arcRatio(t);
  if (x < 0) return PI - 2 * (s + (ratio * s - HALF_PI_LOW));
  const sHigh = withoutLowWord(s);
  const sLow = (t - sHigh * sHigh) / (s + sHigh);
  return 2 * (sHigh + (ratio * s + sLow));
}

/** (asin(√t) - √t) / √t for t ≤ ¼ */
function arcRatio(t: number): number {
  const p =
    t *
    (1.66666666666666657415e-1 +
      t *
        (-3.25565818622400915405e-1 +
          t *
            (2.01212532134862925881e-1 +
              t *
                (-4.00555345006794114027e-2 +
                  t * (7.91534994289814532176e-4 + t * 3.4793310759602116757e-5)))));
  const q =
    1 +
    t *
      (-2.40339491173441421878 +
        t *
          (2.02094576023350569471 +
            t * (-6.8828397160545329303e-1 + t * 7.70381505559019352791e-2)));
  return p / q;
}

export function atan(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size >= 7.378697629483821e19) return x < 0 ? -HALF_PI - HALF_PI_LOW : HALF_PI + HALF_PI_LOW;
  if (size < 0.4375) {
    if (size < 1.862645149230957e-9) return x;
    return x - x * arctanSeries(x * x);
  }
  const { centre, low, argument } = nearestArctan(size);
  const result = centre - (argument * arctanSeries(argument * argument) - low - argument);
  return x < 0 ? -result : result;
}

/** atan(size) = centre + low + atan(argument), with a small argument */
function nearestArctan(size: number): {
  readonly centre: number;
  readonly low: number;
  readonly argument: number;
} {
  if (size < 0.6875) {
    return {
      centre: 4.63647609000806093515e-1,
      low: 2.26987774529616870924e-17,
      argument: (2 * size - 1) / (2 + size),
    };
  }
  if (size < 1.1875)
    return { centre: QUARTER_PI, low: QUARTER_PI_LOW, argument: (size - 1) / (size + 1) };
  if (size < 2.4375) {
    return {
      centre: 9.82793723247329054082e-1,
      low: 1.39033110312309984516e-17,
      argument: (size - 1.5) / (1 + 1.5 * size),
    };
  }
  return { centre: HALF_PI, low: HALF_PI_LOW, argument: -1 / size };
}

/** 1 - atan(x)/x for z = x² */
function arctanSeries(z: number): number {
  const w = z * z;
  const even =
    z *
    (3.33333333333329318027e-1 +
      w *
        (1.42857142725034663711e-1 +
          w *
            (9.09088713343650656196e-2 +
              w *
                (6.66107313738753120669e-2 +
                  w * (4.97687799461593236017e-2 + w * 1.62858201153657823623e-2)))));
  const odd =
    w *
    (-1.99999999998764832476e-1 +
      w *
        (-1.1111110405462355788e-1 +
          w *
            (-7.69187620504482999495e-2 +
              w * (-5.83357013379057348645e-2 + w * -3.6531572744216915527e-2))));
  return even + odd;
}

/** The angle of the point (x, y), -π..π */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const xNegative = x < 0 || (x === 0 && 1 / x < 0);
  const yNegative = y < 0 || (y === 0 && 1 / y < 0);
  let angle: number;
  if (y === 0) angle = xNegative ? PI : 0;
  else if (x === 0) angle = HALF_PI;
  else if (Math.abs(x) === Infinity) {
    if (Math.abs(y) === Infinity) angle = xNegative ? 3 * QUARTER_PI : QUARTER_PI;
    else angle = xNegative ? PI : 0;
  } else if (Math.abs(y) === Infinity) angle = HALF_PI;
  else {
    const ratio = Math.abs(y / x);
    const exponents = (highWord(Math.abs(y)) - highWord(Math.abs(x))) >> 20;
    let acute: number;
    if (exponents > 60) acute = HALF_PI + 0.5 * PI_LOW;
    else if (xNegative && exponents < -60) acute = 0;
    else acute = atan(ratio);
    angle = xNegative ? PI - (acute - PI_LOW) : acute;
  }
  return yNegative ? -angle : angle;
}
