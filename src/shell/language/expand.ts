/** Words become fields: parameters, commands and arithmetic are put in, then split, then matched with files. */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import type { Parameter, Part, Script, Word } from '../grammar/syntax.ts';
import { call, complain, type Run } from '../program.ts';
import { evaluate } from './arithmetic.ts';
import { escapePattern, hasPattern, patternMatches, unescapePattern } from './pattern.ts';
import {
  getVariable,
  messageHead,
  parameterValue,
  separatorOf,
  setVariable,
  type ShellState,
} from './shell-state.ts';

/** How `$( … )` runs its script: run.ts knows. */
export type Substitute = (state: ShellState, script: Script) => Run<ByteString>;

interface Piece {
  readonly text: string;
  readonly quoted: boolean;
}

interface Fields {
  readonly done: Piece[][];
  current: Piece[] | null;
}

/** The fields of several words, as a command's arguments are. */
export function* expandWords(
  state: ShellState,
  words: readonly Word[],
  substitute: Substitute,
): Run<ByteString[]> {
  const all: ByteString[] = [];
  for (const word of words.flatMap(expandBraces)) {
    const fields = yield* fieldsOf(state, word, substitute);
    for (const field of fields) all.push(...(yield* matchFiles(state, field)));
  }
  return all;
}

/** One text, neither split nor matched: of an assignment, a redirection, a here-document. */
export function* expandText(
  state: ShellState,
  word: Word,
  substitute: Substitute,
): Run<ByteString> {
  let text = '';
  for (const [i, part] of word.entries()) text += yield* partText(state, part, i === 0, substitute);
  return ascii(text);
}

/** A pattern: what is quoted means itself. */
export function* expandPattern(state: ShellState, word: Word, substitute: Substitute): Run<string> {
  let text = '';
  for (const [i, part] of word.entries()) {
    const one = yield* partText(state, part, i === 0, substitute);
    text += part.quoting === 'quoted' ? escapePattern(one) : one;
  }
  return text;
}

function* partText(
  state: ShellState,
  part: Part,
  first: boolean,
  substitute: Substitute,
): Run<ByteString> {
  switch (part.part) {
    case 'text':
      return first && part.quoting === 'plain' ? tilde(state, part.text) : part.text;
    case 'parameter':
      return yield* expandParameter(state, part.parameter, substitute);
    case 'command':
      return yield* substitute(state, part.script);
    case 'arithmetic':
      return yield* expandArithmetic(state, part.expression, substitute);
  }
}

export function* expandArithmetic(
  state: ShellState,
  expression: Word,
  substitute: Substitute,
): Run<ByteString> {
  const text = yield* expandText(state, expression, substitute);
  const result = evaluate(state, text.trim());
  if (result.ok) return ascii(String(result.value));
  yield* complain(`${messageHead(state)}${result.error}`);
  state.flow = { flow: 'exit', status: 1 };
  if (state.interactive) state.flow = { flow: 'break', levels: Infinity };
  state.status = 1;
  return EMPTY;
}

function tilde(state: ShellState, text: ByteString): ByteString {
  if (text !== '~' && !text.startsWith('~/')) return text;
  return ascii(`${getVariable(state, 'HOME') ?? '/root'}${text.slice(1)}`);
}

function* fieldsOf(state: ShellState, word: Word, substitute: Substitute): Run<Piece[][]> {
  const fields: Fields = { done: [], current: null };
  for (const [i, part] of word.entries()) {
    if (part.part === 'text') {
      const text = i === 0 && part.quoting === 'plain' ? tilde(state, part.text) : part.text;
      add(fields, text, part.quoting === 'quoted');
    } else if (
      part.part === 'parameter' &&
      isList(part.parameter) &&
      (part.quoting === 'plain' || part.parameter.name === '@')
    ) {
      addList(state, fields, part.quoting === 'quoted');
    } else if (
      part.part === 'parameter' &&
      part.quoting === 'plain' &&
      hasDefault(state, part.parameter)
    ) {
      // The word of ${x:-a "b c"} is split where it is not quoted.
      for (const inner of yield* fieldsOf(state, part.parameter.word, substitute)) {
        for (const piece of inner) add(fields, piece.text, piece.quoted);
        endField(fields);
      }
      const last = fields.done.pop();
      if (last !== undefined) fields.current = last;
    } else {
      const text = yield* partText(state, part, false, substitute);
      if (part.quoting === 'quoted') add(fields, text, true);
      else addSplit(state, fields, text);
    }
  }
  endField(fields);
  return fields.done;
}

function isList({ name, operator }: Parameter): boolean {
  return (name === '@' || name === '*') && operator === null;
}

function hasDefault(state: ShellState, { name, operator }: Parameter): boolean {
  const value = parameterValue(state, name);
  if (operator === ':-') return value === undefined || value === '';
  if (operator === '-') return value === undefined;
  if (operator === ':+') return value !== undefined && value !== '';
  return operator === '+' && value !== undefined;
}

function add(fields: Fields, text: string, quoted: boolean): void {
  fields.current ??= [];
  fields.current.push({ text, quoted });
}

function endField(fields: Fields): void {
  if (fields.current !== null) fields.done.push(fields.current);
  fields.current = null;
}

function addList(state: ShellState, fields: Fields, quoted: boolean): void {
  for (const [i, one] of state.positional.entries()) {
    if (i > 0) endField(fields);
    if (quoted) add(fields, one, true);
    else addSplit(state, fields, one);
  }
}

function addSplit(state: ShellState, fields: Fields, text: string): void {
  const separators = state.variables.get('IFS')?.value ?? ' \t\n';
  if (separators === '') {
    if (text !== '') add(fields, text, false);
    return;
  }
  const blanks = [...separators].filter((char) => ' \t\n'.includes(char)).join('');
  let at = 0;
  while (at < text.length) {
    let end = at;
    while (end < text.length && !separators.includes(text.charAt(end))) end++;
    if (end > at) add(fields, text.slice(at, end), false);
    if (end === text.length) return;
    let hard = 0;
    at = end;
    while (at < text.length && separators.includes(text.charAt(at))) {
      if (!blanks.includes(text.charAt(at)) && ++hard > 1) break;
      at++;
    }
    if (hard > 0 && fields.current === null) add(fields, '', false);
    endField(fields);
  }
}

// --- parameters ---

function* expandParameter(
  state: ShellState,
  parameter: Parameter,
  substitute: Substitute,
): Run<ByteString> {
  const { name, operator, word } = parameter;
  const value = parameterValue(state, name);
  const isEmpty = value === undefined || value === '';
  switch (operator) {
    case null:
      if (value === undefined && state.options.has('nounset') && name !== '@' && name !== '*')
        return yield* failParameter(state, `${name}: unbound variable`);
      if (name === '*') return ascii(state.positional.join(separatorOf(state)));
      return name === '@' ? ascii(state.positional.join(' ')) : (value ?? EMPTY);
    case 'length':
      if (name === '@' || name === '*') return ascii(String(state.positional.length));
      return ascii(String(value?.length ?? 0));
    case '-':
    case ':-':
      return (operator === '-' ? value === undefined : isEmpty)
        ? yield* expandText(state, word, substitute)
        : (value ?? EMPTY);
    case '=':
    case ':=': {
      if (!(operator === '=' ? value === undefined : isEmpty)) return value ?? EMPTY;
      const text = yield* expandText(state, word, substitute);
      setVariable(state, name, text);
      return text;
    }
    case '+':
    case ':+':
      return (operator === '+' ? value === undefined : isEmpty)
        ? EMPTY
        : yield* expandText(state, word, substitute);
    case '?':
    case ':?': {
      if (!(operator === '?' ? value === undefined : isEmpty)) return value ?? EMPTY;
      const text = yield* expandText(state, word, substitute);
      const why = operator === '?' ? 'parameter not set' : 'parameter null or not set';
      return yield* failParameter(state, `${name}: ${text === '' ? why : text}`);
    }
    default:
      return yield* editValue(state, parameter, value ?? EMPTY, substitute);
  }
}

function* editValue(
  state: ShellState,
  { operator, word, second }: Parameter,
  value: ByteString,
  substitute: Substitute,
): Run<ByteString> {
  if (operator === 'slice') {
    const from = Number(yield* expandArithmetic(state, word, substitute));
    const length =
      second === null ? undefined : Number(yield* expandArithmetic(state, second, substitute));
    const start = from < 0 ? Math.max(0, value.length + from) : from;
    const end =
      length === undefined ? undefined : length < 0 ? value.length + length : start + length;
    return ascii(value.slice(start, end));
  }
  if (operator === '^' || operator === '^^' || operator === ',' || operator === ',,') {
    const turn = (text: string): string =>
      text.replace(/[a-zA-Z]/g, (c) =>
        operator.startsWith('^') ? c.toUpperCase() : c.toLowerCase(),
      );
    return ascii(operator.length === 2 ? turn(value) : turn(value.charAt(0)) + value.slice(1));
  }
  const pattern = yield* expandPattern(state, word, substitute);
  switch (operator) {
    case '#':
      for (let i = 0; i <= value.length; i++)
        if (patternMatches(pattern, value.slice(0, i))) return ascii(value.slice(i));
      return value;
    case '##':
      for (let i = value.length; i >= 0; i--)
        if (patternMatches(pattern, value.slice(0, i))) return ascii(value.slice(i));
      return value;
    case '%':
      for (let i = value.length; i >= 0; i--)
        if (patternMatches(pattern, value.slice(i))) return ascii(value.slice(0, i));
      return value;
    case '%%':
      for (let i = 0; i <= value.length; i++)
        if (patternMatches(pattern, value.slice(i))) return ascii(value.slice(0, i));
      return value;
    default: {
      const by = second === null ? '' : yield* expandText(state, second, substitute);
      return replaceIn(value, pattern, by, operator === '//' ? 'all' : 'first');
    }
  }
}

function replaceIn(value: string, pattern: string, by: string, which: 'all' | 'first'): ByteString {
  let out = '';
  let at = 0;
  while (at < value.length) {
    let end = value.length;
    while (end > at && !patternMatches(pattern, value.slice(at, end))) end--;
    if (end > at) {
      out += by;
      at = end;
      if (which === 'first') break;
    } else out += value.charAt(at++);
  }
  return ascii(out + value.slice(at));
}

function* failParameter(state: ShellState, message: string): Run<ByteString> {
  yield* complain(`${messageHead(state)}${message}`);
  state.status = state.interactive ? 1 : 127;
  state.flow = state.interactive
    ? { flow: 'break', levels: Infinity }
    : { flow: 'exit', status: 127 };
  return EMPTY;
}

// --- braces and files ---

const BRACES = /\{((?:[^{},]*,)+[^{},]*|-?\d+\.\.-?\d+(?:\.\.-?\d+)?|[A-Za-z]\.\.[A-Za-z])\}/;
const MOST_BRACES = 100_000;

function expandBraces(word: Word): Word[] {
  for (const [i, part] of word.entries()) {
    if (part.part !== 'text' || part.quoting !== 'plain') continue;
    const match = BRACES.exec(part.text);
    if (match === null) continue;
    const before = part.text.slice(0, match.index);
    const after = part.text.slice(match.index + match[0].length);
    return alternatives(match[1] ?? '').flatMap((text) =>
      expandBraces([
        ...word.slice(0, i),
        { part: 'text', text: ascii(before + text + after), quoting: 'plain' },
        ...word.slice(i + 1),
      ]),
    );
  }
  return [word];
}

function alternatives(body: string): string[] {
  const range = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(body);
  if (range === null) return body.split(',');
  const isNumber = /\d/.test(range[1] ?? '');
  const from = isNumber ? Number(range[1]) : (range[1] ?? '').charCodeAt(0);
  const to = isNumber ? Number(range[2]) : (range[2] ?? '').charCodeAt(0);
  const step = Math.max(1, Math.abs(Number(range[3] ?? 1)));
  const padded = /^-?0\d/.test(range[1] ?? '') || /^-?0\d/.test(range[2] ?? '');
  const width = padded ? Math.max(range[1]?.length ?? 0, range[2]?.length ?? 0) : 0;
  const count = Math.min(Math.floor(Math.abs(to - from) / step) + 1, MOST_BRACES);
  return Array.from({ length: count }, (_, i) => {
    const n = from + (to < from ? -step : step) * i;
    return isNumber ? String(n).padStart(width, '0') : String.fromCharCode(n);
  });
}

function* matchFiles(state: ShellState, field: readonly Piece[]): Run<ByteString[]> {
  const text = ascii(field.map((piece) => piece.text).join(''));
  if (state.options.has('noglob')) return [text];
  if (!field.some((piece) => !piece.quoted && /[*?[]/.test(piece.text))) return [text];
  const pattern = field
    .map((piece) => (piece.quoted ? escapePattern(piece.text) : piece.text))
    .join('');
  const found = hasPattern(pattern) ? yield* filesMatching(pattern) : [];
  return found.length > 0 ? found : [text];
}

/** The paths that match, in order of their bytes. */
export function* filesMatching(pattern: string): Run<ByteString[]> {
  let paths = [pattern.startsWith('/') ? '/' : ''];
  const names = pattern.split('/').filter((name) => name !== '');
  for (const [i, name] of names.entries()) {
    const next: string[] = [];
    for (const path of paths) {
      if (!hasPattern(name)) {
        const plain = `${path}${unescapePattern(name)}`;
        if ((yield* call({ call: 'stat', path: plain })).ok) next.push(plain);
        continue;
      }
      const listed = yield* call({ call: 'readdir', path: path === '' ? '.' : path });
      if (!listed.ok) continue;
      for (const one of listed.names ?? [])
        if ((!one.startsWith('.') || name.startsWith('.')) && patternMatches(name, one))
          next.push(`${path}${one}`);
    }
    paths = i < names.length - 1 ? next.map((path) => `${path}/`) : next;
  }
  return paths.map(ascii).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
