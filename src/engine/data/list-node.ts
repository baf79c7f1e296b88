/** How much a node of a quicklist holds (quicklist.c:_quicklistNodeAllowInsert). */
import type { ByteString } from '../../base/bytes.ts';
import { exceeds, type ListLimits } from './list.ts';
import { EMPTY_LISTPACK_BYTES, listpackEntryBytes } from './listpack-size.ts';

/** A node that is being filled. */
export interface NodeRoom {
  /** Whether an element may be added to the node, which has one already. */
  takes(element: ByteString): boolean;
  add(element: ByteString): void;
  /** Whether the node keeps within the limits as it is. */
  fits(): boolean;
}

/** What Redis reckons for the encoding of an element before it knows it. */
const ENTRY_OVERHEAD = 8;

export function nodeRoom(limits: ListLimits): NodeRoom {
  let bytes = EMPTY_LISTPACK_BYTES;
  let count = 0;
  return {
    takes: (element) => !exceeds(limits, bytes + element.length + ENTRY_OVERHEAD, count + 1),
    add(element) {
      bytes += listpackEntryBytes(element);
      count++;
    },
    fits() {
      const size = limits.listMaxListpackSize;
      return size >= 0 ? count <= Math.max(1, size) : !exceeds(limits, bytes, count);
    },
  };
}

/** How many nodes of 8 kB, as list-max-listpack-size is by default, so many bytes of elements fill. */
export function estimatedNodes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / NODE_BYTES));
}

const NODE_BYTES = 8192;
