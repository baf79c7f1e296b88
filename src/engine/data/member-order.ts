/**
 * The members of a large collection by position, so that one can be picked by chance, and a scan can go on where it
 * stood: it walks downwards, and a removed member's place is taken by the last one, hence a member that stays from
 * the first call to the last is seen at least once.
 *
 * Maps and Sets know no positions, and most of them are never asked for any: this is built when it is first needed,
 * and kept from then on.
 */
import type { ByteString } from '../../base/bytes.ts';

export interface MemberOrder {
  readonly list: ByteString[];
  readonly slots: Map<ByteString, number>;
}

export function newMemberOrder(members: Iterable<ByteString>): MemberOrder {
  const list = [...members];
  return { list, slots: new Map(list.map((member, slot) => [member, slot])) };
}

/** The member is new. */
export function addToOrder({ list, slots }: MemberOrder, member: ByteString): void {
  slots.set(member, list.length);
  list.push(member);
}

/** The member is there. */
export function removeFromOrder({ list, slots }: MemberOrder, member: ByteString): void {
  const slot = slots.get(member)!;
  slots.delete(member);
  const last = list.pop()!;
  if (last === member) return;
  list[slot] = last;
  slots.set(last, slot);
}

/** Up to `count` members below the position `cursor` (0 begins), and the next cursor (0: the end). */
export function scanOrder(
  { list }: MemberOrder,
  cursor: number,
  count: number,
): { members: ByteString[]; cursor: number } {
  const top = cursor === 0 ? list.length : Math.min(cursor, list.length);
  const bottom = Math.max(0, top - count);
  return { members: list.slice(bottom, top).reverse(), cursor: bottom };
}
