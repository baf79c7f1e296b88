/**
 * Sets. The encoding decides the order of `members`, which is that of Redis where Redis has one: an `intset` is
 * ascending, a `listpack` keeps the order of arrival, a `hashtable` has none. There `slots` tells where each member
 * stands and the last one takes the place of a removed one, so that adding, removing and picking at random are O(1).
 */
import type { ByteString } from '../../base/bytes.ts';
import { parseInt64 } from '../../base/integers.ts';

export interface SetValue {
  readonly kind: 'set';
  encoding: SetEncoding;
  members: ByteString[];
  /** Null unless the encoding is `hashtable`. */
  slots: Map<ByteString, number> | null;
}

export type SetEncoding = 'intset' | 'listpack' | 'hashtable';

export interface SetLimits {
  readonly setMaxIntsetEntries: number;
  readonly setMaxListpackEntries: number;
  readonly setMaxListpackValue: number;
}

export function newSet(encoding: SetEncoding = 'intset'): SetValue {
  return { kind: 'set', encoding, members: [], slots: encoding === 'hashtable' ? new Map() : null };
}

/** An empty set for about `count` members, the first of which is `first` (setTypeCreate). */
export function newSetFor(first: ByteString, count: number, limits: SetLimits): SetValue {
  if (isInteger(first) && count <= limits.setMaxIntsetEntries) return newSet('intset');
  return newSet(count <= limits.setMaxListpackEntries ? 'listpack' : 'hashtable');
}

/** Many members at once are assumed to be different ones, hence not to fit (setTypeMaybeConvert). */
export function expectMembers(set: SetValue, count: number, limits: SetLimits): void {
  const most =
    set.encoding === 'intset' ? limits.setMaxIntsetEntries : limits.setMaxListpackEntries;
  if (set.encoding !== 'hashtable' && count > most) becomeHashtable(set);
}

export function hasMember(set: SetValue, member: ByteString): boolean {
  if (set.slots !== null) return set.slots.has(member);
  return set.encoding === 'intset'
    ? isInteger(member) && placeIn(set, member).found
    : set.members.includes(member);
}

/** True if the member is new. */
export function addMember(set: SetValue, member: ByteString, limits: SetLimits): boolean {
  const { members } = set;
  if (set.slots !== null) {
    if (set.slots.has(member)) return false;
    set.slots.set(member, members.length);
    members.push(member);
    return true;
  }
  if (set.encoding === 'intset' && isInteger(member)) {
    const { at, found } = placeIn(set, member);
    if (found) return false;
    members.splice(at, 0, member);
    if (members.length > limits.setMaxIntsetEntries) becomeHashtable(set);
    return true;
  }
  if (set.encoding === 'listpack' && members.includes(member)) return false;
  if (!fitsListpack(set, member, limits)) {
    becomeHashtable(set);
    return addMember(set, member, limits);
  }
  set.encoding = 'listpack';
  members.push(member);
  return true;
}

export function deleteMember(set: SetValue, member: ByteString): boolean {
  const { members, slots } = set;
  if (slots === null) {
    const at = set.encoding === 'listpack' ? members.indexOf(member) : placeOf(set, member);
    if (at >= 0) members.splice(at, 1);
    return at >= 0;
  }
  const slot = slots.get(member);
  if (slot === undefined) return false;
  slots.delete(member);
  const last = members.pop()!;
  if (last !== member) {
    members[slot] = last;
    slots.set(last, slot);
  }
  return true;
}

/** A set of integers only becomes an intset, if it is not too large for one (maybeConvertToIntset). */
export function becomeIntset(set: SetValue, limits: SetLimits): void {
  if (set.encoding === 'intset' || set.members.length > limits.setMaxIntsetEntries) return;
  set.encoding = 'intset';
  set.members.sort(compareIntegers);
  set.slots = null;
}

export function copySet({ encoding, members, slots }: SetValue): SetValue {
  return {
    kind: 'set',
    encoding,
    members: members.slice(),
    slots: slots === null ? null : new Map(slots),
  };
}

/** Whether a set that is no hash table may have one more member, which is no integer if the set is an intset. */
function fitsListpack(
  { encoding, members }: SetValue,
  member: ByteString,
  limits: SetLimits,
): boolean {
  const longest = limits.setMaxListpackValue;
  if (members.length >= limits.setMaxListpackEntries || member.length > longest) return false;
  if (encoding === 'listpack' || members.length === 0) return true;
  return members[0]!.length <= longest && members[members.length - 1]!.length <= longest;
}

function becomeHashtable(set: SetValue): void {
  const slots = new Map<ByteString, number>();
  set.members.forEach((member, slot) => slots.set(member, slot));
  set.slots = slots;
  set.encoding = 'hashtable';
}

function isInteger(text: ByteString): boolean {
  return parseInt64(text) !== undefined;
}

function placeOf(set: SetValue, member: ByteString): number {
  if (!isInteger(member)) return -1;
  const { at, found } = placeIn(set, member);
  return found ? at : -1;
}

/** Where an integer stands in an intset, or would have to be put. */
function placeIn({ members }: SetValue, member: ByteString): { at: number; found: boolean } {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareIntegers(members[middle]!, member);
    if (order === 0) return { at: middle, found: true };
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return { at: low, found: false };
}

/** Integers in their canonical texts, compared without reading their values. */
function compareIntegers(a: ByteString, b: ByteString): number {
  if (a === b) return 0;
  const negative = a.startsWith('-');
  if (negative !== b.startsWith('-')) return negative ? -1 : 1;
  const larger = a.length === b.length ? a > b : a.length > b.length;
  return larger === negative ? -1 : 1;
}
