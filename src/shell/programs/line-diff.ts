/** What makes one list of lines of another: Myers' shortest edit script, its hunks slid as GNU diff slides them. */
export interface Change {
  /** Where in the old list, and how many lines are gone. */
  readonly from: number;
  readonly removed: number;
  readonly to: number;
  readonly added: number;
}

export function diffLines(before: readonly string[], after: readonly string[]): Change[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const gone = new Uint8Array(before.length);
  const fresh = new Uint8Array(after.length);
  mark(before, after, gone, fresh, {
    left: start,
    leftEnd: before.length - end,
    right: start,
    rightEnd: after.length - end,
  });
  slide(before, gone, fresh);
  slide(after, fresh, gone);
  return changesOf(gone, fresh);
}

interface Part {
  readonly left: number;
  readonly leftEnd: number;
  readonly right: number;
  readonly rightEnd: number;
}

/** Marks what is gone and what is new, halving at the middle of a shortest path (Myers 1986, §4b). */
function mark(
  before: readonly string[],
  after: readonly string[],
  gone: Uint8Array,
  fresh: Uint8Array,
  whole: Part,
): void {
  const parts = [whole];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    let { left, leftEnd, right, rightEnd } = part;
    while (left < leftEnd && right < rightEnd && before[left] === after[right]) {
      left++;
      right++;
    }
    while (left < leftEnd && right < rightEnd && before[leftEnd - 1] === after[rightEnd - 1]) {
      leftEnd--;
      rightEnd--;
    }
    if (left === leftEnd) fresh.fill(1, right, rightEnd);
    else if (right === rightEnd) gone.fill(1, left, leftEnd);
    else {
      const [x, y] = middle(before, after, { left, leftEnd, right, rightEnd });
      parts.push(
        { left, leftEnd: x, right, rightEnd: y },
        { left: x, leftEnd, right: y, rightEnd },
      );
    }
  }
}

/** A point of a shortest path where the way from the start meets the way from the end. */
function middle(
  before: readonly string[],
  after: readonly string[],
  { left, leftEnd, right, rightEnd }: Part,
): readonly [number, number] {
  const n = leftEnd - left;
  const m = rightEnd - right;
  const size = n + m + 1;
  const offset = m;
  const forward = new Int32Array(size + 2).fill(-1);
  const backward = new Int32Array(size + 2).fill(n + 1);
  const odd = ((n - m) & 1) !== 0;
  const at = (k: number): number => k + offset + 1;
  forward[at(0)] = 0;
  backward[at(n - m)] = n;
  const slideForward = (x: number, k: number): number => {
    let i = x;
    while (i < n && i - k < m && before[left + i] === after[right + i - k]) i++;
    return i;
  };
  const slideBackward = (x: number, k: number): number => {
    let i = x;
    while (i > 0 && i - k > 0 && before[left + i - 1] === after[right + i - k - 1]) i--;
    return i;
  };
  forward[at(0)] = slideForward(0, 0);
  backward[at(n - m)] = slideBackward(n, n - m);
  for (let d = 1; ; d++) {
    for (let k = Math.min(d, n); k >= Math.max(-d, -m); k--) {
      if (((k + d) & 1) !== 0) continue;
      const down = forward[at(k + 1)]!;
      const over = forward[at(k - 1)]! + (forward[at(k - 1)]! < 0 ? 0 : 1);
      const x = over > down ? over : down;
      if (x < 0 || x > n || x - k > m || x - k < 0) continue;
      forward[at(k)] = slideForward(x, k);
      if (odd && Math.abs(k - (n - m)) < d && backward[at(k)]! <= forward[at(k)]!)
        return [left + forward[at(k)]!, right + forward[at(k)]! - k];
    }
    for (let k = Math.min(n - m + d, n); k >= Math.max(n - m - d, -m); k--) {
      if (((k - (n - m) + d) & 1) !== 0) continue;
      const up = backward[at(k - 1)]!;
      const over = backward[at(k + 1)]! - (backward[at(k + 1)]! > n ? 0 : 1);
      const x = Math.min(up, over);
      if (x > n || x < 0 || x - k < 0 || x - k > m) continue;
      backward[at(k)] = slideBackward(x, k);
      if (!odd && Math.abs(k) <= d && forward[at(k)]! >= 0 && backward[at(k)]! <= forward[at(k)]!)
        return [left + backward[at(k)]!, right + backward[at(k)]! - k];
    }
  }
}

/**
 * A run of changed lines that could as well stand earlier or later (diff's analyze.c: shift_boundaries): it is joined
 * with the run before it where it reaches it, then moved as late as it can be, and back to where the other file has a
 * change at the same place.
 */
function slide(lines: readonly string[], changed: Uint8Array, other: Uint8Array): void {
  const end = lines.length;
  let i = 0;
  let j = 0;
  for (;;) {
    while (i < end && changed[i] === 0) {
      while (other[j++] === 1);
      i++;
    }
    if (i === end) return;
    let start = i;
    while (i < end && changed[++i] === 1);
    while (other[j] === 1) j++;
    let length: number;
    let corresponding: number;
    do {
      length = i - start;
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed[--start] = 1;
        changed[--i] = 0;
        while (start > 0 && changed[start - 1] === 1) start--;
        while (j > 0 && other[--j] === 1);
      }
      corresponding = j > 0 && other[j - 1] === 1 ? i : end;
      while (i !== end && lines[start] === lines[i]) {
        changed[start++] = 0;
        changed[i++] = 1;
        while (i < end && changed[i] === 1) i++;
        while (other[++j] === 1) corresponding = i;
      }
    } while (length !== i - start);
    while (corresponding < i) {
      changed[--start] = 1;
      changed[--i] = 0;
      while (j > 0 && other[--j] === 1);
    }
  }
}

function changesOf(gone: Uint8Array, fresh: Uint8Array): Change[] {
  const changes: Change[] = [];
  let from = 0;
  let to = 0;
  while (from < gone.length || to < fresh.length) {
    if (gone[from] !== 1 && fresh[to] !== 1) {
      from++;
      to++;
      continue;
    }
    let removed = 0;
    let added = 0;
    while (gone[from + removed] === 1) removed++;
    while (fresh[to + added] === 1) added++;
    changes.push({ from, removed, to, added });
    from += removed;
    to += added;
  }
  return changes;
}
