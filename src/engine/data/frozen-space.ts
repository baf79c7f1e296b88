/**
 * A key space as it was at an instant, kept beside the one that goes on: of two such copies the second shares with the
 * first what did not change between them, so that many of them cost little more than the changes.
 */
import type { ByteString } from '../../base/bytes.ts';
import { cloneData } from '../../base/clone.ts';
import { addToIndex, newKeyIndex } from './key-index.ts';
import { TOUCHED_TOGETHER_BITS, type KeySpace } from './key-space.ts';
import type { Entry, ExpireTime, Value } from './value.ts';

/** Never changed, and shared by all copies between two changes of it. */
interface FrozenEntry {
  readonly key: ByteString;
  readonly value: Value;
  readonly lru: number;
  readonly expireAt: ExpireTime | null;
  /** Its place among those that have an expiry; -1: it has none. */
  readonly expirySlot: number;
}

export interface FrozenSpace {
  /** Groups of so many entries as one mark of the space tells of. */
  readonly groups: readonly (readonly FrozenEntry[])[];
  readonly count: number;
  readonly expiring: number;
  readonly expireCursor: number;
  /** Entries that the copy before did not have. */
  readonly fresh: number;
}

const TOGETHER = 1 << TOUCHED_TOGETHER_BITS;

/** `before`: the copy since which the space has noted what it changed; none: everything is copied. */
export function freezeSpace(space: KeySpace, before: FrozenSpace | undefined): FrozenSpace {
  const { entries, touched, expiring, expireCursor } = space;
  const known = touched === null || before === undefined ? [] : before.groups;
  const groups: (readonly FrozenEntry[])[] = [];
  let fresh = 0;
  for (let at = 0; at * TOGETHER < entries.length; at++) {
    const same = touched?.[at] === 1 ? undefined : known[at];
    const group = same ?? entries.slice(at * TOGETHER, (at + 1) * TOGETHER).map(frozenEntry);
    if (same === undefined) fresh += group.length;
    groups.push(group);
  }
  return { groups, count: entries.length, expiring: expiring.length, expireCursor, fresh };
}

function frozenEntry({ key, value, lru, expiry }: Entry): FrozenEntry {
  return {
    key,
    value: cloneData(value),
    lru,
    expireAt: expiry === null ? null : expiry.at,
    expirySlot: expiry === null ? -1 : expiry.slot,
  };
}

/** A key space of its own, which notes what it changes. */
export function thawSpace({ groups, count, expiring, expireCursor }: FrozenSpace): KeySpace {
  const entries: Entry[] = [];
  const index = newKeyIndex(count);
  const inExpiry = new Array<Entry>(expiring);
  for (const group of groups) {
    for (const { key, value, lru, expireAt, expirySlot } of group) {
      const entry: Entry = {
        key,
        value: typeof value === 'object' ? cloneData(value) : value,
        lru,
        slot: entries.length,
        expiry: expireAt === null ? null : { at: expireAt, slot: expirySlot },
      };
      entries.push(entry);
      addToIndex(index, entries);
      if (expirySlot >= 0) inExpiry[expirySlot] = entry;
    }
  }
  const touched = new Uint8Array((count >> TOUCHED_TOGETHER_BITS) + 1);
  return { entries, index, expiring: inExpiry, expireCursor, preImages: null, touched };
}
