/** Deep copies of values, for COPY and for the pre-images of a snapshot. */
import { unreachable } from '../../base/assert.ts';
import { copyHash } from './hash.ts';
import { copyList } from './list.ts';
import { copySet } from './set.ts';
import { copySortedSet } from './sorted-set.ts';
import { copyStream } from './stream.ts';
import { copyRawString } from './string.ts';
import type { Value } from './value.ts';

export function copyValue(value: Value): Value {
  if (typeof value !== 'object') return value;
  switch (value.kind) {
    case 'raw':
      return copyRawString(value);
    case 'hash':
      return copyHash(value);
    case 'list':
      return copyList(value);
    case 'set':
      return copySet(value);
    case 'zset':
      return copySortedSet(value);
    case 'stream':
      return copyStream(value);
    default:
      return unreachable(value);
  }
}
