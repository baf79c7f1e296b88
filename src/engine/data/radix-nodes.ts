/**
 * How many nodes a radix tree of rax.c has for keys of one length, which XINFO STREAM tells: a run of bytes that all
 * keys below share is one node, a byte where they part is another, and each key ends in a node of its own.
 */
import type { ByteString } from '../../base/bytes.ts';

/** The keys are sorted, different and all of the same length. */
export function radixNodes(keys: readonly ByteString[]): number {
  return keys.length === 0 ? 1 : nodesBelow(keys, 0, keys.length, 0);
}

/** Nodes for the keys from `from` up to, not including, `to`, which share their first `depth` bytes. */
function nodesBelow(keys: readonly ByteString[], from: number, to: number, depth: number): number {
  const first = keys[from]!;
  const last = keys[to - 1]!;
  if (from + 1 === to) return depth === first.length ? 1 : 2;
  let shared = depth;
  while (first[shared] === last[shared]) shared++;
  let nodes = shared > depth ? 2 : 1;
  for (let i = from; i < to;) {
    let end = i + 1;
    while (end < to && keys[end]![shared] === keys[i]![shared]) end++;
    nodes += nodesBelow(keys, i, end, shared + 1);
    i = end;
  }
  return nodes;
}
