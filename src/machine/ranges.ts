/**
 * Sets of bytes as sorted, disjoint, non-touching ranges in one flat list: [start, end, start, end, …].
 * An appended file has one range at most, so everything here is fast for a range at the end.
 */
export type Ranges = number[];

/** Adds bytes `start` up to `end`. */
export function addRange(ranges: Ranges, start: number, end: number): void {
  if (start >= end) return;
  const { length } = ranges;
  if (length === 0 || start > ranges[length - 1]!) {
    ranges.push(start, end);
    return;
  }
  if (start >= ranges[length - 2]!) {
    if (end > ranges[length - 1]!) ranges[length - 1] = end;
    return;
  }
  let first = 0;
  while (ranges[first + 1]! < start) first += 2;
  let after = first;
  let mergedStart = start;
  let mergedEnd = end;
  while (after < length && ranges[after]! <= end) {
    mergedStart = Math.min(mergedStart, ranges[after]!);
    mergedEnd = Math.max(mergedEnd, ranges[after + 1]!);
    after += 2;
  }
  ranges.splice(first, after - first, mergedStart, mergedEnd);
}

export function addRanges(ranges: Ranges, others: readonly number[]): void {
  for (let i = 0; i < others.length; i += 2) addRange(ranges, others[i]!, others[i + 1]!);
}

/** Takes bytes `start` up to `end` away. */
export function removeRange(ranges: Ranges, start: number, end: number): void {
  if (start >= end || ranges.length === 0 || start >= ranges[ranges.length - 1]!) return;
  const kept: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i]!;
    const to = ranges[i + 1]!;
    if (from < Math.min(to, start)) kept.push(from, Math.min(to, start));
    if (Math.max(from, end) < to) kept.push(Math.max(from, end), to);
  }
  ranges.splice(0, ranges.length, ...kept);
}

/** Takes everything from byte `size` on away. */
export function cutRanges(ranges: Ranges, size: number): void {
  removeRange(ranges, size, Infinity);
}

/** The bytes of `ranges` that lie in `start` up to `end`. */
export function rangesWithin(ranges: readonly number[], start: number, end: number): Ranges {
  const within: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const from = Math.max(ranges[i]!, start);
    const to = Math.min(ranges[i + 1]!, end);
    if (from < to) within.push(from, to);
  }
  return within;
}

export function countBytes(ranges: readonly number[]): number {
  let bytes = 0;
  for (let i = 0; i < ranges.length; i += 2) bytes += ranges[i + 1]! - ranges[i]!;
  return bytes;
}
