import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstRow } from '../../../src/ui/model/first-row.ts';

test('the first row that holds is found from any row, also from one outside', () => {
  fc.assert(
    fc.property(
      fc.nat(40),
      fc.nat(60),
      fc.integer({ min: -5, max: 120 }),
      fc.option(fc.integer({ min: -5, max: 120 }), { nil: undefined }),
      (from, count, first, near) => {
        const to = from + count;
        const asked: number[] = [];
        const found = firstRow(from, to, (row) => (asked.push(row), row >= first), near);
        expect(found).toBe(Math.min(to, Math.max(from, first)));
        expect(asked.every((row) => row >= from && row < to)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('from a row close by few rows are looked at, however many there are', () => {
  let asked = 0;
  const found = firstRow(0, 4_000_000, (row) => (asked++, row >= 1_000_003), 1_000_000);
  expect(found).toBe(1_000_003);
  expect(asked).toBeLessThan(8);
});
