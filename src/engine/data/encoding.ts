/** The name of the representation that Redis would use, as OBJECT ENCODING tells it. */
import { stringEncoding } from './string.ts';
import type { Value } from './value.ts';

export function encodingOf(value: Value): string {
  if (typeof value !== 'object' || value.kind === 'raw') return stringEncoding(value);
  return value.kind === 'zset' ? value.order.encoding : value.encoding;
}
