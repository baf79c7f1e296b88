/** The text that nano edits: lines, a cursor, what was cut. What is not changed is written back byte for byte. */
import { ascii, utf8Decode, utf8Encode, type ByteString } from '../../base/bytes.ts';

export interface Buffer {
  /** Of characters where the file is UTF-8, else of bytes. */
  readonly lines: string[];
  /** Every line of the file ends with CR LF. */
  readonly endings: 'unix' | 'dos';
  readonly coding: 'utf-8' | 'bytes';
  row: number;
  column: number;
  cut: string[];
  /** Whether the next cut goes on with the last one. */
  cutting: boolean;
  changed: boolean;
}

export function openBuffer(bytes: ByteString): Buffer {
  const decoded = utf8Decode(bytes);
  const isText = utf8Encode(decoded) === bytes;
  const lines = (isText ? decoded : bytes).split('\n');
  const whole = lines.slice(0, -1);
  const dos =
    whole.length > 0 &&
    lines[lines.length - 1] === '' &&
    whole.every((line) => line.endsWith('\r'));
  return {
    lines: dos ? lines.map((line) => line.replace(/\r$/, '')) : lines,
    endings: dos ? 'dos' : 'unix',
    coding: isText ? 'utf-8' : 'bytes',
    row: 0,
    column: 0,
    cut: [],
    cutting: false,
    changed: false,
  };
}

/** As nano writes it: with a newline at the end. */
export function bytesOfBuffer({ lines, endings, coding }: Buffer): ByteString {
  const all = lines[lines.length - 1] === '' ? lines : [...lines, ''];
  const text = all.join(endings === 'dos' ? '\r\n' : '\n');
  return coding === 'utf-8' ? utf8Encode(text) : ascii(text);
}

export function lineAt(buffer: Buffer, row: number = buffer.row): string {
  return buffer.lines[row] ?? '';
}

/** The row and the column within the text; the column is one of whole characters. */
export function place(buffer: Buffer, row: number, column: number): void {
  buffer.row = Math.min(Math.max(row, 0), buffer.lines.length - 1);
  buffer.column = Math.min(Math.max(column, 0), lineAt(buffer).length);
  const code = lineAt(buffer).charCodeAt(buffer.column);
  if (buffer.coding === 'utf-8' && code >= 0xdc00 && code < 0xe000) buffer.column--;
}

export function left(buffer: Buffer): void {
  if (buffer.column > 0) place(buffer, buffer.row, buffer.column - 1);
  else if (buffer.row > 0) place(buffer, buffer.row - 1, Infinity);
}

export function right(buffer: Buffer): void {
  const { row, column } = buffer;
  const wide = (lineAt(buffer).codePointAt(column) ?? 0) > 0xffff ? 2 : 1;
  if (column < lineAt(buffer).length) place(buffer, row, column + wide);
  else if (row < buffer.lines.length - 1) place(buffer, row + 1, 0);
}

export function insert(buffer: Buffer, text: string): void {
  const { row, column } = buffer;
  const line = lineAt(buffer);
  const typed = buffer.coding === 'utf-8' ? text : utf8Encode(text);
  buffer.lines[row] = line.slice(0, column) + typed + line.slice(column);
  buffer.column += typed.length;
  buffer.changed = true;
}

export function breakLine(buffer: Buffer): void {
  const { row, column } = buffer;
  const line = lineAt(buffer);
  buffer.lines.splice(row, 1, line.slice(0, column), line.slice(column));
  place(buffer, row + 1, 0);
  buffer.changed = true;
}

export function erase(buffer: Buffer): void {
  if (buffer.row === 0 && buffer.column === 0) return;
  left(buffer);
  deleteHere(buffer);
}

export function deleteHere(buffer: Buffer): void {
  const { row, column } = buffer;
  const line = lineAt(buffer);
  if (column < line.length) {
    const wide = (line.codePointAt(column) ?? 0) > 0xffff ? 2 : 1;
    buffer.lines[row] = line.slice(0, column) + line.slice(column + wide);
  } else if (row < buffer.lines.length - 1) {
    buffer.lines.splice(row, 2, line + lineAt(buffer, row + 1));
  } else return;
  buffer.changed = true;
}

/** Lines that are cut one after the other come back together. */
export function cutLine(buffer: Buffer): boolean {
  const { row } = buffer;
  if (row === buffer.lines.length - 1 && lineAt(buffer) === '') return false;
  if (!buffer.cutting) buffer.cut = [];
  buffer.cut.push(lineAt(buffer));
  if (row === buffer.lines.length - 1) buffer.lines[row] = '';
  else buffer.lines.splice(row, 1);
  place(buffer, row, 0);
  buffer.cutting = true;
  buffer.changed = true;
  return true;
}

export function paste(buffer: Buffer): void {
  if (buffer.cut.length === 0) return;
  const { row, column } = buffer;
  const line = lineAt(buffer);
  const [first = '', ...more] = [...buffer.cut, ''];
  const last = more.pop() ?? '';
  buffer.lines.splice(row, 1, line.slice(0, column) + first, ...more, last + line.slice(column));
  place(buffer, row + buffer.cut.length, 0);
  buffer.changed = true;
}

/** Onward from behind the cursor, and round. False: it stands nowhere. */
export function find(buffer: Buffer, text: string): 'found' | 'wrapped' | 'none' {
  const wanted = (buffer.coding === 'utf-8' ? text : utf8Encode(text)).toLowerCase();
  const { lines, row, column } = buffer;
  for (let i = 0; i <= lines.length; i++) {
    const at = (row + i) % lines.length;
    const from = i === 0 ? column + 1 : 0;
    const found = (lines[at] ?? '').toLowerCase().indexOf(wanted, from);
    if (found < 0) continue;
    place(buffer, at, found);
    return at < row || (i > 0 && at === row) ? 'wrapped' : 'found';
  }
  return 'none';
}
