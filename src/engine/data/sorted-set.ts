/**
 * Sorted sets: members in order of score, then of bytes. Small ones (`listpack`) are one sorted array; beyond the
 * configured limits they become a skip list with a map from members to its nodes (`skiplist`), and stay so.
 *
 * Whatever range a command asks for is first turned into ranks: `countWhile` gives the number of leading members for
 * which a test holds, in logarithmic time.
 */
import type { ByteString } from '../../base/bytes.ts';
import {
  copySkipList,
  countBefore,
  insertNode,
  moveNode,
  newSkipList,
  nextNode,
  nodeAt,
  rankOfNode,
  removeNode,
  type SkipList,
} from './skip-list.ts';

export interface ScoredMember {
  readonly member: ByteString;
  readonly score: number;
}

export interface SortedSetValue {
  readonly kind: 'zset';
  order: SmallOrder | LargeOrder;
}

interface SmallOrder {
  readonly encoding: 'listpack';
  readonly entries: ScoredMember[];
}

interface LargeOrder {
  readonly encoding: 'skiplist';
  readonly nodes: Map<ByteString, number>;
  readonly list: SkipList;
}

export interface SortedSetLimits {
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValue: number;
}

export function newSortedSet(): SortedSetValue {
  return { kind: 'zset', order: { encoding: 'listpack', entries: [] } };
}

export function sortedSetSize({ order }: SortedSetValue): number {
  return order.encoding === 'listpack' ? order.entries.length : order.list.length;
}

export function scoreOf({ order }: SortedSetValue, member: ByteString): number | undefined {
  if (order.encoding === 'listpack') {
    return order.entries.find((entry) => entry.member === member)?.score;
  }
  const node = order.nodes.get(member);
  return node === undefined ? undefined : order.list.scores[node];
}

/** Adds a member or gives it a new score, which is not NaN. */
export function setScore(
  zset: SortedSetValue,
  member: ByteString,
  score: number,
  limits: SortedSetLimits,
): 'added' | 'moved' | 'same' {
  if (zset.order.encoding === 'listpack')
    return setSmallScore(zset, zset.order.entries, member, score, limits);
  const { nodes, list } = zset.order;
  const node = nodes.get(member);
  if (node === undefined) {
    nodes.set(member, insertNode(list, score, member));
    return 'added';
  }
  if (list.scores[node] === score) return 'same';
  const moved = moveNode(list, node, score);
  if (moved !== node) nodes.set(member, moved);
  return 'moved';
}

/** Many members at once are assumed to be different ones, hence not to fit (zsetTypeMaybeConvert). */
export function expectMembers(zset: SortedSetValue, count: number, limits: SortedSetLimits): void {
  const { order } = zset;
  if (order.encoding === 'listpack' && count > limits.zsetMaxListpackEntries)
    zset.order = largeOrder(order.entries);
}

/** A set of these members, whose encoding is chosen when all are known (zsetConvertToListpackIfNeeded). */
export function sortedSetOf(
  members: readonly ScoredMember[],
  limits: SortedSetLimits,
): SortedSetValue {
  const zset = newSortedSet();
  const { zsetMaxListpackEntries: most, zsetMaxListpackValue: longest } = limits;
  // A skip list from the start, since a listpack has no negative zero.
  if (members.length > most || members.some(({ member }) => member.length > longest))
    becomeSkipList(zset);
  for (const { member, score } of members) setScore(zset, member, score, limits);
  return zset;
}

/** SORT turns a sorted set into a skip list before it reads it. */
export function becomeSkipList(zset: SortedSetValue): void {
  const { order } = zset;
  if (order.encoding === 'listpack') zset.order = largeOrder(order.entries);
}

export function removeMember({ order }: SortedSetValue, member: ByteString): boolean {
  if (order.encoding === 'listpack') {
    const at = order.entries.findIndex((entry) => entry.member === member);
    if (at < 0) return false;
    order.entries.splice(at, 1);
    return true;
  }
  const node = order.nodes.get(member);
  if (node === undefined) return false;
  order.nodes.delete(member);
  removeNode(order.list, node);
  return true;
}

/** Removes the members of ranks `from` up to, not including, `to`. */
export function removeRanks(zset: SortedSetValue, from: number, to: number): void {
  const { order } = zset;
  if (order.encoding === 'listpack') order.entries.splice(from, to - from);
  else for (const { member } of [...membersByRank(zset, from, to)]) removeMember(zset, member);
}

/** From 0, counted from the lowest score. */
export function rankOf({ order }: SortedSetValue, member: ByteString): number | undefined {
  if (order.encoding === 'listpack') {
    const at = order.entries.findIndex((entry) => entry.member === member);
    return at < 0 ? undefined : at;
  }
  const node = order.nodes.get(member);
  return node === undefined ? undefined : rankOfNode(order.list, node);
}

/** How many leading members `holds` accepts; it must hold for all up to some rank, and for none beyond. */
export function countWhile(
  { order }: SortedSetValue,
  holds: (score: number, member: ByteString) => boolean,
): number {
  if (order.encoding === 'skiplist') return countBefore(order.list, holds);
  let low = 0;
  let high = order.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { score, member } = order.entries[middle]!;
    if (holds(score, member)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Members of ranks `from` up to, not including, `to`. The set must not be changed meanwhile. */
export function* membersByRank(
  { order }: SortedSetValue,
  from = 0,
  to = Infinity,
): Generator<ScoredMember> {
  if (order.encoding === 'listpack') {
    const end = Math.min(to, order.entries.length);
    for (let rank = from; rank < end; rank++) yield order.entries[rank]!;
    return;
  }
  const { list } = order;
  const end = Math.min(to, list.length);
  if (from >= end) return;
  for (
    let node = nodeAt(list, from), rank = from;
    rank < end;
    node = nextNode(list, node), rank++
  ) {
    yield { member: list.members[node]!, score: list.scores[node]! };
  }
}

/** The same ranks from the highest down: `to - 1` first, `from` last. */
export function* membersByRankDown(
  { order }: SortedSetValue,
  from = 0,
  to = Infinity,
): Generator<ScoredMember> {
  if (order.encoding === 'listpack') {
    for (let rank = Math.min(to, order.entries.length) - 1; rank >= from; rank--)
      yield order.entries[rank]!;
    return;
  }
  const { list } = order;
  const end = Math.min(to, list.length);
  if (from >= end) return;
  for (
    let node = nodeAt(list, end - 1), rank = end - 1;
    rank >= from;
    node = list.before[node]!, rank--
  ) {
    yield { member: list.members[node]!, score: list.scores[node]! };
  }
}

/**
 * One step of a scan: about `count` members from the position `cursor` (0 begins) on, and the next cursor (0: the
 * end). A small set is told at once. In a large one the position is a node's number, which a member keeps when its
 * score changes, so that none is missed that stays.
 */
export function scanMembers(
  { order }: SortedSetValue,
  cursor: number,
  count: number,
): { members: readonly ScoredMember[]; cursor: number } {
  if (order.encoding === 'listpack') return { members: order.entries, cursor: 0 };
  const { nodes, list } = order;
  const members: ScoredMember[] = [];
  const end = list.members.length;
  const stop = Math.min(end, Math.max(1, cursor) + count);
  for (let node = Math.max(1, cursor); node < stop; node++) {
    const member = list.members[node]!;
    // A node that was given back keeps an empty name.
    if (nodes.get(member) === node) members.push({ member, score: list.scores[node]! });
  }
  return { members, cursor: stop < end ? stop : 0 };
}

export function copySortedSet({ order }: SortedSetValue): SortedSetValue {
  if (order.encoding === 'listpack') {
    return { kind: 'zset', order: { encoding: 'listpack', entries: order.entries.slice() } };
  }
  return {
    kind: 'zset',
    order: { encoding: 'skiplist', nodes: new Map(order.nodes), list: copySkipList(order.list) },
  };
}

function setSmallScore(
  zset: SortedSetValue,
  entries: ScoredMember[],
  member: ByteString,
  score: number,
  limits: SortedSetLimits,
): 'added' | 'moved' | 'same' {
  const known = entries.findIndex((entry) => entry.member === member);
  if (known >= 0) {
    if (entries[known]!.score === score) return 'same';
    entries.splice(known, 1);
  } else if (
    entries.length >= limits.zsetMaxListpackEntries ||
    member.length > limits.zsetMaxListpackValue
  ) {
    zset.order = largeOrder(entries);
    return setScore(zset, member, score, limits);
  }
  const place = countWhile(
    zset,
    (other, name) => other < score || (other === score && name < member),
  );
  // A listpack keeps whole scores as integers, where there is no negative zero.
  entries.splice(place, 0, { member, score: score === 0 ? 0 : score });
  return known >= 0 ? 'moved' : 'added';
}

function largeOrder(entries: readonly ScoredMember[]): LargeOrder {
  const list = newSkipList();
  const nodes = new Map<ByteString, number>();
  for (const { member, score } of entries) nodes.set(member, insertNode(list, score, member));
  return { encoding: 'skiplist', nodes, list };
}
