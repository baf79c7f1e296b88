import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addRange,
  countBytes,
  cutRanges,
  rangesWithin,
  removeRange,
} from '../../src/machine/ranges.ts';

const SPACE = 40;

function flat(marks: readonly boolean[]): number[] {
  const ranges: number[] = [];
  for (let i = 0; i < marks.length; i++) {
    if (marks[i] && !marks[i - 1]) ranges.push(i);
    if (marks[i] && !marks[i + 1]) ranges.push(i + 1);
  }
  return ranges;
}

test('adding, removing and cutting ranges does what marking single bytes does', () => {
  const step = fc.tuple(fc.constantFrom('add', 'remove', 'cut'), fc.nat(SPACE), fc.nat(SPACE));
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      fc.nat(SPACE),
      fc.nat(SPACE),
      (steps, from, to) => {
        const marks = new Array<boolean>(SPACE).fill(false);
        const ranges: number[] = [];
        for (const [what, start, end] of steps) {
          if (what === 'add') addRange(ranges, start, end);
          else if (what === 'remove') removeRange(ranges, start, end);
          else cutRanges(ranges, start);
          for (let i = start; i < (what === 'cut' ? SPACE : end); i++) marks[i] = what === 'add';
          expect(ranges).toEqual(flat(marks));
        }
        expect(countBytes(ranges)).toBe(marks.filter(Boolean).length);
        expect(rangesWithin(ranges, from, to)).toEqual(
          flat(marks.map((mark, i) => mark && i >= from && i < to)),
        );
      },
    ),
    { numRuns: 300 },
  );
});
