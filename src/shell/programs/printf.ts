/** printf(1) and the escapes that echo -e knows too. */
import { exponentialText, fixedText } from '../../base/decimal-text.ts';
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { complain, write, type ProgramContext, type Run } from '../program.ts';

export function* printfProgram({ argv }: ProgramContext): Run {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
  if (words.length === 0) {
    yield* complain('printf: usage: printf [-v var] format [arguments]');
    return 2;
  }
  const { text, errors } = formatWords(words);
  yield* write(1, text);
  for (const error of errors) yield* complain(`bash: printf: ${error}`);
  return errors.length === 0 ? 0 : 1;
}

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['E', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

/** `echo`: an octal number begins with 0; `ends`: `\c` cut the text. */
export function escapeText(
  text: string,
  kind: 'echo' | 'printf',
): { readonly text: string; readonly ends: boolean } {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char !== '\\') {
      out += char;
      continue;
    }
    const rest = text.slice(i + 1, i + 6);
    const next = rest.charAt(0);
    if (next === 'c') return { text: out, ends: true };
    const octal = (kind === 'echo' ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest);
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
    if (octal !== null) {
      out += String.fromCharCode(parseInt(octal[1] === '' ? '0' : (octal[1] ?? '0'), 8) & 255);
      i += octal[0].length;
    } else if (hex !== null) {
      out += String.fromCharCode(parseInt(hex[1] ?? '0', 16));
      i += hex[0].length;
    } else {
      const known =
        SIMPLE.get(next) ??
        (kind === 'printf' && (next === '"' || next === "'") ? next : undefined);
      out += known ?? `\\${next}`;
      i++;
    }
  }
  return { text: out, ends: false };
}

const DIRECTIVE = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d+)?)?([diouxXcsbqeEfgG%])/g;

/** The format is used again until all words are; what is missing is empty or 0. */
export function formatWords(words: readonly ByteString[]): {
  readonly text: ByteString;
  readonly errors: readonly string[];
} {
  const [format = EMPTY, ...values] = words;
  const errors: string[] = [];
  let at = 0;
  let out = '';
  let ends = false;
  const next = (): ByteString => values[at++] ?? EMPTY;
  do {
    const before = at;
    let from = 0;
    for (const match of format.matchAll(DIRECTIVE)) {
      const plain = escapeText(format.slice(from, match.index), 'printf');
      out += plain.text;
      ends ||= plain.ends;
      from = match.index + match[0].length;
      if (!ends)
        out += directive(match, next, errors, (text) => {
          ends ||= text;
        });
    }
    const tail = escapeText(format.slice(from), 'printf');
    if (!ends) out += tail.text;
    ends ||= tail.ends;
    if (at === before) break;
  } while (at < values.length && !ends);
  return { text: ascii(out), errors };
}

function directive(
  match: RegExpMatchArray,
  next: () => ByteString,
  errors: string[],
  end: (ends: boolean) => void,
): string {
  const [, flags = '', widthText, precisionText, kind = 's'] = match;
  if (kind === '%') return '%';
  const width = widthText === '*' ? Number(next()) : Number(widthText ?? 0);
  const dot = match[0].includes('.');
  const precision =
    precisionText === '*' ? Number(next()) : dot ? Number(precisionText ?? 0) : undefined;
  const left = flags.includes('-') || width < 0;
  const pad = (text: string, filler = ' '): string =>
    left
      ? text.padEnd(Math.abs(width))
      : filler === '0'
        ? zeroPad(text, width)
        : text.padStart(width);
  switch (kind) {
    case 's':
      return pad(cut(next(), precision));
    case 'c':
      return pad(next().charAt(0));
    case 'b': {
      const { text, ends } = escapeText(next(), 'echo');
      end(ends);
      return pad(cut(text, precision));
    }
    case 'q': {
      const word = next();
      return pad(word === '' ? "''" : word.replace(/[^\w./:=@%^+,-]/g, '\\$&'));
    }
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X': {
      const value = integerOf(next(), errors);
      const unsigned = kind === 'd' || kind === 'i' ? value : BigInt.asUintN(64, value);
      const digits = (unsigned < 0n ? -unsigned : unsigned).toString(
        kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10,
      );
      const shown = (kind === 'X' ? digits.toUpperCase() : digits).padStart(precision ?? 1, '0');
      const sign = unsigned < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
      const prefix =
        flags.includes('#') && value !== 0n
          ? kind === 'o'
            ? '0'
            : kind === 'x'
              ? '0x'
              : kind === 'X'
                ? '0X'
                : ''
          : '';
      return pad(sign + prefix + shown, flags.includes('0') && precision === undefined ? '0' : ' ');
    }
    default: {
      const word = next();
      const value = Number(word === '' ? 0 : word);
      if (Number.isNaN(value)) errors.push(`${word}: invalid number`);
      const text = real(Number.isNaN(value) ? 0 : value, kind, precision ?? 6);
      return pad(
        flags.includes('+') && value >= 0 ? `+${text}` : text,
        flags.includes('0') ? '0' : ' ',
      );
    }
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : text.slice(0, precision);
}

function zeroPad(text: string, width: number): string {
  const sign = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function integerOf(word: ByteString, errors: string[]): bigint {
  if (word === '') return 0n;
  if (/^["']./.test(word)) return BigInt(word.charCodeAt(1));
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(word);
  if (match === null || match[0].length < word.length) errors.push(`${word}: invalid number`);
  if (match === null) return 0n;
  const digits = match[2] ?? '0';
  const octal = /^0[0-7]+$/.test(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : /^0[89]/.test(digits) ? '0' : digits);
  return BigInt.asIntN(64, match[1] === '-' ? -value : value);
}

/** %e, %f and %g of C. */
export function real(value: number, kind: string, precision: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan';
  const wanted = Math.min(precision, MOST_DIGITS);
  if (kind === 'f') {
    if (Math.abs(value) < 1e21) return fixedText(value, wanted);
    return `${BigInt(value)}${wanted > 0 ? `.${'0'.repeat(wanted)}` : ''}`;
  }
  if (kind === 'e' || kind === 'E') {
    const text = exponentialText(value, wanted);
    return kind === 'E' ? text.toUpperCase() : text;
  }
  const digits = Math.max(wanted, 1);
  const exponent = value === 0 ? 0 : Number(exponentialText(value, digits - 1).split('e')[1]);
  const text =
    exponent < -4 || exponent >= digits
      ? exponentialText(value, digits - 1)
          .replace(/(\.\d*?)0+e/, '$1e')
          .replace('.e', 'e')
      : fixedText(value, Math.max(0, digits - 1 - exponent))
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, '');
  return kind === 'G' ? text.toUpperCase() : text;
}

const MOST_DIGITS = 40;
