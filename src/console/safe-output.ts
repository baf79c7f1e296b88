import { isControl } from '../cli/printable.ts';

/**
 * What a program printed, fit for a terminal: of the control characters only newlines, tabs, returns and backspaces
 * stay, and of escape sequences those by which the lab's own programs clear and place; everything else is spelt out.
 * `raw`: a program has the whole screen, as less and nano have.
 */
export function safeOutput(text: string, mode: 'line' | 'raw'): string {
  let out = '';
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (char === '\x1b') {
      const sequence = (mode === 'raw' ? SCREEN : CLEARING).exec(text.slice(at, at + 24))?.[0];
      out += sequence ?? '^[';
      at += sequence?.length ?? 1;
      continue;
    }
    const code = text.codePointAt(at) ?? 0;
    const whole = String.fromCodePoint(code);
    if (char === '\n') out += '\r\n';
    else if (char === '\t' || char === '\r' || char === '\b') out += char;
    else if (isControl(code))
      out += code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : `\\x${code.toString(16)}`;
    else out += whole;
    at += whole.length;
  }
  return out;
}

const CLEARING = /^\x1b\[(?:H\x1b\[2J|0G\x1b\[2K)/;
const SCREEN = /^\x1b\[(?:\?(?:1049|25)[hl]|[\d;]*[HJKmG])/;
