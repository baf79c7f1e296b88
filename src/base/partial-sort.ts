/**
 * Sorts only as much of an array as is needed for the places `from` to `to` (both included) to hold what they would
 * after a full sort. Equal elements come in the very order that Redis gives them (pqsort.c), which neither is stable
 * nor could be told otherwise.
 *
 * The quicksort of Bentley and McIlroy, "Engineering a sort function", as in NetBSD: "Copyright (c) 1992, 1993 The
 * Regents of the University of California. All rights reserved." (three-clause BSD licence).
 */
export function partialSort<T>(
  items: T[],
  compare: (a: T, b: T) => number,
  from: number,
  to: number,
): void {
  sortRun({ items, compare, from, to }, 0, items.length);
}

interface Job<T> {
  readonly items: T[];
  readonly compare: (a: T, b: T) => number;
  readonly from: number;
  readonly to: number;
}

/** Shorter runs are sorted by insertion. */
const SHORT = 7;
/** Longer runs take their pivot from nine elements. */
const LONG = 40;

function sortRun<T>(job: Job<T>, first: number, length: number): void {
  let start = first;
  let count = length;
  while (count >= SHORT) {
    const { equalEnd, lowEnd, highStart, equalStart } = partition(
      job.items,
      job.compare,
      start,
      count,
    );
    const end = start + count;
    swapRuns(job.items, start, lowEnd, Math.min(equalEnd - start, lowEnd - equalEnd));
    swapRuns(job.items, lowEnd, end, Math.min(equalStart - highStart, end - equalStart - 1));
    const lower = lowEnd - equalEnd;
    if (lower > 1 && isWanted(job, start, lower)) sortRun(job, start, lower);
    const higher = equalStart - highStart;
    if (higher <= 1 || !isWanted(job, end - higher, higher)) return;
    start = end - higher;
    count = higher;
  }
  insertionSort(job.items, job.compare, start, count);
}

function isWanted<T>({ from, to }: Job<T>, start: number, count: number): boolean {
  return from < start + count && to >= start;
}

function insertionSort<T>(
  items: T[],
  compare: (a: T, b: T) => number,
  start: number,
  count: number,
): void {
  for (let i = start + 1; i < start + count; i++) {
    for (let j = i; j > start && compare(items[j - 1]!, items[j]!) > 0; j--) swap(items, j, j - 1);
  }
}

/**
 * Around a pivot: what is equal to it gathers at both ends (before `equalEnd`, after `equalStart`), what is less lies
 * before `lowEnd`, and what is more after `highStart`.
 */
function partition<T>(
  items: T[],
  compare: (a: T, b: T) => number,
  start: number,
  count: number,
): { equalEnd: number; lowEnd: number; highStart: number; equalStart: number } {
  swap(items, start, pivot(items, compare, start, count));
  const chosen = items[start]!;
  let equalEnd = start + 1;
  let low = start + 1;
  let high = start + count - 1;
  let equalStart = high;
  for (;;) {
    for (; low <= high; low++) {
      const order = compare(items[low]!, chosen);
      if (order > 0) break;
      if (order === 0) swap(items, equalEnd++, low);
    }
    for (; low <= high; high--) {
      const order = compare(items[high]!, chosen);
      if (order < 0) break;
      if (order === 0) swap(items, high, equalStart--);
    }
    if (low > high) return { equalEnd, lowEnd: low, highStart: high, equalStart };
    swap(items, low++, high--);
  }
}

function pivot<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  start: number,
  count: number,
): number {
  const median = (a: number, b: number, c: number): number => {
    const order = (i: number, j: number): number => compare(items[i]!, items[j]!);
    if (order(a, b) < 0) return order(b, c) < 0 ? b : order(a, c) < 0 ? c : a;
    return order(b, c) > 0 ? b : order(a, c) < 0 ? a : c;
  };
  let low = start;
  let middle = start + (count >>> 1);
  let high = start + count - 1;
  if (count > LONG) {
    const step = count >>> 3;
    low = median(low, low + step, low + 2 * step);
    middle = median(middle - step, middle, middle + step);
    high = median(high - 2 * step, high - step, high);
  }
  return count > SHORT ? median(low, middle, high) : middle;
}

/** Exchanges `count` elements from `start` on with the last `count` before `end`. */
function swapRuns<T>(items: T[], start: number, end: number, count: number): void {
  for (let i = 0; i < count; i++) swap(items, start + i, end - count + i);
}

function swap<T>(items: T[], i: number, j: number): void {
  const item = items[i]!;
  items[i] = items[j]!;
  items[j] = item;
}
