/** `test`, `[` and `[[`. */
import type { ByteString } from '../../base/bytes.ts';
import { plainText } from '../grammar/cursor.ts';
import type { Word } from '../grammar/syntax.ts';
import { call, complain, terminalOf, type Run } from '../program.ts';
import { evaluate } from './arithmetic.ts';
import { expandPattern, expandText, type Substitute } from './expand.ts';
import { patternMatches } from './pattern.ts';
import { messageHead, parameterValue, type ShellState } from './shell-state.ts';

interface Operand {
  readonly text: ByteString;
  /** Of `[[`: the right side of `==` is a pattern where it is not quoted. */
  readonly pattern: string;
  readonly operator: string | null;
}

interface Reader {
  readonly state: ShellState;
  readonly operands: readonly Operand[];
  readonly form: 'test' | '[[';
  at: number;
  wrong: string | null;
}

/** `test words` and `[ words ]`, whose last bracket is gone. 2: the words make no sense. */
export function* runTest(state: ShellState, name: string, words: readonly ByteString[]): Run {
  const operands = words.map((text) => ({ text, pattern: text, operator: text }));
  if (operands.length === 0) return 1;
  // POSIX: by the number of words; one is a text, whatever it looks like.
  if (operands.length === 1) return operands[0]?.text === '' ? 1 : 0;
  const reader: Reader = { state, operands, form: 'test', at: 0, wrong: null };
  const isTriple = words.length === 3 && BINARY.has(words[1] ?? '');
  const value = isTriple ? yield* binary(reader) : yield* either(reader);
  if (reader.wrong === null && reader.at < operands.length) {
    reader.wrong =
      words.length > 3
        ? 'too many arguments'
        : `${words[reader.at] ?? ''}: binary operator expected`;
  }
  if (reader.wrong === null) return value ? 0 : 1;
  yield* complain(`${messageHead(state)}${name}: ${reader.wrong}`);
  return 2;
}

export function* evaluateTest(
  state: ShellState,
  words: readonly Word[],
  substitute: Substitute,
): Run {
  const operands: Operand[] = [];
  for (const word of words)
    operands.push({
      text: yield* expandText(state, word, substitute),
      pattern: yield* expandPattern(state, word, substitute),
      operator: plainText(word) ?? null,
    });
  const reader: Reader = { state, operands, form: '[[', at: 0, wrong: null };
  const value = yield* either(reader);
  if (reader.wrong === null && reader.at >= operands.length) return value ? 0 : 1;
  yield* complain(`${messageHead(state)}[[: ${reader.wrong ?? 'syntax error'}`);
  return 2;
}

function peek({ operands, at }: Reader, ahead = 0): string | null {
  return operands[at + ahead]?.operator ?? null;
}

function* either(reader: Reader): Run<boolean> {
  let value = yield* both(reader);
  while (peek(reader) === (reader.form === '[[' ? '||' : '-o')) {
    reader.at++;
    const right = yield* both(reader);
    value ||= right;
  }
  return value;
}

function* both(reader: Reader): Run<boolean> {
  let value = yield* not(reader);
  while (peek(reader) === (reader.form === '[[' ? '&&' : '-a')) {
    reader.at++;
    const right = yield* not(reader);
    value &&= right;
  }
  return value;
}

function* not(reader: Reader): Run<boolean> {
  if (peek(reader) === '!' && reader.at + 1 < reader.operands.length) {
    reader.at++;
    return !(yield* not(reader));
  }
  if (peek(reader) === '(' && reader.operands.length > reader.at + 2) {
    reader.at++;
    const value = yield* either(reader);
    if (peek(reader) !== ')') reader.wrong = "`)' expected";
    reader.at++;
    return value;
  }
  const next = peek(reader, 1);
  if (next !== null && BINARY.has(next) && reader.at + 2 < reader.operands.length)
    return yield* binary(reader);
  const operator = peek(reader);
  const operand = reader.operands[reader.at + 1];
  if (operator !== null && /^-[a-zA-Z]$/.test(operator) && operand !== undefined) {
    reader.at += 2;
    return yield* unary(reader, operator, operand.text);
  }
  const text = reader.operands[reader.at]?.text;
  if (text === undefined) reader.wrong = 'argument expected';
  reader.at++;
  return text !== undefined && text !== '';
}

const BINARY = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '=~',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);

function* binary(reader: Reader): Run<boolean> {
  const left = reader.operands[reader.at];
  const operator = peek(reader, 1);
  const right = reader.operands[reader.at + 2];
  reader.at += 3;
  if (left === undefined || right === undefined) return false;
  switch (operator) {
    case '=':
    case '==':
    case '!=': {
      const same =
        reader.form === '[[' ? patternMatches(right.pattern, left.text) : left.text === right.text;
      return same === (operator !== '!=');
    }
    case '<':
      return left.text < right.text;
    case '>':
      return left.text > right.text;
    case '=~':
      return regexMatches(reader, right.text, left.text);
    case '-nt':
    case '-ot':
    case '-ef': {
      const [a, b] = [
        yield* call({ call: 'stat', path: left.text }),
        yield* call({ call: 'stat', path: right.text }),
      ];
      const [x, y] = [a.ok ? a.stat : undefined, b.ok ? b.stat : undefined];
      if (operator === '-ef') return x !== undefined && x.inode === y?.inode;
      const [newer, older] = operator === '-nt' ? [x, y] : [y, x];
      return newer !== undefined && (older === undefined || newer.modifiedAt > older.modifiedAt);
    }
    default:
      return compareNumbers(reader, operator ?? '', left.text, right.text);
  }
}

function regexMatches(reader: Reader, pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    reader.wrong = `invalid regular expression \`${pattern}'`;
    return false;
  }
}

function compareNumbers(reader: Reader, operator: string, left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => {
    if (/^\s*[+-]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ''));
    if (reader.form === '[[') {
      const result = evaluate(reader.state, text);
      if (result.ok) return result.value;
    }
    reader.wrong ??= `${text}: integer expression expected`;
    return 0n;
  });
  if (a === undefined || b === undefined || reader.wrong !== null) return false;
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

function* unary(reader: Reader, operator: string, text: ByteString): Run<boolean> {
  if (operator === '-z') return text === '';
  if (operator === '-n') return text !== '';
  if (operator === '-v') return parameterValue(reader.state, text) !== undefined;
  if (operator === '-t') return (yield* terminalOf(Number(text))) !== null;
  if (text === '/dev/null' || text === '/dev/zero')
    return operator === '-e' || operator === '-c' || operator === '-r' || operator === '-w';
  const found = yield* call({ call: 'stat', path: text });
  if (!found.ok || found.stat === undefined) return false;
  const { kind, size, mode } = found.stat;
  switch (operator) {
    case '-e':
    case '-a':
    case '-r':
    case '-w':
    case '-O':
    case '-G':
      return true;
    case '-f':
      return kind === 'file';
    case '-d':
      return kind === 'directory';
    case '-s':
      return size > 0;
    case '-x':
      return (mode & 0o111) !== 0;
    default:
      return false;
  }
}
