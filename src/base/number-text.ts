import { hexDigitValue, isDigitCode } from './characters.ts';

/**
 * What a text that C's strtod or strtold reads to its very end says, exactly: the common ground of doubles
 * and long doubles. No blank is allowed in front. Finite is coefficient × 10^exponent or × 2^exponent.
 */
export type NumberText =
  | { readonly kind: 'infinity'; readonly negative: boolean }
  | { readonly kind: 'nan' }
  | {
      readonly kind: 'finite';
      readonly negative: boolean;
      /** Digits of the coefficient in its base (10 or 16), without leading zeros; '' is zero. */
      readonly digits: string;
      readonly base: 10 | 16;
      /** Of ten, or of two when the base is 16. */
      readonly exponent: number;
    };

/** Undefined when strtod would not read all of `text`. */
export function parseNumberText(text: string): NumberText | undefined {
  const sign = text.charAt(0);
  const negative = sign === '-';
  const start = negative || sign === '+' ? 1 : 0;
  const first = text.charCodeAt(start);
  if (isDigitCode(first) || first === 0x2e) {
    const hexadecimal = first === 0x30 && (text.charCodeAt(start + 1) | 0x20) === 0x78;
    return hexadecimal
      ? parseFinite(text, start + 2, negative, 16)
      : parseFinite(text, start, negative, 10);
  }
  const word = text.slice(start, start + 9).toLowerCase();
  if (word === 'inf' || word === 'infinity') return { kind: 'infinity', negative };
  if (/^nan(?:\([0-9a-zA-Z_]*\))?$/.test(text.slice(start).toLowerCase())) return { kind: 'nan' };
  return undefined;
}

function parseFinite(
  text: string,
  start: number,
  negative: boolean,
  base: 10 | 16,
): NumberText | undefined {
  let at = start;
  let significant = -1;
  let point = -1;
  let digitCount = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e && point < 0) {
      point = at;
    } else if (base === 10 ? isDigitCode(code) : hexDigitValue(code) >= 0) {
      digitCount++;
      if (code !== 0x30 && significant < 0) significant = at;
    } else {
      break;
    }
  }
  if (digitCount === 0) return undefined;
  const end = at;

  let exponent = 0;
  if (at < text.length) {
    if ((text.charCodeAt(at) | 0x20) !== (base === 10 ? 0x65 : 0x70)) return undefined;
    const written = parseExponent(text, at + 1);
    if (written === undefined) return undefined;
    exponent = written;
  }
  if (significant < 0) return { kind: 'finite', negative, digits: '', base, exponent: 0 };

  const digits = text.slice(significant, end).replace('.', '');
  const fraction = point < 0 ? 0 : end - point - 1;
  return {
    kind: 'finite',
    negative,
    digits,
    base,
    exponent: exponent - fraction * (base === 10 ? 1 : 4),
  };
}

/** Beyond this the size of an exponent makes no difference, while its digits could cost any time. */
const EXPONENT_CAP = 1_000_000_000;

function parseExponent(text: string, start: number): number | undefined {
  const sign = text.charAt(start);
  let at = sign === '-' || sign === '+' ? start + 1 : start;
  if (at === text.length) return undefined;
  let exponent = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigitCode(code)) return undefined;
    exponent = Math.min(exponent * 10 + (code - 0x30), EXPONENT_CAP);
  }
  return sign === '-' ? -exponent : exponent;
}
