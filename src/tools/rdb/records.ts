/** What `rdb` tells its formats of: the keys of a snapshot that the options ask for, one by one. */
import { EMPTY, type ByteString } from '../../base/bytes.ts';
import { formatDouble17g } from '../../base/doubles.ts';
import { parseInt64 } from '../../base/integers.ts';
import type { Millis } from '../../base/time.ts';
import {
  membersByRank,
  membersByRankDown,
  type SortedSetValue,
} from '../../engine/data/sorted-set.ts';
import type { Value } from '../../engine/data/value.ts';
import { rdbType } from '../../engine/serialize/rdb-format.ts';
import {
  newRdbReader,
  nextRdbItem,
  skipModuleValue,
  type RdbReader,
  type RdbReadFailure,
} from '../../persistence/rdb-reader.ts';
import { pythonFloat } from '../python-text.ts';
import { SNAPSHOT_LIMITS } from '../../persistence/snapshot-limits.ts';

export const recordTypes = ['string', 'hash', 'set', 'sortedset', 'list', 'stream'] as const;
export type RecordType = (typeof recordTypes)[number];

export interface RdbRecord {
  readonly database: number;
  readonly key: ByteString;
  readonly value: Value;
  readonly type: RecordType;
  /** The byte by which the file says how the value is written: see rdb-format.ts. */
  readonly written: number;
  readonly expireAt: Millis | null;
}

export interface Filter {
  /** Empty: all. */
  readonly databases: readonly number[];
  readonly types: readonly RecordType[];
  readonly key: RegExp | null;
  readonly notKey: RegExp | null;
}

export type RdbEvent =
  | { readonly kind: 'database'; readonly database: number }
  | { readonly kind: 'record'; readonly record: RdbRecord }
  | { readonly kind: 'aux'; readonly name: ByteString; readonly value: ByteString }
  | { readonly kind: 'library'; readonly code: ByteString }
  /** The snapshot ends at `end`; a log may follow. */
  | { readonly kind: 'end'; readonly end: number }
  | { readonly kind: 'failed'; readonly reason: string };

export interface RdbEvents {
  readonly reader: RdbReader;
  readonly filter: Filter;
  database: number;
}

export function newRdbEvents(bytes: Uint8Array, filter: Filter): RdbEvents {
  return { reader: newRdbReader(bytes, SNAPSHOT_LIMITS), filter, database: 0 };
}

/** Up to `end` or `failed`. */
export function nextRdbEvent(events: RdbEvents): RdbEvent {
  const { reader, filter } = events;
  for (;;) {
    const item = nextRdbItem(reader);
    switch (item.item) {
      case 'version':
      case 'resize':
        continue;
      case 'aux':
        return { kind: 'aux', name: item.name, value: item.value };
      case 'library':
        return { kind: 'library', code: item.code };
      case 'select':
        events.database = item.database;
        return { kind: 'database', database: item.database };
      case 'module-aux': {
        const failure = skipModuleValue(reader);
        if (failure === null) continue;
        return { kind: 'failed', reason: reasonOf(failure, reader) };
      }
      case 'end':
        return { kind: 'end', end: reader.input.at };
      case 'failed':
        return { kind: 'failed', reason: reasonOf(item.failure, reader) };
      case 'key': {
        const { key, value, expireAt } = item;
        if (value === null) continue;
        const { database } = events;
        const record: RdbRecord = {
          ...{ database, key, value },
          // Only what is too far away for a date loses its last digits.
          expireAt: expireAt === null ? null : Number(expireAt),
          type: recordType(value),
          written: reader.type,
        };
        if (isWanted(filter, record)) return { kind: 'record', record };
      }
    }
  }
}

function isWanted({ databases, types, key, notKey }: Filter, record: RdbRecord): boolean {
  if (databases.length > 0 && !databases.includes(record.database)) return false;
  // The original takes an empty key for none at all, which no pattern is held against.
  if (record.key !== EMPTY) {
    if (notKey?.test(record.key) === true) return false;
    if (key !== null && !key.test(record.key)) return false;
  }
  return types.length === 0 || types.includes(record.type);
}

function recordType(value: Value): RecordType {
  if (typeof value !== 'object' || value.kind === 'raw') return 'string';
  return value.kind === 'zset' ? 'sortedset' : value.kind;
}

function reasonOf(failure: RdbReadFailure, { input }: RdbReader): string {
  switch (failure.kind) {
    case 'signature':
      return 'it does not begin with REDIS: not an RDB file';
    case 'version':
      return `RDB version ${failure.version} is not known`;
    case 'short':
      return `it ends too early, at offset ${input.at}`;
    case 'when-opcode':
      return `a module's data is not what it should be (offset ${input.at})`;
    case 'corrupt':
      return `${failure.reason} (offset ${input.at})`;
    case 'checksum':
      return `its checksum is ${failure.got} and should be ${failure.expected}: it was changed`;
  }
}

/** Members and scores in the order of the file: a skip list is written from its end. */
export function* scoredMembers(
  value: SortedSetValue,
  written: number,
): Generator<{ readonly member: ByteString; readonly score: string }> {
  const packed = written !== rdbType.zset && written !== rdbType.zset2;
  const members = written === rdbType.zset2 ? membersByRankDown(value) : membersByRank(value);
  for (const { member, score } of members) yield { member, score: scoreText(score, packed) };
}

/** A packed score that is an integer is written as one; any other is a float of Python. */
function scoreText(score: number, packed: boolean): string {
  const digits = formatDouble17g(score);
  return packed && parseInt64(digits) !== undefined ? digits : pythonFloat(score);
}
