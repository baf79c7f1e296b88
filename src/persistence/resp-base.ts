/**
 * The commands that rebuild a data set: a base file in RESP, as the rewrite child writes it with
 * `aof-use-rdb-preamble no` (spec §3.7). A job: it goes on key by key through a snapshot.
 */
import { unreachable } from '../base/assert.ts';
import { ascii, type ByteString } from '../base/bytes.ts';
import { formatDouble17g } from '../base/doubles.ts';
import { appendString, type GrowableBytes } from '../base/growable-bytes.ts';
import { elements } from '../engine/data/list.ts';
import { snapshotEntry, type Snapshot } from '../engine/data/snapshot.ts';
import { membersByRank, type ScoredMember } from '../engine/data/sorted-set.ts';
import { stringText } from '../engine/data/string.ts';
import type { StringValue, Value } from '../engine/data/value.ts';
import {
  appendBeginning,
  appendNumber,
  appendWord,
  commandBeginning,
  encodeCommand,
} from '../resp/command-encoder.ts';
import { encodeStream } from './resp-stream.ts';

/** aof.c: AOF_REWRITE_ITEMS_PER_CMD. */
const ITEMS_PER_COMMAND = 64;

export interface RespBaseJob {
  readonly snapshot: Snapshot;
  /** A line that stands before everything; empty: none. */
  readonly annotation: string;
  stage: 'header' | 'keys';
  database: number;
  key: number;
}

export function newRespBaseJob(snapshot: Snapshot, annotation: string): RespBaseJob {
  return { snapshot, annotation, stage: 'header', database: 0, key: 0 };
}

/** Encodes up to `budget` keys into `sink`. */
export function stepRespBase(
  job: RespBaseJob,
  sink: GrowableBytes,
  budget: number,
): 'more' | 'done' {
  if (job.stage === 'header') {
    job.stage = 'keys';
    appendString(sink, job.annotation);
    for (const code of job.snapshot.libraries)
      encodeCommand([ascii('FUNCTION'), ascii('LOAD'), code], sink);
  }
  for (let left = budget; left > 0; left--) {
    const database = job.snapshot.databases[job.database];
    if (database === undefined) return 'done';
    if (job.key === 0) encodeCommand([ascii('SELECT'), ascii(String(database.id))], sink);
    const key = database.entries[job.key]?.key;
    if (key !== undefined) {
      const { value, expireAt } = snapshotEntry(database, job.key);
      encodeValue(key, value, sink);
      if (expireAt !== undefined) {
        appendBeginning(PEXPIREAT, sink);
        appendWord(key, sink);
        appendWord(ascii(String(expireAt)), sink);
      }
    }
    job.key++;
    if (job.key >= database.entries.length) {
      job.database++;
      job.key = 0;
    }
  }
  return job.database >= job.snapshot.databases.length ? 'done' : 'more';
}

function encodeValue(key: ByteString, value: Value, sink: GrowableBytes): void {
  if (typeof value !== 'object' || value.kind === 'raw') return encodeString(key, value, sink);
  switch (value.kind) {
    case 'list':
      return encodeItems('RPUSH', key, elements(value), 1, sink);
    case 'set':
      return encodeItems('SADD', key, value.members, 1, sink);
    case 'hash':
      return encodeItems('HMSET', key, flattened(value.fields), 2, sink);
    case 'zset':
      return encodeItems('ZADD', key, scoresFirst(membersByRank(value)), 2, sink);
    case 'stream':
      return encodeStream(key, value, sink);
    default:
      return unreachable(value);
  }
}

/** Most keys of most data sets are these, so nothing is allocated for them. */
function encodeString(key: ByteString, value: StringValue, sink: GrowableBytes): void {
  appendBeginning(SET, sink);
  appendWord(key, sink);
  if (typeof value === 'number' && value >= 0 && value < 2 ** 31) appendNumber(value, sink);
  else appendWord(stringText(value), sink);
}

const SET = commandBeginning(3, ascii('SET'));
const PEXPIREAT = commandBeginning(3, ascii('PEXPIREAT'));

/** At most 64 items a command; an item is `words` words. */
function encodeItems(
  name: string,
  key: ByteString,
  items: Iterable<ByteString>,
  words: number,
  sink: GrowableBytes,
): void {
  let argv: ByteString[] = [];
  for (const word of items) {
    if (argv.length === 0) argv = [ascii(name), key];
    argv.push(word);
    if (argv.length === 2 + ITEMS_PER_COMMAND * words) {
      encodeCommand(argv, sink);
      argv = [];
    }
  }
  if (argv.length > 0) encodeCommand(argv, sink);
}

function* flattened(fields: ReadonlyMap<ByteString, ByteString>): Generator<ByteString> {
  for (const [field, value] of fields) {
    yield field;
    yield value;
  }
}

function* scoresFirst(members: Iterable<ScoredMember>): Generator<ByteString> {
  for (const { member, score } of members) {
    yield ascii(formatDouble17g(score));
    yield member;
  }
}
