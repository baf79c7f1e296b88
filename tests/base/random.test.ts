import { expect, test } from 'vitest';
import { fork, nextBelow, nextDouble, nextUint32, seedRandom } from '../../src/base/random.ts';

test('the generator is xoshiro128**', () => {
  const state = { a: 1, b: 2, c: 3, d: 4 };
  const drawn = Array.from({ length: 50 }, () => nextUint32(state));
  // What other implementations document for this start.
  expect(drawn.slice(0, 4)).toEqual([11_520, 0, 5_927_040, 70_819_200]);
  expect(drawn).toEqual(referenceSequence(50));
});

/** The same recurrence in 64-bit integers, written from the paper. */
function referenceSequence(length: number): number[] {
  const mask = 0xffff_ffffn;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  let [s0, s1, s2, s3] = [1n, 2n, 3n, 4n];
  const out: number[] = [];
  for (let i = 0; i < length; i++) {
    out.push(Number((rotl((s1 * 5n) & mask, 7n) * 9n) & mask));
    const t = (s1 << 9n) & mask;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
  }
  return out;
}

test('equal seeds give equal sequences and different seeds different ones', () => {
  const draw = (seed: number | string): number[] => {
    const state = seedRandom(seed);
    return Array.from({ length: 8 }, () => nextUint32(state));
  };
  expect(draw('lab')).toEqual(draw('lab'));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw(1)).not.toEqual(draw('1'));
});

test('nextBelow takes every value about equally often', () => {
  const state = seedRandom('uniform');
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[nextBelow(state, 7)]!++;
  // Chi-squared with 6 degrees of freedom is above 22.5 once in a thousand seeds; this seed is fixed.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquared).toBeLessThan(22.5);
});

test('nextBelow does not prefer the small ones of a large range', () => {
  const state = seedRandom('large');
  const n = 3 * 2 ** 30;
  let small = 0;
  for (let i = 0; i < 20_000; i++) if (nextBelow(state, n) < n / 3) small++;
  expect(Math.abs(small - 20_000 / 3)).toBeLessThan(400);
});

test('nextBelow reaches beyond 32 bits and refuses what is not a size', () => {
  const state = seedRandom(5);
  const n = Number.MAX_SAFE_INTEGER;
  const drawn = Array.from({ length: 200 }, () => nextBelow(state, n));
  expect(Math.max(...drawn)).toBeGreaterThan(n * 0.9);
  expect(drawn.every((x) => Number.isSafeInteger(x) && x >= 0 && x < n)).toBe(true);
  expect(nextBelow(state, 1)).toBe(0);
  for (const bad of [0, -1, 1.5, NaN, 2 ** 53])
    expect(() => nextBelow(state, bad)).toThrow(RangeError);
});

test('nextDouble is in [0, 1) with mean ½', () => {
  const state = seedRandom('double');
  const drawn = Array.from({ length: 20_000 }, () => nextDouble(state));
  expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
  expect(Math.abs(drawn.reduce((a, b) => a + b) / drawn.length - 0.5)).toBeLessThan(0.01);
});

test('a fork leaves its origin alone, depends on the label, and is reproducible', () => {
  const origin = seedRandom('origin');
  const before = { ...origin };
  const disk = fork(origin, 'disk');
  expect(origin).toEqual(before);
  expect(fork(origin, 'disk')).toEqual(disk);
  expect(fork(origin, 'network')).not.toEqual(disk);
  nextUint32(origin);
  expect(fork(origin, 'disk')).not.toEqual(disk);
});
