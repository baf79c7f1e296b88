/** Lua's patterns (lstrlib.c: match and its kin), on bytes; what may still be tried is data, so matching can pause. */
import type { LuaMachine } from '../lua/lua-machine.ts';
import type { LuaValue } from '../lua/lua-value.ts';
import type { MatcherState } from '../lua/native-work.ts';

/** A capture's length that is none: not closed yet, or a position. */
const OPEN = -1;
const POSITION = -2;
const MOST_CAPTURES = 32;
const PERCENT = 0x25;

/** A choice is four numbers: its kind, and three of its own. */
const CHOICE = 4;
const choice = {
  /** Fewer repetitions: least place, place of the last try, rest of the pattern. */
  fewer: 0,
  /** One more repetition: place, the item, its end. */
  more: 1,
  /** Without the item: place, rest of the pattern. */
  without: 2,
  /** The last capture was not begun. */
  unopen: 3,
  /** That capture was not closed. */
  unclose: 4,
} as const;

/** `at`: in the text; `from`: in the pattern, after an anchor. */
export function newMatcher(at: number, from: number): MatcherState {
  return { s: at, p: from, choices: [], starts: [], lengths: [] };
}

/** The value of capture `i` of a match of `start` to `end`, which is the whole match if the pattern has none. */
export function captureOf(
  machine: LuaMachine,
  { starts, lengths }: MatcherState,
  text: string,
  i: number,
  start: number,
  end: number,
): LuaValue {
  if (i >= starts.length)
    return i === 0 ? text.slice(start, end) : machine.fail('invalid capture index');
  const length = lengths[i]!;
  if (length === OPEN) machine.fail('unfinished capture');
  return length === POSITION ? starts[i]! + 1 : text.slice(starts[i], starts[i]! + length);
}

/** All captures; `whole`: the match itself if there are none. */
export function capturesOf(
  machine: LuaMachine,
  matcher: MatcherState,
  text: string,
  start: number,
  end: number,
  whole: 'whole' | 'none',
): LuaValue[] {
  const count = matcher.starts.length === 0 && whole === 'whole' ? 1 : matcher.starts.length;
  const values: LuaValue[] = [];
  for (let i = 0; i < count; i++) values.push(captureOf(machine, matcher, text, i, start, end));
  return values;
}

/** Goes on until the match ends (where), or fails (-1), or the slice is used up (undefined). */
export function runMatcher(
  machine: LuaMachine,
  state: MatcherState,
  text: string,
  pattern: string,
): number | undefined {
  const matcher = new Matcher(machine, state, text, pattern);
  while (machine.left > 0) {
    const outcome = matcher.advance();
    if (outcome === 'matched') return state.s;
    if (outcome === 'failed' && !matcher.retry()) return -1;
  }
  return undefined;
}

class Matcher {
  private readonly machine: LuaMachine;
  private readonly state: MatcherState;
  private readonly text: string;
  private readonly pattern: string;

  constructor(machine: LuaMachine, state: MatcherState, text: string, pattern: string) {
    this.machine = machine;
    this.state = state;
    this.text = text;
    this.pattern = pattern;
  }

  private offer(kind: number, a: number, b: number, c: number): void {
    this.state.choices.push(kind, a, b, c);
  }

  /** Takes the last choice that is left; false if there is none. */
  retry(): boolean {
    const { state, machine } = this;
    const { choices, starts, lengths } = state;
    while (choices.length > 0) {
      machine.spend(1);
      const at = choices.length - CHOICE;
      const [kind, a, b, c] = [choices[at]!, choices[at + 1]!, choices[at + 2]!, choices[at + 3]!];
      choices.length = at;
      switch (kind) {
        case choice.fewer:
          if (b <= a) continue;
          if (b - 1 > a) this.offer(choice.fewer, a, b - 1, c);
          state.s = b - 1;
          state.p = c;
          return true;
        case choice.more:
          if (!this.single(a, b, c)) continue;
          this.offer(choice.more, a + 1, b, c);
          state.s = a + 1;
          state.p = c + 1;
          return true;
        case choice.without:
          state.s = a;
          state.p = b;
          return true;
        case choice.unopen:
          starts.pop();
          lengths.pop();
          continue;
        default:
          lengths[a] = OPEN;
      }
    }
    return false;
  }

  /** One item of the pattern. */
  advance(): 'on' | 'matched' | 'failed' {
    const { pattern, machine, state } = this;
    const { s, p } = state;
    machine.spend(1);
    if (p >= pattern.length) return 'matched';
    const c = pattern[p];
    if (c === '(') return this.open();
    if (c === ')') return this.close();
    if (c === '$' && p + 1 === pattern.length) return s === this.text.length ? 'matched' : 'failed';
    if (c === '%') {
      const kind = pattern[p + 1] ?? '';
      if (kind === 'b') return this.to(this.balanced(s, p + 2), p + 4);
      if (kind === 'f') return this.frontier();
      if (kind >= '0' && kind <= '9')
        return this.to(this.backReference(s, kind.charCodeAt(0)), p + 2);
    }
    return this.item(s, p);
  }

  private to(s: number, p: number): 'on' | 'failed' {
    if (s < 0) return 'failed';
    this.state.s = s;
    this.state.p = p;
    return 'on';
  }

  private item(s: number, p: number): 'on' | 'failed' {
    const end = this.classEnd(p);
    const suffix = this.pattern[end];
    if (suffix === '-') {
      this.offer(choice.more, s, p, end);
      return this.to(s, end + 1);
    }
    const here = this.single(s, p, end);
    if (suffix === '*' || suffix === '+') {
      if (suffix === '+' && !here) return 'failed';
      const least = suffix === '+' ? s + 1 : s;
      let most = least;
      while (this.single(most, p, end)) most++;
      this.machine.spend(most - least);
      if (most > least) this.offer(choice.fewer, least, most, end + 1);
      return this.to(most, end + 1);
    }
    if (suffix === '?') {
      if (here) this.offer(choice.without, s, end + 1, 0);
      return this.to(here ? s + 1 : s, end + 1);
    }
    return this.to(here ? s + 1 : -1, end);
  }

  private open(): 'on' {
    const { machine, pattern, state } = this;
    const { starts, lengths } = state;
    if (starts.length >= MOST_CAPTURES) machine.fail('too many captures');
    const position = pattern[state.p + 1] === ')';
    starts.push(state.s);
    lengths.push(position ? POSITION : OPEN);
    this.offer(choice.unopen, 0, 0, 0);
    state.p += position ? 2 : 1;
    return 'on';
  }

  private close(): 'on' {
    const { state } = this;
    const last = state.lengths.lastIndexOf(OPEN);
    if (last < 0) this.machine.fail('invalid pattern capture');
    state.lengths[last] = state.s - state.starts[last]!;
    this.offer(choice.unclose, last, 0, 0);
    state.p++;
    return 'on';
  }

  private frontier(): 'on' | 'failed' {
    const { pattern, machine, text, state } = this;
    const { s } = state;
    const p = state.p + 2;
    if (pattern[p] !== '[') machine.fail("missing '[' after '%f' in pattern");
    const end = this.classEnd(p);
    const before = s === 0 ? 0 : text.charCodeAt(s - 1);
    const after = s < text.length ? text.charCodeAt(s) : 0;
    if (this.inSet(before, p, end - 1) || !this.inSet(after, p, end - 1)) return 'failed';
    return this.to(s, end);
  }

  private balanced(s: number, p: number): number {
    const { pattern, text } = this;
    if (p + 1 >= pattern.length) this.machine.fail('unbalanced pattern');
    const [opening, closing] = [pattern[p], pattern[p + 1]];
    if (s >= text.length || text[s] !== opening) return -1;
    let depth = 1;
    for (let at = s + 1; at < text.length; at++) {
      if (text[at] === closing) {
        if (--depth === 0) {
          this.machine.spend(at - s);
          return at + 1;
        }
      } else if (text[at] === opening) depth++;
    }
    this.machine.spend(text.length - s);
    return -1;
  }

  private backReference(s: number, digit: number): number {
    const i = digit - 0x31;
    const length = this.state.lengths[i];
    if (length === undefined || length === OPEN) return this.machine.fail('invalid capture index');
    if (length === POSITION) return -1;
    const start = this.state.starts[i]!;
    this.machine.spend(length);
    return this.text.startsWith(this.text.slice(start, start + length), s) ? s + length : -1;
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
