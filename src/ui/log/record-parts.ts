import { byteStringOf } from '../../base/bytes.ts';
import { firstKeyPlace, commandNameOf } from './command-keys.ts';
import { argumentCount, argumentSpans, argumentText } from './record-text.ts';

/** A stretch of a record's bytes with its meaning: framing and what it frames, in the order of the bytes. */
export interface RecordPart {
  /** Offsets within the record. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'annotation' | 'array' | 'argument';
  /** `*3`, `$6`: the framing as it stands. */
  readonly framing: string;
  /** Where the argument's own bytes stand; both equal to `to` for the others. */
  readonly valueFrom: number;
  readonly valueTo: number;
  readonly value: string;
  readonly role: 'command' | 'key' | 'other';
  /** The argument's number, the command being 0; of an array the number of its arguments. */
  readonly number: number;
}

/** More arguments are counted, not listed. */
export const LISTED_ARGUMENTS = 64;
const SHOWN_CHARS = 80;

export function recordParts(record: Uint8Array): RecordPart[] {
  const spans = argumentSpans(record, 0, record.length, LISTED_ARGUMENTS);
  const parts: RecordPart[] = [];
  const array = arrayStart(record);
  if (array > 0) parts.push(framingPart(record, 0, array, 'annotation'));
  if (spans.length === 0) return parts;

  const key = firstKeyPlace(commandNameOf(record, spans));
  let at = (spans[0] ?? 0) - lengthOfLine(record, spans[0] ?? 0);
  parts.push({
    ...framingPart(record, array, at, 'array'),
    number: argumentCount(record, 0, record.length),
  });
  for (let i = 0; i < spans.length; i += 2) {
    const [from, to] = [spans[i] ?? 0, spans[i + 1] ?? 0];
    const number = i / 2;
    parts.push({
      ...framingPart(record, at, from, 'argument'),
      to: to + 2,
      valueFrom: from,
      valueTo: to,
      value: shown(record, from, to),
      role: number === 0 ? 'command' : number === key ? 'key' : 'other',
      number,
    });
    at = to + 2;
  }
  return parts;
}

function shown(record: Uint8Array, from: number, to: number): string {
  const text = argumentText(record, from, to, SHOWN_CHARS);
  return to - from > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

function framingPart(
  record: Uint8Array,
  from: number,
  to: number,
  kind: RecordPart['kind'],
): RecordPart {
  const framing = byteStringOf(record, from, Math.min(to, from + 40))
    .replace(/[\r\n]+/g, ' ')
    .trim();
  return {
    from,
    to,
    kind,
    framing,
    valueFrom: to,
    valueTo: to,
    value: '',
    role: 'other',
    number: 0,
  };
}

/** The length of the line `$6\r\n` that ends at `end`. */
function lengthOfLine(record: Uint8Array, end: number): number {
  let at = end - 2;
  while (at > 0 && record[at - 1] !== 0x0a) at--;
  return end - at;
}

/** Where the array begins, behind the annotations. */
function arrayStart(record: Uint8Array): number {
  let at = 0;
  while (record[at] === 0x23) {
    const end = record.indexOf(0x0a, at);
    if (end < 0) return record.length;
    at = end + 1;
  }
  return at;
}

export interface HexByte {
  readonly at: number;
  readonly hex: string;
  /** Printable ASCII as it is, all else as a middle dot. */
  readonly char: string;
  /** The place of its part; -1 for what no part explains. */
  readonly part: number;
  readonly framing: boolean;
}

/** Lines of `width` bytes, of the first `limit` bytes. */
export function hexLines(
  record: Uint8Array,
  parts: readonly RecordPart[],
  width: number,
  limit: number,
): HexByte[][] {
  const lines: HexByte[][] = [];
  let part = 0;
  for (let at = 0; at < Math.min(record.length, limit); at++) {
    while (part < parts.length && at >= (parts[part]?.to ?? 0)) part++;
    const within = parts[part];
    const code = record[at] ?? 0;
    const byte = {
      at,
      hex: code.toString(16).padStart(2, '0'),
      char: code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·',
      part: within !== undefined && at >= within.from ? part : -1,
      framing: within === undefined || at < within.valueFrom || at >= within.valueTo,
    };
    if (at % width === 0) lines.push([byte]);
    else lines.at(-1)?.push(byte);
  }
  return lines;
}
