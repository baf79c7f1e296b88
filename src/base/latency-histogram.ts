/**
 * How often something took how long, to two significant digits: the counts of an HdrHistogram from 1 ns to 1 s, as
 * Redis keeps one for each command (latencystats, LATENCY HISTOGRAM). Values are kept by the lowest of their bucket.
 */
export interface LatencyHistogram {
  /** The lowest value of a bucket, in ns, to how many fell into it. */
  readonly counts: Map<number, number>;
  total: number;
}

/** Values below this have a bucket each; above, each doubling has half as many, twice as wide. */
const EXACT = 256;
const LONGEST_NANOS = 1_000_000_000;
const NANOS_PER_MICRO = 1000;
/** The first bound that is reported, in ns: about a microsecond; each further one is twice as long. */
const FIRST_BOUND = 1024;
/** The table of buckets ends here. */
const BEYOND = 2 ** 30;

export function newLatencyHistogram(): LatencyHistogram {
  return { counts: new Map(), total: 0 };
}

export function recordMicros(histogram: LatencyHistogram, micros: number): void {
  const value = Math.min(LONGEST_NANOS, Math.max(1, Math.round(micros) * NANOS_PER_MICRO));
  const bucket = value - (value % bucketWidth(value));
  histogram.counts.set(bucket, (histogram.counts.get(bucket) ?? 0) + 1);
  histogram.total++;
}

/** The value, in µs, that `percentile` of 100 stay within. */
export function microsAtPercentile(histogram: LatencyHistogram, percentile: number): number {
  const wanted = Math.max(1, Math.floor((percentile / 100) * histogram.total + 0.5));
  let seen = 0;
  let last = 0;
  for (const [bucket, count] of inOrder(histogram)) {
    seen += count;
    last = bucket + bucketWidth(bucket) - 1;
    if (seen >= wanted) break;
  }
  return last / NANOS_PER_MICRO;
}

/** Bounds in whole µs, each with how many were no longer; a bound that adds nothing is left out. */
export function cumulativeCounts(histogram: LatencyHistogram): (readonly [number, number])[] {
  const rows: (readonly [number, number])[] = [];
  const buckets = inOrder(histogram);
  let seen = 0;
  let next = 0;
  for (let bound = FIRST_BOUND; seen < histogram.total; bound *= 2) {
    const before = seen;
    for (; next < buckets.length && buckets[next]![0] <= bound; next++) seen += buckets[next]![1];
    const highest = Math.min(bound + bucketWidth(bound), BEYOND) - 1;
    if (seen > before) rows.push([Math.floor(highest / NANOS_PER_MICRO), seen]);
  }
  return rows;
}

function inOrder({ counts }: LatencyHistogram): (readonly [number, number])[] {
  return [...counts].sort(([a], [b]) => a - b);
}

function bucketWidth(value: number): number {
  let width = 1;
  while (value >= EXACT * width) width *= 2;
  return width;
}
