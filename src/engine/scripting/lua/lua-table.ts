/**
 * Tables laid out as Lua 5.1 lays them out (ltable.c): the order in which pairs() goes, and what # says of a table
 * with holes, are those of the real one, so that a script's writes come in the same order. A Map finds the node of a
 * key; where a new node stands is decided as there, by hash, collision and free place.
 */
import { highWord, lowWord } from '../../../base/double-bits.ts';
import { LuaError, type LuaValue } from './lua-value.ts';

export interface LuaTable {
  readonly type: 'table';
  readonly id: number;
  array: LuaValue[];
  /** Nodes: keys, and their values; a key without value is dead, but keeps its place until the next rehash. */
  keys: LuaValue[];
  values: LuaValue[];
  index: Map<LuaValue, number> | null;
  lastFree: number;
  metatable: LuaTable | undefined;
  /** Redis's own tables: scripts may not change them. */
  frozen: boolean;
}

export const FROZEN = 'Attempt to modify a readonly table';

/** What scripts have made. */
export interface Heap {
  nextId: number;
  /** Bytes, roughly, garbage included; what is alive is counted anew when `full` is reached. */
  allocated: number;
  full: number;
}

const FIRST_FULL = 0x800_0000;

export function newHeap(firstId = 1): Heap {
  return { nextId: firstId, allocated: 0, full: FIRST_FULL };
}

export function charge(heap: Heap, bytes: number): void {
  heap.allocated += bytes;
}

export const BYTES_PER_TABLE = 64;
export const BYTES_PER_SLOT = 16;
export const BYTES_PER_NODE = 40;

export function newTable(heap: Heap, arraySize = 0, hashSize = 0): LuaTable {
  charge(heap, BYTES_PER_TABLE + arraySize * BYTES_PER_SLOT);
  const table: LuaTable = {
    type: 'table',
    id: heap.nextId++,
    array: arraySize === 0 ? [] : filled(arraySize),
    keys: [],
    values: [],
    index: null,
    lastFree: 0,
    metatable: undefined,
    frozen: false,
  };
  if (hashSize > 0) setNodes(heap, table, hashSize);
  return table;
}

export function tableOf(heap: Heap, items: readonly LuaValue[]): LuaTable {
  const table = newTable(heap, items.length);
  items.forEach((item, i) => {
    table.array[i] = item;
  });
  return table;
}

export function rawGet(table: LuaTable, key: LuaValue): LuaValue {
  if (typeof key === 'number' && key >= 1 && key <= table.array.length && Math.floor(key) === key) {
    return table.array[key - 1];
  }
  const node = table.index?.get(key);
  return node === undefined ? undefined : table.values[node];
}

/** luaH_set. Throws for the keys that no table has. */
export function rawSet(heap: Heap, table: LuaTable, key: LuaValue, value: LuaValue): void {
  if (typeof key === 'number' && key >= 1 && key <= table.array.length && Math.floor(key) === key) {
    table.array[key - 1] = value;
    return;
  }
  const node = table.index?.get(key);
  if (node !== undefined) table.values[node] = value;
  else newKey(heap, table, key, value);
}

function newKey(heap: Heap, table: LuaTable, key: LuaValue, value: LuaValue): void {
  const { keys, values } = table;
  let place = mainPosition(keys.length, key);
  if (keys.length === 0 || values[place] !== undefined) {
    const free = freePlace(table);
    if (free < 0) {
      rehash(heap, table, key);
      rawSet(heap, table, key, value);
      return;
    }
    const other = keys[place];
    if (mainPosition(keys.length, other) === place) place = free;
    else {
      // The one that stands here does not belong here: it moves.
      keys[free] = other;
      values[free] = values[place];
      table.index?.set(other, free);
      keys[place] = undefined;
    }
  }
  const dead = keys[place];
  if (dead !== undefined) table.index?.delete(dead);
  keys[place] = key;
  values[place] = value;
  table.index?.set(key, place);
}

function freePlace(table: LuaTable): number {
  while (table.lastFree > 0) {
    table.lastFree--;
    if (table.keys[table.lastFree] === undefined) return table.lastFree;
  }
  return -1;
}

function mainPosition(size: number, key: LuaValue): number {
  if (typeof key === 'string') return hashText(key) & (size - 1);
  if (typeof key === 'boolean') return (key ? 1 : 0) & (size - 1);
  const odd = (size - 1) | 1;
  if (typeof key === 'number') return key === 0 ? 0 : ((highWord(key) + lowWord(key)) >>> 0) % odd;
  return typeof key === 'object' ? (key.id * 64) % odd : 0;
}

/** lstring.c:luaS_newlstr. */
function hashText(text: string): number {
  const step = (text.length >> 5) + 1;
  let hash = text.length;
  for (let at = text.length; at >= step; at -= step) {
    hash ^= (hash << 5) + (hash >>> 2) + text.charCodeAt(at - 1);
  }
  return hash >>> 0;
}

function setNodes(heap: Heap, table: LuaTable, wanted: number): void {
  let size = wanted === 0 ? 0 : 1;
  while (size < wanted) size *= 2;
  charge(heap, size * BYTES_PER_NODE);
  table.keys = filled(size);
  table.values = filled(size);
  table.index = size === 0 ? null : new Map();
  table.lastFree = size;
}

function filled(size: number): LuaValue[] {
  return new Array<LuaValue>(size).fill(undefined);
}

const MOST_BITS = 26;
const MOST_ARRAY = 0x400_0000;

/** Counts keys by powers of two: `counts[i]` has those with 2^(i-1) < k <= 2^i. */
function countInteger(key: LuaValue, counts: number[]): number {
  if (typeof key !== 'number' || key < 1 || key > MOST_ARRAY || Math.floor(key) !== key) return 0;
  const bits = key === 1 ? 0 : 32 - Math.clz32(key - 1);
  counts[bits] = (counts[bits] ?? 0) + 1;
  return 1;
}

function rehash(heap: Heap, table: LuaTable, extra: LuaValue): void {
  const counts: number[] = new Array<number>(MOST_BITS + 1).fill(0);
  let integers = 0;
  let used = 1;
  table.array.forEach((value, i) => {
    if (value === undefined) return;
    used++;
    integers += countInteger(i + 1, counts);
  });
  table.keys.forEach((key, i) => {
    if (table.values[i] === undefined) return;
    used++;
    integers += countInteger(key, counts);
  });
  integers += countInteger(extra, counts);
  const { size, held } = arraySize(counts, integers);
  resize(heap, table, size, used - held);
}

/** The greatest n such that more than half of 1..n is in use. */
function arraySize(counts: readonly number[], integers: number): { size: number; held: number } {
  let size = 0;
  let held = 0;
  let seen = 0;
  for (let i = 0, power = 1; power / 2 < integers; i++, power *= 2) {
    const count = counts[i] ?? 0;
    if (count > 0) {
      seen += count;
      if (seen > power / 2) {
        size = power;
        held = seen;
      }
    }
    if (seen === integers) break;
  }
  return { size, held };
}

function resize(heap: Heap, table: LuaTable, size: number, nodes: number): void {
  const { array, keys, values } = table;
  const old = array.length;
  if (size > old) charge(heap, (size - old) * BYTES_PER_SLOT);
  setNodes(heap, table, nodes);
  for (let i = old; i < size; i++) array.push(undefined);
  const vanishing = size < old ? array.splice(size) : [];
  vanishing.forEach((value, i) => {
    if (value !== undefined) rawSet(heap, table, size + i + 1, value);
  });
  for (let i = keys.length - 1; i >= 0; i--) {
    if (values[i] !== undefined) rawSet(heap, table, keys[i], values[i]);
  }
}

/** Room for a list that a constructor brings (luaH_resizearray). */
export function growArray(heap: Heap, table: LuaTable, size: number): void {
  if (size > table.array.length) resize(heap, table, size, table.keys.length);
}

/** The entry after `key`, undefined at the end; undefined as a key begins. */
export function nextEntry(
  table: LuaTable,
  key: LuaValue,
): readonly [LuaValue, LuaValue] | undefined {
  const { array, keys, values } = table;
  let at = placeOf(table, key);
  for (; at < array.length; at++) if (array[at] !== undefined) return [at + 1, array[at]];
  for (let node = at - array.length; node < keys.length; node++) {
    if (values[node] !== undefined) return [keys[node], values[node]];
  }
  return undefined;
}

function placeOf(table: LuaTable, key: LuaValue): number {
  if (key === undefined) return 0;
  if (typeof key === 'number' && key >= 1 && key <= table.array.length && Math.floor(key) === key)
    return key;
  const node = table.index?.get(key);
  if (node === undefined) throw new LuaError("invalid key to 'next'");
  return table.array.length + node + 1;
}

/** All entries in the order of pairs(). */
export function* entries(table: LuaTable): Generator<readonly [LuaValue, LuaValue]> {
  for (
    let entry = nextEntry(table, undefined);
    entry !== undefined;
    entry = nextEntry(table, entry[0])
  )
    yield entry;
}

/** The # of a table: some n with t[n] and not t[n + 1], the very one that luaH_getn finds. */
export function border(table: LuaTable): number {
  const { array } = table;
  let above = array.length;
  if (above > 0 && array[above - 1] === undefined) {
    let below = 0;
    while (above - below > 1) {
      const middle = (below + above) >>> 1;
      if (array[middle - 1] === undefined) above = middle;
      else below = middle;
    }
    return below;
  }
  return table.keys.length === 0 ? above : borderOfNodes(table, above);
}

function borderOfNodes(table: LuaTable, start: number): number {
  let below = start;
  let above = start + 1;
  while (rawGet(table, above) !== undefined) {
    below = above;
    above *= 2;
  }
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (rawGet(table, middle) === undefined) above = middle;
    else below = middle;
  }
  return below;
}
