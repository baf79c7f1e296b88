import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import {
  addInt64,
  formatInteger,
  multiplyInt64,
  parseInt64,
  parseUint64,
  subtractInt64,
} from '../../src/base/integers.ts';

test.each<[string, number | bigint | undefined]>([
  ['0', 0],
  ['-1', -1],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', 9007199254740992n],
  ['-9007199254740992', -9007199254740992n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775808', undefined],
  ['-9223372036854775809', undefined],
  ['99999999999999999999', undefined],
  ['', undefined],
  ['-', undefined],
  ['-0', undefined],
  ['+1', undefined],
  ['01', undefined],
  [' 1', undefined],
  ['1 ', undefined],
  ['1.0', undefined],
  ['1e3', undefined],
  ['0x1', undefined],
])('parseInt64(%j) is %s', (text, expected) => {
  expect(parseInt64(ascii(text))).toBe(expected);
});

test.each<[string, number | bigint | undefined]>([
  ['18446744073709551615', 18446744073709551615n],
  ['18446744073709551616', undefined],
  ['-1', undefined],
  ['-01', 18446744073709551615n],
  ['007', 7],
  ['+7', 7],
  [' 7', 7],
  ['7 ', undefined],
  ['-0', 0],
  ['', undefined],
  ['+', undefined],
  [' ', undefined],
])('parseUint64(%j) is %s', (text, expected) => {
  expect(parseUint64(ascii(text))).toBe(expected);
});

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(
    -(2n ** 63n),
    2n ** 63n - 1n,
    2n ** 53n,
    -(2n ** 53n),
    2n ** 53n - 1n,
    0n,
    -1n,
    1n,
    2n ** 32n,
  ),
  fc.bigInt({ min: -1_000n, max: 1_000n }),
);

test('every 64-bit integer comes back from its text, as a number exactly if it is safe', () => {
  fc.assert(
    fc.property(int64, (n) => {
      const parsed = parseInt64(ascii(String(n)));
      expect(BigInt(parsed!)).toBe(n);
      expect(typeof parsed).toBe(
        Number.isSafeInteger(Number(n)) && BigInt(Number(n)) === n ? 'number' : 'bigint',
      );
      expect(formatInteger(parsed!)).toBe(String(n));
    }),
  );
});

test('sums, differences and products are exact, or undefined outside 64 bits', () => {
  const inRange = (n: bigint): bigint | undefined =>
    n < -(2n ** 63n) || n >= 2n ** 63n ? undefined : n;
  fc.assert(
    fc.property(int64, int64, (a, b) => {
      const [x, y] = [parseInt64(ascii(String(a)))!, parseInt64(ascii(String(b)))!];
      for (const [actual, expected] of [
        [addInt64(x, y), inRange(a + b)],
        [subtractInt64(x, y), inRange(a - b)],
        [multiplyInt64(x, y), inRange(a * b)],
      ] as const) {
        expect(actual === undefined ? undefined : BigInt(actual)).toBe(expected);
        if (typeof actual === 'bigint') expect(Number.isSafeInteger(Number(actual))).toBe(false);
        expect(Object.is(actual, -0)).toBe(false);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('minus zero is written as zero', () => {
  expect(formatInteger(-0)).toBe('0');
});
