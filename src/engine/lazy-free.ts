/** What Redis would give to a thread to free (lazyfree.c): INFO counts it, though here nothing is freed by hand. */
import { estimatedNodes } from './data/list-node.ts';
import type { Value } from './data/value.ts';
import type { EngineState } from './engine-state.ts';

/** Freeing what has fewer parts is cheaper than telling a thread of it (LAZYFREE_THRESHOLD). */
const THRESHOLD = 64;

export function noteLazilyFreed({ stats }: EngineState, value: Value): void {
  if (partsOf(value) > THRESHOLD) stats.lazyFreed++;
}

/** lazyfree.c:lazyfreeGetFreeEffort. */
function partsOf(value: Value): number {
  if (typeof value !== 'object') return 1;
  switch (value.kind) {
    case 'list':
      return value.encoding === 'quicklist' ? estimatedNodes(value.bytes) : 1;
    case 'set':
      return value.encoding === 'hashtable' ? value.members.length : 1;
    case 'hash':
      return value.encoding === 'hashtable' ? value.fields.size : 1;
    case 'zset':
      return value.order.encoding === 'skiplist' ? value.order.nodes.size : 1;
    case 'stream': {
      const [first] = value.groups.values();
      // The pending entries of one group stand for those of all.
      return value.nodes.length + value.groups.size * (1 + (first?.pending.entries.size ?? 0));
    }
    default:
      return 1;
  }
}
