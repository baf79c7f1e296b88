/**
 * The keys of one database. Everything that changes a key passes through here, so that a snapshot taken by a fork
 * can keep what was there before (pre-images on first write) while the parent goes on.
 *
 * `order` and `expireOrder` list the keys so that one can be picked at random, and scanned by position: a removed
 * key's place is taken by the last one, hence a scan that walks downwards never misses a key that stays.
 */
import type { ByteString } from '../../base/bytes.ts';
import { copyValue } from './copy.ts';
import type { Entry, ExpireTime, Expiry, Value } from './value.ts';

/** What a key was when the snapshot was taken; `value` undefined: there was no such key. */
export interface PreImage {
  readonly value: Value | undefined;
  readonly expireAt: ExpireTime | undefined;
  readonly lru: number;
}

export interface KeySpace {
  readonly keys: Map<ByteString, Entry>;
  readonly order: ByteString[];
  /** The keys that have an expiry. */
  readonly expireOrder: ByteString[];
  /** Where the active expire cycle goes on. */
  expireCursor: number;
  /** Not null while a snapshot of this key space is alive. */
  preImages: Map<ByteString, PreImage> | null;
}

export interface Database {
  readonly id: number;
  /** Replaced as a whole by FLUSHDB and SWAPDB; a snapshot keeps the one that it saw. */
  space: KeySpace;
}

export function newKeySpace(): KeySpace {
  return { keys: new Map(), order: [], expireOrder: [], expireCursor: 0, preImages: null };
}

/** To be called before the value or the expiry of `key` is changed in place. */
export function beforeChange(space: KeySpace, key: ByteString): void {
  const images = space.preImages;
  if (images === null || images.has(key)) return;
  const entry = space.keys.get(key);
  images.set(key, {
    value: entry === undefined ? undefined : copyValue(entry.value),
    expireAt: entry?.expiry?.at,
    lru: entry?.lru ?? 0,
  });
}

/** Adds or replaces a value; the expiry is left as it is. */
export function putValue(space: KeySpace, key: ByteString, value: Value, lru: number): Entry {
  const known = space.keys.get(key);
  if (known === undefined) return addKey(space, key, value, lru);
  replaceValue(space, key, known, value, lru);
  return known;
}

/** A key that is not there yet. */
export function addKey(space: KeySpace, key: ByteString, value: Value, lru: number): Entry {
  if (space.preImages !== null) beforeChange(space, key);
  const entry: Entry = { value, lru, slot: space.order.length, expiry: null };
  space.order.push(key);
  space.keys.set(key, entry);
  return entry;
}

/** Another value for `entry`, which is that of `key`. */
export function replaceValue(
  space: KeySpace,
  key: ByteString,
  entry: Entry,
  value: Value,
  lru: number,
): void {
  if (space.preImages !== null) beforeChange(space, key);
  entry.value = value;
  entry.lru = lru;
}

export function removeKey(space: KeySpace, key: ByteString): boolean {
  const entry = space.keys.get(key);
  if (entry === undefined) return false;
  if (space.preImages !== null) beforeChange(space, key);
  if (entry.expiry !== null) dropExpiry(space, key, entry, entry.expiry);
  space.keys.delete(key);
  const last = space.order.pop();
  if (last !== undefined && last !== key) {
    space.order[entry.slot] = last;
    space.keys.get(last)!.slot = entry.slot;
  }
  return true;
}

/** The key is there. */
export function setExpiry(space: KeySpace, key: ByteString, at: ExpireTime): void {
  if (space.preImages !== null) beforeChange(space, key);
  const entry = space.keys.get(key)!;
  if (entry.expiry !== null) {
    entry.expiry.at = at;
    return;
  }
  entry.expiry = { at, slot: space.expireOrder.length };
  space.expireOrder.push(key);
}

export function clearExpiry(
  space: KeySpace,
  key: ByteString,
  entry = space.keys.get(key),
): boolean {
  if (entry === undefined || entry.expiry === null) return false;
  if (space.preImages !== null) beforeChange(space, key);
  dropExpiry(space, key, entry, entry.expiry);
  return true;
}

export function expiryOf(space: KeySpace, key: ByteString): ExpireTime | undefined {
  return space.keys.get(key)?.expiry?.at;
}

function dropExpiry(space: KeySpace, key: ByteString, entry: Entry, { slot }: Expiry): void {
  entry.expiry = null;
  const last = space.expireOrder.pop();
  if (last !== undefined && last !== key) {
    space.expireOrder[slot] = last;
    space.keys.get(last)!.expiry!.slot = slot;
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
  const top = cursor === 0 ? space.order.length : Math.min(cursor, space.order.length);
  const bottom = Math.max(0, top - count);
  const keys: ByteString[] = [];
  for (let i = top - 1; i >= bottom; i--) keys.push(space.order[i]!);
  return { keys, cursor: bottom };
}
