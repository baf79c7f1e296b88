/** Natives that may take long keep what they are at as plain data, and go on when the script does. */
import type { LuaValue } from './lua-value.ts';

/** Looking for a pattern, and what is done with the matches. */
export interface PatternWork {
  readonly what: 'find' | 'match' | 'search' | 'match-at' | 'replace';
  readonly text: string;
  readonly pattern: string;
  /** Where the next match is tried. */
  at: number;
  /** Matches only there. */
  readonly anchored: boolean;
  /** The matcher at work, if it has not come to its end. */
  matcher: MatcherState | null;
  /** Of `replace`: what matches become, how often at most, and what there is so far. */
  readonly replacement: LuaValue;
  readonly most: number;
  count: number;
  result: string;
  /** The text before this place is in the result, or was replaced. */
  copied: number;
}

/** Where matching stands; what may still be tried lies on `choices`, some numbers each. */
export interface MatcherState {
  /** Places in the text and in the pattern. */
  s: number;
  p: number;
  readonly choices: number[];
  /** Starts and lengths of captures. */
  readonly starts: number[];
  readonly lengths: number[];
}

export type NativeWork = PatternWork;
