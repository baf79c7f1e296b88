import type { ByteString } from './bytes.ts';
import { hexDigitValue, isSpaceCode } from './characters.ts';

/**
 * Splits one line into words as sds.c:sdssplitargs does: for inline requests, redis.conf, the manifest
 * and the console. "..." knows \xHH \n \r \t \b \a and takes any other escaped byte as it is, '...' knows
 * \' only; a quote may open within a word and what follows a closing quote must be blank or the end.
 * The line ends at its first NUL. Undefined when quotes are unbalanced.
 */
export function splitArguments(line: ByteString): ByteString[] | undefined {
  const nul = line.indexOf('\0');
  const text = nul === -1 ? line : line.slice(0, nul);
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpaceCode(text.charCodeAt(at))) at++;
    if (at === text.length) return words as ByteString[];

    let word = '';
    let within: 'plain' | 'double' | 'single' = 'plain';
    for (let done = false; !done; at++) {
      // At the end of the text `char` is '', which ends a plain word and leaves a quote unterminated.
      const char = text.charAt(at);
      if (within === 'plain') {
        if (char === '"') within = 'double';
        else if (char === "'") within = 'single';
        else if (char === '' || char === ' ' || char === '\n' || char === '\r' || char === '\t')
          done = true;
        else word += char;
      } else if (char === '') {
        return undefined;
      } else if (char === (within === 'double' ? '"' : "'")) {
        if (at + 1 < text.length && !isSpaceCode(text.charCodeAt(at + 1))) return undefined;
        done = true;
      } else if (char !== '\\') {
        word += char;
      } else if (within === 'single') {
        if (text.charAt(at + 1) === "'") at++;
        word += text.charAt(at);
      } else {
        const escape = readEscape(text, at);
        word += escape.byte;
        at += escape.length - 1;
      }
    }
    words.push(word);
    at = Math.min(at, text.length);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** The byte that the backslash at `at` stands for, and how many chars the escape takes. */
function readEscape(text: string, at: number): { readonly byte: string; readonly length: number } {
  const next = text.charAt(at + 1);
  if (next === '') return { byte: '\\', length: 1 };
  if (next === 'x') {
    const high = hexDigitValue(text.charCodeAt(at + 2));
    const low = hexDigitValue(text.charCodeAt(at + 3));
    if (high >= 0 && low >= 0) return { byte: String.fromCharCode(high * 16 + low), length: 4 };
  }
  return { byte: ESCAPES[next] ?? next, length: 2 };
}
