import { utf8Decode } from '../base/bytes.ts';
import type { ByteString } from '../base/bytes.ts';

const TAB_STOP = 8;

/**
 * Text of several lines that a terminal may be given: UTF-8 is decoded, and every control character
 * (C0, DEL, C1, line and paragraph separators, and the marks that turn the direction of writing) is
 * spelt out, so that no value and no error text can move the cursor or set a colour. A newline, with or
 * without a carriage return before it, stays a line's end; a tab becomes spaces.
 */
export function printableLines(bytes: ByteString): string[] {
  return utf8Decode(bytes).split(/\r?\n/).map(printableLine);
}

/** One line of text with its control characters spelt out. */
export function printableLine(line: string): string {
  let out = '';
  for (const char of line) {
    const code = char.codePointAt(0) ?? 0;
    if (code === 0x09) out += ' '.repeat(TAB_STOP - (out.length % TAB_STOP));
    else if (isControl(code)) out += spelt(code);
    else out += char;
  }
  return out;
}

/** Whether a character may not reach a terminal as it is. */
export function isControl(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0xfeff
  );
}

function spelt(code: number): string {
  const hex = code.toString(16);
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
