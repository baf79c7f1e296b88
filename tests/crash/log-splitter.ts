/**
 * The judge's own reading of a log, shared with nobody: where its records and units end. A unit is one command with the
 * SELECT before it, or everything from MULTI to EXEC.
 */
export interface SplitLog {
  /** Offset behind each record, in order. */
  readonly recordEnds: number[];
  /** For each record, where the MULTI begins in which it stands without that being over; -1: in none. */
  readonly openSince: number[];
  /** Offset behind each unit, in order. */
  readonly unitEnds: number[];
  /** How far the bytes were understood. */
  end: number;
  multiAt: number;
}

export function newSplitLog(): SplitLog {
  return { recordEnds: [], openSince: [], unitEnds: [], end: 0, multiAt: -1 };
}

/** Takes bytes that were appended at `log.end`; false: they are not whole records. */
export function splitMore(log: SplitLog, bytes: Uint8Array): boolean {
  const start = log.end;
  let at = 0;
  while (at < bytes.length) {
    const record = recordAt(bytes, at);
    if (record === undefined) return false;
    const { name, end } = record;
    if (name === 'MULTI') log.multiAt = start + at;
    if (name === 'EXEC') log.multiAt = -1;
    at = end;
    log.end = start + at;
    log.recordEnds.push(log.end);
    log.openSince.push(log.multiAt);
    if (log.multiAt === -1 && name !== 'SELECT') log.unitEnds.push(log.end);
  }
  return true;
}

function recordAt(bytes: Uint8Array, from: number): { name: string; end: number } | undefined {
  const count = lengthAt(bytes, from, '*');
  if (count === undefined) return undefined;
  let { end } = count;
  let name = '';
  for (let i = 0; i < count.value; i++) {
    const length = lengthAt(bytes, end, '$');
    if (length === undefined || length.end + length.value + 2 > bytes.length) return undefined;
    if (i === 0) name = latin1(bytes, length.end, length.end + length.value).toUpperCase();
    end = length.end + length.value + 2;
  }
  return { name, end };
}

function lengthAt(
  bytes: Uint8Array,
  at: number,
  mark: string,
): { value: number; end: number } | undefined {
  const lineEnd = bytes.indexOf(10, at);
  if (bytes[at] !== mark.charCodeAt(0) || lineEnd < 0) return undefined;
  const digits = latin1(bytes, at + 1, lineEnd - 1);
  return /^\d+$/.test(digits) ? { value: Number(digits), end: lineEnd + 1 } : undefined;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** How many of the ascending `ends` are not above `limit`. */
export function countUpTo(ends: readonly number[], limit: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** To which size a start cuts a log of `size` bytes (spec §5.3, with the dangling MULTI of §5.4); the same: no cut. */
export function sizeAfterLoad(log: SplitLog, size: number): number {
  const whole = countUpTo(log.recordEnds, size);
  const end = whole === 0 ? 0 : log.recordEnds[whole - 1]!;
  if (end < size) return end;
  const open = whole === 0 ? -1 : log.openSince[whole - 1]!;
  return open === -1 ? size : open;
}
