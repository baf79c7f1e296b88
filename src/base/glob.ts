import type { ByteString } from './bytes.ts';

/**
 * Whether `text` matches a glob-style pattern, byte for byte as util.c:stringmatchlen of 7.2 decides,
 * its oddities included: an empty text matches only an empty pattern, ranges compare signed bytes, an
 * escaped byte within a class is compared with its case, and a class that is never closed ends with
 * the pattern. The cost is at most the product of the two lengths.
 */
export function globMatch(
  pattern: ByteString,
  text: ByteString,
  letterCase: 'exact' | 'ignore' = 'exact',
): boolean {
  const nocase = letterCase === 'ignore';
  // Redis recurses at each star and, once the rest after an inner star has failed at every place,
  // gives up the outer stars too. That is the same as going back to the latest star only.
  let p = 0;
  let t = 0;
  let starPattern = -1;
  let starText = 0;

  for (;;) {
    const outcome = matchUpToStar(pattern, p, text, t, nocase);
    if (outcome.kind === 'matched') return true;
    if (outcome.kind === 'star') {
      p = outcome.pattern;
      t = outcome.text;
      if (p === pattern.length) return true;
      starPattern = p;
      starText = t;
      continue;
    }
    if (starPattern < 0) return false;
    starText++;
    if (starText >= text.length) return false;
    p = starPattern;
    t = starText;
  }
}

interface StarOutcome {
  readonly kind: 'star';
  /** The offsets after the run of stars, and of the text not yet matched. */
  readonly pattern: number;
  readonly text: number;
}
type Outcome = StarOutcome | { readonly kind: 'matched' } | { readonly kind: 'failed' };

const MATCHED: Outcome = { kind: 'matched' };
const FAILED: Outcome = { kind: 'failed' };

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;

function matchUpToStar(
  pattern: string,
  from: number,
  text: string,
  at: number,
  nocase: boolean,
): Outcome {
  let p = from;
  let t = at;
  while (p < pattern.length && t < text.length) {
    const code = pattern.charCodeAt(p);
    if (code === STAR) {
      while (pattern.charCodeAt(p) === STAR) p++;
      return { kind: 'star', pattern: p, text: t };
    }
    if (code === OPEN) {
      p = matchClass(pattern, p + 1, text.charCodeAt(t), nocase);
      if (p < 0) return FAILED;
    } else if (code === QUESTION) {
      p++;
    } else {
      if (code === BACKSLASH && p + 1 < pattern.length) p++;
      if (!sameByte(pattern.charCodeAt(p), text.charCodeAt(t), nocase)) return FAILED;
      p++;
    }
    t++;
    if (t === text.length) while (pattern.charCodeAt(p) === STAR) p++;
  }
  return p === pattern.length && t === text.length ? MATCHED : FAILED;
}

/** Matches one byte against the class that opens before `from`: the offset after the class, or -1. */
function matchClass(pattern: string, from: number, byte: number, nocase: boolean): number {
  let p = from;
  const negated = pattern.charAt(p) === '^';
  if (negated) p++;
  let found = false;
  for (; p < pattern.length; p++) {
    const char = pattern.charAt(p);
    const left = pattern.length - p;
    if (char === '\\' && left >= 2) {
      p++;
      if (pattern.charCodeAt(p) === byte) found = true;
    } else if (char === ']') {
      p++;
      break;
    } else if (left >= 3 && pattern.charAt(p + 1) === '-') {
      if (inRange(pattern.charCodeAt(p), pattern.charCodeAt(p + 2), byte, nocase)) found = true;
      p += 2;
    } else if (sameByte(pattern.charCodeAt(p), byte, nocase)) {
      found = true;
    }
  }
  return found === negated ? -1 : p;
}

/** The bounds are ordered before their case is folded, as in Redis. */
function inRange(first: number, last: number, byte: number, nocase: boolean): boolean {
  let low = signed(first);
  let high = signed(last);
  let value = signed(byte);
  if (low > high) [low, high] = [high, low];
  if (nocase) {
    low = folded(low);
    high = folded(high);
    value = folded(value);
  }
  return value >= low && value <= high;
}

function sameByte(a: number, b: number, nocase: boolean): boolean {
  return a === b || (nocase && folded(a) === folded(b));
}

function folded(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 32 : code;
}

/** A C char, which is signed on the platforms Redis is built for. */
function signed(byte: number): number {
  return byte > 0x7f ? byte - 0x100 : byte;
}
