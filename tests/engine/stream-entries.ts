/** `XADD s 1-1 f v` and so on, a line each. */
export function streamEntries(count: number, fields = 'f v'): string {
  return Array.from({ length: count }, (_, i) => `XADD s ${i + 1}-1 ${fields}`).join('\n');
}
