/** Ranges of scores, as `(1 5`, `-inf +inf`. t_zset.c */
import type { ByteString } from '../../base/bytes.ts';
import { parseDouble } from '../../base/doubles.ts';
import { parseNumberText } from '../../base/number-text.ts';
import { countWhile, type SortedSetValue } from './sorted-set.ts';

export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  /** Whether the bounds themselves are outside. */
  readonly minExcluded: boolean;
  readonly maxExcluded: boolean;
}

/** Undefined if one of the words is no bound (zslParseRange). */
export function scoreRange(minWord: ByteString, maxWord: ByteString): ScoreRange | undefined {
  const minExcluded = minWord.startsWith('(');
  const maxExcluded = maxWord.startsWith('(');
  const min = bound(minExcluded ? minWord.slice(1) : minWord);
  const max = bound(maxExcluded ? maxWord.slice(1) : maxWord);
  return min === undefined || max === undefined ? undefined : { min, max, minExcluded, maxExcluded };
}

/** The ranks `from` up to, not including, `to` that lie in the range. */
export function scoreRanks(zset: SortedSetValue, range: ScoreRange): { from: number; to: number } {
  const { min, max, minExcluded, maxExcluded } = range;
  const from = countWhile(zset, (score) => score < min || (minExcluded && score === min));
  const to = countWhile(zset, (score) => score < max || (!maxExcluded && score === max));
  return { from, to: Math.max(from, to) };
}

/** A number as C's strtod reads it: blanks may stand before it, nothing is 0, too much is infinite. */
function bound(word: string): number | undefined {
  const end = word.indexOf('\0');
  const text = end < 0 ? word : word.slice(0, end);
  if (text === '') return 0;
  const number = text.replace(/^[ \t-\r]+/, '');
  const parsed = parseNumberText(number);
  if (parsed === undefined || parsed.kind === 'nan') return undefined;
  const value = parseDouble(number as ByteString);
  if (value !== undefined || parsed.kind === 'infinity') return value;
  const magnitude = parsed.digits.length + parsed.exponent > 0 ? Infinity : 0;
  return parsed.negative ? -magnitude : magnitude;
}
