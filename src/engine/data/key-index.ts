/**
 * Where a key's entry stands in its key space: an open hash table over one typed array. A Map would do the same, but a
 * third of a replay was its look-ups, that is waiting for memory: it follows a chain of objects and reads the header of
 * every key on it, while here the hashes of neighbours share a cache line, and a key is touched only when its hash is
 * right. And keys can be looked up by their bytes in a log, many at once, before there are strings of them.
 */
import { byteStringOf, EMPTY, type ByteString } from '../../base/bytes.ts';
import type { Entry } from './value.ts';

export interface KeyIndex {
  /** Pairs of a hash and a place in `entries` plus one, 0 for an empty pair; as many pairs as a power of two. */
  table: Int32Array;
  /** The key that was hashed last: most commands ask for theirs several times. */
  lastKey: ByteString | null;
  lastHash: number;
}

const FEWEST_PAIRS = 8;

/** `count`: as many keys as will come at once; there is room for more. */
export function newKeyIndex(count = 0): KeyIndex {
  let pairs = FEWEST_PAIRS;
  while (count * 3 > pairs * 2) pairs *= 2;
  return { table: new Int32Array(pairs * 2), lastKey: null, lastHash: 0 };
}

export function findEntry(
  index: KeyIndex,
  entries: readonly Entry[],
  key: ByteString,
): Entry | undefined {
  const { table } = index;
  const hash = hashOf(index, key);
  const mask = table.length - 2;
  for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
    const place = table[at + 1]!;
    if (place === 0) return undefined;
    if (table[at] === hash) {
      const entry = entries[place - 1]!;
      if (entry.key === key) return entry;
    }
  }
}

/** Words of a log that may be keys: where they stand in it, and what they are. */
export interface KeyBatch {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly hashes: Int32Array;
  readonly places: Int32Array;
  readonly keys: ByteString[];
}

export function newKeyBatch(size: number): KeyBatch {
  return {
    starts: new Float64Array(size),
    ends: new Float64Array(size),
    hashes: new Int32Array(size),
    places: new Int32Array(size),
    keys: new Array<ByteString>(size).fill(EMPTY),
  };
}

/**
 * Finds the keys of the first `count` words of the batch: the very strings under which they are kept, new ones for
 * those that are not kept. Step by step for all of them, and not word by word, since then the processor waits for
 * memory once for many; afterwards what the commands will look up is at hand.
 */
export function findKeys(
  index: KeyIndex,
  entries: readonly Entry[],
  bytes: Uint8Array,
  batch: KeyBatch,
  count: number,
): void {
  const { starts, ends, hashes, places, keys } = batch;
  const { table } = index;
  const mask = table.length - 2;
  for (let i = 0; i < count; i++) hashes[i] = hashOfBytes(bytes, starts[i]!, ends[i]!);
  for (let i = 0; i < count; i++) {
    const hash = hashes[i]!;
    let at = (hash << 1) & mask;
    while (table[at + 1] !== 0 && table[at] !== hash) at = (at + 2) & mask;
    places[i] = table[at + 1]!;
  }
  for (let i = 0; i < count; i++) {
    const place = places[i]!;
    keys[i] = place === 0 ? EMPTY : entries[place - 1]!.key;
  }
  for (let i = 0; i < count; i++) {
    if (!isTextAt(keys[i]!, bytes, starts[i]!, ends[i]!))
      keys[i] = byteStringOf(bytes, starts[i], ends[i]);
  }
}

/** The hash of a key that will be looked up next is known already. */
export function noteHash(index: KeyIndex, key: ByteString, hash: number): void {
  index.lastKey = key;
  index.lastHash = hash;
}

/** The last of `entries` has just been added. */
export function addToIndex(index: KeyIndex, entries: readonly Entry[]): void {
  const count = entries.length;
  // At most two thirds are taken: beyond, looking for a key that is not there takes long.
  if (count * 6 > index.table.length * 2) grow(index);
  insert(index.table, hashOf(index, entries[count - 1]!.key), count);
}

/** As many as were told when the index was made: a key with that hash is the `count`th of the entries. */
export function addHash(index: KeyIndex, hash: number, count: number): void {
  insert(index.table, hash, count);
}

/** The entry of `key`, at `slot`, goes. */
export function removeFromIndex(index: KeyIndex, key: ByteString, slot: number): void {
  const { table } = index;
  const mask = table.length - 2;
  let hole = pairOf(table, hashOf(index, key), slot);
  // What stands behind moves up, as far as it may: nothing is to stand before its own pair.
  for (let at = (hole + 2) & mask; table[at + 1] !== 0; at = (at + 2) & mask) {
    const home = (table[at]! << 1) & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    table[hole] = table[at]!;
    table[hole + 1] = table[at + 1]!;
    hole = at;
  }
  table[hole + 1] = 0;
}

/** The entry of `key` has gone from one place of `entries` to another. */
export function moveInIndex(index: KeyIndex, key: ByteString, from: number, to: number): void {
  const { table } = index;
  table[pairOf(table, hashOf(index, key), from) + 1] = to + 1;
}

function pairOf(table: Int32Array, hash: number, slot: number): number {
  const mask = table.length - 2;
  let at = (hash << 1) & mask;
  while (table[at + 1] !== slot + 1) at = (at + 2) & mask;
  return at;
}

function insert(table: Int32Array, hash: number, place: number): void {
  const mask = table.length - 2;
  let at = (hash << 1) & mask;
  while (table[at + 1] !== 0) at = (at + 2) & mask;
  table[at] = hash;
  table[at + 1] = place;
}

function grow(index: KeyIndex): void {
  const old = index.table;
  const table = new Int32Array(old.length * 2);
  for (let at = 0; at < old.length; at += 2)
    if (old[at + 1] !== 0) insert(table, old[at]!, old[at + 1]!);
  index.table = table;
}

function isTextAt(text: ByteString, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

const SPREAD = 0x9e3779b1;
const MIX = 0x85ebca6b;

function hashOf(index: KeyIndex, key: ByteString): number {
  if (index.lastKey === key) return index.lastHash;
  index.lastKey = key;
  return (index.lastHash = keyHash(key));
}

export function keyHash(key: ByteString): number {
  const { length } = key;
  let hash = length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const word =
      key.charCodeAt(i) |
      (key.charCodeAt(i + 1) << 8) |
      (key.charCodeAt(i + 2) << 16) |
      (key.charCodeAt(i + 3) << 24);
    hash = mixed(hash, word);
  }
  for (; i < length; i++) hash = mixed(hash, key.charCodeAt(i));
  return finished(hash);
}

/** The same of bytes. */
function hashOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = mixed(hash, word);
  }
  for (; i < end; i++) hash = mixed(hash, bytes[i]!);
  return finished(hash);
}

function mixed(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, SPREAD);
  return h ^ (h >>> 15);
}

function finished(hash: number): number {
  const h = Math.imul(hash, MIX);
  return h ^ (h >>> 13);
}
