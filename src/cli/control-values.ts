/** A value on a control line, or why it is none. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

const MILLIS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['µs', 0.001],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

const BYTES_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 1_000],
  ['kb', 1_024],
  ['m', 1_000_000],
  ['mb', 1_048_576],
  ['g', 1_000_000_000],
  ['gb', 1_073_741_824],
]);

/** `900ms`, `1.8s`, `250us`, `-1h`, in milliseconds; a thousandth of one is the smallest step. */
export function parseDuration(text: string): Parsed<number> {
  const match = /^([+-]?\d+(?:\.\d+)?)(us|µs|ms|s|m|h)$/.exec(text);
  const factor = MILLIS_PER_UNIT.get(match?.[2] ?? '');
  if (match === null || factor === undefined) {
    return failure(
      `"${text}" is not a duration: write a number and its unit, as in 900ms, 1.8s or 250us`,
    );
  }
  const micros = Math.round(Number(match[1]) * factor * 1_000);
  if (Math.abs(micros) > Number.MAX_SAFE_INTEGER) return failure(`"${text}" is too long`);
  return { ok: true, value: micros / 1_000 };
}

/** A duration as parseDuration reads it back, always in milliseconds. */
export function printDuration(millis: number): string {
  return `${millis}ms`;
}

/** `64mb` and `64k`, in the units of redis.conf (util.c:memtoull). */
export function parseByteCount(text: string): Parsed<number> {
  const match = /^(\d+)([a-z]*)$/i.exec(text);
  const factor = BYTES_PER_UNIT.get((match?.[2] ?? '?').toLowerCase());
  if (match === null || factor === undefined) {
    return failure(
      `"${text}" is not a size: write a number of bytes, or with kb, mb or gb, as in 64mb`,
    );
  }
  const bytes = Number(match[1]) * factor;
  return bytes <= Number.MAX_SAFE_INTEGER
    ? { ok: true, value: bytes }
    : failure(`"${text}" is too large`);
}

/** A number of 0 or more without a unit. */
export function parseCount(text: string): Parsed<number> {
  if (!/^\d+$/.test(text)) return failure(`"${text}" is not a whole number`);
  const count = Number(text);
  return count <= Number.MAX_SAFE_INTEGER
    ? { ok: true, value: count }
    : failure(`"${text}" is too large`);
}

/** A number above 0, with or without a fraction. */
export function parsePositiveNumber(text: string): Parsed<number> {
  const value = /^\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= Number.MAX_SAFE_INTEGER
    ? { ok: true, value }
    : failure(`"${text}" is not a number above 0`);
}

/** `200/s`, or a bare number of commands a second. */
export function parseRate(text: string): Parsed<number> {
  const rate = parsePositiveNumber(text.endsWith('/s') ? text.slice(0, -2) : text);
  return rate.ok ? rate : failure(`"${text}" is not a rate: write commands a second, as in 200/s`);
}

export function failure(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
