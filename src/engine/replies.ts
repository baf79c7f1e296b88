/** Replies that many commands give; the constants are shared, so nothing may change them. */
import type { ByteString } from '../base/bytes.ts';
import type { Reply } from '../resp/reply.ts';

export const OK: Reply = { type: 'status', value: 'OK' };
export const QUEUED: Reply = { type: 'status', value: 'QUEUED' };
export const PONG: Reply = { type: 'status', value: 'PONG' };
export const NULL: Reply = { type: 'null' };
export const NULL_ARRAY: Reply = { type: 'null-array' };
export const EMPTY_ARRAY: Reply = { type: 'array', value: [] };
export const EMPTY_SET: Reply = { type: 'set', value: [] };
export const ZERO: Reply = { type: 'integer', value: 0 };
export const ONE: Reply = { type: 'integer', value: 1 };

export function status(value: string): Reply {
  return { type: 'status', value };
}
export function integer(value: number | bigint): Reply {
  return value === 0 ? ZERO : value === 1 ? ONE : { type: 'integer', value };
}
export function bulk(value: ByteString): Reply {
  return { type: 'bulk', value };
}
export function bulkOrNull(value: ByteString | undefined): Reply {
  return value === undefined ? NULL : { type: 'bulk', value };
}
export function array(value: readonly Reply[]): Reply {
  return { type: 'array', value };
}
export function bulks(values: Iterable<ByteString>): Reply {
  return { type: 'array', value: Array.from(values, bulk) };
}
export function setOf(values: Iterable<ByteString>): Reply {
  return { type: 'set', value: Array.from(values, bulk) };
}
export function map(value: readonly (readonly [Reply, Reply])[]): Reply {
  return { type: 'map', value };
}
export function double(value: number): Reply {
  return { type: 'double', value };
}
export function error(value: string): Reply {
  return { type: 'error', value };
}
export function verbatim(value: ByteString): Reply {
  return { type: 'verbatim', format: 'txt', value };
}
