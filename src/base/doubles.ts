import { divideToNearest, DOUBLE_FORMAT, roundToFormat } from './binary-rounding.ts';
import { sliceBytes, type ByteString } from './bytes.ts';
import { binaryParts, scaleByPowerOfTwo } from './double-bits.ts';
import { grisuDigits } from './grisu.ts';
import { parseNumberText } from './number-text.ts';

/**
 * The double that `s` spells, as util.c:string2d reads it: all of it, nothing before it, decimal or C's
 * hexadecimal (`0x1.8p3`), `inf` and `infinity` in any case. Undefined for anything else: nan, and what
 * overflows to infinity or underflows to zero.
 */
export function parseDouble(s: ByteString): number | undefined {
  const parsed = parseNumberText(s);
  if (parsed === undefined || parsed.kind === 'nan') return undefined;
  if (parsed.kind === 'infinity') return parsed.negative ? -Infinity : Infinity;
  if (parsed.digits === '') return parsed.negative ? -0 : 0;

  let magnitude: number;
  if (parsed.base === 10) {
    magnitude = Number(`${parsed.digits}e${parsed.exponent}`);
  } else {
    const bits = parsed.digits.length * 4 + parsed.exponent;
    magnitude =
      bits > 2_000
        ? Infinity
        : bits < -2_000
          ? 0
          : roundHexadecimal(parsed.digits, parsed.exponent);
  }
  if (magnitude === Infinity || magnitude === 0) return undefined;
  return parsed.negative ? -magnitude : magnitude;
}

/**
 * What C's strtod makes of `s`, if it reads it to the end or to a NUL: blanks may stand before the number, no text at
 * all is 0, what is too large or too small becomes ±∞ or ±0 and is marked. Undefined for anything else, and for nan.
 */
export function parseDoubleLoosely(
  s: ByteString,
): { readonly value: number; readonly outOfRange: boolean } | undefined {
  const end = s.indexOf('\0');
  const text = end < 0 ? s : sliceBytes(s, 0, end);
  if (text === '') return { value: 0, outOfRange: false };
  const number = sliceBytes(text, /^[ \t-\r]*/.exec(text)![0].length);
  const parsed = parseNumberText(number);
  if (parsed === undefined || parsed.kind === 'nan') return undefined;
  const value = parseDouble(number);
  if (value !== undefined) return { value, outOfRange: false };
  const large = parsed.kind === 'finite' && parsed.digits.length + parsed.exponent > 0;
  return { value: (parsed.negative ? -1 : 1) * (large ? Infinity : 0), outOfRange: true };
}

function roundHexadecimal(digits: string, exponent: number): number {
  const rounded = roundToFormat(BigInt(`0x${digits}`), 1n, exponent, DOUBLE_FORMAT);
  if (rounded === 'overflow') return Infinity;
  return scaleByPowerOfTwo(Number(rounded.significand), rounded.exponent);
}

/**
 * A double as 7.2 writes it in replies, effects and files (util.c:d2string): whole numbers below 2^62 in
 * plain digits, anything else in the digits that fpconv_dtoa finds (nearly always the fewest that read back
 * as the same number); `inf`, `-inf`, `nan`, `-0`.
 */
export function formatDoubleShortest(x: number): ByteString {
  if (x === 0) return (1 / x < 0 ? '-0' : '0') as ByteString;
  if (Number.isSafeInteger(x)) return String(x) as ByteString;
  if (!Number.isFinite(x)) return formatNonFinite(x);
  if (Math.abs(x) <= GREATEST_PLAIN && Number.isInteger(x)) return String(BigInt(x)) as ByteString;

  const { digits, exponent } = grisuDigits(Math.abs(x));
  return `${x < 0 ? '-' : ''}${layOut(digits, exponent, x < 0)}` as ByteString;
}

/** 2^62: half of the greatest 64-bit integer (util.c:double2ll). */
const GREATEST_PLAIN = 0x4000_0000_0000_0000;

/** digits × 10^exponent, in the notation that fpconv_dtoa.c:emit_digits chooses. */
function layOut(digits: string, exponent: number, negative: boolean): string {
  const count = digits.length;
  const scientific = count - 1 + exponent;
  if (exponent >= 0 && Math.abs(scientific) < count + 7) return digits + '0'.repeat(exponent);
  if (exponent < 0 && (exponent > -7 || Math.abs(scientific) < 4)) {
    const whole = count + exponent;
    return whole <= 0
      ? `0.${'0'.repeat(-whole)}${digits}`
      : `${digits.slice(0, whole)}.${digits.slice(whole)}`;
  }
  const kept = digits.slice(0, negative ? 17 : 18);
  const mantissa = kept.length > 1 ? `${kept.charAt(0)}.${kept.slice(1)}` : kept;
  return `${mantissa}e${scientific < 0 ? '-' : '+'}${Math.abs(scientific)}`;
}

/** C's `%.17g`. */
export function formatDouble17g(x: number): ByteString {
  return formatDoubleG(x, 17);
}

/** C's `%.Ng` for 1 to 17 significant digits, ties to even: `%.14g` is how Lua prints numbers. */
export function formatDoubleG(x: number, significantDigits: number): ByteString {
  if (!Number.isFinite(x)) return formatNonFinite(x);
  if (x === 0) return (1 / x < 0 ? '-0' : '0') as ByteString;

  const magnitude = roundedDigits(Math.abs(x), significantDigits);
  const digits = magnitude.digits.replace(/0+$/, '');
  const { exponent } = magnitude;
  let text: string;
  if (exponent < -4 || exponent >= significantDigits) {
    const size = Math.abs(exponent);
    text = `${point(digits, 1)}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
  } else if (exponent < 0) {
    text = `0.${'0'.repeat(-exponent - 1)}${digits}`;
  } else {
    text = point(digits.padEnd(exponent + 1, '0'), exponent + 1);
  }
  return (x < 0 ? `-${text}` : text) as ByteString;
}

/**
 * `x` × 10^decimals (1 to 17) in one multiplication, rounded to an integer, ties to even, and written with its
 * point (util.c:fixedpoint_d2string): distances. `x` × 10^decimals must be within 64 bits.
 */
export function formatFixedPoint(x: number, decimals: number): ByteString {
  const scaled = x * Number(10n ** BigInt(decimals));
  const floor = Math.floor(scaled);
  const above = scaled - floor;
  const rounded = above > 0.5 || (above === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  const digits = String(BigInt(Math.abs(rounded))).padStart(decimals + 1, '0');
  return `${rounded < 0 ? '-' : ''}${point(digits, digits.length - decimals)}` as ByteString;
}

/** C's `%.Nf`: so many decimals, ties to even. */
export function formatDoubleF(x: number, decimals: number): ByteString {
  if (!Number.isFinite(x)) return formatNonFinite(x);
  const sign = x < 0 || (x === 0 && 1 / x < 0) ? '-' : '';
  const { significand, exponent } = binaryParts(Math.abs(x));
  const scaled = significand * 10n ** BigInt(decimals);
  const rounded =
    exponent < 0 ? divideToNearest(scaled, 1n << BigInt(-exponent)) : scaled << BigInt(exponent);
  const digits = String(rounded).padStart(decimals + 1, '0');
  return `${sign}${point(digits, digits.length - decimals)}` as ByteString;
}

function point(digits: string, at: number): string {
  return digits.length > at ? `${digits.slice(0, at)}.${digits.slice(at)}` : digits;
}

function formatNonFinite(x: number): ByteString {
  return (Number.isNaN(x) ? 'nan' : x < 0 ? '-inf' : 'inf') as ByteString;
}

interface DecimalDigits {
  readonly digits: string;
  /** Of the first digit: digits d1 d2 d3… mean d1.d2d3… × 10^exponent. */
  readonly exponent: number;
}

/** toExponential is exact, but takes the larger of two equally near neighbours where C takes the even one. */
function roundedDigits(magnitude: number, count: number): DecimalDigits {
  const rounded = splitExponential(magnitude.toExponential(count - 1));
  const longer = splitExponential(magnitude.toExponential(count));
  if (!longer.digits.endsWith('5') || !isExactly(magnitude, longer)) return rounded;
  const lower = longer.digits.slice(0, -1);
  return (lower.charCodeAt(lower.length - 1) & 1) === 0
    ? { digits: lower, exponent: longer.exponent }
    : rounded;
}

function splitExponential(text: string): DecimalDigits {
  const e = text.indexOf('e');
  return { digits: text.slice(0, e).replace('.', ''), exponent: Number(text.slice(e + 1)) };
}

/** Whether the decimal is the very value of the double: more digits than a double can have are all zero. */
function isExactly(magnitude: number, decimal: DecimalDigits): boolean {
  const scale = decimal.exponent - (decimal.digits.length - 1);
  const { significand, exponent } = binaryParts(magnitude);
  // significand × 2^exponent = digits × 10^scale, brought to integers on both sides.
  const left = significand * power(2n, exponent) * power(10n, -scale);
  const right = BigInt(decimal.digits) * power(10n, scale) * power(2n, -exponent);
  return left === right;
}

/** base^exponent, or 1 when the exponent is negative (the other side of the equation has it then). */
function power(base: bigint, exponent: number): bigint {
  return exponent > 0 ? base ** BigInt(exponent) : 1n;
}
