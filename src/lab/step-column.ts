/** A number that changes at instants, over a whole run: rows are added and never changed. */
import type { Micros } from '../base/time.ts';

export interface StepColumn {
  count: number;
  times: Float64Array;
  /** Whole numbers, none below 0. */
  values: Uint32Array;
}

const FIRST_CAPACITY = 64;

export function newStepColumn(): StepColumn {
  return {
    count: 0,
    times: new Float64Array(FIRST_CAPACITY),
    values: new Uint32Array(FIRST_CAPACITY),
  };
}

/** From `at` on, which is never earlier than the step before. */
export function addStep(column: StepColumn, at: Micros, value: number): void {
  const { count } = column;
  if (count > 0 && column.values[count - 1] === value) return;
  if (count === column.times.length) grow(column);
  column.times[count] = at;
  column.values[count] = value;
  column.count = count + 1;
}

/** The value at the end of that instant; undefined before the first step. */
export function valueAt(column: StepColumn, at: Micros): number | undefined {
  const row = rowAt(column, at);
  return row < 0 ? undefined : column.values[row];
}

/** The row that holds at the end of that instant; -1: none. */
export function rowAt({ times, count }: StepColumn, at: Micros): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function grow(column: StepColumn): void {
  const { length } = column.times;
  const capacity = Math.max(length + (length >> 1), FIRST_CAPACITY);
  const times = new Float64Array(capacity);
  times.set(column.times);
  const values = new Uint32Array(capacity);
  values.set(column.values);
  Object.assign(column, { times, values });
}
