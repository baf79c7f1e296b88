/**
 * One record of the log, a RESP array of bulk strings, taken apart by offsets: strings are only built
 * of what a row shows. Lines that start with `#` (timestamp annotations) may stand before the array.
 */
import { byteStringOf } from '../../base/bytes.ts';
import type { ByteString } from '../../base/bytes.ts';
import { quoteBytes } from '../../base/quote-bytes.ts';
import { offset } from '../i18n/numbers.ts';

/** How much of a command a row shows. */
const SHOWN_CHARS = 120;

const HASH = 0x23;
const STAR = 0x2a;
const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Where the arguments of the record in `bytes[start..end]` stand: start and end of each, alternating,
 * of the first `limit` arguments. What is not a whole RESP array gives the arguments up to the flaw.
 */
export function argumentSpans(
  bytes: Uint8Array,
  start: number,
  end: number,
  limit = Number.POSITIVE_INFINITY,
): number[] {
  const spans: number[] = [];
  let at = start;
  while (at < end && bytes[at] === HASH) at = lineEnd(bytes, at, end) + 2;
  if (bytes[at] !== STAR || at >= end) return spans;
  let left = Math.min(decimal(bytes, at + 1, end), limit);
  at = lineEnd(bytes, at, end) + 2;
  while (left-- > 0 && at < end && bytes[at] === DOLLAR) {
    const length = decimal(bytes, at + 1, end);
    const from = lineEnd(bytes, at, end) + 2;
    if (length < 0 || from + length + 2 > end) break;
    spans.push(from, from + length);
    at = from + length + 2;
  }
  return spans;
}

/** How many arguments the record claims to have; 0 where there is no array. */
export function argumentCount(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === HASH) at = lineEnd(bytes, at, end) + 2;
  return at < end && bytes[at] === STAR ? Math.max(0, decimal(bytes, at + 1, end)) : 0;
}

/** The offset of the next CR LF, or `end`. */
function lineEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 1 < end; at++) {
    if (bytes[at] === CR && bytes[at + 1] === LF) return at;
  }
  return end;
}

/** The digits at `from`, or -1. Seventeen of them are enough to be beyond every file. */
function decimal(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  let at = from;
  for (; at < end && at < from + 17; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === from ? -1 : value;
}

export interface CommandText {
  /** The first word as it was logged, bold in a row. */
  readonly name: string;
  /** The other arguments, each after a space, cut when long. */
  readonly rest: string;
}

/** A record as one line that redis-cli would take again, cut after 120 characters with its size told. */
export function commandText(bytes: Uint8Array, start: number, end: number): CommandText {
  const spans = argumentSpans(bytes, start, end, SHOWN_CHARS);
  const [from, to] = spans;
  if (from === undefined || to === undefined)
    return { name: unreadable(bytes, start, end), rest: '' };

  const name = argumentText(bytes, from, to, SHOWN_CHARS);
  let rest = '';
  for (let i = 2; i < spans.length; i += 2) {
    const [first, last] = [spans[i] ?? 0, spans[i + 1] ?? 0];
    const room = SHOWN_CHARS - name.length - rest.length - 1;
    const text = argumentText(bytes, first, last, room);
    if (text.length <= room && !cutShort(first, last, room)) {
      rest += ` ${text}`;
      continue;
    }
    const shown = room > 0 ? ` ${text.slice(0, room)}` : '';
    const more = i + 2 < spans.length || argumentCount(bytes, start, end) * 2 > spans.length;
    const size = more ? end - start : last - first;
    return { name, rest: `${rest}${shown}… ${offset(size)} B` };
  }
  if (argumentCount(bytes, start, end) * 2 > spans.length) {
    rest += ` … ${offset(end - start)} B`;
  }
  return { name, rest };
}

/** An argument of more bytes than the room has characters is never shown whole. */
function cutShort(first: number, last: number, room: number): boolean {
  return last - first > room;
}

/** An argument as it is, or quoted when it would not read back as one word. Only its beginning when long. */
export function argumentText(bytes: Uint8Array, from: number, to: number, room: number): string {
  const text = byteStringOf(bytes, from, Math.min(to, from + Math.max(room, 0) + 1));
  return quotedIfNeeded(text, to - from);
}

export function quotedIfNeeded(text: ByteString, length = text.length): string {
  if (length === 0) return '""';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x27 || code === 0x5c) {
      return quoteBytes(text);
    }
  }
  return text;
}

function unreadable(bytes: Uint8Array, start: number, end: number): string {
  return quoteBytes(byteStringOf(bytes, start, Math.min(end, start + SHOWN_CHARS)));
}
