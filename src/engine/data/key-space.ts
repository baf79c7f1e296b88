/**
 * The keys of one database. Everything that changes a key passes through here, so that a snapshot taken by a fork
 * can keep what was there before (pre-images on first write) while the parent goes on.
 *
 * `order` and `expireOrder` list the keys so that one can be picked at random, and scanned by position: a removed
 * key's place is taken by the last one, hence a scan that walks downwards never misses a key that stays.
 */
import type { ByteString } from '../../base/bytes.ts';
import type { Millis } from '../../base/time.ts';
import { copyValue } from './copy.ts';
import type { Entry, Value } from './value.ts';

export interface Expiry {
  at: Millis;
  slot: number;
}

/** What a key was when the snapshot was taken; `value` undefined: there was no such key. */
export interface PreImage {
  readonly value: Value | undefined;
  readonly expireAt: Millis | undefined;
}

export interface KeySpace {
  readonly keys: Map<ByteString, Entry>;
  readonly order: ByteString[];
  readonly expires: Map<ByteString, Expiry>;
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
  return { keys: new Map(), order: [], expires: new Map(), expireOrder: [], expireCursor: 0, preImages: null };
}

/** To be called before the value or the expiry of `key` is changed in place. */
export function beforeChange(space: KeySpace, key: ByteString): void {
  const images = space.preImages;
  if (images === null || images.has(key)) return;
  const entry = space.keys.get(key);
  images.set(key, {
    value: entry === undefined ? undefined : copyValue(entry.value),
    expireAt: space.expires.get(key)?.at,
  });
}

/** Adds or replaces a value; the expiry is left as it is. */
export function putValue(space: KeySpace, key: ByteString, value: Value, lru: number): Entry {
  if (space.preImages !== null) beforeChange(space, key);
  const known = space.keys.get(key);
  if (known !== undefined) {
    known.value = value;
    known.lru = lru;
    return known;
  }
  const entry: Entry = { value, lru, slot: space.order.length };
  space.order.push(key);
  space.keys.set(key, entry);
  return entry;
}

export function removeKey(space: KeySpace, key: ByteString): boolean {
  const entry = space.keys.get(key);
  if (entry === undefined) return false;
  if (space.preImages !== null) beforeChange(space, key);
  space.keys.delete(key);
  const last = space.order.pop();
  if (last !== undefined && last !== key) {
    space.order[entry.slot] = last;
    space.keys.get(last)!.slot = entry.slot;
  }
  if (space.expires.size > 0) dropExpiry(space, key);
  return true;
}

export function setExpiry(space: KeySpace, key: ByteString, at: Millis): void {
  if (space.preImages !== null) beforeChange(space, key);
  const known = space.expires.get(key);
  if (known !== undefined) {
    known.at = at;
    return;
  }
  space.expires.set(key, { at, slot: space.expireOrder.length });
  space.expireOrder.push(key);
}

export function clearExpiry(space: KeySpace, key: ByteString): boolean {
  if (space.expires.size === 0 || !space.expires.has(key)) return false;
  if (space.preImages !== null) beforeChange(space, key);
  dropExpiry(space, key);
  return true;
}

export function expiryOf(space: KeySpace, key: ByteString): Millis | undefined {
  return space.expires.size === 0 ? undefined : space.expires.get(key)?.at;
}

function dropExpiry(space: KeySpace, key: ByteString): void {
  const expiry = space.expires.get(key);
  if (expiry === undefined) return;
  space.expires.delete(key);
  const last = space.expireOrder.pop();
  if (last !== undefined && last !== key) {
    space.expireOrder[expiry.slot] = last;
    space.expires.get(last)!.slot = expiry.slot;
  }
}

/**
 * One step of a scan: up to `count` keys below the position `cursor` (0 begins), and the next cursor (0: the end).
 * A key that is there from the first call to the last is seen at least once.
 */
export function scanKeys(space: KeySpace, cursor: number, count: number): { keys: ByteString[]; cursor: number } {
  const top = cursor === 0 ? space.order.length : Math.min(cursor, space.order.length);
  const bottom = Math.max(0, top - count);
  const keys: ByteString[] = [];
  for (let i = top - 1; i >= bottom; i--) keys.push(space.order[i]!);
  return { keys, cursor: bottom };
}
