/** Numbers as INFO writes them. */
import { formatFixedPoint } from '../base/doubles.ts';

/** util.c:bytesToHuman: `919.00K`. */
export function humanBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  let unit = -1;
  let size = bytes;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${twoDecimals(size)}${UNITS[unit]!}`;
}

const UNITS = ['K', 'M', 'G', 'T', 'P'] as const;

export function twoDecimals(n: number): string {
  return formatFixedPoint(n, 2);
}

/** 0 where there is nothing to divide by. */
export function ratio(part: number, whole: number): string {
  return twoDecimals(whole === 0 ? 0 : part / whole);
}

export function percent(part: number, whole: number): string {
  return `${ratio(part * 100, whole)}%`;
}
