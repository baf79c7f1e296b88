/** Which of a collection's elements a command with a count picks at random (SRANDMEMBER, ZRANDMEMBER, HRANDFIELD, SPOP). */
import { nextBelow, type RandomState } from '../base/random.ts';
import { errors, ReplyError } from './errors.ts';

/** Redis would go on until it has no memory left; a reply of more elements than this is refused. */
const MOST_PICKS = 10_000_000;

/** `count` indices below `size`, which is not 0; the same one may come again. */
export function picksWithRepeats(random: RandomState, size: number, count: number): number[] {
  if (count > MOST_PICKS) throw new ReplyError(errors.outOfRange);
  return Array.from({ length: count }, () => nextBelow(random, size));
}

/** `count` different indices below `size`; all of them in order if there are no more. */
export function distinctPicks(random: RandomState, size: number, count: number): number[] {
  if (count >= size) return Array.from({ length: size }, (_, i) => i);
  if (count * 3 > size) return shuffledPart(random, size, count);
  const picked = new Set<number>();
  while (picked.size < count) picked.add(nextBelow(random, size));
  return [...picked];
}

/** The first part of a shuffled row of all indices. */
function shuffledPart(random: RandomState, size: number, count: number): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + nextBelow(random, size - i);
    const index = all[i]!;
    all[i] = all[other]!;
    all[other] = index;
  }
  return all.slice(0, count);
}
