/** string.format (lstrlib.c:str_format). */
import { formatDoubleF, formatDoubleG } from '../../../base/doubles.ts';
import { argumentError, numberArgument, textArgument, type Args } from './library-arguments.ts';
import type { LuaMachine } from '../lua/lua-machine.ts';
import { cText } from '../lua/lua-value.ts';

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

export function formatText(machine: LuaMachine, args: Args): string {
  const format = textArgument(machine, args, 0);
  let result = '';
  let argument = 0;
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      result += format[i];
      continue;
    }
    if (format[++i] === '%') {
      result += '%';
      continue;
    }
    argument++;
    if (argument >= args.length) argumentError(machine, argument, 'no value');
    const [text = '', flags = '', width = '', dot = '', precision = ''] =
      /^([-+ #0]*)(\d*)(\.?)(\d*)/.exec(format.slice(i)) ?? [];
    if (flags.length > 5) machine.fail('invalid format (repeated flags)');
    if (width.length > 2 || precision.length > 2)
      machine.fail('invalid format (width or precision too long)');
    i += text.length;
    const spec = {
      flags,
      width: Number(width),
      precision: dot === '' ? undefined : Number(precision),
    };
    result += one(machine, args, argument, format[i] ?? '', spec);
    machine.room(result.length);
  }
  return result;
}

function one(machine: LuaMachine, args: Args, at: number, letter: string, spec: Spec): string {
  switch (letter) {
    case 'c':
      // It is printed as a text of C, and so nothing from a zero byte on.
      return cText(padded(String.fromCharCode(numberArgument(machine, args, at) & 0xff), spec));
    case 'd':
    case 'i':
      return integer(Math.trunc(numberArgument(machine, args, at)), spec);
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return unsigned(numberArgument(machine, args, at), letter, spec);
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return floating(numberArgument(machine, args, at), letter, spec);
    case 'q':
      return quoted(textArgument(machine, args, at));
    case 's': {
      const text = textArgument(machine, args, at);
      // Without precision a long text is not cut, and not padded either.
      if (spec.precision === undefined && text.length >= 100) return text;
      return padded(cText(text).slice(0, spec.precision), spec);
    }
    default:
      return machine.fail(`invalid option '%${letter}' to 'format'`);
  }
}

function padded(text: string, { flags, width }: Spec, zeros = false): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!zeros || !flags.includes('0')) return text.padStart(width);
  const sign = /^([-+ ]|0[xX])?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function signed(text: string, negative: boolean, flags: string): string {
  return `${negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''}${text}`;
}

function integer(x: number, spec: Spec): string {
  const value = BigInt.asIntN(
    64,
    Number.isFinite(x) && Math.abs(x) < 2 ** 63 ? BigInt(x) : -(2n ** 63n),
  );
  const digits = String(value < 0n ? -value : value);
  const text =
    spec.precision === 0 && value === 0n ? '' : digits.padStart(spec.precision ?? 0, '0');
  return padded(signed(text, value < 0n, spec.flags), spec, spec.precision === undefined);
}

function unsigned(x: number, letter: 'u' | 'o' | 'x' | 'X', spec: Spec): string {
  const whole = Number.isFinite(x) ? Math.trunc(x) : 0;
  const value = BigInt.asUintN(64, BigInt(whole));
  const digits = value.toString(letter === 'u' ? 10 : letter === 'o' ? 8 : 16);
  let text = (spec.precision === 0 && value === 0n ? '' : digits).padStart(
    spec.precision ?? 0,
    '0',
  );
  if (spec.flags.includes('#') && letter === 'o' && !text.startsWith('0')) text = `0${text}`;
  if (spec.flags.includes('#') && letter !== 'o' && letter !== 'u' && value !== 0n)
    text = `0x${text}`;
  const result = padded(text, spec, spec.precision === undefined);
  return letter === 'X' ? result.toUpperCase() : result;
}

function floating(x: number, letter: string, spec: Spec): string {
  const negative = x < 0 || Object.is(x, -0) || Number.isNaN(x);
  const size = Math.abs(x);
  const always = spec.flags.includes('#');
  const precision = spec.precision ?? 6;
  let text: string;
  if (!Number.isFinite(x)) text = Number.isNaN(x) ? 'nan' : 'inf';
  else if (letter === 'f')
    text = formatDoubleF(size, precision) + pointIf(always && precision === 0);
  else if (letter === 'e' || letter === 'E') text = exponential(size, precision, always);
  else if (precision > 17 || always) text = general(size, Math.max(1, precision), always);
  else text = formatDoubleG(size, Math.max(1, precision));
  const result = padded(signed(text, negative, spec.flags), spec, Number.isFinite(x));
  return letter === 'E' || letter === 'G' ? result.toUpperCase() : result;
}

const pointIf = (wanted: boolean): string => (wanted ? '.' : '');

function exponential(x: number, decimals: number, always: boolean): string {
  const { digits, exponent } = roundedDigits(x, decimals + 1);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  const mantissa = `${digits[0]}${pointIf(decimals > 0 || always)}${digits.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** `%g`; `always`: with its point, and with the zeros at its end. */
function general(x: number, significant: number, always: boolean): string {
  const { exponent } = roundedDigits(x, significant);
  const text =
    exponent < -4 || exponent >= significant
      ? exponential(x, significant - 1, always)
      : formatDoubleF(x, significant - 1 - exponent) +
        pointIf(always && significant - 1 === exponent);
  return always ? text : text.replace(/\.?0+(e|$)/, '$1');
}

/** Decimals that every double has an end before. */
const ALL_DECIMALS = 1074;

/** Significant digits of a number that is not negative, ties to even: digits d1 d2 d3… mean d1.d2d3… × 10^exponent. */
function roundedDigits(
  x: number,
  count: number,
): { readonly digits: string; readonly exponent: number } {
  if (x === 0) return { digits: '0'.repeat(count), exponent: 0 };
  const [whole = '', decimals = ''] = formatDoubleF(x, ALL_DECIMALS).split('.');
  const all = (whole + decimals).replace(/^0+/, '');
  const exponent = all.length - ALL_DECIMALS - 1;
  const kept = all.slice(0, count);
  const rest = all.slice(count).replace(/0+$/, '');
  const odd = Number(kept.at(-1)) % 2 === 1;
  const up = rest > '5' || (rest === '5' && odd);
  const digits = up ? String(BigInt(kept) + 1n) : kept.padEnd(count, '0');
  return digits.length > count
    ? { digits: digits.slice(0, count), exponent: exponent + 1 }
    : { digits, exponent };
}

function quoted(text: string): string {
  const inner = text.replace(/["\\\n\r\0]/g, (c) =>
    c === '\r' ? '\\r' : c === '\0' ? '\\000' : `\\${c}`,
  );
  return `"${inner}"`;
}
