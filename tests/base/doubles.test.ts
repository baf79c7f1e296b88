import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ByteString, ascii } from '../../src/base/bytes.ts';
import {
  formatDouble17g,
  formatDoubleG,
  formatDoubleShortest,
  formatFixedPoint,
  parseDouble,
} from '../../src/base/doubles.ts';
import { type RandomState, nextBelow, nextUint32, seedRandom } from '../../src/base/random.ts';
import {
  type RealRedis,
  describeWithRedis,
  replyText,
  startRedis,
  words,
} from '../support/real-redis.ts';
import fpconvVectors from './fpconv-vectors.json' with { type: 'json' };

function doubleOfBits(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

describe('the shortest form', () => {
  test.each([
    [3.5, '3.5'],
    [3.3, '3.3'],
    [0.1, '0.1'],
    [-0, '-0'],
    [0, '0'],
    [1e15, '1000000000000000'],
    [1e18, '1000000000000000000'],
    [2 ** 62, '4611686018427387904'],
    [1e21, '1e+21'],
    [1.5e300, '1.5e+300'],
    [5e-324, '5e-324'],
    [1e-5, '0.00001'],
    [1e-7, '1e-7'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('of %d is %s', (x, expected) => {
    expect(formatDoubleShortest(x)).toBe(expected);
  });

  // Printed by the fpconv_dtoa.c of Redis 7.2, compiled with gcc; sixty of them are not the shortest possible.
  test('is what fpconv_dtoa of 7.2 prints', () => {
    for (const [bits, text] of fpconvVectors) {
      expect({ bits, text: formatDoubleShortest(doubleOfBits(bits!)) }).toEqual({ bits, text });
    }
  });

  test('reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(parseDouble(formatDoubleShortest(x))).toBe(x);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('%.17g', () => {
  test.each([
    [0.1, '0.10000000000000001'],
    [3.3, '3.2999999999999998'],
    [100, '100'],
    [1e17, '1e+17'],
    [1e16, '10000000000000000'],
    [0.0001, '0.0001'],
    [0.00001, '1.0000000000000001e-05'],
    [1e-320, '9.9998886718268301e-321'],
    [-2.5, '-2.5'],
    [-0, '-0'],
    [NaN, 'nan'],
    [-Infinity, '-inf'],
  ])('of %d is %s', (x, expected) => {
    expect(formatDouble17g(x)).toBe(expected);
  });

  test('a tie goes to the even digit, where toPrecision takes the larger', () => {
    // 18 digits, the last a 5, and nothing after it.
    const quarters = [1_000_000_000_000_000.25, 1_125_899_906_842_623.75, 562_949_953_421_311.125];
    expect(quarters.map((x) => formatDouble17g(x))).toEqual([
      '1000000000000000.2',
      '1125899906842623.8',
      '562949953421311.12',
    ]);
  });

  test('fewer digits, as Lua prints numbers', () => {
    expect(formatDoubleG(0.1, 14)).toBe('0.1');
    expect(formatDoubleG(1 / 3, 14)).toBe('0.33333333333333');
    expect(formatDoubleG(1e14, 14)).toBe('1e+14');
    expect(formatDoubleG(123456789012345, 14)).toBe('1.2345678901234e+14');
    expect(formatDoubleG(2.5, 1)).toBe('2');
    expect(formatDoubleG(3.5, 1)).toBe('4');
    expect(formatDoubleG(9.5, 1)).toBe('1e+01');
  });
});

test.each([
  [166274.15156960033, 4, '166274.1516'],
  [0, 4, '0.0000'],
  [0.00005, 4, '0.0000'],
  [0.00015, 4, '0.0001'],
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  [-0.375, 2, '-0.38'],
  [-0.001, 2, '0.00'],
  [-1.5, 1, '-1.5'],
  [2.5, 4, '2.5000'],
])('%d with %i decimals is %s', (x, decimals, expected) => {
  expect(formatFixedPoint(x, decimals)).toBe(expected);
});

test.each<[string, number | undefined]>([
  ['1', 1],
  ['+1', 1],
  ['-0', -0],
  ['.5', 0.5],
  ['5.', 5],
  ['1e5', 100_000],
  ['1E+5', 100_000],
  ['0x10', 16],
  ['0X1.8p3', 12],
  ['-0x.8P-1', -0.25],
  ['0x1.00000000000008p0', 1],
  ['0x1.00000000000018p0', 1.0000000000000004],
  ['0x0.0000000000001p-1022', 5e-324],
  ['0x1p-1075', undefined],
  ['0x1p1024', undefined],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['+iNf', Infinity],
  ['1e308', 1e308],
  ['1e309', undefined],
  ['1e-320', 1e-320],
  ['1e-400', undefined],
  ['0e-400', 0],
  ['0e999999999999', 0],
  ['1e99999999999999999999', undefined],
  ['nan', undefined],
  ['nan(1)', undefined],
  ['', undefined],
  [' 1', undefined],
  ['1 ', undefined],
  ['1e', undefined],
  ['1e+', undefined],
  ['0x', undefined],
  ['0x.', undefined],
  ['0x1p', undefined],
  ['.', undefined],
  ['-', undefined],
  ['--1', undefined],
  ['infinit', undefined],
  ['1\0', undefined],
  ['1,5', undefined],
])('parseDouble(%j) is %d', (text, expected) => {
  expect(parseDouble(ascii(text))).toBe(expected);
});

/** Texts that are numbers to strtod, or nearly. */
function numberLike(random: RandomState): ByteString {
  const pick = (from: string): string => from.charAt(nextBelow(random, from.length));
  const hexadecimal = nextBelow(random, 4) === 0;
  const digits = (most: number): string =>
    Array.from({ length: nextBelow(random, most + 1) }, () =>
      pick(hexadecimal ? '0123456789abcdefABCDEF' : '0123456789'),
    ).join('');
  const some = (text: string): string => (nextBelow(random, 2) === 0 ? text : '');
  const exponent = (): string =>
    some(
      `${hexadecimal ? pick('pP') : pick('eE')}${some(pick('+-'))}${nextBelow(random, 5) === 0 ? '' : nextBelow(random, hexadecimal ? 1_100 : 330)}`,
    );
  const number = `${some(pick('+-'))}${hexadecimal ? '0x' : ''}${digits(22)}${some('.')}${digits(22)}${exponent()}`;
  if (nextBelow(random, 8) > 0) return ascii(number);
  const at = nextBelow(random, number.length + 1);
  return ascii(`${number.slice(0, at)}${pick(' +-.exXpPnaif0\t\0')}${number.slice(at)}`);
}

describeWithRedis('doubles and the real server', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('%.17g of any double is what ZSCORE of 7.0 says', async () => {
    const random = seedRandom('scores');
    const numbers = Array.from({ length: 3_000 }, (_, i) => {
      const bits = (BigInt(nextUint32(random)) << 32n) | BigInt(nextUint32(random));
      const any = doubleOfBits(bits.toString(16));
      const near = (nextUint32(random) - 2 ** 31) / 2 ** nextBelow(random, 60);
      const x = i % 2 === 0 ? any : near;
      return Number.isFinite(x) ? x : i;
    });
    const replies = await redis.send(
      numbers.flatMap((x) => [words('ZADD', 'z', String(x), 'm'), words('ZSCORE', 'z', 'm')]),
    );
    numbers.forEach((x, i) => {
      expect({ x, text: formatDouble17g(x) }).toEqual({ x, text: replyText(replies[i * 2 + 1]) });
    });
  });

  test('a text is a double exactly if ZADD takes it, and then the same', async () => {
    const random = seedRandom('texts');
    const texts = Array.from({ length: 6_000 }, () => numberLike(random));
    const replies = await redis.send(
      texts.flatMap((text) => [
        words('DEL', 'z'),
        [...words('ZADD', 'z'), text, ascii('m')],
        words('ZSCORE', 'z', 'm'),
      ]),
    );
    let accepted = 0;
    texts.forEach((text, i) => {
      const score = replies[i * 3 + 2]!;
      const actual = parseDouble(text);
      if (score.type === 'bulk') accepted++;
      expect({ text, score: actual === undefined ? null : formatDouble17g(actual) }).toEqual({
        text,
        score: score.type === 'bulk' ? score.value : null,
      });
    });
    expect(accepted).toBeGreaterThan(1_000);
    expect(accepted).toBeLessThan(5_500);
  });
});
