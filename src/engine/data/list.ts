/**
 * Lists: a double-ended queue in a ring of power-of-two size, so that both ends are O(1) and an index is one access.
 * The encoding is bookkeeping: `listpack` up to `list-max-listpack-size`, then `quicklist`.
 */
import type { ByteString } from '../../base/bytes.ts';

export interface ListValue {
  readonly kind: 'list';
  encoding: 'listpack' | 'quicklist';
  ring: (ByteString | undefined)[];
  head: number;
  length: number;
  /** Bytes of all elements, by which the encoding is chosen. */
  bytes: number;
}

export function newList(): ListValue {
  return { kind: 'list', encoding: 'listpack', ring: new Array<undefined>(4).fill(undefined), head: 0, length: 0, bytes: 0 };
}

export function pushTail(list: ListValue, element: ByteString): void {
  if (list.length === list.ring.length) grow(list);
  list.ring[(list.head + list.length) & (list.ring.length - 1)] = element;
  list.length++;
  list.bytes += element.length;
}

export function pushHead(list: ListValue, element: ByteString): void {
  if (list.length === list.ring.length) grow(list);
  list.head = (list.head - 1) & (list.ring.length - 1);
  list.ring[list.head] = element;
  list.length++;
  list.bytes += element.length;
}

/** `index` counts from the head and is inside the list. */
export function elementAt(list: ListValue, index: number): ByteString {
  return list.ring[(list.head + index) & (list.ring.length - 1)]!;
}

export function* elements(list: ListValue): Generator<ByteString> {
  for (let i = 0; i < list.length; i++) yield elementAt(list, i);
}

export function copyList(list: ListValue): ListValue {
  return { ...list, ring: list.ring.slice() };
}

function grow(list: ListValue): void {
  const ring = new Array<ByteString | undefined>(list.ring.length * 2).fill(undefined);
  for (let i = 0; i < list.length; i++) ring[i] = elementAt(list, i);
  list.ring = ring;
  list.head = 0;
}
