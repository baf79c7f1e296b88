/** What the compiler knows of luaparse: its complaints, its operators, its calls. */
import type { Expression } from 'luaparse';
import { op } from './lua-code.ts';

type Call = Extract<Expression, { type: 'CallExpression' | 'StringCallExpression' | 'TableCallExpression' }>;
/** A complaint of luaparse's as Lua would put it, with its position. */
export function inLuasWords(message: string, chunk: string, source: string): string {
  const found = /^\[(\d+):\d+\] ([^]*)$/.exec(message);
  if (found === null) return `${chunk}:1: ${message}`;
  const text = (found[2] ?? '')
    .replace(/^unexpected \w+ '([^]*)' near '[^]*'$/, (_, token: string) => `unexpected symbol near '${token}'`)
    .replace(/^<expression> expected/, 'unexpected symbol')
    .replace(/^(<\w+>) expected near/, "'$1' expected near")
    .replace(/^unfinished (long \w+) \(.*?\)/, 'unfinished $1')
    .replace(/^(unfinished string near )'([^]*)'$/, (_, start: string, token: string) => `${start}'${source.endsWith(token) ? '<eof>' : token}'`);
  return `${chunk}:${found[1]}: ${text}`;
}

export const arithmetic: Readonly<Record<string, number>> = {
  '+': op.add,
  '-': op.subtract,
  '*': op.multiply,
  '/': op.divide,
  '%': op.modulo,
  '^': op.power,
  '..': op.concat,
  '==': op.equal,
  '~=': op.notEqual,
  '<': op.less,
  '<=': op.lessEqual,
  '>': op.greater,
  '>=': op.greaterEqual,
};

export function isCall(node: Expression): node is Call {
  return node.type === 'CallExpression' || node.type === 'StringCallExpression' || node.type === 'TableCallExpression';
}

/** Gives any number of values. luaparse does not tell of parentheses, which would make it one. */
export function isMultiple(node: Expression): boolean {
  return node.type === 'VarargLiteral' || isCall(node);
}
