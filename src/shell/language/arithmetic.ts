/** `$(( … ))` in 64-bit integers, with assignments. */
import { ascii } from '../../base/bytes.ts';
import { parameterValue, setVariable, type ShellState } from './shell-state.ts';

export type ArithmeticResult =
  { readonly ok: true; readonly value: bigint } | { readonly ok: false; readonly error: string };

export function evaluate(state: ShellState, text: string): ArithmeticResult {
  const reader: Reader = { state, text, at: 0, depth: 0 };
  try {
    skip(reader);
    if (reader.at >= text.length) return { ok: true, value: 0n };
    const value = comma(reader);
    if (reader.at < text.length) throw new ArithmeticError(`syntax error in expression`);
    return { ok: true, value };
  } catch (thrown) {
    if (!(thrown instanceof ArithmeticError)) throw thrown;
    const token = text.slice(reader.at);
    return { ok: false, error: `${text}: ${thrown.message} (error token is "${token}")` };
  }
}

class ArithmeticError extends Error {}

interface Reader {
  readonly state: ShellState;
  readonly text: string;
  at: number;
  depth: number;
}

function skip(reader: Reader): void {
  while (/\s/.test(reader.text.charAt(reader.at))) reader.at++;
}

function takes(reader: Reader, ...tokens: readonly string[]): string | undefined {
  const found = tokens.find((token) => reader.text.startsWith(token, reader.at));
  if (found !== undefined) {
    reader.at += found.length;
    skip(reader);
  }
  return found;
}

function comma(reader: Reader): bigint {
  let value = assignment(reader);
  while (takes(reader, ',') !== undefined) value = assignment(reader);
  return value;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)\s*(=(?!=)|\+=|-=|\*=|\/=|%=|<<=|>>=|&=|\|=|\^=)/;

function assignment(reader: Reader): bigint {
  if (++reader.depth > 100) throw new ArithmeticError('expression recursion level exceeded');
  const match = ASSIGNMENT.exec(reader.text.slice(reader.at));
  let value: bigint;
  if (match === null) value = ternary(reader);
  else {
    reader.at += match[0].length;
    skip(reader);
    const name = match[1] ?? '';
    const right = assignment(reader);
    const sign = (match[2] ?? '=').slice(0, -1);
    value = sign === '' ? right : apply(sign, variable(reader, name), right);
    setVariable(reader.state, name, ascii(String(value)));
  }
  reader.depth--;
  return value;
}

function ternary(reader: Reader): bigint {
  const condition = binary(reader, 0);
  if (takes(reader, '?') === undefined) return condition;
  const yes = assignment(reader);
  if (takes(reader, ':') === undefined)
    throw new ArithmeticError("`:' expected for conditional expression");
  const no = assignment(reader);
  return condition !== 0n ? yes : no;
}

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

function binary(reader: Reader, level: number): bigint {
  const signs = LEVELS[level];
  if (signs === undefined) return power(reader);
  let left = binary(reader, level + 1);
  for (;;) {
    const { at, text } = reader;
    const sign = signs.find((one) => text.startsWith(one, at));
    if (sign === undefined) return left;
    const twice = text.charAt(at + sign.length);
    // `a | b` is not the first half of `a || b`, nor `<` that of `<<`.
    if ('|&<>'.includes(sign) && twice === sign) return left;
    if (sign === '*' && twice === '*') return left;
    takes(reader, sign);
    left = apply(sign, left, binary(reader, level + 1));
  }
}

function apply(sign: string, a: bigint, b: bigint): bigint {
  if ((sign === '/' || sign === '%') && b === 0n) throw new ArithmeticError('division by 0');
  const truth = (is: boolean): bigint => (is ? 1n : 0n);
  switch (sign) {
    case '||':
      return truth(a !== 0n || b !== 0n);
    case '&&':
      return truth(a !== 0n && b !== 0n);
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<<':
      return BigInt.asIntN(64, a << (b & 63n));
    case '>>':
      return a >> (b & 63n);
    case '+':
      return BigInt.asIntN(64, a + b);
    case '-':
      return BigInt.asIntN(64, a - b);
    case '*':
      return BigInt.asIntN(64, a * b);
    case '/':
      return BigInt.asIntN(64, a / b);
    default:
      return a % b;
  }
}

function power(reader: Reader): bigint {
  const base = unary(reader);
  if (takes(reader, '**') === undefined) return base;
  const exponent = power(reader);
  if (exponent < 0n) throw new ArithmeticError('exponent less than 0');
  let value = 1n;
  for (let i = 0n; i < exponent && i < 4096n; i++) value = BigInt.asIntN(64, value * base);
  return value;
}

function unary(reader: Reader): bigint {
  const step = takes(reader, '++', '--');
  if (step !== undefined) {
    const name = takeName(reader);
    const value = variable(reader, name) + (step === '++' ? 1n : -1n);
    setVariable(reader.state, name, ascii(String(value)));
    return value;
  }
  const sign = takes(reader, '!', '~', '-', '+');
  if (sign === undefined) return primary(reader);
  const value = unary(reader);
  return sign === '!'
    ? value === 0n
      ? 1n
      : 0n
    : sign === '~'
      ? ~value
      : sign === '-'
        ? -value
        : value;
}

function takeName(reader: Reader): string {
  const name = /^[A-Za-z_]\w*/.exec(reader.text.slice(reader.at))?.[0];
  if (name === undefined) throw new ArithmeticError('syntax error: operand expected');
  reader.at += name.length;
  skip(reader);
  return name;
}

function primary(reader: Reader): bigint {
  if (takes(reader, '(') !== undefined) {
    const value = comma(reader);
    if (takes(reader, ')') === undefined) throw new ArithmeticError("missing `)'");
    return value;
  }
  const rest = reader.text.slice(reader.at);
  const number = /^(?:0[xX][0-9a-fA-F]+|\d+#\w+|\d+)/.exec(rest)?.[0];
  if (number !== undefined) {
    reader.at += number.length;
    skip(reader);
    return numberOf(number);
  }
  const name = takeName(reader);
  const value = variable(reader, name);
  const step = takes(reader, '++', '--');
  if (step !== undefined)
    setVariable(reader.state, name, ascii(String(value + (step === '++' ? 1n : -1n))));
  return value;
}

function numberOf(text: string): bigint {
  const based = /^(\d+)#(\w+)$/.exec(text);
  if (based !== null) {
    let value = 0n;
    for (const digit of based[2] ?? '')
      value = value * BigInt(based[1] ?? '10') + BigInt(parseInt(digit, 36));
    return value;
  }
  if (/^0[xX]/.test(text)) return BigInt.asIntN(64, BigInt(text));
  if (/^0\d/.test(text)) {
    if (/[89]/.test(text)) throw new ArithmeticError(`value too great for base`);
    return BigInt.asIntN(64, BigInt(`0o${text.slice(1)}`));
  }
  return BigInt.asIntN(64, BigInt(text));
}

function variable(reader: Reader, name: string): bigint {
  const value = parameterValue(reader.state, name) ?? '';
  if (/^\s*[+-]?\d+\s*$/.test(value))
    return value.trim().startsWith('-')
      ? -numberOf(value.trim().slice(1))
      : numberOf(value.trim().replace('+', ''));
  if (value.trim() === '') return 0n;
  if (++reader.depth > 100) throw new ArithmeticError('expression recursion level exceeded');
  const result = evaluate(reader.state, value);
  if (!result.ok) throw new ArithmeticError('syntax error: operand expected');
  reader.depth--;
  return result.value;
}
