/** A number at the front of a text as strtol(3) reads it, base 10, into 64 bits. */
export interface LeadingLong {
  readonly value: bigint;
  /** Where the number ends; 0 when there is none, whatever blanks there are. */
  readonly end: number;
  /** The number was too large, and `value` is the nearest that fits. */
  readonly overflow: boolean;
}

export const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

export function leadingLong(text: string): LeadingLong {
  const found = /^[ \t-\r]*([+-]?)(\d+)/.exec(text);
  if (found === null) return { value: 0n, end: 0, overflow: false };
  const digits = BigInt(found[2]!);
  const value = found[1] === '-' ? -digits : digits;
  const end = found[0].length;
  if (value > LONG_MAX) return { value: LONG_MAX, end, overflow: true };
  if (value < LONG_MIN) return { value: LONG_MIN, end, overflow: true };
  return { value, end, overflow: false };
}
