/** A text that comes bit by bit, broken into rows of a screen: for less. */
import { EMPTY, ascii, utf8Decode, type ByteString } from '../../base/bytes.ts';

export interface Row {
  readonly text: string;
  /** The line that it is a part of, from 0. */
  readonly line: number;
}

export interface PagedText {
  readonly lines: string[];
  readonly rows: Row[];
  columns: number;
  /** The start of a line that has not ended. */
  rest: ByteString;
  bytes: number;
}

export function newPagedText(columns: number): PagedText {
  return { lines: [], rows: [], columns, rest: EMPTY, bytes: 0 };
}

export function addText(text: PagedText, bytes: ByteString): void {
  text.bytes += bytes.length;
  const parts = (text.rest + bytes).split('\n');
  text.rest = ascii(parts.pop() ?? '');
  for (const part of parts) addLine(text, part);
}

/** The last line may lack its newline. */
export function endText(text: PagedText): void {
  if (text.rest !== '') addLine(text, text.rest);
  text.rest = EMPTY;
}

export function refold(text: PagedText, columns: number): void {
  text.columns = columns;
  text.rows.length = 0;
  for (const [i, line] of text.lines.entries()) fold(text, line, i);
}

function addLine(text: PagedText, bytes: string): void {
  const line = visible(bytes);
  text.lines.push(line);
  fold(text, line, text.lines.length - 1);
}

function fold({ rows, columns }: PagedText, line: string, index: number): void {
  const chars = Array.from(line);
  for (let at = 0; at === 0 || at < chars.length; at += columns)
    rows.push({ text: chars.slice(at, at + columns).join(''), line: index });
}

/** Tabs become blanks, control bytes `^X`, bytes that are no UTF-8 `<FF>`: nothing else reaches the terminal. */
export function visible(bytes: string): string {
  let out = '';
  const text = utf8Decode(ascii(bytes));
  const broken = text.includes('\ufffd');
  for (const char of broken ? bytes : text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\t') out += ' '.repeat(8 - (out.length % 8));
    else if (code < 0x20) out += `^${String.fromCharCode(code + 0x40)}`;
    else if (code === 0x7f) out += '^?';
    else if ((broken && code >= 0x80) || (code >= 0x80 && code < 0xa0))
      out += `<${code.toString(16).toUpperCase().padStart(2, '0')}>`;
    else if (/[\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(char))
      out += `<U+${code.toString(16).toUpperCase()}>`;
    else out += char;
  }
  return out;
}
