/**
 * Lists: a double-ended queue in a ring of power-of-two size, so that both ends are O(1) and an index is one access.
 * The encoding is bookkeeping: `listpack` up to `list-max-listpack-size`, then `quicklist`.
 */
import type { ByteString } from '../../base/bytes.ts';
import { EMPTY_LISTPACK_BYTES, listpackEntryBytes } from './listpack-size.ts';

export interface ListValue {
  readonly kind: 'list';
  encoding: 'listpack' | 'quicklist';
  ring: (ByteString | undefined)[];
  head: number;
  length: number;
  /** What one listpack of all elements would take. */
  bytes: number;
}

export interface ListLimits {
  /** Elements a node if positive; otherwise −1 to −5 for 4 to 64 KiB. */
  readonly listMaxListpackSize: number;
}

export type End = 'left' | 'right';

const SMALLEST_RING = 4;

export function newList(): ListValue {
  return {
    kind: 'list',
    encoding: 'listpack',
    ring: new Array<undefined>(SMALLEST_RING).fill(undefined),
    head: 0,
    length: 0,
    bytes: EMPTY_LISTPACK_BYTES,
  };
}

/** To be called before elements are added: they may be too much for a listpack (listTypeTryConversionAppend). */
export function expectElements(
  list: ListValue,
  elements: readonly ByteString[],
  limits: ListLimits,
): void {
  if (list.encoding === 'quicklist') return;
  const bytes = elements.reduce((sum, element) => sum + element.length, list.bytes);
  if (exceeds(limits, bytes, list.length + elements.length)) list.encoding = 'quicklist';
}

export function push(list: ListValue, end: End, element: ByteString): void {
  if (list.length === list.ring.length) resize(list, list.length * 2);
  const mask = list.ring.length - 1;
  if (end === 'left') list.head = (list.head - 1) & mask;
  list.ring[end === 'left' ? list.head : (list.head + list.length) & mask] = element;
  list.length++;
  list.bytes += listpackEntryBytes(element);
}

/** The list is not empty. */
export function pop(list: ListValue, end: End): ByteString {
  const mask = list.ring.length - 1;
  const at = end === 'left' ? list.head : (list.head + list.length - 1) & mask;
  const element = list.ring[at]!;
  list.ring[at] = undefined;
  if (end === 'left') list.head = (list.head + 1) & mask;
  list.length--;
  list.bytes -= listpackEntryBytes(element);
  if (list.length * 4 < list.ring.length && list.ring.length > SMALLEST_RING)
    resize(list, list.ring.length / 2);
  return element;
}

/** To be called after elements were taken away: a list far below the limit is one listpack again (7.2). */
export function shrink(list: ListValue, limits: ListLimits): void {
  if (list.encoding === 'quicklist' && !exceeds(limits, list.bytes * 2, list.length * 2))
    list.encoding = 'listpack';
}

/** `index` counts from the head and is inside the list. */
export function elementAt(list: ListValue, index: number): ByteString {
  return list.ring[(list.head + index) & (list.ring.length - 1)]!;
}

/** Elements from `start` up to, not including, `end`. */
export function* elements(list: ListValue, start = 0, end = list.length): Generator<ByteString> {
  for (let i = start; i < end; i++) yield elementAt(list, i);
}

/** `index` is inside the list. */
export function replaceAt(list: ListValue, index: number, element: ByteString): void {
  list.bytes += listpackEntryBytes(element) - listpackEntryBytes(elementAt(list, index));
  list.ring[(list.head + index) & (list.ring.length - 1)] = element;
}

/** The new element stands at `index`, which is at most the length; what was there comes after it. */
export function insertAt(list: ListValue, index: number, element: ByteString): void {
  const end: End = index < list.length / 2 ? 'left' : 'right';
  push(list, end, element);
  const mask = list.ring.length - 1;
  const at = (i: number): number => (list.head + i) & mask;
  if (end === 'left') for (let i = 0; i < index; i++) list.ring[at(i)] = list.ring[at(i + 1)];
  else for (let i = list.length - 1; i > index; i--) list.ring[at(i)] = list.ring[at(i - 1)];
  list.ring[at(index)] = element;
}

/** Takes away up to `most` of the elements that equal `element`, from that end on; returns how many. */
export function removeEqual(list: ListValue, element: ByteString, from: End, most: number): number {
  const kept: (ByteString | undefined)[] = [];
  let removed = 0;
  for (let i = 0; i < list.length; i++) {
    const other = elementAt(list, from === 'left' ? i : list.length - 1 - i);
    if (removed < most && other === element) removed++;
    else kept.push(other);
  }
  if (removed === 0) return 0;
  list.bytes -= removed * listpackEntryBytes(element);
  if (from === 'right') kept.reverse();
  list.ring = kept;
  while (list.ring.length < SMALLEST_RING || (list.ring.length & (list.ring.length - 1)) !== 0)
    list.ring.push(undefined);
  list.head = 0;
  list.length = list.length - removed;
  return removed;
}

/** Keeps the elements from `start` up to, not including, `end`. */
export function keepRange(list: ListValue, start: number, end: number): void {
  for (let i = list.length; i > end; i--) pop(list, 'right');
  for (let i = 0; i < start; i++) pop(list, 'left');
}

export function copyList(list: ListValue): ListValue {
  return { ...list, ring: list.ring.slice() };
}

/** A node that is limited by its number of elements must not grow beyond this all the same. */
const SAFETY_BYTES = 8192;
const SMALLEST_NODE_BYTES = 4096;

/** quicklist.c:quicklistNodeExceedsLimit. */
export function exceeds(
  { listMaxListpackSize: size }: ListLimits,
  bytes: number,
  length: number,
): boolean {
  if (size >= 0) return bytes > SAFETY_BYTES || length > Math.max(1, size);
  return bytes > SMALLEST_NODE_BYTES << (Math.min(-size, 5) - 1);
}

function resize(list: ListValue, room: number): void {
  const ring = new Array<ByteString | undefined>(room).fill(undefined);
  for (let i = 0; i < list.length; i++) ring[i] = elementAt(list, i);
  list.ring = ring;
  list.head = 0;
}
