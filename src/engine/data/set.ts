/** Sets: members in insertion order; the encoding is `intset`, `listpack` or `hashtable` by the configured limits. */
import type { ByteString } from '../../base/bytes.ts';

export interface SetValue {
  readonly kind: 'set';
  encoding: 'intset' | 'listpack' | 'hashtable';
  readonly members: Set<ByteString>;
}

export function newSet(): SetValue {
  return { kind: 'set', encoding: 'intset', members: new Set() };
}

export function copySet(set: SetValue): SetValue {
  return { kind: 'set', encoding: set.encoding, members: new Set(set.members) };
}
