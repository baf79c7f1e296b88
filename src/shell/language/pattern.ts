/** Shell patterns: `*`, `?`, `[…]` with ranges, classes and `!` or `^`; a backslash takes the next character as it is. */

/** Whether all of `text` matches. As many steps as the product of the lengths at most. */
export function patternMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let starText = 0;
  for (;;) {
    if (p < pattern.length && pattern.charAt(p) === '*') {
      star = p++;
      starText = t;
      continue;
    }
    if (t === text.length && p === pattern.length) return true;
    const next = t < text.length ? matchOne(pattern, p, text.charAt(t)) : -1;
    if (next >= 0) {
      p = next;
      t++;
    } else if (star >= 0 && starText < text.length) {
      p = star + 1;
      t = ++starText;
    } else return false;
  }
}

/** Where the pattern goes on if its next element matches `char`; -1 if it does not. */
function matchOne(pattern: string, at: number, char: string): number {
  const first = pattern.charAt(at);
  if (first === '') return -1;
  if (first === '?') return at + 1;
  if (first === '\\' && at + 1 < pattern.length)
    return pattern.charAt(at + 1) === char ? at + 2 : -1;
  if (first === '[') {
    const end = classEnd(pattern, at);
    if (end > 0) return inClass(pattern.slice(at + 1, end), char) ? end + 1 : -1;
  }
  return first === char ? at + 1 : -1;
}

function classEnd(pattern: string, at: number): number {
  let i = at + 1;
  if (pattern.charAt(i) === '!' || pattern.charAt(i) === '^') i++;
  if (pattern.charAt(i) === ']') i++;
  for (; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '\\') i++;
    else if (char === '[' && pattern.charAt(i + 1) === ':') {
      const close = pattern.indexOf(':]', i + 2);
      if (close < 0) return -1;
      i = close + 1;
    } else if (char === ']') return i;
  }
  return -1;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\r\f\v]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9a-fA-F]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
};

function inClass(body: string, char: string): boolean {
  const negated = body.startsWith('!') || body.startsWith('^');
  let i = negated ? 1 : 0;
  let found = false;
  for (; i < body.length; i++) {
    let low = body.charAt(i);
    if (low === '[' && body.charAt(i + 1) === ':') {
      const close = body.indexOf(':]', i + 2);
      if (close > 0) {
        found ||= CLASSES[body.slice(i + 2, close)]?.test(char) === true;
        i = close + 1;
        continue;
      }
    }
    if (low === '\\') low = body.charAt(++i);
    if (body.charAt(i + 1) === '-' && i + 2 < body.length) {
      const high = body.charAt(i + 2);
      found ||= char >= low && char <= high;
      i += 2;
    } else found ||= char === low;
  }
  return found !== negated;
}

/** A text as a pattern that matches only itself. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

export function hasPattern(text: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(text);
}

export function unescapePattern(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
