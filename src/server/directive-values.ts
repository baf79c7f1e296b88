/** What a directive accepts, and the canonical text it then has: the setters and getters of config.c. */
import { unreachable } from '../base/assert.ts';
import { ascii, equalsIgnoreCase, lowerCase, type ByteString } from '../base/bytes.ts';
import { isDigitCode, isSpaceCode } from '../base/characters.ts';
import { formatFixedPoint, parseDouble } from '../base/doubles.ts';
import { INT64_MAX, INT64_MIN, parseInt64, UINT64_MAX } from '../base/integers.ts';
import { stringProblem } from './directive-strings.ts';
import {
  directiveText,
  type Directive,
  type DirectiveKind,
  type DirectiveValues,
} from './directives.ts';

export type ParsedValue =
  | { readonly ok: true; readonly text: ByteString }
  | { readonly ok: false; readonly reason: string };

export interface ValueSource {
  /** Several `save` lines of a file add up, while a client's CONFIG SET replaces all points. */
  readonly from: 'file' | 'client';
  /** chdir(2) and getcwd(3): the absolute path, or why it cannot be entered, in the words of strerror. */
  readonly changeDirectory: (path: ByteString) => ParsedValue;
}

/** The canonical text of `words` for `directive`, given what is set so far. Nothing is changed. */
export function parseValue(
  directive: Directive,
  words: readonly ByteString[],
  values: DirectiveValues,
  source: ValueSource,
): ParsedValue {
  const { kind } = directive;
  switch (kind.kind) {
    case 'bool':
      return parseBool(words[0]!);
    case 'enum':
      return parseEnum(kind, words);
    case 'number':
      return parseNumber(kind, words[0]!);
    case 'string': {
      // Strings of C end at a NUL; passwords may hold any byte.
      const word = kind.rule === 'bytes' ? words[0]! : cString(words[0]!);
      const problem = stringProblem(kind.rule, word);
      return problem === undefined ? set(word) : refused(problem);
    }
    case 'dir':
      return source.changeDirectory(words[0]!);
    case 'save':
      return parseSave(words, values, source.from);
    case 'client-output-buffer-limit':
      return parseBufferLimits(words, directiveText(values, directive.name));
    case 'oom-score-adj-values':
      return parseOomScores(words);
    case 'notify-keyspace-events':
      return parseNotifications(words[0]!);
    case 'bind':
      return parseBind(words);
    case 'replicaof':
      return parseReplicaOf(words);
    case 'percentiles':
      return parsePercentiles(words);
    default:
      return unreachable(kind);
  }
}

/** As CONFIG GET shows it: an event class `n` beside `A` is kept, but not shown (notify.c). */
export function shownText(directive: Directive, text: ByteString): ByteString {
  if (directive.kind.kind !== 'notify-keyspace-events' || !text.startsWith('A')) return text;
  return ascii(text.replace('n', ''));
}

function set(text: string): ParsedValue {
  return { ok: true, text: ascii(text) };
}

function refused(reason: string): ParsedValue {
  return { ok: false, reason };
}

function cString(word: ByteString): string {
  const nul = word.indexOf('\0');
  return nul < 0 ? word : word.slice(0, nul);
}

function parseBool(word: ByteString): ParsedValue {
  const text = lowerCase(word);
  return text === 'yes' || text === 'no' ? set(text) : refused("argument must be 'yes' or 'no'");
}

function parseEnum(
  kind: Extract<DirectiveKind, { kind: 'enum' }>,
  words: readonly ByteString[],
): ParsedValue {
  const { values, same, combine } = kind;
  const chosen = words.map((word) => values.find((value) => equalsIgnoreCase(value, word)));
  if (
    chosen.length === 0 ||
    chosen.includes(undefined) ||
    (chosen.length > 1 && combine !== true)
  ) {
    return refused(`argument(s) must be one of the following: ${values.join(', ')}`);
  }
  if (combine !== true) return set(same?.[chosen[0]!] ?? chosen[0]!);
  if (chosen.includes('save') && chosen.includes('nosave')) {
    return refused("shutdown options SAVE and NOSAVE can't be used simultaneously");
  }
  // The first of the values is 0, the others are bits that are shown in their order.
  const bits = values.slice(1).filter((value) => chosen.includes(value));
  return set(bits.length === 0 ? values[0]! : bits.join(' '));
}

function parseNumber(
  kind: Extract<DirectiveKind, { kind: 'number' }>,
  word: ByteString,
): ParsedValue {
  const value = readNumber(kind.notation, word);
  if (value === undefined) return refused(NUMBER_REASONS[kind.notation]);
  const { min, max, notation, unsigned } = kind;
  if (notation === 'memory-or-percent' && value < 0n) {
    if (value < min) return refused(`percentage argument must be less or equal to ${-min}`);
    return set(`${-value}%`);
  }
  const compared = unsigned ? BigInt.asUintN(64, value) : value;
  if (compared < min || compared > max) {
    const radix = notation === 'octal' ? 8 : 10;
    return refused(
      `argument must be between ${min.toString(radix)} and ${max.toString(radix)} inclusive`,
    );
  }
  return set(compared.toString(notation === 'octal' ? 8 : 10));
}

const NUMBER_REASONS = {
  integer: "argument couldn't be parsed into an integer",
  memory: 'argument must be a memory value',
  'memory-or-percent': 'argument must be a memory or percent value',
  octal: "argument couldn't be parsed as an octal number",
} as const;

/** As a `long long` of C, into which large memory sizes wrap; a percentage is negative. */
function readNumber(notation: keyof typeof NUMBER_REASONS, word: ByteString): bigint | undefined {
  switch (notation) {
    case 'integer':
      return exactInteger(word);
    case 'memory':
      return readMemory(word);
    case 'memory-or-percent': {
      const bytes = readMemory(word);
      if (bytes !== undefined || !word.endsWith('%')) return bytes;
      const percent = exactInteger(ascii(word.slice(0, -1)));
      return percent === undefined || percent < 0n ? undefined : -percent;
    }
    case 'octal':
      return readCInteger(word, 8, 'refuse');
    default:
      return unreachable(notation);
  }
}

function exactInteger(word: ByteString): bigint | undefined {
  const value = parseInt64(word);
  return value === undefined ? undefined : BigInt(value);
}

const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  k: 1000n,
  kb: 1n << 10n,
  m: 1_000_000n,
  mb: 1n << 20n,
  g: 1_000_000_000n,
  gb: 1n << 30n,
};
const LONGEST_MEMORY_DIGITS = 127;

/** util.c:memtoull; no digits are zero, and too many of them the largest number. */
function readMemory(word: ByteString): bigint | undefined {
  const bytes = readUnsignedMemory(word);
  return bytes === undefined ? undefined : BigInt.asIntN(64, bytes);
}

function readUnsignedMemory(word: ByteString): bigint | undefined {
  const text = cString(word);
  let digits = 0;
  while (digits < text.length && isDigitCode(text.charCodeAt(digits))) digits++;
  const unit = UNITS[text.slice(digits).toLowerCase()];
  if (unit === undefined || digits > LONGEST_MEMORY_DIGITS) return undefined;
  const number = digits === 0 ? 0n : BigInt(text.slice(0, digits));
  return BigInt.asUintN(64, (number > UINT64_MAX ? UINT64_MAX : number) * unit);
}

/** strtoll where the whole word has to be read; an empty word is zero. Beyond 64 bits: the nearest, or refused. */
function readCInteger(
  word: ByteString,
  radix: 8 | 10,
  overflow: 'clamp' | 'refuse',
): bigint | undefined {
  const text = cString(word);
  if (text === '') return 0n;
  let at = 0;
  while (at < text.length && isSpaceCode(text.charCodeAt(at))) at++;
  const sign = text.charAt(at);
  if (sign === '-' || sign === '+') at++;
  const digits = text.slice(at);
  if (!(radix === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(digits)) return undefined;
  const magnitude = BigInt(radix === 8 ? `0o${digits}` : digits);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value >= INT64_MIN && value <= INT64_MAX) return value;
  if (overflow === 'refuse') return undefined;
  return value < 0n ? INT64_MIN : INT64_MAX;
}

function parseSave(
  words: readonly ByteString[],
  values: DirectiveValues,
  from: ValueSource['from'],
): ParsedValue {
  const given = words.length === 1 && words[0] === '' ? [] : words;
  const points: string[] = [];
  for (const [i, word] of given.entries()) {
    const value = readCInteger(word, 10, 'clamp');
    const isSeconds = i % 2 === 0;
    if (value === undefined || value < (isSeconds ? 1n : 0n)) return refused(BAD_SAVE);
    // The changes are an int of C.
    points.push(String(isSeconds ? value : BigInt.asIntN(32, value)));
  }
  if (points.length % 2 === 1) return refused(BAD_SAVE);
  const before = directiveText(values, 'save');
  if (from === 'file' && values.given.has('save') && before !== '' && points.length > 0)
    points.unshift(before);
  return set(points.join(' '));
}

const BAD_SAVE = 'Invalid save parameters';

const BUFFER_CLASSES = ['normal', 'slave', 'pubsub'] as const;

function parseBufferLimits(words: readonly ByteString[], current: ByteString): ParsedValue {
  if (words.length % 4 !== 0)
    return refused('Wrong number of arguments in buffer limit configuration.');
  const limits = current.split(' ');
  for (let i = 0; i < words.length; i += 4) {
    const name = lowerCase(words[i]!);
    const index = BUFFER_CLASSES.findIndex(
      (known) => known === (name === 'replica' ? 'slave' : name),
    );
    if (index < 0) return refused('Invalid client class specified in buffer limit configuration.');
    const hard = readUnsignedMemory(words[i + 1]!);
    const soft = readUnsignedMemory(words[i + 2]!);
    const seconds = readCInteger(words[i + 3]!, 10, 'clamp');
    if (hard === undefined || soft === undefined || seconds === undefined || seconds < 0n) {
      return refused('Error in hard, soft or soft_seconds setting in buffer limit configuration.');
    }
    limits.splice(index * 4 + 1, 3, String(hard), String(soft), String(seconds));
  }
  return set(limits.join(' '));
}

function parseOomScores(words: readonly ByteString[]): ParsedValue {
  if (words.length !== 3) return refused(WRONG_NUMBER);
  const scores = words.map((word) => readCInteger(word, 10, 'clamp'));
  if (scores.some((score) => score === undefined || score < -2000n || score > 2000n)) {
    return refused('Invalid oom-score-adj-values, elements must be between -2000 and 2000.');
  }
  return set(scores.join(' '));
}

export const WRONG_NUMBER = 'wrong number of arguments';

const EVENT_CLASSES = 'g$lshzxetd';

function parseNotifications(word: ByteString): ParsedValue {
  const text = cString(word);
  if (!/^[Ag$lshzxeKEtmdn]*$/.test(text)) {
    return refused("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  }
  const has = (letter: string): boolean => text.includes(letter);
  const all = has('A') || [...EVENT_CLASSES].every(has);
  const classes = all ? 'A' : [...EVENT_CLASSES].filter(has).join('');
  return set(classes + [...'nKEm'].filter(has).join(''));
}

const MOST_ADDRESSES = 16;

function parseBind(words: readonly ByteString[]): ParsedValue {
  if (words.length > MOST_ADDRESSES) return refused('Too many bind addresses specified.');
  return set(words.map(cString).join(' '));
}

function parseReplicaOf(words: readonly ByteString[]): ParsedValue {
  const [host, port] = words;
  if (words.length !== 2 || host === undefined || port === undefined) return refused(WRONG_NUMBER);
  if (equalsIgnoreCase(host, 'no') && equalsIgnoreCase(port, 'one')) return set('');
  const number = readCInteger(port, 10, 'clamp');
  const stored = number === undefined ? -1n : BigInt.asIntN(32, number);
  if (stored < 0n || stored > 65535n) return refused('Invalid master port');
  return set(`${host} ${stored}`);
}

function parsePercentiles(words: readonly ByteString[]): ParsedValue {
  const shown: string[] = [];
  for (const word of words.length === 1 && words[0] === '' ? [] : words) {
    const percentile = parseDouble(word);
    if (percentile === undefined)
      return refused('Invalid latency-tracking-info-percentiles parameters');
    if (percentile > 100 || percentile < 0) {
      return refused('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]');
    }
    shown.push(formatFixedPoint(percentile, 6).replace(/\.?0+$/, ''));
  }
  return set(shown.join(' '));
}
