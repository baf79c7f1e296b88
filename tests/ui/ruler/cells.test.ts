import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellEdges } from '../../../src/ui/ruler/cells.ts';

/** Records of the given lengths, one behind the other. */
function recordsOf(lengths: readonly number[]) {
  const ends = lengths.reduce<number[]>(
    (sums, length) => [...sums, (sums.at(-1) ?? 0) + length],
    [],
  );
  return {
    rowAtOffset: (offset: number) => ends.findIndex((end) => end > offset),
    endAt: (row: number) => ends[row] ?? 0,
  };
}

test('one cell a record where records are wide enough', () => {
  const records = recordsOf([20, 30, 40]);
  const zone = { kind: 'disk', from: 0, to: 90 } as const;
  expect(cellEdges(records, zone, { from: 0, scale: 1, width: 500 }, 3)).toEqual([0, 20, 50, 90]);
});

test('cells ascend, start and end with their zone, and are at least as wide as asked', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 });
  const scales = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(lengths, scales, fc.nat(100), (each, scale, start) => {
      const end = each.reduce((sum, length) => sum + length, 0);
      const zone = { kind: 'cache', from: Math.min(start, end - 1), to: end } as const;
      const edges = cellEdges(recordsOf(each), zone, { from: 0, scale, width: 100_000 }, 3);
      expect(edges[0]).toBeCloseTo(zone.from * scale);
      expect(edges.at(-1)).toBeCloseTo(end * scale);
      for (let i = 1; i < edges.length - 1; i++) {
        expect((edges[i] ?? 0) - (edges[i - 1] ?? 0)).toBeGreaterThanOrEqual(2.999);
      }
    }),
  );
});

test('bytes whose records the page does not have are one cell', () => {
  const zone = { kind: 'disk', from: 0, to: 500 } as const;
  expect(cellEdges(recordsOf([]), zone, { from: 0, scale: 1, width: 800 }, 3)).toEqual([0, 500]);
});

test('nothing is drawn outside the window', () => {
  const zone = { kind: 'disk', from: 0, to: 50 } as const;
  expect(cellEdges(recordsOf([50]), zone, { from: 60, scale: 1, width: 100 }, 3)).toEqual([]);
});
