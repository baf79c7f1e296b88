import {
  DOUBLE_FORMAT,
  EXTENDED_FORMAT,
  divideToNearest,
  roundToFormat,
} from './binary-rounding.ts';
import type { ByteString } from './bytes.ts';
import { binaryParts, scaleByPowerOfTwo } from './double-bits.ts';
import { parseNumberText } from './number-text.ts';

/**
 * The 80-bit extended precision of the x87, in which Redis computes INCRBYFLOAT and HINCRBYFLOAT: 64 bits of
 * significand, 15 of exponent. Finite is significand × 2^exponent.
 */
export type LongDouble =
  | {
      readonly kind: 'finite';
      readonly negative: boolean;
      readonly significand: bigint;
      readonly exponent: number;
    }
  | { readonly kind: 'infinity'; readonly negative: boolean }
  | { readonly kind: 'nan' };

/** util.c:string2ld refuses anything as long as its buffer. */
const LONGEST_TEXT = 5 * 1024 - 1;

/**
 * The long double nearest to what `s` spells (util.c:string2ld): decimal, hexadecimal or infinity, with
 * nothing before or after it. Undefined for anything else: nan, and what overflows or underflows to zero.
 */
export function parseLongDouble(s: ByteString): LongDouble | undefined {
  if (s.length > LONGEST_TEXT) return undefined;
  const parsed = parseNumberText(s);
  if (parsed === undefined || parsed.kind === 'nan') return undefined;
  const { negative } = parsed;
  if (parsed.kind === 'infinity') return parsed;
  if (parsed.digits === '') return zero(negative);

  // Exponents far out of range are not computed with: 10^1000000000 would need half a gigabyte.
  const size =
    parsed.base === 10
      ? parsed.digits.length + parsed.exponent
      : parsed.digits.length * 4 + parsed.exponent;
  const bound = parsed.base === 10 ? 5_000 : 17_000;
  if (size > bound || size < -bound) return undefined;

  const digits = BigInt(parsed.base === 10 ? parsed.digits : `0x${parsed.digits}`);
  const scale = parsed.base === 10 ? 10n ** BigInt(Math.abs(parsed.exponent)) : 1n;
  const rounded =
    parsed.base === 16
      ? roundToFormat(digits, 1n, parsed.exponent, EXTENDED_FORMAT)
      : parsed.exponent >= 0
        ? roundToFormat(digits * scale, 1n, 0, EXTENDED_FORMAT)
        : roundToFormat(digits, scale, 0, EXTENDED_FORMAT);
  if (rounded === 'overflow' || rounded.significand === 0n) return undefined;
  return { kind: 'finite', negative, ...rounded };
}

/** Every double is a long double. */
export function longDoubleOf(x: number): LongDouble {
  if (Number.isNaN(x)) return { kind: 'nan' };
  const negative = x < 0 || (x === 0 && 1 / x < 0);
  if (!Number.isFinite(x)) return { kind: 'infinity', negative };
  if (x === 0) return zero(negative);
  return { kind: 'finite', negative, ...binaryParts(Math.abs(x)) };
}

/** The double nearest to it, ties to even: a C cast. */
export function doubleOfLongDouble(value: LongDouble): number {
  if (value.kind === 'nan') return NaN;
  const sign = value.negative ? -1 : 1;
  if (value.kind === 'infinity') return sign * Infinity;
  const rounded = roundToFormat(value.significand, 1n, value.exponent, DOUBLE_FORMAT);
  if (rounded === 'overflow') return sign * Infinity;
  return sign * scaleByPowerOfTwo(Number(rounded.significand), rounded.exponent);
}

/** The sum to 64 bits, to the nearest, ties to even. */
export function addLongDoubles(a: LongDouble, b: LongDouble): LongDouble {
  if (a.kind === 'nan' || b.kind === 'nan') return { kind: 'nan' };
  if (a.kind === 'infinity')
    return b.kind === 'infinity' && a.negative !== b.negative ? { kind: 'nan' } : a;
  if (b.kind === 'infinity') return b;

  const exponent = Math.min(a.exponent, b.exponent);
  const sum =
    (signedSignificand(a) << BigInt(a.exponent - exponent)) +
    (signedSignificand(b) << BigInt(b.exponent - exponent));
  // x + -x is +0; two zeros keep a sign that they share.
  if (sum === 0n) return zero(a.negative && b.negative);
  const negative = sum < 0n;
  const rounded = roundToFormat(negative ? -sum : sum, 1n, exponent, EXTENDED_FORMAT);
  return rounded === 'overflow'
    ? { kind: 'infinity', negative }
    : { kind: 'finite', negative, ...rounded };
}

/** As util.c:ld2string writes it for people (LD_STR_HUMAN): `%.17Lf` without the zeros at its end, and no `-0`. */
export function formatLongDouble(value: LongDouble): ByteString {
  if (value.kind === 'nan') return 'nan' as ByteString;
  if (value.kind === 'infinity') return (value.negative ? '-inf' : 'inf') as ByteString;

  const { significand, exponent } = value;
  const scaled = significand * 10n ** BigInt(DECIMALS);
  const rounded =
    exponent >= 0 ? scaled << BigInt(exponent) : divideToNearest(scaled, 1n << BigInt(-exponent));
  if (rounded === 0n) return '0' as ByteString;
  const digits = rounded.toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${value.negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}` as ByteString;
}

const DECIMALS = 17;

function zero(negative: boolean): LongDouble {
  return { kind: 'finite', negative, significand: 0n, exponent: EXTENDED_FORMAT.leastExponent };
}

function signedSignificand(value: LongDouble & { readonly kind: 'finite' }): bigint {
  return value.negative ? -value.significand : value.significand;
}
