/**
 * The keys of one database. Everything that changes a key passes through here, so that a snapshot taken by a fork
 * can keep what was there before (pre-images on first write) while the parent goes on.
 *
 * `entries` and `expiring` are lists, so that a key can be picked at random, and scanned by position: a removed
 * entry's place is taken by the last one, hence a scan that walks downwards never misses a key that stays.
 */
import type { ByteString } from '../../base/bytes.ts';
import { copyValue } from './copy.ts';
import {
  addToIndex,
  findEntry,
  moveInIndex,
  newKeyIndex,
  removeFromIndex,
  type KeyIndex,
} from './key-index.ts';
import type { Entry, ExpireTime, Expiry, Value } from './value.ts';

/** What a key was when the snapshot was taken; `value` undefined: there was no such key. */
export interface PreImage {
  readonly value: Value | undefined;
  readonly expireAt: ExpireTime | undefined;
  readonly lru: number;
}

export interface KeySpace {
  readonly entries: Entry[];
  /** Where the entry of a key stands in `entries`. */
  readonly index: KeyIndex;
  /** Those that have an expiry. */
  readonly expiring: Entry[];
  /** Where the active expire cycle goes on. */
  expireCursor: number;
  /** Not null while a snapshot of this key space is alive. */
  preImages: Map<ByteString, PreImage> | null;
  /** For who copies it again and again: which groups of entries have changed since; see frozen-space.ts. */
  touched: Uint8Array | null;
  /** Which groups of entries stand in such a copy as well, and are to be copied before one of them changes. */
  shared: Uint8Array | null;
}

/** Entries of which one mark tells. */
export const TOUCHED_TOGETHER_BITS = 5;

export interface Database {
  readonly id: number;
  /** Replaced as a whole by FLUSHDB and SWAPDB; a snapshot keeps the one that it saw. */
  space: KeySpace;
}

export function newKeySpace(): KeySpace {
  return {
    entries: [],
    index: newKeyIndex(),
    expiring: [],
    expireCursor: 0,
    preImages: null,
    touched: null,
    shared: null,
  };
}

/** What stands at `key`, whether its time is over or not. */
export function entryOf(space: KeySpace, key: ByteString): Entry | undefined {
  return findEntry(space.index, space.entries, key);
}

export function hasKey(space: KeySpace, key: ByteString): boolean {
  return entryOf(space, key) !== undefined;
}

/** To be called before the value or the expiry of `key` is changed in place. */
export function beforeChange(space: KeySpace, key: ByteString): void {
  const images = space.preImages;
  if (space.touched !== null) {
    const slot = entryOf(space, key)?.slot;
    if (slot !== undefined) markTouched(space, slot);
  }
  if (images === null || images.has(key)) return;
  const entry = entryOf(space, key);
  images.set(key, {
    value: entry === undefined ? undefined : copyValue(entry.value),
    expireAt: entry?.expiry?.at,
    lru: entry?.lru ?? 0,
  });
}

/**
 * To be called before anything of the entry at that place changes, or another one takes the place. Who holds the entry
 * looks it up again: what a copy has as well is replaced (see `entryToChange`).
 */
export function markTouched(space: KeySpace, slot: number): void {
  const at = slot >> TOUCHED_TOGETHER_BITS;
  if (space.shared?.[at] === 1) unshare(space, at);
  let touched = space.touched!;
  if (at >= touched.length) {
    const larger = new Uint8Array(Math.max(64, at + 1, touched.length * 2));
    larger.set(touched);
    space.touched = touched = larger;
  }
  touched[at] = 1;
}

/** Of an entry that was just looked up: the one to change. */
export function entryToChange(space: KeySpace, entry: Entry): Entry {
  if (space.touched === null) return entry;
  markTouched(space, entry.slot);
  return space.entries[entry.slot]!;
}

/** For who will hold on to entries while the key space goes on. */
export function unshareAll(space: KeySpace): void {
  const groups = space.shared?.length ?? 0;
  for (let at = 0; at < groups; at++) if (space.shared?.[at] === 1) unshare(space, at);
  space.shared = null;
}

/** The entries of a copy are shared only where their values never change in place. */
function unshare({ entries, expiring, shared }: KeySpace, group: number): void {
  shared![group] = 0;
  const end = Math.min(entries.length, (group + 1) << TOUCHED_TOGETHER_BITS);
  for (let slot = group << TOUCHED_TOGETHER_BITS; slot < end; slot++) {
    const { key, value, lru, expiry } = entries[slot]!;
    const own: Entry = { key, value, lru, slot, expiry: expiry === null ? null : { ...expiry } };
    entries[slot] = own;
    if (expiry !== null) expiring[expiry.slot] = own;
  }
}

/** Adds or replaces a value; the expiry is left as it is. */
export function putValue(space: KeySpace, key: ByteString, value: Value, lru: number): Entry {
  const known = entryOf(space, key);
  if (known === undefined) return addKey(space, key, value, lru);
  return replaceValue(space, key, known, value, lru);
}

/** A key that is not there yet. */
export function addKey(space: KeySpace, key: ByteString, value: Value, lru: number): Entry {
  if (space.preImages !== null || space.touched !== null) beforeChange(space, key);
  const entry: Entry = { key, value, lru, slot: space.entries.length, expiry: null };
  if (space.touched !== null) markTouched(space, entry.slot);
  space.entries.push(entry);
  addToIndex(space.index, space.entries);
  return entry;
}

/** Another value for `entry`, which is that of `key`; gives what is the entry from then on. */
export function replaceValue(
  space: KeySpace,
  key: ByteString,
  entry: Entry,
  value: Value,
  lru: number,
): Entry {
  const own = changing(space, key, entry);
  own.value = value;
  own.lru = lru;
  return own;
}

/** `beforeChange`, and what is the entry of the key then. */
function changing(space: KeySpace, key: ByteString, entry: Entry): Entry {
  if (space.preImages === null && space.touched === null) return entry;
  beforeChange(space, key);
  return space.shared === null ? entry : entryOf(space, key)!;
}

export function removeKey(space: KeySpace, key: ByteString): boolean {
  const known = entryOf(space, key);
  if (known === undefined) return false;
  const entry = changing(space, key, known);
  if (entry.expiry !== null) dropExpiry(space, entry, entry.expiry);
  const { entries, index } = space;
  removeFromIndex(index, key, entry.slot);
  if (space.touched !== null) markTouched(space, entries.length - 1);
  const last = entries.pop();
  if (last !== undefined && last !== entry) {
    moveInIndex(index, last.key, last.slot, entry.slot);
    entries[entry.slot] = last;
    last.slot = entry.slot;
  }
  return true;
}

/** The key is there. */
export function setExpiry(space: KeySpace, key: ByteString, at: ExpireTime): void {
  const entry = changing(space, key, entryOf(space, key)!);
  if (entry.expiry !== null) {
    entry.expiry.at = at;
    return;
  }
  entry.expiry = { at, slot: space.expiring.length };
  space.expiring.push(entry);
}

export function clearExpiry(
  space: KeySpace,
  key: ByteString,
  entry = entryOf(space, key),
): boolean {
  if (entry === undefined || entry.expiry === null) return false;
  const own = changing(space, key, entry);
  if (own.expiry !== null) dropExpiry(space, own, own.expiry);
  return true;
}

export function expiryOf(space: KeySpace, key: ByteString): ExpireTime | undefined {
  return entryOf(space, key)?.expiry?.at;
}

function dropExpiry(space: KeySpace, entry: Entry, { slot }: Expiry): void {
  const { expiring } = space;
  if (space.touched !== null) markTouched(space, expiring[expiring.length - 1]!.slot);
  entry.expiry = null;
  const last = expiring.pop();
  if (last !== undefined && last !== entry) {
    expiring[slot] = last;
    last.expiry!.slot = slot;
  }
}

/**
 * One step of a scan: up to `count` keys below the position `cursor` (0 begins), and the next cursor (0: the end).
 * A key that is there from the first call to the last is seen at least once.
 */
export function scanKeys(
  space: KeySpace,
  cursor: number,
  count: number,
): { keys: ByteString[]; cursor: number } {
  const { entries } = space;
  const top = cursor === 0 ? entries.length : Math.min(cursor, entries.length);
  const bottom = Math.max(0, top - count);
  const keys: ByteString[] = [];
  for (let i = top - 1; i >= bottom; i--) keys.push(entries[i]!.key);
  return { keys, cursor: bottom };
}
