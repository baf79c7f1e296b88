/** Sorted sets: scores by member; `listpack` until it grows past the configured limits, then `skiplist`. */
import type { ByteString } from '../../base/bytes.ts';

export interface SortedSetValue {
  readonly kind: 'zset';
  encoding: 'listpack' | 'skiplist';
  readonly scores: Map<ByteString, number>;
}

export interface SortedSetLimits {
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValue: number;
}

export function newSortedSet(): SortedSetValue {
  return { kind: 'zset', encoding: 'listpack', scores: new Map() };
}

/** True if the member is new. */
export function setScore(zset: SortedSetValue, member: ByteString, score: number, limits: SortedSetLimits): boolean {
  const isNew = !zset.scores.has(member);
  zset.scores.set(member, score);
  if (
    zset.encoding === 'listpack' &&
    (member.length > limits.zsetMaxListpackValue || zset.scores.size > limits.zsetMaxListpackEntries)
  ) {
    zset.encoding = 'skiplist';
  }
  return isNew;
}

export function copySortedSet(zset: SortedSetValue): SortedSetValue {
  return { kind: 'zset', encoding: zset.encoding, scores: new Map(zset.scores) };
}
