/** Ranges of scores, as `(1 5`, `-inf +inf`. t_zset.c */
import { sliceBytes, type ByteString } from '../../base/bytes.ts';
import { parseDoubleLoosely } from '../../base/doubles.ts';
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
  const min = parseDoubleLoosely(minExcluded ? sliceBytes(minWord, 1) : minWord);
  const max = parseDoubleLoosely(maxExcluded ? sliceBytes(maxWord, 1) : maxWord);
  if (min === undefined || max === undefined) return undefined;
  return { min: min.value, max: max.value, minExcluded, maxExcluded };
}

/** The ranks `from` up to, not including, `to` that lie in the range. */
export function scoreRanks(zset: SortedSetValue, range: ScoreRange): { from: number; to: number } {
  const { min, max, minExcluded, maxExcluded } = range;
  const from = countWhile(zset, (score) => score < min || (minExcluded && score === min));
  const to = countWhile(zset, (score) => score < max || (!maxExcluded && score === max));
  return { from, to: Math.max(from, to) };
}
