import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ByteString, ascii } from '../../src/base/bytes.ts';
import {
  addLongDoubles,
  doubleOfLongDouble,
  formatLongDouble,
  longDoubleOf,
  parseLongDouble,
} from '../../src/base/long-double.ts';
import { type RandomState, nextBelow, seedRandom } from '../../src/base/random.ts';
import { type RealRedis, describeWithRedis, startRedis, words } from '../support/real-redis.ts';

/** What INCRBYFLOAT makes of two texts, or the error that it answers. */
function increment(a: ByteString, b: ByteString): string {
  const [x, y] = [parseLongDouble(a), parseLongDouble(b)];
  if (x === undefined || y === undefined) return 'ERR value is not a valid float';
  const sum = addLongDoubles(x, y);
  return sum.kind === 'finite'
    ? formatLongDouble(sum)
    : 'ERR increment would produce NaN or Infinity';
}

describe('long doubles', () => {
  test.each([
    ['10.50', '0.1', '10.6'],
    ['5000', '10.6', '5010.60000000000000009'],
    ['5.0e3', '2.0e2', '5200'],
    ['3.0', '-3', '0'],
    ['-0', '-0', '0'],
    ['1e-20', '0', '0'],
    ['-1e-20', '0', '0'],
    ['0x10', '0x.8', '16.5'],
    ['inf', '1', 'ERR increment would produce NaN or Infinity'],
    ['inf', '-inf', 'ERR increment would produce NaN or Infinity'],
    ['nan', '1', 'ERR value is not a valid float'],
    ['1e4933', '1', 'ERR value is not a valid float'],
    ['1e-5000', '1', 'ERR value is not a valid float'],
    ['1e999999999999', '1', 'ERR value is not a valid float'],
    [' 1', '1', 'ERR value is not a valid float'],
  ])('%s and %s make %s', (a, b, expected) => {
    expect(increment(ascii(a), ascii(b))).toBe(expected);
  });

  test("a text as long as Redis's buffer is refused", () => {
    expect(parseLongDouble(ascii('1'.padStart(5_119, '0')))).toBeDefined();
    expect(parseLongDouble(ascii('1'.padStart(5_120, '0')))).toBeUndefined();
  });

  test('every double is kept, and a sum of doubles rounds back to their sum when it is exact', () => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        expect(doubleOfLongDouble(longDoubleOf(x))).toBe(x);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const sum = addLongDoubles(longDoubleOf(a / 1_024), longDoubleOf(b / 64));
        expect(doubleOfLongDouble(sum)).toBe(a / 1_024 + b / 64);
      }),
    );
  });
});

function decimal(random: RandomState): ByteString {
  const digits = (most: number): string =>
    Array.from({ length: nextBelow(random, most + 1) }, () => String(nextBelow(random, 10))).join(
      '',
    );
  const sign = nextBelow(random, 2) === 0 ? '-' : '';
  const plain = `${sign}${digits(12)}${nextBelow(random, 2)}.${digits(24)}`;
  switch (nextBelow(random, 8)) {
    case 0:
      return ascii(`${plain}e${nextBelow(random, 60) - 30}`);
    case 1:
      return ascii(`${plain}e${nextBelow(random, 9_900) - 4_950}`);
    case 2:
      return ascii(
        `${sign}0x${nextBelow(random, 2 ** 32).toString(16)}${digits(12)}p${nextBelow(random, 200) - 100}`,
      );
    case 3:
      return ascii(`${sign}${nextBelow(random, 100)}.${nextBelow(random, 100)}`);
    default:
      return ascii(plain);
  }
}

describeWithRedis('long doubles and the real server', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('INCRBYFLOAT of random pairs gives the same texts and errors', async () => {
    const random = seedRandom('incrbyfloat');
    const pairs = Array.from({ length: 5_000 }, () => [decimal(random), decimal(random)] as const);
    const replies = await redis.send(
      pairs.flatMap(([a, b]) => [
        [...words('SET', 'k'), a],
        [...words('INCRBYFLOAT', 'k'), b],
      ]),
    );
    let sums = 0;
    pairs.forEach(([a, b], i) => {
      const reply = replies[i * 2 + 1]!;
      const expected = reply.type === 'bulk' || reply.type === 'error' ? reply.value : '';
      if (reply.type === 'bulk') sums++;
      expect({ a, b, sum: increment(a, b) }).toEqual({ a, b, sum: expected });
    });
    expect(sums).toBeGreaterThan(2_000);
  });

  test('a value incremented a hundred times drifts as the real one does', async () => {
    const steps = Array.from({ length: 100 }, () => words('INCRBYFLOAT', 'drift', '0.1'));
    const replies = await redis.send(steps);
    let value = ascii('0');
    replies.forEach((reply) => {
      value = ascii(increment(value, ascii('0.1')));
      expect(reply).toEqual({ type: 'bulk', value });
    });
  });
});
