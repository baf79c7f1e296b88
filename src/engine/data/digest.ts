/**
 * DEBUG DIGEST: one SHA-1-like sum of the whole data set that does not depend on the order of keys, bit for bit as
 * debug.c:computeDatasetDigest. What has an order is mixed in (hashed again each time), what has none is xored.
 */
import { unreachable } from '../../base/assert.ts';
import { ascii, bytesOf, type ByteString } from '../../base/bytes.ts';
import { formatDouble17g } from '../../base/doubles.ts';
import { sha1 } from '../../base/sha1.ts';
import { entryOf, type Database, type KeySpace } from './key-space.ts';
import { elements } from './list.ts';
import { membersByRank } from './sorted-set.ts';
import { entriesBetween } from './stream.ts';
import { idMillis, idSequence } from './stream-id.ts';
import { stringText } from './string.ts';
import type { Entry, Value } from './value.ts';

type Digest = Uint8Array;
const SIZE = 20;
const typeNumber = { string: 0, raw: 0, list: 1, set: 2, zset: 3, hash: 4, stream: 6 } as const;
const EXPIRE_MARK = ascii('!!expire!!');

/** 40 hexadecimal digits; all zero for an empty data set. */
export function datasetDigest(databases: readonly Database[]): string {
  const final = new Uint8Array(SIZE);
  for (const { id, space } of databases) {
    if (space.entries.length === 0) continue;
    mix(final, bigEndian(id));
    for (const entry of space.entries) {
      const digest = new Uint8Array(SIZE);
      mixText(digest, entry.key);
      addValue(digest, entry);
      xor(final, digest);
    }
  }
  return hex(final);
}

/** DEBUG DIGEST-VALUE: all zero for a key that does not exist. */
export function valueDigest(space: KeySpace, key: ByteString): string {
  const digest = new Uint8Array(SIZE);
  const entry = entryOf(space, key);
  if (entry !== undefined) addValue(digest, entry);
  return hex(digest);
}

/** debug.c:xorObjectDigest. */
function addValue(digest: Digest, { value, expiry }: Entry): void {
  mix(digest, bigEndian(typeNumber[typeof value === 'object' ? value.kind : 'string']));
  addContent(digest, value);
  if (expiry !== null) xor(digest, bytesOf(EXPIRE_MARK));
}

function addContent(digest: Digest, value: Value): void {
  if (typeof value !== 'object') {
    mixText(digest, stringText(value));
    return;
  }
  switch (value.kind) {
    case 'raw':
      mixText(digest, stringText(value));
      return;
    case 'list':
      for (const element of elements(value)) mixText(digest, element);
      return;
    case 'set':
      for (const member of value.members) xor(digest, bytesOf(member));
      return;
    case 'hash':
      for (const [field, content] of value.fields) xorPair(digest, field, content);
      return;
    case 'zset':
      for (const { member, score } of membersByRank(value))
        xorPair(digest, member, formatDouble17g(score));
      return;
    case 'stream':
      for (const { id, fields } of entriesBetween(value)) {
        mixText(digest, ascii(`${idMillis(id)}.${idSequence(id)}`));
        for (const text of fields) mixText(digest, text);
      }
      return;
    default:
      unreachable(value);
  }
}

function xorPair(digest: Digest, first: ByteString, second: ByteString): void {
  const pair = new Uint8Array(SIZE);
  mixText(pair, first);
  mixText(pair, second);
  xor(digest, pair);
}

function xor(digest: Digest, bytes: Uint8Array): void {
  const hash = sha1(bytes);
  for (let i = 0; i < SIZE; i++) digest[i]! ^= hash[i]!;
}

function mix(digest: Digest, bytes: Uint8Array): void {
  xor(digest, bytes);
  digest.set(sha1(digest));
}

function mixText(digest: Digest, text: ByteString): void {
  mix(digest, bytesOf(text));
}

function bigEndian(n: number): Uint8Array {
  return new Uint8Array([n >>> 24, n >>> 16, n >>> 8, n]);
}

function hex(digest: Digest): string {
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
