/** Lua's patterns (lstrlib.c: match and its kin), on bytes. Work is counted, so that no pattern runs for ever. */
import type { LuaMachine } from './lua-machine.ts';
import type { LuaValue } from './lua-value.ts';

interface Capture {
  start: number;
  /** -1: not yet closed; -2: the position itself. */
  length: number;
}

export interface Match {
  readonly start: number;
  readonly end: number;
  /** Of the captures, or the whole match if there are none. */
  readonly values: readonly LuaValue[];
  readonly captures: readonly LuaValue[];
}

const OPEN = -1;
const POSITION = -2;
const MOST_CAPTURES = 32;
const PERCENT = 0x25;

/** The match at exactly `at`, if there is one. `from`: where the pattern begins, after an anchor. */
export function matchAt(machine: LuaMachine, text: string, pattern: string, at: number, from: number): Match | undefined {
  const matcher = new Matcher(machine, text, pattern);
  const end = matcher.match(at, from);
  if (end < 0) return undefined;
  const captures = matcher.captures.map((_, i) => matcher.value(i));
  return { start: at, end, captures, values: captures.length > 0 ? captures : [text.slice(at, end)] };
}

/** The first match at `start` or later. */
export function firstMatch(machine: LuaMachine, text: string, pattern: string, start: number): Match | undefined {
  const anchored = pattern.startsWith('^');
  for (let at = start; at <= text.length; at++) {
    const found = matchAt(machine, text, pattern, at, anchored ? 1 : 0);
    if (found !== undefined || anchored) return found;
  }
  return undefined;
}

class Matcher {
  captures: Capture[] = [];
  private readonly machine: LuaMachine;
  private readonly text: string;
  private readonly pattern: string;

  constructor(machine: LuaMachine, text: string, pattern: string) {
    this.machine = machine;
    this.text = text;
    this.pattern = pattern;
  }

  value(i: number): LuaValue {
    const capture = this.captures[i];
    if (capture === undefined || capture.length === OPEN) return this.machine.fail('unfinished capture');
    return capture.length === POSITION ? capture.start + 1 : this.text.slice(capture.start, capture.start + capture.length);
  }

  /** The end of the match, -1 if there is none. */
  match(start: number, from: number): number {
    const { pattern, machine } = this;
    let s = start;
    let p = from;
    for (;;) {
      machine.spend(1);
      if (p === pattern.length) return s;
      const c = pattern[p]!;
      if (c === '(') return pattern[p + 1] === ')' ? this.open(s, p + 2, POSITION) : this.open(s, p + 1, OPEN);
      if (c === ')') return this.closeCapture(s, p + 1);
      if (c === '$' && p + 1 === pattern.length) return s === this.text.length ? s : -1;
      if (c === '%' && pattern[p + 1] === 'b') {
        s = this.balanced(s, p + 2);
        if (s < 0) return -1;
        p += 4;
        continue;
      }
      if (c === '%' && pattern[p + 1] === 'f') {
        p += 2;
        if (pattern[p] !== '[') machine.fail("missing '[' after '%f' in pattern");
        const end = this.classEnd(p);
        const before = s === 0 ? 0 : this.text.charCodeAt(s - 1);
        const after = s < this.text.length ? this.text.charCodeAt(s) : 0;
        if (this.inSet(before, p, end - 1) || !this.inSet(after, p, end - 1)) return -1;
        p = end;
        continue;
      }
      if (c === '%' && /[0-9]/.test(pattern[p + 1] ?? '')) {
        s = this.backReference(s, pattern.charCodeAt(p + 1));
        if (s < 0) return -1;
        p += 2;
        continue;
      }
      const end = this.classEnd(p);
      const suffix = pattern[end];
      if (suffix === '*') return this.longest(s, p, end, s);
      if (suffix === '+') return this.single(s, p, end) ? this.longest(s + 1, p, end, s + 1) : -1;
      if (suffix === '-') return this.shortest(s, p, end);
      const here = this.single(s, p, end);
      if (suffix === '?') {
        if (here) {
          const found = this.match(s + 1, end + 1);
          if (found >= 0) return found;
        }
        p = end + 1;
        continue;
      }
      if (!here) return -1;
      s++;
      p = end;
    }
  }

  private longest(start: number, p: number, end: number, least: number): number {
    let s = start;
    while (this.single(s, p, end)) s++;
    this.machine.spend(s - start);
    for (; s >= least; s--) {
      const found = this.match(s, end + 1);
      if (found >= 0) return found;
    }
    return -1;
  }

  private shortest(start: number, p: number, end: number): number {
    for (let s = start; ; s++) {
      const found = this.match(s, end + 1);
      if (found >= 0) return found;
      if (!this.single(s, p, end)) return -1;
    }
  }

  private open(s: number, p: number, length: number): number {
    if (this.captures.length >= MOST_CAPTURES) this.machine.fail('too many captures');
    const level = this.captures.length;
    this.captures.push({ start: s, length });
    const found = this.match(s, p);
    if (found < 0) this.captures.length = level;
    return found;
  }

  private closeCapture(s: number, p: number): number {
    const capture = this.captures.findLast(({ length }) => length === OPEN);
    if (capture === undefined) return this.machine.fail('invalid pattern capture');
    capture.length = s - capture.start;
    const found = this.match(s, p);
    if (found < 0) capture.length = OPEN;
    return found;
  }

  private balanced(s: number, p: number): number {
    const { pattern, text } = this;
    if (p + 1 >= pattern.length) this.machine.fail('unbalanced pattern');
    const [opening, closing] = [pattern[p], pattern[p + 1]];
    if (text[s] !== opening) return -1;
    let depth = 1;
    for (let at = s + 1; at < text.length; at++) {
      this.machine.spend(1);
      if (text[at] === closing) {
        if (--depth === 0) return at + 1;
      } else if (text[at] === opening) depth++;
    }
    return -1;
  }

  private backReference(s: number, digit: number): number {
    const capture = this.captures[digit - 0x31];
    if (capture === undefined || capture.length === OPEN) return this.machine.fail('invalid capture index');
    const wanted = this.text.slice(capture.start, capture.start + Math.max(0, capture.length));
    return this.text.startsWith(wanted, s) ? s + wanted.length : -1;
  }

  private classEnd(from: number): number {
    const { pattern, machine } = this;
    let p = from;
    const c = pattern[p++];
    if (c === '%') {
      if (p >= pattern.length) machine.fail("malformed pattern (ends with '%')");
      return p + 1;
    }
    if (c !== '[') return p;
    if (pattern[p] === '^') p++;
    do {
      if (p >= pattern.length) machine.fail("malformed pattern (missing ']')");
      if (pattern[p++] === '%' && p < pattern.length) p++;
    } while (pattern[p] !== ']');
    return p + 1;
  }

  private single(s: number, p: number, end: number): boolean {
    if (s >= this.text.length) return false;
    const code = this.text.charCodeAt(s);
    const c = this.pattern.charCodeAt(p);
    if (c === 0x2e) return true;
    if (c === PERCENT) return inClass(code, this.pattern.charCodeAt(p + 1));
    return c === 0x5b ? this.inSet(code, p, end - 1) : c === code;
  }

  /** `last` is the place of the closing bracket. */
  private inSet(code: number, first: number, last: number): boolean {
    const { pattern } = this;
    let p = first + 1;
    const negated = pattern[p] === '^';
    if (negated) p++;
    for (; p < last; p++) {
      const c = pattern.charCodeAt(p);
      if (c === PERCENT) {
        p++;
        if (inClass(code, pattern.charCodeAt(p))) return !negated;
      } else if (pattern[p + 1] === '-' && p + 2 < last) {
        if (c <= code && code <= pattern.charCodeAt(p + 2)) return !negated;
        p += 2;
      } else if (c === code) return !negated;
    }
    return negated;
  }
}

/** A class such as %a; a capital letter means its contrary. */
function inClass(code: number, letter: number): boolean {
  const test = classes[String.fromCharCode(letter | 0x20)];
  const isLetter = (letter >= 0x41 && letter <= 0x5a) || (letter >= 0x61 && letter <= 0x7a);
  if (test === undefined || !isLetter) return letter === code;
  return test(code) === letter >= 0x61;
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isLower = (c: number): boolean => c >= 0x61 && c <= 0x7a;
const isUpper = (c: number): boolean => c >= 0x41 && c <= 0x5a;
const isAlpha = (c: number): boolean => isLower(c) || isUpper(c);
const isGraphic = (c: number): boolean => c > 0x20 && c < 0x7f;

const classes: Readonly<Record<string, (code: number) => boolean>> = {
  a: isAlpha,
  c: (c) => c < 0x20 || c === 0x7f,
  d: isDigit,
  l: isLower,
  p: (c) => isGraphic(c) && !isAlpha(c) && !isDigit(c),
  s: (c) => c === 0x20 || (c >= 9 && c <= 13),
  u: isUpper,
  w: (c) => isAlpha(c) || isDigit(c),
  x: (c) => isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66),
  z: (c) => c === 0,
};
