/** The sparse registers of a HyperLogLog: runs of equal ones. See hyperloglog.ts. */
import { ensureCapacity, type GrowableBytes } from '../../base/growable-bytes.ts';

const HEADER_BYTES = 16;
const REGISTERS = 16384;

export const SPARSE_MAX_VALUE = 32;
const LONGEST_RUN_OF_VALUE = 4;
const LONGEST_SHORT_RUN_OF_ZEROS = 64;
/** How many runs are looked at, from the one before a change on, for neighbours to be merged. */
const MERGED_RUNS = 5;

interface Run {
  /** 0 for a run of zeros. */
  readonly value: number;
  readonly length: number;
  /** Bytes that it takes. */
  readonly size: number;
}

function runAt(bytes: Uint8Array, at: number): Run {
  const first = bytes[at]!;
  if ((first & 0x80) !== 0)
    return { value: ((first >>> 2) & 0x1f) + 1, length: (first & 3) + 1, size: 1 };
  if ((first & 0x40) === 0) return { value: 0, length: first + 1, size: 1 };
  return { value: 0, length: (((first & 0x3f) << 8) | (bytes[at + 1] ?? 0)) + 1, size: 2 };
}

/**
 * Calls `visit` for each run. False if the runs do not cover the registers exactly, or one of a value goes beyond
 * them, which is not visited; `count` visits whatever comes, since nothing is written.
 */
export function eachRun(
  { bytes, length }: GrowableBytes,
  visit: (start: number, length: number, value: number) => void,
  purpose: 'write' | 'count' = 'write',
): boolean {
  let start = 0;
  for (let at = HEADER_BYTES; at < length;) {
    const run = runAt(bytes, at);
    if (purpose === 'write' && run.value > 0 && start + run.length > REGISTERS) return false;
    visit(start, run.length, run.value);
    start += run.length;
    at += run.size;
  }
  return start === REGISTERS;
}

/** The runs as PFDEBUG DECODE writes them: `Z:16384`, `z:3 v:1,2`. */
export function describeRuns({ bytes, length }: GrowableBytes): string {
  const texts: string[] = [];
  for (let at = HEADER_BYTES; at < length;) {
    const run = runAt(bytes, at);
    if (run.value > 0) texts.push(`v:${run.value},${run.length}`);
    else texts.push(`${run.size === 2 ? 'Z' : 'z'}:${run.length}`);
    at += run.size;
  }
  return texts.join(' ');
}

/**
 * Raises the register `index` to `value` (1 to 32). False if it holds as much already, `too-large` if the result would
 * take more than `maxBytes` (hllSparseSet).
 */
export function setSparse(
  hll: GrowableBytes,
  index: number,
  value: number,
  maxBytes: number,
): boolean | 'too-large' | 'corrupted' {
  let at = HEADER_BYTES;
  let before = HEADER_BYTES;
  let start = 0;
  let run: Run | undefined;
  while (at < hll.length) {
    run = runAt(hll.bytes, at);
    if (index < start + run.length) break;
    before = at;
    at += run.size;
    start += run.length;
  }
  if (run === undefined || at >= hll.length) return 'corrupted';
  if (run.value >= value) return false;

  if (run.size === 1 && run.length === 1) hll.bytes[at] = valueByte(value, 1);
  else {
    const parts = [
      ...runBytes(run.value, index - start),
      valueByte(value, 1),
      ...runBytes(run.value, start + run.length - 1 - index),
    ];
    const growth = parts.length - run.size;
    if (growth > 0 && hll.length + growth > maxBytes) return 'too-large';
    replace(hll, at, run.size, parts);
  }
  mergeRuns(hll, before);
  return true;
}

function valueByte(value: number, length: number): number {
  return 0x80 | ((value - 1) << 2) | (length - 1);
}

function runBytes(value: number, length: number): number[] {
  if (length === 0) return [];
  if (value > 0) return [valueByte(value, length)];
  if (length <= LONGEST_SHORT_RUN_OF_ZEROS) return [length - 1];
  return [0x40 | ((length - 1) >>> 8), (length - 1) & 0xff];
}

function replace(hll: GrowableBytes, at: number, size: number, parts: readonly number[]): void {
  const growth = parts.length - size;
  if (growth > 0) ensureCapacity(hll, growth);
  if (growth !== 0) hll.bytes.copyWithin(at + parts.length, at + size, hll.length);
  hll.bytes.set(parts, at);
  hll.length += growth;
}

/** Runs of the same value next to each other become one, as far as a run may be long. */
function mergeRuns(hll: GrowableBytes, from: number): void {
  let at = from;
  for (let left = MERGED_RUNS; left > 0 && at < hll.length; left--) {
    const run = runAt(hll.bytes, at);
    const next = at + 1 < hll.length ? runAt(hll.bytes, at + 1) : undefined;
    const length = run.length + (next?.length ?? 0);
    if (run.value > 0 && next?.value === run.value && length <= LONGEST_RUN_OF_VALUE) {
      replace(hll, at, 2, [valueByte(run.value, length)]);
    } else at += run.size;
  }
}
