/**
 * A key space as it was at an instant, kept beside the one that goes on: of two such copies the second shares with the
 * first what did not change between them, so that many of them cost little more than the changes.
 */
import { cloneData } from '../../base/clone.ts';
import { addHash, keyHash, newKeyIndex } from './key-index.ts';
import { TOUCHED_TOGETHER_BITS, type KeySpace } from './key-space.ts';
import type { Entry } from './value.ts';

/** Never changed, and shared by all copies between two changes of it, and by the key spaces that are made of them. */
type FrozenEntry = Readonly<Entry>;

interface FrozenGroup {
  readonly entries: readonly FrozenEntry[];
  /** Of the keys, for the index. */
  readonly hashes: Int32Array;
  /** Whether no value of them ever changes in place. */
  readonly isPlain: boolean;
  /** Whether one of them has an expiry. */
  readonly expires: boolean;
}

export interface FrozenSpace {
  /** Groups of so many entries as one mark of the space tells of. */
  readonly groups: readonly FrozenGroup[];
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
  const groups: FrozenGroup[] = [];
  let fresh = 0;
  for (let at = 0; at * TOGETHER < entries.length; at++) {
    const same = touched?.[at] === 1 ? undefined : known[at];
    const group = same ?? frozenGroup(entries.slice(at * TOGETHER, (at + 1) * TOGETHER));
    if (same === undefined) fresh += group.entries.length;
    groups.push(group);
  }
  return { groups, count: entries.length, expiring: expiring.length, expireCursor, fresh };
}

function frozenGroup(entries: readonly Entry[]): FrozenGroup {
  return {
    entries: entries.map(copyOf),
    hashes: Int32Array.from(entries, ({ key }) => keyHash(key)),
    isPlain: entries.every(({ value }) => typeof value !== 'object'),
    expires: entries.some(({ expiry }) => expiry !== null),
  };
}

function copyOf({ key, value, lru, slot, expiry }: Entry): Entry {
  return {
    key,
    value: cloneData(value),
    lru,
    slot,
    expiry: expiry === null ? null : { ...expiry },
  };
}

/**
 * A key space of its own, which notes what it changes. It takes over the entries as they stand, and copies a group of
 * them when one changes: few do on the way to an instant. Only values that change in place are copied at once.
 */
export function thawSpace({ groups, count, expiring, expireCursor }: FrozenSpace): KeySpace {
  const entries: Entry[] = [];
  const index = newKeyIndex(count);
  const inExpiry = new Array<Entry>(expiring);
  const shared = new Uint8Array(groups.length);
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at]!;
    const own = group.isPlain ? group.entries : group.entries.map(copyOf);
    if (group.isPlain) shared[at] = 1;
    for (let i = 0; i < own.length; i++) {
      entries.push(own[i]!);
      addHash(index, group.hashes[i]!, entries.length);
    }
    if (!group.expires) continue;
    for (const entry of own) if (entry.expiry !== null) inExpiry[entry.expiry.slot] = entry;
  }
  const touched = new Uint8Array((count >> TOUCHED_TOGETHER_BITS) + 1);
  return { entries, index, expiring: inExpiry, expireCursor, preImages: null, touched, shared };
}
