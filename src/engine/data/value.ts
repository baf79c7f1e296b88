/** Values behind keys, as plain data. What differs from type to type stands in one file a type beside this one. */
import type { ByteString } from '../../base/bytes.ts';
import type { GrowableBytes } from '../../base/growable-bytes.ts';
import type { Integer } from '../../base/integers.ts';
import type { HashValue } from './hash.ts';
import type { ListValue } from './list.ts';
import type { SetValue } from './set.ts';
import type { SortedSetValue } from './sorted-set.ts';
import type { StreamValue } from './stream.ts';

/**
 * A string that APPEND, SETRANGE or SETBIT changed in place; its encoding is `raw` however short it is. Short contents
 * stay text, which is cheaper to keep and to read; long ones are an array, so that a change costs only what it touches.
 */
export interface RawString {
  readonly kind: 'raw';
  content: ByteString | GrowableBytes;
}

/** Integers in the int64 range are kept as numbers (bigint beyond 2^53), as Redis keeps them as longs. */
export type StringValue = number | bigint | ByteString | RawString;
export type Value = StringValue | HashValue | ListValue | SetValue | SortedSetValue | StreamValue;

export type TypeName = 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream';

export function typeName(value: Value): TypeName {
  if (typeof value !== 'object') return 'string';
  return value.kind === 'raw' ? 'string' : value.kind;
}

export interface Entry {
  readonly key: ByteString;
  value: Value;
  /** When, or how often, it was used: see usage.ts. */
  lru: number;
  /** Where it stands in the `entries` of its key space. */
  slot: number;
  /** It stands here, and not in a Map of its own, since almost every command asks for it: null when the key stays. */
  expiry: Expiry | null;
}

/** Milliseconds since the epoch: any 64-bit integer, as Redis keeps it, though most are far from what a number holds. */
export type ExpireTime = Integer;

export interface Expiry {
  at: ExpireTime;
  /** Where the key's entry stands in the `expiring` of its key space. */
  slot: number;
}
