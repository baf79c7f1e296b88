/**
 * How many columns of a terminal a character takes: 0, 1 or 2. The same widths as those of Unicode 11, which
 * the terminal is set to; if they differed, the cursor would stand beside the character that it edits.
 */
export function charWidth(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x300) return 1;
  if (isWide(codePoint)) return 2;
  return ZERO_WIDTH.test(String.fromCodePoint(codePoint)) ? 0 : 1;
}

/** The columns of a text on one line. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char.codePointAt(0) ?? 0);
  return width;
}

/** The index behind the character at `index`, together with the marks that combine with it. */
export function nextBoundary(text: string, index: number): number {
  if (index >= text.length) return text.length;
  let at = index + codeUnits(text, index);
  while (at < text.length && charWidth(text.codePointAt(at) ?? 0) === 0) at += codeUnits(text, at);
  return at;
}

/** The index of the character that ends before `index`, with the marks that combine with it. */
export function previousBoundary(text: string, index: number): number {
  let at = index;
  while (at > 0) {
    at -= at >= 2 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
    if (charWidth(text.codePointAt(at) ?? 0) > 0) break;
  }
  return at;
}

/** The longest beginning of a text that fits into so many columns. */
export function cutToWidth(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const char of text) {
    width += charWidth(char.codePointAt(0) ?? 0);
    if (width > columns) break;
    end += char.length;
  }
  return text.slice(0, end);
}

function codeUnits(text: string, index: number): 1 | 2 {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/** Combining marks, joiners and other invisible signs; the inner vowels of Hangul syllables. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;

/** Wide and full-width characters of Unicode 11, as ranges of hexadecimal code points. */
const WIDE = `
1100-115f 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2648-2653 267f 2693 26a1
26aa-26ab 26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa 26fd 2705 270a-270b 2728 274c 274e
2753-2755 2757 2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55 2e80-2e99 2e9b-2ef3 2f00-2fd5 2ff0-2ffb
3000-3029 302e-303e 3041-3096 309b-30ff 3105-312f 3131-318e 3190-31ba 31c0-31e3 31f0-321e 3220-3247
3250-4dbf 4e00-a48c a490-a4c6 a960-a97c ac00-d7a3 f900-faff fe10-fe19 fe30-fe52 fe54-fe66 fe68-fe6b
ff01-ff60 ffe0-ffe6 16fe0-16fe3 17000-187f7 18800-18af2 1b000-1b11e 1b150-1b152 1b164-1b167
1b170-1b2fb 1f004 1f0cf 1f18e 1f191-1f19a 1f200-1f202 1f210-1f23b 1f240-1f248 1f250-1f251
1f260-1f265 1f300-1f320 1f32d-1f335 1f337-1f37c 1f37e-1f393 1f3a0-1f3ca 1f3cf-1f3d3 1f3e0-1f3f0
1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567 1f57a 1f595-1f596 1f5a4
1f5fb-1f64f 1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5 1f6eb-1f6ec 1f6f4-1f6fa 1f7e0-1f7eb 1f90d-1f971
1f973-1f976 1f97a-1f9a2 1f9a5-1f9aa 1f9ae-1f9ca 1f9cd-1f9ff 1fa70-1fa73 1fa78-1fa7a 1fa80-1fa82
1fa90-1fa95 20000-2fffd 30000-3fffd
`;

const WIDE_RANGES: readonly (readonly [number, number])[] = WIDE.trim()
  .split(/\s+/)
  .map((range) => {
    const [first = '', last = first] = range.split('-');
    return [parseInt(first, 16), parseInt(last, 16)];
  });

function isWide(codePoint: number): boolean {
  let low = 0;
  let high = WIDE_RANGES.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = WIDE_RANGES[middle] ?? [0, 0];
    if (codePoint < first) high = middle - 1;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}
