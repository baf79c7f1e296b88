/** Hashes: fields in insertion order; `listpack` until it grows past the configured limits, then `hashtable`. */
import type { ByteString } from '../../base/bytes.ts';
import { addToOrder, newMemberOrder, removeFromOrder, type MemberOrder } from './member-order.ts';

export interface HashValue {
  readonly kind: 'hash';
  encoding: 'listpack' | 'hashtable';
  readonly fields: Map<ByteString, ByteString>;
  /** Null until somebody scans the hash, or picks fields of it by chance. */
  order: MemberOrder | null;
}

export interface HashLimits {
  readonly hashMaxListpackEntries: number;
  readonly hashMaxListpackValue: number;
}

export function newHash(): HashValue {
  return { kind: 'hash', encoding: 'listpack', fields: new Map(), order: null };
}

/** True if the field is new. */
export function setField(
  hash: HashValue,
  field: ByteString,
  value: ByteString,
  limits: HashLimits,
): boolean {
  const isNew = !hash.fields.has(field);
  hash.fields.set(field, value);
  if (isNew && hash.order !== null) addToOrder(hash.order, field);
  const { hashMaxListpackEntries, hashMaxListpackValue } = limits;
  if (
    hash.encoding === 'listpack' &&
    (field.length > hashMaxListpackValue ||
      value.length > hashMaxListpackValue ||
      hash.fields.size > hashMaxListpackEntries)
  ) {
    hash.encoding = 'hashtable';
  }
  return isNew;
}

/** True if the field was there. */
export function deleteField(hash: HashValue, field: ByteString): boolean {
  if (!hash.fields.delete(field)) return false;
  if (hash.order !== null) removeFromOrder(hash.order, field);
  return true;
}

export function fieldOrder(hash: HashValue): MemberOrder {
  hash.order ??= newMemberOrder(hash.fields.keys());
  return hash.order;
}

/** Many fields at once are assumed to be different ones, hence not to fit (hashTypeTryConversion). */
export function expectFields(hash: HashValue, count: number, limits: HashLimits): void {
  if (count > limits.hashMaxListpackEntries) hash.encoding = 'hashtable';
}

export function copyHash(hash: HashValue): HashValue {
  return { kind: 'hash', encoding: hash.encoding, fields: new Map(hash.fields), order: null };
}
