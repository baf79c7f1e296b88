/** The grammar of the shell: what bash understands of POSIX's, with `[[`, `((`, `<<<`, `&>` and `$'…'`. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { Cursor, incomplete, plainText, ShellSyntaxError } from './cursor.ts';
import type {
  AndOr,
  Assignment,
  Command,
  Part,
  Pipeline,
  Redirect,
  Script,
  Word,
} from './syntax.ts';

export type Parsed =
  | { readonly kind: 'script'; readonly script: Script }
  /** More lines may complete it. */
  | { readonly kind: 'incomplete'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string };

/** The script that a text is, or what is wrong with it, as bash words it. */
export function parseShell(text: ByteString): Parsed {
  const cursor = new Cursor(text, nestedScript);
  try {
    const script = readList(cursor, []);
    if (cursor.at < cursor.text.length) throw unexpected(cursor);
    cursor.checkDocuments();
    return { kind: 'script', script };
  } catch (thrown) {
    if (!(thrown instanceof ShellSyntaxError)) throw thrown;
    return { kind: thrown.kind, message: thrown.message };
  }
}

function nestedScript(cursor: Cursor, end: ')' | '`'): Script {
  const script = readList(cursor, []);
  if (end === ')') {
    if (cursor.at >= cursor.text.length) throw incomplete('$(');
    if (cursor.peek() !== ')') throw unexpected(cursor);
    cursor.at++;
  } else if (cursor.at < cursor.text.length) throw unexpected(cursor);
  return script;
}

function unexpected(cursor: Cursor): ShellSyntaxError {
  cursor.skipBlanks();
  if (cursor.at >= cursor.text.length) return incomplete('unexpected end of file');
  const token =
    OPERATORS.find((one) => cursor.startsWith(one)) ??
    cursor.text.slice(cursor.at).split(/[\s;&|<>()]/)[0] ??
    '';
  const shown = token === '\n' ? 'newline' : token;
  return new ShellSyntaxError('wrong', `syntax error near unexpected token \`${shown}'`);
}

const OPERATORS = ['&&', '||', ';;', '>>', '<<', ';', '&', '|', '(', ')', '<', '>', '\n'];
const RESERVED = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'in',
  '{',
  '}',
  '!',
  '[[',
  'function',
  'time',
]);

/** The reserved word at the cursor, if one stands there. */
function reservedWord(cursor: Cursor): string | undefined {
  const match = /^(?:[a-z]+|[{}!]|\[\[)(?=[\s;&|<>()]|$)/.exec(
    cursor.text.slice(cursor.at, cursor.at + 16),
  );
  return match !== null && RESERVED.has(match[0]) ? match[0] : undefined;
}

function skipNewlines(cursor: Cursor): void {
  for (;;) {
    cursor.skipBlanks();
    if (cursor.peek() !== '\n') return;
    cursor.newline();
  }
}

/** Commands up to one of the `ends`, which stays unread, or to what can begin no command. */
function readList(cursor: Cursor, ends: readonly string[]): Script {
  const list: AndOr[] = [];
  for (;;) {
    skipNewlines(cursor);
    const word = reservedWord(cursor);
    if (word !== undefined && ends.includes(word)) return list;
    if (cursor.at >= cursor.text.length || cursor.peek() === ')' || cursor.startsWith(';;'))
      return list;
    const start = cursor.at;
    const { first, rest } = readAndOr(cursor);
    const text = ascii(cursor.text.slice(start, cursor.at).trim());
    cursor.skipBlanks();
    const background = cursor.peek() === '&';
    const line = cursor.lineAt(start);
    list.push({ first, rest, background, text, line });
    if (cursor.startsWith(';;')) return list;
    if (cursor.peek() === ';' || background) cursor.at++;
    else if (cursor.peek() !== '\n') return list;
  }
}

function readAndOr(cursor: Cursor): Pick<AndOr, 'first' | 'rest'> {
  const first = readPipeline(cursor);
  const rest: { when: '&&' | '||'; pipeline: Pipeline }[] = [];
  for (;;) {
    cursor.skipBlanks();
    const when = cursor.startsWith('&&') ? '&&' : cursor.startsWith('||') ? '||' : undefined;
    if (when === undefined) return { first, rest };
    cursor.at += 2;
    skipNewlines(cursor);
    rest.push({ when, pipeline: readPipeline(cursor) });
  }
}

function readPipeline(cursor: Cursor): Pipeline {
  let negated = false;
  let timed = false;
  for (;;) {
    cursor.skipBlanks();
    const word = reservedWord(cursor);
    if (word === '!') negated = !negated;
    else if (word === 'time') timed = true;
    else break;
    cursor.at += word.length;
  }
  const commands = [cursor.deeper(() => readCommand(cursor))];
  for (;;) {
    cursor.skipBlanks();
    if (cursor.peek() !== '|' || cursor.peek(1) === '|') return { commands, negated, timed };
    cursor.at++;
    const both = cursor.peek() === '&';
    if (both) cursor.at++;
    const last = commands[commands.length - 1];
    if (both && last !== undefined && 'redirects' in last) {
      const join: Redirect = { fd: 2, operator: '>&', target: textWord('1') };
      commands[commands.length - 1] = { ...last, redirects: [...last.redirects, join] };
    }
    skipNewlines(cursor);
    commands.push(cursor.deeper(() => readCommand(cursor)));
  }
}

function textWord(text: string): Word {
  return [{ part: 'text', text: ascii(text), quoting: 'plain' }];
}

function readCommand(cursor: Cursor): Command {
  cursor.skipBlanks();
  if (cursor.startsWith('((')) {
    const expression = cursor.tryArithmetic(2);
    if (expression !== undefined)
      return { command: 'arithmetic', expression, redirects: readRedirects(cursor) };
  }
  if (cursor.peek() === '(') {
    cursor.at++;
    const body = readList(cursor, []);
    expectChar(cursor, ')');
    return { command: 'subshell', body, redirects: readRedirects(cursor) };
  }
  const word = reservedWord(cursor);
  switch (word) {
    case undefined:
    case 'in':
    case 'time':
    case '!':
      return readSimple(cursor);
    case '{': {
      cursor.at++;
      const body = readList(cursor, ['}']);
      expectWord(cursor, '}');
      return { command: 'group', body, redirects: readRedirects(cursor) };
    }
    case 'if':
      return readIf(cursor);
    case 'while':
    case 'until': {
      cursor.at += word.length;
      const condition = readList(cursor, ['do']);
      const body = readDo(cursor);
      const until = word === 'until' ? 'true' : 'false';
      return { command: 'loop', until, condition, body, redirects: readRedirects(cursor) };
    }
    case 'for':
      return readFor(cursor);
    case 'case':
      return readCase(cursor);
    case '[[':
      return readTest(cursor);
    case 'function': {
      cursor.at += word.length;
      cursor.skipBlanks();
      const name = plainText(cursor.word()) ?? '';
      cursor.skipBlanks();
      if (cursor.startsWith('()')) cursor.at += 2;
      skipNewlines(cursor);
      return { command: 'function', name, body: cursor.deeper(() => readCommand(cursor)) };
    }
    default:
      throw new ShellSyntaxError('wrong', `syntax error near unexpected token \`${word}'`);
  }
}

function expectChar(cursor: Cursor, char: string): void {
  skipNewlines(cursor);
  if (cursor.at >= cursor.text.length) throw incomplete(char);
  if (cursor.peek() !== char) throw unexpected(cursor);
  cursor.at++;
}

function expectWord(cursor: Cursor, word: string): void {
  skipNewlines(cursor);
  if (cursor.at >= cursor.text.length) throw incomplete(word);
  if (reservedWord(cursor) !== word) throw unexpected(cursor);
  cursor.at += word.length;
}

function readDo(cursor: Cursor): Script {
  expectWord(cursor, 'do');
  const body = readList(cursor, ['done']);
  expectWord(cursor, 'done');
  return body;
}

function readIf(cursor: Cursor): Command {
  const branches: { condition: Script; body: Script }[] = [];
  let otherwise: Script | null = null;
  cursor.at += 'if'.length;
  for (;;) {
    const condition = readList(cursor, ['then']);
    expectWord(cursor, 'then');
    branches.push({ condition, body: readList(cursor, ['elif', 'else', 'fi']) });
    skipNewlines(cursor);
    const word = reservedWord(cursor);
    if (word === 'elif') cursor.at += word.length;
    else {
      if (word === 'else') {
        cursor.at += word.length;
        otherwise = readList(cursor, ['fi']);
      }
      expectWord(cursor, 'fi');
      return { command: 'if', branches, otherwise, redirects: readRedirects(cursor) };
    }
  }
}

function readFor(cursor: Cursor): Command {
  cursor.at += 'for'.length;
  cursor.skipBlanks();
  if (cursor.startsWith('((')) {
    const start = cursor.at + 2;
    if (cursor.tryArithmetic(2) === undefined) throw unexpected(cursor);
    const [first = '', condition = '', next = ''] = cursor.text
      .slice(start, cursor.at - 2)
      .split(';');
    skipSeparator(cursor);
    const body = readDo(cursor);
    const [a, b, c] = [first, condition, next].map((text) => cursor.partsOf(text));
    return {
      command: 'count',
      first: a ?? [],
      condition: b ?? [],
      next: c ?? [],
      body,
      redirects: readRedirects(cursor),
    };
  }
  const name = plainText(cursor.word());
  if (name === undefined) throw unexpected(cursor);
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new ShellSyntaxError('wrong', `\`${name}': not a valid identifier`);
  skipNewlines(cursor);
  let words: Word[] | null = null;
  if (reservedWord(cursor) === 'in') {
    cursor.at += 'in'.length;
    words = [];
    for (;;) {
      cursor.skipBlanks();
      const word = cursor.word();
      if (word === undefined) break;
      words.push(word);
    }
  }
  skipSeparator(cursor);
  return { command: 'for', name, words, body: readDo(cursor), redirects: readRedirects(cursor) };
}

function skipSeparator(cursor: Cursor): void {
  cursor.skipBlanks();
  if (cursor.peek() === ';') cursor.at++;
  skipNewlines(cursor);
}

function readCase(cursor: Cursor): Command {
  cursor.at += 'case'.length;
  cursor.skipBlanks();
  const word = cursor.word();
  if (word === undefined) throw unexpected(cursor);
  expectWord(cursor, 'in');
  const branches: { patterns: Word[]; body: Script }[] = [];
  for (;;) {
    skipNewlines(cursor);
    if (reservedWord(cursor) === 'esac') break;
    if (cursor.peek() === '(') cursor.at++;
    const patterns: Word[] = [];
    for (;;) {
      cursor.skipBlanks();
      const pattern = cursor.word();
      if (pattern === undefined) throw unexpected(cursor);
      patterns.push(pattern);
      cursor.skipBlanks();
      if (cursor.peek() !== '|') break;
      cursor.at++;
    }
    expectChar(cursor, ')');
    branches.push({ patterns, body: readList(cursor, ['esac']) });
    skipNewlines(cursor);
    if (cursor.startsWith(';;')) cursor.at += 2;
  }
  expectWord(cursor, 'esac');
  return { command: 'case', word, branches, redirects: readRedirects(cursor) };
}

/** `[[ … ]]`: its operators are words like others. */
function readTest(cursor: Cursor): Command {
  cursor.at += 2;
  const words: Word[] = [];
  for (;;) {
    skipNewlines(cursor);
    if (cursor.at >= cursor.text.length) throw incomplete('[[');
    const operator = ['&&', '||', '(', ')', '<', '>'].find((one) => cursor.startsWith(one));
    if (operator !== undefined) {
      cursor.at += operator.length;
      words.push(textWord(operator));
      continue;
    }
    const word = cursor.word();
    if (word === undefined) throw unexpected(cursor);
    if (plainText(word) === ']]')
      return { command: 'test', words, redirects: readRedirects(cursor) };
    words.push(word);
  }
}

function readSimple(cursor: Cursor): Command {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (;;) {
    cursor.skipBlanks();
    if (readRedirect(cursor, redirects)) continue;
    const word = cursor.word();
    if (word === undefined) break;
    const assignment = words.length === 0 ? assignmentOf(word) : undefined;
    if (assignment !== undefined) assignments.push(assignment);
    else words.push(word);
    const name = plainText(words[0]);
    if (
      words.length === 1 &&
      name !== undefined &&
      /^\s*\(\s*\)/.test(cursor.text.slice(cursor.at, cursor.at + 8))
    ) {
      cursor.at = cursor.text.indexOf(')', cursor.at) + 1;
      skipNewlines(cursor);
      return { command: 'function', name, body: cursor.deeper(() => readCommand(cursor)) };
    }
  }
  if (assignments.length + words.length + redirects.length === 0) throw unexpected(cursor);
  return { command: 'simple', assignments, words, redirects };
}

function assignmentOf(word: Word): Assignment | undefined {
  const [first, ...rest] = word;
  if (first?.part !== 'text' || first.quoting !== 'plain') return undefined;
  const match = /^([A-Za-z_]\w*)(\+?)=/.exec(first.text);
  if (match === null) return undefined;
  const left: Part = {
    part: 'text',
    text: ascii(first.text.slice(match[0].length)),
    quoting: 'plain',
  };
  const value = left.text === '' ? rest : [left, ...rest];
  return { name: match[1] ?? '', value, how: match[2] === '+' ? 'append' : 'set' };
}

function readRedirects(cursor: Cursor): Redirect[] {
  const redirects: Redirect[] = [];
  for (;;) {
    cursor.skipBlanks();
    if (!readRedirect(cursor, redirects)) return redirects;
  }
}

const REDIRECT = /^(\d{0,3})(<<<|<<-?|<&|<>|<|>>|>&|>\||>)|^()(&>>|&>)/;

function readRedirect(cursor: Cursor, into: Redirect[]): boolean {
  const match = REDIRECT.exec(cursor.text.slice(cursor.at, cursor.at + 8));
  if (match === null) return false;
  const fd = match[1] === undefined || match[1] === '' ? null : Number(match[1]);
  const sign = match[2] ?? match[4] ?? '';
  cursor.at += match[0].length;
  cursor.skipBlanks();
  const target = cursor.word();
  if (target === undefined) throw unexpected(cursor);
  if (sign === '<<' || sign === '<<-') {
    const end = target.map((part) => (part.part === 'text' ? part.text : '')).join('');
    const at = into.length;
    into.push({ fd, operator: '<<', target: [] });
    cursor.expectDocument({
      end,
      strip: sign === '<<-',
      expands: target.every((part) => part.quoting === 'plain'),
      put: (body) => void (into[at] = { fd, operator: '<<', target: body }),
    });
    return true;
  }
  const operator = SIGNS.find((one) => one === sign);
  if (operator === undefined) throw unexpected(cursor);
  into.push({ fd, operator, target });
  return true;
}

const SIGNS: readonly Redirect['operator'][] = [
  '<',
  '>',
  '>>',
  '>|',
  '<&',
  '>&',
  '&>',
  '&>>',
  '<<<',
  '<>',
];
