/** Ranges of members, as `[a (b`, `- +`: of use where all scores are equal. t_zset.c */
import type { ByteString } from '../../base/bytes.ts';
import { countWhile, membersByRank, type SortedSetValue } from './sorted-set.ts';

export interface LexRange {
  readonly min: LexBound;
  readonly max: LexBound;
}

/** `lowest` and `highest` are beyond all members. */
type LexBound = 'lowest' | 'highest' | { readonly member: string; readonly excluded: boolean };

/** Undefined if one of the words is no bound (zslParseLexRange). */
export function lexRange(minWord: ByteString, maxWord: ByteString): LexRange | undefined {
  const min = bound(minWord);
  const max = bound(maxWord);
  return min === undefined || max === undefined ? undefined : { min, max };
}

/**
 * The ranks `from` up to, not including, `to` that lie in the range. Where scores differ, members are in no order:
 * then it is what Redis finds in a listpack by walking from the end where the range is asked for to begin.
 */
export function lexRanks(
  zset: SortedSetValue,
  range: LexRange,
  direction: 'up' | 'down',
): { from: number; to: number } {
  const none = { from: 0, to: 0 };
  const { min, max } = range;
  if (isEmpty(range)) return none;
  if (zset.order.encoding === 'skiplist') {
    const from = countWhile(zset, (_score, member) => !reaches(member, min));
    const to = countWhile(zset, (_score, member) => staysBelow(member, max));
    return from < to ? { from, to } : none;
  }
  const members = Array.from(membersByRank(zset), ({ member }) => member);
  const last = members.length - 1;
  if (last < 0 || !reaches(members[last]!, min) || !staysBelow(members[0]!, max)) return none;
  if (direction === 'up') {
    const from = members.findIndex((member) => reaches(member, min));
    let to = from;
    while (to <= last && staysBelow(members[to]!, max)) to++;
    return { from, to };
  }
  const to = members.findLastIndex((member) => staysBelow(member, max)) + 1;
  let from = to;
  while (from > 0 && reaches(members[from - 1]!, min)) from--;
  return { from, to };
}

function bound(word: ByteString): LexBound | undefined {
  const first = word.charAt(0);
  if (first === '(' || first === '[') return { member: word.slice(1), excluded: first === '(' };
  if (word.length > 1 && word.charAt(1) !== '\0') return undefined;
  return first === '-' ? 'lowest' : first === '+' ? 'highest' : undefined;
}

function isEmpty({ min, max }: LexRange): boolean {
  if (min === 'highest' || max === 'lowest') return true;
  if (min === 'lowest' || max === 'highest') return false;
  return min.member > max.member || (min.member === max.member && (min.excluded || max.excluded));
}

function reaches(member: string, min: LexBound): boolean {
  if (typeof min === 'string') return min === 'lowest';
  return min.excluded ? member > min.member : member >= min.member;
}

function staysBelow(member: string, max: LexBound): boolean {
  if (typeof max === 'string') return max === 'highest';
  return max.excluded ? member < max.member : member <= max.member;
}
