import { expect, test } from 'vitest';
import { inTurns, quantile, rowOf } from './bench.ts';

test('a row holds the medians, and its goal is about their ratio', () => {
  const measured = {
    name: 'load',
    unit: 'MB/s',
    rounds: [70, 1, 80],
    peer: { name: 'it', rounds: [100, 90, 500] },
  };
  expect(rowOf({ ...measured, goal: { atLeast: 0.7, of: 'times' } })).toEqual({
    name: 'load',
    value: 70,
    unit: 'MB/s',
    peer: 'it',
    peerValue: 100,
    goal: '≥ 0.7 × the peer',
    met: true,
  });
  expect(rowOf({ ...measured, goal: { atLeast: 0.71, of: 'times' } }).met).toBe(false);
  expect(rowOf({ ...measured, goal: { atMost: 69, of: 'value' } })).toMatchObject({
    goal: '≤ 69',
    met: false,
  });
});

test('without its peer a row neither meets its goal nor misses it', () => {
  const row = rowOf({
    name: 'load',
    unit: 'MB/s',
    rounds: [1],
    peer: { name: 'it', rounds: [] },
    goal: { atLeast: 1, of: 'times' },
  });
  expect(row).toMatchObject({ peerValue: null, met: null });
});

test('a quantile lies between the figures that it falls between', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([5, 1], 1)).toBe(5);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('subjects are measured in turns, not one after the other', async () => {
  const order: string[] = [];
  const figures = await inTurns(2, {
    a: () => order.push('a'),
    b: () => Promise.resolve(order.push('b')),
  });
  expect(order).toEqual(['a', 'b', 'a', 'b']);
  expect(figures).toEqual({ a: [1, 3], b: [2, 4] });
});
