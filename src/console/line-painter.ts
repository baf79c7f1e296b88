import { charWidth, cutToWidth, textWidth } from './char-width.ts';

/** A line with its prompt, as it is to be seen. All of it is free of control characters. */
export interface LineView {
  readonly prompt: string;
  readonly text: string;
  /** Index into `text`, in UTF-16 units. */
  readonly cursor: number;
  /** In grey behind the text, cut at the last column. */
  readonly hint: string;
}

/** Where the last painting left the cursor, in rows below the row of the prompt. */
export interface Painted {
  readonly cursorRow: number;
  readonly lastRow: number;
}

export const NOTHING_PAINTED: Painted = { cursorRow: 0, lastRow: 0 };

/** Colours by the terminal's palette, since colours by value need style attributes, which the page forbids. */
export const STYLE = {
  /** ink-2 */
  prompt: (text: string): string => `\x1b[37m${text}\x1b[39m`,
  /** weight 600 */
  typed: (text: string): string => (text === '' ? '' : `\x1b[1m${text}\x1b[22m`),
  /** ink-3, the colour that redis-cli itself uses for its hints */
  hint: (text: string): string => (text === '' ? '' : `\x1b[90m${text}\x1b[39m`),
} as const;

/**
 * The escape sequences that replace what was painted before by this line, and what is painted then. A line
 * that is longer than the terminal is wide goes on in the next rows; its hint does not.
 */
export function paintLine(
  view: LineView,
  before: Painted,
  columns: number,
): { readonly ansi: string; readonly painted: Painted } {
  const whole = view.prompt + view.text;
  const end = positionAfter(whole, columns);
  const cursor = positionAfter(view.prompt + view.text.slice(0, view.cursor), columns);
  const room = end.row === 0 ? columns - textWidth(whole) : 0;
  const hint = cutToWidth(view.hint, Math.max(room, 0));

  let ansi = `${up(before.cursorRow)}\r\x1b[J${STYLE.prompt(view.prompt)}${STYLE.typed(view.text)}${STYLE.hint(hint)}`;
  // A full row leaves the cursor waiting at its end; a newline puts it where the next character will stand.
  if (end.column === 0 && end.row > 0) ansi += '\r\n';
  ansi += `${up(end.row - cursor.row)}\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ''}`;
  return { ansi, painted: { cursorRow: cursor.row, lastRow: end.row } };
}

/** Goes to the row below a painted line, so that output can follow. */
export function leaveLine(painted: Painted): string {
  const down = painted.lastRow - painted.cursorRow;
  return `${down > 0 ? `\x1b[${down}B` : ''}\r\n`;
}

interface Position {
  readonly row: number;
  readonly column: number;
}

/** Where the character after a text stands. A wide one does not fit into the last column. */
function positionAfter(text: string, columns: number): Position {
  let row = 0;
  let column = 0;
  for (const char of text) {
    const width = charWidth(char.codePointAt(0) ?? 0);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : '';
}
