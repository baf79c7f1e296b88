/**
 * Values out of an RDB file or a DUMP payload (rdb.c:rdbLoadObject), those of older versions too. Everything packed is
 * checked to its last byte, as `sanitize-dump-payload yes` does: what a real server would stumble over later is refused.
 */
import { byteStringOf, bytesOf, type ByteString } from '../../base/bytes.ts';
import { parseDouble } from '../../base/doubles.ts';
import { newHash, type HashValue } from '../data/hash.ts';
import { nodeRoom } from '../data/list-node.ts';
import { newList, push, type ListValue } from '../data/list.ts';
import { addMember, expectMembers, newSet, type SetValue } from '../data/set.ts';
import {
  setScore,
  newSortedSet,
  type ScoredMember,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import { stringOf } from '../data/string.ts';
import type { Value } from '../data/value.ts';
import type { EngineConfig } from '../server-port.ts';
import { readIntset } from './intset.ts';
import { readZiplist, readZipmap } from './legacy-packings.ts';
import { readListpack } from './listpack.ts';
import { loadStream } from './load-stream.ts';
import { quicklistContainer, rdbType } from './rdb-format.ts';
import {
  failCorrupt,
  failShort,
  readBlob,
  readByte,
  readBytes,
  readDouble,
  readLength,
  readLength64,
  readText,
  type RdbInput,
} from './rdb-input.ts';

/** By these a value is given its encoding, whatever it had where it was written. */
export type ValueLimits = Pick<
  EngineConfig,
  | 'hashMaxListpackEntries'
  | 'hashMaxListpackValue'
  | 'listMaxListpackSize'
  | 'setMaxIntsetEntries'
  | 'setMaxListpackEntries'
  | 'setMaxListpackValue'
  | 'zsetMaxListpackEntries'
  | 'zsetMaxListpackValue'
>;

/** The value of that type at `input.at`; undefined with `input.failure`. */
export function loadValue(input: RdbInput, type: number, limits: ValueLimits): Value | undefined {
  switch (type) {
    case rdbType.string: {
      const text = readText(input);
      return text === undefined ? undefined : stringOf(text);
    }
    case rdbType.list:
      return loadList(input, limits);
    case rdbType.listZiplist:
      return listOfNodes(input, [readPacked(input, readZiplist, 'Ziplist')], limits);
    case rdbType.listQuicklist:
    case rdbType.listQuicklist2:
      return loadQuicklist(input, type, limits);
    case rdbType.set:
      return loadSet(input, limits);
    case rdbType.setIntset:
    case rdbType.setListpack:
      return loadPackedSet(input, type, limits);
    case rdbType.hash:
      return loadHash(input, limits);
    case rdbType.hashZipmap:
      return hashOfPairs(input, readPacked(input, readZipmap, 'Zipmap'), limits, 'Zipmap', 'check');
    case rdbType.hashZiplist:
      return hashOfPairs(
        input,
        readPacked(input, readZiplist, 'Hash ziplist'),
        limits,
        'Hash ziplist',
      );
    case rdbType.hashListpack:
      return hashOfPairs(
        input,
        readPacked(input, readListpack, 'Hash listpack'),
        limits,
        'Hash listpack',
      );
    case rdbType.zset:
    case rdbType.zset2:
      return loadSortedSet(input, type, limits);
    case rdbType.zsetZiplist:
      return zsetOfPairs(
        input,
        readPacked(input, readZiplist, 'Zset ziplist'),
        limits,
        'Zset ziplist',
      );
    case rdbType.zsetListpack:
      return zsetOfPairs(
        input,
        readPacked(input, readListpack, 'Zset listpack'),
        limits,
        'Zset listpack',
      );
    case rdbType.streamListpacks:
    case rdbType.streamListpacks2:
    case rdbType.streamListpacks3:
      return loadStream(input, type);
    case rdbType.modulePreGa:
      return failCorrupt(input, 'Pre-release module format not supported');
    case rdbType.module2:
      return refuseModule(input);
    default:
      return failCorrupt(input, `Unknown RDB encoding type ${type}`);
  }
}

function failEmpty(input: RdbInput): undefined {
  input.failure ??= { kind: 'empty' };
  return undefined;
}

/** The items of a packing that stands there as one string. */
function readPacked(
  input: RdbInput,
  read: (bytes: Uint8Array) => ByteString[] | undefined,
  name: string,
): ByteString[] | undefined {
  const blob = readBlob(input);
  if (blob === undefined) return undefined;
  // What is converted is checked in any case, and not counted.
  if (read !== readZiplist && read !== readZipmap) input.sanitized++;
  return read(typeof blob === 'string' ? bytesOf(blob) : blob) ?? integrityFailed(input, name);
}

function integrityFailed(input: RdbInput, name: string): undefined {
  return failCorrupt(input, `${name} integrity check failed.`);
}

// --- lists ---

function loadList(input: RdbInput, limits: ValueLimits): ListValue | undefined {
  const count = readLength(input);
  if (count === undefined) return undefined;
  if (count === 0) return failEmpty(input);
  const list = newList();
  const room = nodeRoom(limits);
  let nodes = 1;
  for (let i = 0; i < count; i++) {
    const element = readText(input);
    if (element === undefined) return undefined;
    if (i > 0 && !room.takes(element)) nodes++;
    else room.add(element);
    push(list, 'right', element);
  }
  list.encoding = nodes === 1 && room.fits() ? 'listpack' : 'quicklist';
  return list;
}

function loadQuicklist(input: RdbInput, type: number, limits: ValueLimits): ListValue | undefined {
  const count = readLength(input);
  if (count === undefined) return undefined;
  if (count === 0) return failEmpty(input);
  const nodes: ByteString[][] = [];
  let plain = false;
  for (let i = 0; i < count; i++) {
    const container =
      type === rdbType.listQuicklist ? quicklistContainer.packed : readLength(input);
    if (container === undefined) return undefined;
    if (container === quicklistContainer.plain) {
      const element = readText(input);
      if (element === undefined || element === '') return failShort(input);
      plain = true;
      nodes.push([element]);
    } else if (container === quicklistContainer.packed) {
      const [read, name] =
        type === rdbType.listQuicklist
          ? ([readZiplist, 'Ziplist'] as const)
          : ([readListpack, 'Listpack'] as const);
      const node = readPacked(input, read, name);
      if (node === undefined) return undefined;
      nodes.push(node);
    } else return failCorrupt(input, 'Quicklist integrity check failed.');
  }
  const list = listOfNodes(input, nodes, limits);
  if (list !== undefined && plain) list.encoding = 'quicklist';
  return list;
}

/** A single node within the limits is a listpack by itself; more than one stay a quicklist. */
function listOfNodes(
  input: RdbInput,
  nodes: readonly (readonly ByteString[] | undefined)[],
  limits: ValueLimits,
): ListValue | undefined {
  const list = newList();
  const room = nodeRoom(limits);
  let used = 0;
  for (const node of nodes) {
    if (node === undefined) return undefined;
    if (node.length > 0) used++;
    for (const element of node) {
      push(list, 'right', element);
      room.add(element);
    }
  }
  if (list.length === 0) return failEmpty(input);
  list.encoding = used === 1 && room.fits() ? 'listpack' : 'quicklist';
  return list;
}

// --- sets ---

function loadSet(input: RdbInput, limits: ValueLimits): SetValue | undefined {
  const count = readLength(input);
  if (count === undefined) return undefined;
  if (count === 0) return failEmpty(input);
  const set = newSet(count > limits.setMaxIntsetEntries ? 'hashtable' : 'intset');
  for (let i = 0; i < count; i++) {
    const member = readText(input);
    if (member === undefined) return undefined;
    if (!addMember(set, member, limits))
      return failCorrupt(input, 'Duplicate set members detected');
  }
  return set;
}

function loadPackedSet(input: RdbInput, type: number, limits: ValueLimits): SetValue | undefined {
  const packing = type === rdbType.setIntset ? 'intset' : 'listpack';
  const name = packing === 'intset' ? 'Intset' : 'Set listpack';
  const members = readPacked(input, packing === 'intset' ? readIntset : readListpack, name);
  if (members === undefined) return undefined;
  if (members.length === 0) return failEmpty(input);
  if (new Set(members).size !== members.length) return integrityFailed(input, name);
  const set = newSet(packing);
  set.members = members;
  expectMembers(set, members.length, limits);
  return set;
}

// --- hashes ---

function loadHash(input: RdbInput, limits: ValueLimits): HashValue | undefined {
  const count = readLength(input);
  if (count === undefined) return undefined;
  if (count === 0) return failEmpty(input);
  const hash = newHash();
  const { fields } = hash;
  let packed = count <= limits.hashMaxListpackEntries;
  for (let i = 0; i < count; i++) {
    const field = readText(input);
    const value = field === undefined ? undefined : readText(input);
    if (field === undefined || value === undefined) return undefined;
    if (fields.has(field)) return failCorrupt(input, 'Duplicate hash fields detected');
    packed &&= isShort(field, value, limits);
    fields.set(field, value);
  }
  if (!packed) hash.encoding = 'hashtable';
  return hash;
}

function isShort(
  field: ByteString,
  value: ByteString,
  { hashMaxListpackValue }: ValueLimits,
): boolean {
  return field.length <= hashMaxListpackValue && value.length <= hashMaxListpackValue;
}

/** `values: 'check'`: long fields or values make it a hash table too, not only their number. */
function hashOfPairs(
  input: RdbInput,
  items: readonly ByteString[] | undefined,
  limits: ValueLimits,
  name: string,
  values: 'trust' | 'check' = 'trust',
): HashValue | undefined {
  if (items === undefined) return undefined;
  if (items.length % 2 !== 0) return integrityFailed(input, name);
  if (items.length === 0) return failEmpty(input);
  const hash = newHash();
  const { fields } = hash;
  let packed = items.length / 2 <= limits.hashMaxListpackEntries;
  for (let i = 0; i < items.length; i += 2) {
    const field = items[i]!;
    const value = items[i + 1]!;
    if (fields.has(field)) return integrityFailed(input, name);
    if (values === 'check') packed &&= isShort(field, value, limits);
    fields.set(field, value);
  }
  if (!packed) hash.encoding = 'hashtable';
  return hash;
}

// --- sorted sets ---

function loadSortedSet(
  input: RdbInput,
  type: number,
  limits: ValueLimits,
): SortedSetValue | undefined {
  const count = readLength(input);
  if (count === undefined) return undefined;
  if (count === 0) return failEmpty(input);
  const zset = newSortedSet();
  for (let i = 0; i < count; i++) {
    const member = readText(input);
    if (member === undefined) return undefined;
    const score = type === rdbType.zset2 ? readDouble(input) : readTextScore(input);
    if (score === undefined) return undefined;
    if (Number.isNaN(score)) return failCorrupt(input, 'Zset with NAN score detected');
    if (setScore(zset, member, score, limits) !== 'added')
      return failCorrupt(input, 'Duplicate zset fields detected');
  }
  return zset;
}

/** rdb.c:rdbLoadDoubleValue: a length and so many digits, or one of three marks. */
function readTextScore(input: RdbInput): number | undefined {
  const length = readByte(input);
  if (length === undefined) return undefined;
  if (length === 255) return -Infinity;
  if (length === 254) return Infinity;
  if (length === 253) return NaN;
  const digits = readBytes(input, length);
  return digits === undefined ? undefined : (parseDouble(byteStringOf(digits)) ?? failShort(input));
}

function zsetOfPairs(
  input: RdbInput,
  items: readonly ByteString[] | undefined,
  limits: ValueLimits,
  name: string,
): SortedSetValue | undefined {
  if (items === undefined) return undefined;
  if (items.length % 2 !== 0) return integrityFailed(input, name);
  if (items.length === 0) return failEmpty(input);
  const entries: ScoredMember[] = [];
  const seen = new Set<ByteString>();
  for (let i = 0; i < items.length; i += 2) {
    const member = items[i]!;
    const score = parseDouble(items[i + 1]!);
    if (score === undefined || Number.isNaN(score) || seen.has(member))
      return integrityFailed(input, name);
    seen.add(member);
    entries.push({ member, score: score === 0 ? 0 : score });
  }
  // They are in order, unless somebody else wrote them.
  entries.sort(byScore);
  if (entries.length <= limits.zsetMaxListpackEntries)
    return { kind: 'zset', order: { encoding: 'listpack', entries } };
  const zset = newSortedSet();
  for (const { member, score } of entries) setScore(zset, member, score, NO_LISTPACK);
  return zset;
}

const NO_LISTPACK = { zsetMaxListpackEntries: 0, zsetMaxListpackValue: 0 } as const;

function byScore(a: ScoredMember, b: ScoredMember): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return a.member < b.member ? -1 : a.member > b.member ? 1 : 0;
}

// --- modules ---

const MODULE_NAME_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const MODULE_NAME_LENGTH = 9;

/** The upper 54 bits of a module's id are its type's name, six bits a letter (module.c:moduleTypeNameByID). */
export function moduleTypeName(id: number | bigint): string {
  let name = '';
  for (let i = 0; i < MODULE_NAME_LENGTH; i++) {
    const shift = BigInt(10 + 6 * (MODULE_NAME_LENGTH - 1 - i));
    name += MODULE_NAME_LETTERS[Number((BigInt(id) >> shift) & 63n)];
  }
  return name;
}

function refuseModule(input: RdbInput): undefined {
  const id = readLength64(input);
  if (id === undefined) return undefined;
  return failCorrupt(
    input,
    `The RDB file contains module data I can't load: no matching module type '${moduleTypeName(id)}'`,
  );
}
