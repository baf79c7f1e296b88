/** The bits of doubles: what C gets by unions and frexp. All exact, on every host. */

const scratch = new DataView(new ArrayBuffer(8));

/** Sign, exponent and the upper 20 bits of the fraction, as a signed 32-bit integer. */
export function highWord(x: number): number {
  scratch.setFloat64(0, x);
  return scratch.getInt32(0);
}

/** The lower 32 bits of the fraction, unsigned. */
export function lowWord(x: number): number {
  scratch.setFloat64(0, x);
  return scratch.getUint32(4);
}

export function doubleOfWords(high: number, low: number): number {
  scratch.setInt32(0, high);
  scratch.setInt32(4, low);
  return scratch.getFloat64(0);
}

/** `x` with its lower 32 bits cleared: what may be multiplied with the like without rounding. */
export function withoutLowWord(x: number): number {
  scratch.setFloat64(0, x);
  scratch.setInt32(4, 0);
  return scratch.getFloat64(0);
}

/** significand × 2^exponent of a positive finite double, the significand of at most 53 bits. */
export function binaryParts(magnitude: number): {
  readonly significand: bigint;
  readonly exponent: number;
} {
  scratch.setFloat64(0, magnitude);
  const bits = scratch.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return biased === 0
    ? { significand: fraction, exponent: -1074 }
    : { significand: fraction | 0x10_0000_0000_0000n, exponent: biased - 1075 };
}

/** 2^exponent for -1022 ≤ exponent ≤ 1023. Not `2 ** exponent`: hosts compute that as they like. */
function powerOfTwo(exponent: number): number {
  scratch.setInt32(0, (exponent + 1023) << 20);
  scratch.setInt32(4, 0);
  return scratch.getFloat64(0);
}

/** x × 2^exponent, rounded once (C's ldexp). */
export function scaleByPowerOfTwo(x: number, exponent: number): number {
  if (exponent > 1023) {
    const rest = exponent - 1023;
    return (
      x *
      powerOfTwo(1023) *
      powerOfTwo(Math.min(rest, 1023)) *
      powerOfTwo(Math.min(Math.max(rest - 1023, 0), 1023))
    );
  }
  if (exponent < -1022) {
    // Brought to just above the subnormals first, so that only the last step rounds.
    const rest = Math.max(exponent + 969, -1022 - 969);
    return (
      x * powerOfTwo(-969) * powerOfTwo(Math.min(rest + 969, 0)) * powerOfTwo(Math.max(rest, -969))
    );
  }
  return x * powerOfTwo(exponent);
}

/** The fraction, 0.5 ≤ |fraction| < 1, and the exponent of fraction × 2^exponent (C's frexp). */
export function fractionAndExponent(x: number): {
  readonly fraction: number;
  readonly exponent: number;
} {
  if (x === 0 || !Number.isFinite(x)) return { fraction: x, exponent: 0 };
  const subnormal = Math.abs(x) < 2.2250738585072014e-308;
  const normal = subnormal ? x * 0x40_0000_0000_0000 : x;
  const biased = (highWord(normal) >>> 20) & 0x7ff;
  const fraction = doubleOfWords((highWord(normal) & ~0x7ff0_0000) | 0x3fe0_0000, lowWord(normal));
  return { fraction, exponent: biased - 1022 - (subnormal ? 54 : 0) };
}
