/**
 * Every record that a lane has logged, as growing columns: who needs a row asks by its number, who needs an offset
 * searches. Offsets are the log's own: bytes ever logged that a restart has not taken back.
 */
import { appendBytes, newGrowableBytes, type GrowableBytes } from '../base/growable-bytes.ts';
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import {
  recordCause,
  recordKind,
  type RecordBatch,
  type RecordCause,
  type RecordKind,
} from './view.ts';

const FIRST_CAPACITY = 256;

export interface RecordLog {
  count: number;
  /** How few rows there were at the least since who shows them looked last: a restart may have cut the log. */
  shortest: number;
  /** How often a restart has cut it: between two cuts rows are only added. */
  cuts: number;
  /** Rows acknowledged so far; they are acknowledged in order. */
  acknowledged: number;
  offsets: Float64Array;
  /** Where the record's unit ends: a transaction survives whole or not at all. */
  unitEnds: Float64Array;
  times: Float64Array;
  acknowledgedAt: Float64Array;
  /** Write commands of clients up to and including this row. */
  writes: Float64Array;
  kinds: Uint8Array;
  causes: Uint8Array;
  /** The records' bytes; record i ends at `ends[i]`. */
  readonly bytes: GrowableBytes;
  ends: Float64Array;
  /** What a person typed, by row, where the log says something else; and what was replied. */
  readonly typed: Map<number, readonly ByteString[]>;
  readonly replies: Map<number, string>;
  /** Rows that a person's own commands made. */
  readonly own: Set<number>;
}

export interface NewRecord {
  readonly offset: number;
  readonly at: Micros;
  readonly kind: RecordKind;
  readonly cause: RecordCause;
  readonly bytes: Uint8Array;
  /** 1 if the record is a write command of a client, else 0. */
  readonly writes: 0 | 1;
}

export function newRecordLog(): RecordLog {
  const column = (): Float64Array => new Float64Array(FIRST_CAPACITY);
  return {
    count: 0,
    shortest: 0,
    cuts: 0,
    acknowledged: 0,
    offsets: column(),
    unitEnds: column(),
    times: column(),
    acknowledgedAt: column(),
    writes: column(),
    kinds: new Uint8Array(FIRST_CAPACITY),
    causes: new Uint8Array(FIRST_CAPACITY),
    bytes: newGrowableBytes(4096),
    ends: column(),
    typed: new Map(),
    replies: new Map(),
    own: new Set(),
  };
}

/** Adds a row; its unit's end is set by `closeUnit`. Returns the row's number. */
export function addRecord(log: RecordLog, record: NewRecord): number {
  const row = log.count;
  if (row === log.offsets.length)
    resizeColumns(log, row, Math.max(row + (row >> 1), FIRST_CAPACITY));
  log.offsets[row] = record.offset;
  log.times[row] = record.at;
  log.writes[row] = (row === 0 ? 0 : log.writes[row - 1]!) + record.writes;
  log.kinds[row] = record.kind;
  log.causes[row] = record.cause;
  makeRoom(log.bytes, record.bytes.length);
  appendBytes(log.bytes, record.bytes);
  log.ends[row] = log.bytes.length;
  log.count++;
  return row;
}

/** By half of what there is: a log is long, and doubling it would leave half of it empty. */
function makeRoom(sink: GrowableBytes, extra: number): void {
  const { bytes, length } = sink;
  if (length + extra <= bytes.length) return;
  sink.bytes = new Uint8Array(length + extra + (length >> 1));
  sink.bytes.set(bytes.subarray(0, length));
}

export function closeUnit(log: RecordLog, fromRow: number): void {
  if (fromRow >= log.count) return;
  const end = endOffset(log);
  for (let row = fromRow; row < log.count; row++) log.unitEnds[row] = end;
}

/** The logical offset after the last record. */
export function endOffset(log: RecordLog): number {
  return log.count === 0 ? 0 : log.offsets[log.count - 1]! + lengthOf(log, log.count - 1);
}

export function lengthOf(log: RecordLog, row: number): number {
  return log.ends[row]! - (row === 0 ? 0 : log.ends[row - 1]!);
}

export function recordBytes(log: RecordLog, row: number): Uint8Array {
  return log.bytes.bytes.subarray(row === 0 ? 0 : log.ends[row - 1]!, log.ends[row]);
}

/** Replies have left the server: every row that begins before `offset` is acknowledged. */
export function acknowledge(log: RecordLog, offset: number, at: Micros): void {
  while (log.acknowledged < log.count && log.offsets[log.acknowledged]! < offset) {
    log.acknowledgedAt[log.acknowledged++] = at;
  }
}

/** The first row that would not survive if the log ended at `offset`. */
export function firstRowLost(log: RecordLog, offset: number): number {
  let low = 0;
  let high = log.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log.unitEnds[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Write commands of clients in rows `from` to before `to`. */
export function writesBetween(log: RecordLog, from: number, to: number): number {
  return to <= from ? 0 : writesBefore(log, to) - writesBefore(log, from);
}

export function writesBefore(log: RecordLog, row: number): number {
  return row === 0 ? 0 : log.writes[row - 1]!;
}

/** The first row from `from` on that is a client's write; undefined if there is none before `to`. */
export function firstWrite(log: RecordLog, from: number, to: number): number | undefined {
  const before = writesBefore(log, from);
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log.writes[middle]! > before) high = middle;
    else low = middle + 1;
  }
  return low < to ? low : undefined;
}

/**
 * Drops the rows from `row` on: a restart did not bring them back. What is left has columns of its own: copies of the
 * lab may share those that there were, in which rows are added but never changed.
 */
export function truncateRecords(log: RecordLog, row: number): void {
  if (row >= log.count) return;
  log.cuts++;
  for (const map of [log.typed, log.replies])
    for (const key of [...map.keys()]) if (key >= row) map.delete(key);
  for (const key of [...log.own]) if (key >= row) log.own.delete(key);
  const length = row === 0 ? 0 : log.ends[row - 1]!;
  log.bytes.bytes = log.bytes.bytes.slice(0, Math.max(length, FIRST_CAPACITY));
  log.bytes.length = length;
  resizeColumns(log, row, Math.max(row, FIRST_CAPACITY));
  log.count = row;
  log.shortest = Math.min(log.shortest, row);
  log.acknowledged = Math.min(log.acknowledged, row);
}

/** Rows `from` to before `to` as columns of their own, fit to be sent away; times in ms since `epoch`. */
export function recordBatch(
  log: RecordLog,
  from: number,
  to: number,
  epoch: Micros,
  /** Earlier rows whose reply is news. */
  replied: readonly number[],
  showTyped: (argv: readonly ByteString[]) => string,
): RecordBatch {
  const start = from === 0 ? 0 : log.ends[from - 1]!;
  const stop = to === 0 ? 0 : log.ends[to - 1]!;
  const count = to - from;
  const ends = new Uint32Array(count);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    ends[i] = log.ends[from + i]! - start;
    times[i] = (log.times[from + i]! - epoch) / 1000;
  }
  const typed = new Map<number, string>();
  const replies = new Map<number, string>();
  for (let row = from; row < to; row++) {
    const words = log.typed.get(row);
    if (words !== undefined) typed.set(row, showTyped(words));
    const reply = log.replies.get(row);
    if (reply !== undefined) replies.set(row, reply);
  }
  for (const row of replied) {
    const reply = log.replies.get(row);
    if (reply !== undefined) replies.set(row, reply);
  }
  return {
    first: from,
    count,
    bytes: log.bytes.bytes.slice(start, stop),
    ends,
    offsets: log.offsets.slice(from, to),
    times,
    kinds: log.kinds.slice(from, to),
    causes: log.causes.slice(from, to),
    typed,
    replies,
  };
}

/** Columns of that capacity with the first `rows` of each. */
function resizeColumns(log: RecordLog, rows: number, capacity: number): void {
  const grown = (column: Float64Array): Float64Array => {
    const next = new Float64Array(capacity);
    next.set(column.subarray(0, rows));
    return next;
  };
  const grownBytes = (column: Uint8Array): Uint8Array => {
    const next = new Uint8Array(capacity);
    next.set(column.subarray(0, rows));
    return next;
  };
  log.offsets = grown(log.offsets);
  log.unitEnds = grown(log.unitEnds);
  log.times = grown(log.times);
  log.acknowledgedAt = grown(log.acknowledgedAt);
  log.writes = grown(log.writes);
  log.kinds = grownBytes(log.kinds);
  log.causes = grownBytes(log.causes);
  log.ends = grown(log.ends);
}

/** Which kind a row is, from the writer's word for it. An annotation is part of the row that follows. */
export const kindOfRole: Readonly<Record<string, RecordKind>> = {
  command: recordKind.command,
  annotation: recordKind.command,
  select: recordKind.select,
  multi: recordKind.multi,
  exec: recordKind.exec,
  inner: recordKind.inner,
};

export const causeOfKind: Readonly<Record<string, RecordCause>> = {
  command: recordCause.client,
  served: recordCause.client,
  script: recordCause.script,
  expiry: recordCause.expiry,
  eviction: recordCause.eviction,
};
