/** Small things that running an awk program needs, and how it fails. */
import { pow } from '../../../base/math.ts';

export class AwkError extends Error {}

/** `exit` within a function. */
export class AwkExit extends Error {}

export function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return power(a, b);
  }
}

function power(a: number, b: number): number {
  if (!Number.isInteger(b) || b < 0 || b > 1024) return pow(a, b);
  let result = 1;
  for (let i = 0; i < b; i++) result *= a;
  return result;
}

/** awk leaves the order of `for (k in a)` open; here numbers come first, by size, then the rest as they were set. */
export function inOrder(keys: readonly string[]): string[] {
  const numbers = keys.filter((key) => /^\d+$/.test(key)).sort((a, b) => Number(a) - Number(b));
  return [...numbers, ...keys.filter((key) => !/^\d+$/.test(key))];
}

export function unescaped(text: string): string {
  return text.replace(
    /\\([ntr\\"/])/g,
    (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char,
  );
}
