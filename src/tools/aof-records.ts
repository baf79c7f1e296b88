/**
 * The records of a log one after the other, also of a damaged one: what is no record is told of with its offset, and
 * reading goes on at the next whole one. The framing is the loader's (persistence/aof-reader).
 */
import { byteStringOf, type ByteString } from '../base/bytes.ts';
import type { Seconds } from '../base/time.ts';
import {
  frameArguments,
  newFrameReader,
  readFrame,
  type FrameReader,
} from '../persistence/aof-reader.ts';
import { newRdbReader, nextRdbItem, isRdb, skipModuleValue } from '../persistence/rdb-reader.ts';
import { SNAPSHOT_LIMITS } from '../persistence/snapshot-limits.ts';

export type AofRecord =
  | {
      readonly kind: 'command';
      readonly start: number;
      readonly end: number;
      /** Used again by the next record: copy what is kept. */
      readonly argv: readonly ByteString[];
      /** Of the last SELECT. */
      readonly database: number;
      /** Of the last `#TS:` line; null before the first. */
      readonly time: Seconds | null;
    }
  /** A snapshot at the front, as `aof-use-rdb-preamble yes` writes it. */
  | {
      readonly kind: 'snapshot';
      readonly start: number;
      readonly end: number;
      readonly keys: number;
    }
  /** From `start` to `end` there is no record. `tail`: to the end of the file, which ends inside a record. */
  | { readonly kind: 'damage'; readonly start: number; readonly end: number }
  | { readonly kind: 'tail'; readonly start: number; readonly end: number };

export interface AofRecords {
  readonly bytes: Uint8Array;
  readonly reader: FrameReader;
  at: number;
  database: number;
  time: Seconds | null;
}

export function newAofRecords(bytes: Uint8Array): AofRecords {
  return { bytes, reader: newFrameReader(), at: 0, database: 0, time: null };
}

/** The next record; undefined at the end. */
export function nextAofRecord(records: AofRecords): AofRecord | undefined {
  const { bytes, reader } = records;
  for (;;) {
    const start = records.at;
    if (start === 0 && isRdb(bytes)) return snapshotAtFront(records);
    const kind = readFrame(reader, bytes, start);
    if (kind === 'end') return undefined;
    if (kind === 'annotation' && isWholeLine(bytes, start, reader.end)) {
      records.time = timeOf(bytes, start, reader.end) ?? records.time;
      records.at = reader.end;
      continue;
    }
    if (kind !== 'command')
      return passOver(records, kind === 'short' || kind === 'annotation' ? 'tail' : 'damage');
    records.at = reader.end;
    const argv = frameArguments(reader, bytes);
    if (isSelect(argv)) records.database = Number(argv[1]);
    const { end } = reader;
    return { kind, start, end, argv, database: records.database, time: records.time };
  }
}

function isSelect(argv: readonly ByteString[]): boolean {
  return argv.length === 2 && /^select$/i.test(argv[0]!) && /^\d{1,9}$/.test(argv[1]!);
}

const LF = 10;
const CR = 13;
const HASH = 35;
const STAR = 42;

function isWholeLine(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start + 1 && bytes[end - 1] === LF;
}

/** aof.c writes a timestamp as `#TS:` and seconds. */
function timeOf(bytes: Uint8Array, start: number, end: number): Seconds | undefined {
  const found = /^#TS:(\d{1,15})\r?\n$/.exec(byteStringOf(bytes, start, end));
  return found === null ? undefined : Number(found[1]);
}

function snapshotAtFront(records: AofRecords): AofRecord {
  const reader = newRdbReader(records.bytes, SNAPSHOT_LIMITS);
  let keys = 0;
  for (;;) {
    const item = nextRdbItem(reader);
    if (item.item === 'key') keys++;
    if (item.item === 'failed') return passOver(records, 'damage');
    if (item.item === 'module-aux' && skipModuleValue(reader) !== null)
      return passOver(records, 'damage');
    if (item.item !== 'end') continue;
    records.at = reader.input.at;
    return { kind: 'snapshot', start: 0, end: records.at, keys };
  }
}

/** What cannot be read, up to the next whole record; if there is none, to the end. */
function passOver(records: AofRecords, kind: 'damage' | 'tail'): AofRecord {
  const start = records.at;
  const next = nextWholeRecord(records, start + 1);
  records.at = next ?? records.bytes.length;
  return { kind: next === undefined ? kind : 'damage', start, end: records.at };
}

function nextWholeRecord({ bytes, reader }: AofRecords, from: number): number | undefined {
  for (let at = from; at < bytes.length; at++) {
    const first = bytes[at];
    if ((first !== STAR && first !== HASH) || bytes[at - 1] !== LF) continue;
    if (first === HASH ? isTimestamp(bytes, reader, at) : isStrictCommand(bytes, reader, at))
      return at;
  }
  return undefined;
}

function isTimestamp(bytes: Uint8Array, reader: FrameReader, at: number): boolean {
  return (
    readFrame(reader, bytes, at) === 'annotation' && timeOf(bytes, at, reader.end) !== undefined
  );
}

/**
 * A record that claims more arguments than this is not gone on with: every place of a hostile file could claim all
 * that follow, and looking at each would take the square of its size.
 */
const MOST_ARGUMENTS = 1024;
const COUNT_ROOM = 6;

/** The loader takes much for a record; here every line must end as a writer of logs ends it. */
function isStrictCommand(bytes: Uint8Array, reader: FrameReader, at: number): boolean {
  const count = /^\*([1-9]\d{0,3})\r\n/.exec(byteStringOf(bytes, at, at + COUNT_ROOM + 1));
  if (count === null || Number(count[1]) > MOST_ARGUMENTS) return false;
  if (readFrame(reader, bytes, at) !== 'command') return false;
  for (let i = 0; i < reader.count; i++) {
    const start = reader.bounds[i * 2]!;
    const end = reader.bounds[i * 2 + 1]!;
    if (bytes[start - 2] !== CR || bytes[end] !== CR || bytes[end + 1] !== LF) return false;
  }
  return true;
}
