/** awk's values: numbers, strings, and what was read and looks like a number. */
import { real } from '../printf.ts';

/** What came from input: compared as a number if it looks like one. */
export interface ReadText {
  readonly text: string;
  readonly number: number | null;
}

export type Value = number | string | ReadText | undefined;
export type AwkArray = Map<string, Value>;

/** Beyond it mawk prints a whole number as any other. */
const MOST_WHOLE = 2_147_483_647;

const NUMBER = /^[ \t\n\r\f\v]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

export function readText(text: string): ReadText {
  const match = NUMBER.exec(text);
  const whole = match !== null && /^[ \t\n\r\f\v]*$/.test(text.slice(match[0].length));
  return { text, number: whole ? Number(match[0]) : null };
}

export function toNumber(value: Value): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : value.text;
  const match = NUMBER.exec(text);
  return match === null ? 0 : Number(match[0]);
}

export function toText(value: Value, format: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return value.text;
  if (Number.isInteger(value) && value <= MOST_WHOLE && value >= -MOST_WHOLE)
    return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return sprintf(format, [value], format);
}

export function isTrue(value: Value): boolean {
  if (value === undefined) return false;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  return value.number === null ? value.text !== '' : value.number !== 0;
}

/** As numbers if both are or look it, else as bytes. */
export function compare(a: Value, b: Value, format: string): number {
  const x = asNumber(a);
  const y = asNumber(b);
  if (x !== null && y !== null && (a !== undefined || b !== undefined))
    return x < y ? -1 : x > y ? 1 : 0;
  const left = toText(a, format);
  const right = toText(b, format);
  return left < right ? -1 : left > right ? 1 : 0;
}

function asNumber(value: Value): number | null {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? null : value.number;
}

export function sprintf(format: string, values: readonly Value[], numberFormat: string): string {
  let next = 0;
  return format.replace(
    /%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])|%/g,
    (
      whole: string,
      flags: string | undefined,
      width: string | undefined,
      digits: string | undefined,
      letter: string | undefined,
    ) => {
      if (letter === '%') return '%';
      if (letter === undefined) return whole;
      let allFlags = flags ?? '';
      let room = width === '*' ? toNumber(values[next++]) : Number(width ?? 0);
      if (room < 0) {
        allFlags += '-';
        room = -room;
      }
      const precision = !whole.includes('.')
        ? null
        : digits === '*'
          ? toNumber(values[next++])
          : Number(digits ?? 0);
      const value = values[next++];
      const text = converted(letter, value, precision, allFlags, numberFormat);
      return text === null ? whole : padded(text, room, allFlags, letter);
    },
  );
}

function padded(text: string, room: number, flags: string, letter: string): string {
  if (flags.includes('-')) return text.padEnd(room);
  if (!flags.includes('0') || letter === 's' || letter === 'c' || !/\d/.test(text))
    return text.padStart(room);
  const sign = /^(?:[-+ ]|0[xX])*/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(room - sign.length, '0');
}

function converted(
  letter: string,
  value: Value,
  precision: number | null,
  flags: string,
  numberFormat: string,
): string | null {
  switch (letter) {
    case 's': {
      const text = toText(value, numberFormat);
      return precision === null ? text : text.slice(0, precision);
    }
    case 'c':
      if (typeof value === 'number' || (typeof value === 'object' && value.number !== null))
        return String.fromCharCode(toNumber(value) & 255);
      return toText(value, numberFormat).slice(0, 1);
    case 'd':
    case 'i':
      return signed(wholeDigits(toNumber(value), precision), toNumber(value) < 0, flags);
    case 'o':
    case 'x':
    case 'X':
    case 'u': {
      const number = Math.trunc(toNumber(value));
      if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
      const radix = letter === 'o' ? 8 : letter === 'u' ? 10 : 16;
      const text = BigInt.asUintN(64, BigInt(number))
        .toString(radix)
        .padStart(precision ?? 0, '0');
      const marked =
        flags.includes('#') && number !== 0 ? (radix === 16 ? `0x${text}` : `0${text}`) : text;
      return letter === 'X' ? marked.toUpperCase() : marked;
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      const number = toNumber(value);
      const size = number < 0 ? -number : number;
      const text = real(size, letter === 'F' ? 'f' : letter, precision ?? 6);
      return signed(text, number < 0 || Object.is(number, -0), flags);
    }
    default:
      return null;
  }
}

function wholeDigits(number: number, precision: number | null): string {
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return 'inf';
  const whole = Math.trunc(number);
  return BigInt(whole < 0 ? -whole : whole)
    .toString()
    .padStart(precision ?? 0, '0');
}

function signed(text: string, negative: boolean, flags: string): string {
  return (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
}
