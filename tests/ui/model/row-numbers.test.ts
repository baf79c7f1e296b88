import { expect, test } from 'vitest';
import { RowNumbers } from '../../../src/ui/model/row-numbers.ts';
import type { RecordBatch } from '../../../src/worker/protocol.ts';

const batch = (first: number, count: number, replies: [number, string][] = []): RecordBatch => ({
  first,
  count,
  bytes: new Uint8Array(0),
  ends: new Uint32Array(count),
  offsets: new Float64Array(count),
  times: new Float64Array(count),
  kinds: new Uint8Array(count),
  causes: new Uint8Array(count),
  typed: new Map(),
  replies: new Map(replies),
});

test('rows that only grow keep the numbers of the lab', () => {
  const numbers = new RowNumbers();
  expect([batch(0, 10), batch(10, 5)].map((each) => numbers.apply(each).first)).toEqual([0, 10]);
});

test('after a restart that lost rows 7 to 9, the next row is still the eleventh', () => {
  const numbers = new RowNumbers();
  numbers.apply(batch(0, 10));
  const after = numbers.apply(
    batch(7, 2, [
      [3, 'of row 3'],
      [8, 'of the new row'],
    ]),
  );
  expect(after.first).toBe(10);
  expect([...after.replies]).toEqual([
    [3, 'of row 3'],
    [11, 'of the new row'],
  ]);
  expect(numbers.apply(batch(9, 4)).first).toBe(12);
});

test('a second crash may lose more than the first', () => {
  const numbers = new RowNumbers();
  numbers.apply(batch(0, 10));
  numbers.apply(batch(7, 2));
  const after = numbers.apply(
    batch(2, 3, [
      [1, 'kept'],
      [2, 'new'],
    ]),
  );
  expect(after.first).toBe(12);
  expect([...after.replies]).toEqual([
    [1, 'kept'],
    [12, 'new'],
  ]);
});

test('an empty batch that starts lower tells of the loss before anything is written again', () => {
  const numbers = new RowNumbers();
  numbers.apply(batch(0, 10));
  expect(numbers.apply(batch(4, 0)).first).toBe(10);
  expect(numbers.apply(batch(4, 1)).first).toBe(10);
  expect(numbers.apply(batch(5, 1)).first).toBe(11);
});
