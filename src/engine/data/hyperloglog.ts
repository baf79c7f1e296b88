/**
 * HyperLogLogs: the number of different elements in 12 KB, byte for byte as Redis keeps them in strings
 * (hyperloglog.c). 16,384 registers, each of which holds the longest run of zeros seen in the hashes that fall to it.
 *
 * A header of 16 bytes (`HYLL`, the representation, three zeros, the last count, whose top bit says that it is stale)
 * is followed by the registers: `dense`, six bits each, or `sparse`, runs in one or two bytes:
 * `00llllll` l+1 zeros; `01llllll llllllll` l+1 zeros; `1vvvvvll` l+1 registers of v+1.
 */
import { byteStringOf, type ByteString } from '../../base/bytes.ts';
import type { GrowableBytes } from '../../base/growable-bytes.ts';
import { murmurHash64A } from '../../base/murmur-hash.ts';
import { registerAt, setRegister } from './hyperloglog-registers.ts';
import { eachRun, setSparse, SPARSE_MAX_VALUE } from './hyperloglog-sparse.ts';

export const REGISTERS = 16384;
export const HEADER_BYTES = 16;
export const DENSE_BYTES = HEADER_BYTES + (REGISTERS * 6) / 8;

/** A corrupted sparse representation. */
export type Corrupted = 'corrupted';

const DENSE = 0;
const SPARSE = 1;
const ENCODING_AT = 4;
const COUNT_AT = 8;
const STALE_AT = 15;

/** A fresh one is sparse: one run of zeros. */
export function emptyHyperLogLog(): ByteString {
  const bytes = new Uint8Array(HEADER_BYTES + 2);
  bytes.set([0x48, 0x59, 0x4c, 0x4c, SPARSE]);
  bytes.set([0x40 | ((REGISTERS - 1) >> 8), (REGISTERS - 1) & 0xff], HEADER_BYTES);
  return byteStringOf(bytes);
}

/** Whether a string of `length` bytes may be one, by its header (isHLLObjectOrReply); it may still be corrupted. */
export function isHyperLogLog(header: ByteString, length: number): boolean {
  if (length < HEADER_BYTES || !header.startsWith('HYLL')) return false;
  const encoding = header.charCodeAt(ENCODING_AT);
  return encoding === SPARSE || (encoding === DENSE && length === DENSE_BYTES);
}

export function isDense({ bytes }: GrowableBytes): boolean {
  return bytes[ENCODING_AT] === DENSE;
}

/** Counts an element; tells whether a register changed. */
export function addElement(
  hll: GrowableBytes,
  element: ByteString,
  sparseMaxBytes: number,
): boolean | Corrupted {
  const { high, low } = murmurHash64A(element, 0xadc83b19);
  return raiseRegister(hll, low & (REGISTERS - 1), zeroRun(high, low), sparseMaxBytes);
}

/** Sets a register unless it holds as much already; tells whether it changed. */
export function raiseRegister(
  hll: GrowableBytes,
  index: number,
  value: number,
  sparseMaxBytes: number,
): boolean | Corrupted {
  if (!isDense(hll)) {
    const done =
      value > SPARSE_MAX_VALUE ? 'too-large' : setSparse(hll, index, value, sparseMaxBytes);
    if (done !== 'too-large') {
      if (done === true) markStale(hll);
      return done;
    }
    if (makeDense(hll) === 'corrupted') return 'corrupted';
  }
  if (registerAt(hll.bytes, index) >= value) return false;
  setRegister(hll.bytes, index, value);
  return true;
}

/** The length of the run of zeros, and the one that ends it, in the hash bits that do not tell the register. */
function zeroRun(high: number, low: number): number {
  // Bits 14 to 63, the last of which is taken for set.
  const first = (low >>> 14) | (high << 18);
  const trailing = (bits: number): number => 31 - Math.clz32(bits & -bits);
  if (first !== 0) return trailing(first) + 1;
  return trailing((high >>> 14) | 0x20000) + 33;
}

export function makeDense(hll: GrowableBytes): Corrupted | undefined {
  if (isDense(hll)) return undefined;
  const bytes = new Uint8Array(DENSE_BYTES);
  bytes.set(hll.bytes.subarray(0, HEADER_BYTES));
  bytes[ENCODING_AT] = DENSE;
  const whole = eachRun(hll, (start, length, value) => {
    for (let i = start; value > 0 && i < start + length; i++) setRegister(bytes, i, value);
  });
  if (!whole) return 'corrupted';
  hll.bytes = bytes;
  hll.length = DENSE_BYTES;
  return undefined;
}

/** Raises each of `registers`, a byte each, to what it is in `hll`. */
export function mergeInto(registers: Uint8Array, hll: GrowableBytes): Corrupted | undefined {
  if (isDense(hll)) {
    for (let i = 0; i < REGISTERS; i++)
      registers[i] = Math.max(registers[i]!, registerAt(hll.bytes, i));
    return undefined;
  }
  const whole = eachRun(hll, (start, length, value) => {
    for (let i = start; i < start + length; i++) registers[i] = Math.max(registers[i]!, value);
  });
  return whole ? undefined : 'corrupted';
}

/** The count that is kept in the header; undefined if it is stale. */
export function cachedCount({ bytes }: GrowableBytes): bigint | undefined {
  if ((bytes[STALE_AT]! & 0x80) !== 0) return undefined;
  let count = 0n;
  for (let i = 7; i >= 0; i--) count = (count << 8n) | BigInt(bytes[COUNT_AT + i]!);
  return count;
}

export function cacheCount({ bytes }: GrowableBytes, count: number): void {
  let rest = count;
  for (let i = 0; i < 8; i++) {
    bytes[COUNT_AT + i] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
}

export function markStale({ bytes }: GrowableBytes): void {
  bytes[STALE_AT]! |= 0x80;
}

export function countElements(hll: GrowableBytes): number | Corrupted {
  const histogram = new Array<number>(64).fill(0);
  if (isDense(hll)) {
    for (let i = 0; i < REGISTERS; i++) histogram[registerAt(hll.bytes, i)]!++;
  } else if (!eachRun(hll, (_start, length, value) => (histogram[value]! += length), 'count'))
    return 'corrupted';
  return estimate(histogram);
}

export function countMerged(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const value of registers) histogram[value]!++;
  return estimate(histogram);
}

/** 0.5 / ln 2 */
const ALPHA_INFINITE = 0.72134752044448170368;
/** The largest value of a register, less one. */
const Q = 50;

/** Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284. */
function estimate(histogram: readonly number[]): number {
  const m = REGISTERS;
  let z = m * tau((m - histogram[Q + 1]!) / m);
  for (let value = Q; value >= 1; value--) z = (z + histogram[value]!) * 0.5;
  z += m * sigma(histogram[0]! / m);
  return Math.round((ALPHA_INFINITE * m * m) / z);
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = x;
  for (let before = NaN; before !== z; y += y) {
    x *= x;
    before = z;
    z += x * y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let before = NaN; before !== z;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}
