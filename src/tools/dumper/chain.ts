/** The parts of a backup file: whether they belong together, and which bytes of the log lead to an instant. */
import { appendBytes, newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import { ascii, bytesOf } from '../../base/bytes.ts';
import type { Seconds } from '../../base/time.ts';
import { newRdbReader, nextRdbItem } from '../../persistence/rdb-reader.ts';
import { newAofRecords, nextAofRecord } from '../aof-records.ts';
import { SNAPSHOT_LIMITS } from '../../persistence/snapshot-limits.ts';
import { decodePart, noParent, sameBytes, VERSION, type Part } from './part.ts';

export type ChainResult =
  | { readonly ok: true; readonly parts: readonly Part[] }
  | { readonly ok: false; readonly reason: string };

/** Every part of a file, each one's sum and its place behind the one before it being right. */
export function readChain(bytes: Uint8Array): ChainResult {
  const parts: Part[] = [];
  let parent = noParent();
  for (let at = 0; at < bytes.length || parts.length === 0;) {
    const part = decodePart(bytes, at);
    if ('problem' in part) return refuse(part.problem, parts.length + 1, at, part);
    const { header } = part;
    if (!sameBytes(header.parent, parent) || header.sequence !== parts.length + 1)
      return {
        ok: false,
        reason: `damaged: backup ${parts.length + 1} (offset ${at}) does not follow the one before it`,
      };
    if (parts.length === 0 && header.kind !== 'full')
      return { ok: false, reason: 'damaged: the first backup is not a full one' };
    parts.push(part);
    parent = part.sum;
    at = part.end;
  }
  return { ok: true, parts };
}

function refuse(
  problem: 'no-backup' | 'version' | 'short' | 'damaged',
  number: number,
  offset: number,
  part: object,
): ChainResult {
  switch (problem) {
    case 'no-backup':
      return { ok: false, reason: 'not a backup of redis-dumper' };
    case 'version': {
      const version = 'version' in part ? String(part.version) : '';
      return {
        ok: false,
        reason: `written in version ${version} of the format; this redis-dumper reads version ${VERSION}`,
      };
    }
    case 'short':
      return {
        ok: false,
        reason: `damaged: backup ${number} (offset ${offset}) is cut off at the end of the file`,
      };
    case 'damaged':
      return {
        ok: false,
        reason: `damaged: backup ${number} (offset ${offset}) is not as it was written`,
      };
  }
}

/** A part with its piece of the log. */
export interface OpenPart {
  readonly kind: 'full' | 'incremental';
  readonly createdAt: Seconds;
  readonly log: Uint8Array;
}

export interface Restorable {
  /** An append-only file by itself, perhaps with a snapshot in front. */
  readonly log: Uint8Array;
  /** The number of the full backup that it begins with, from 1. */
  readonly full: number;
  /** Of these backups all is there, and of the next one a part if `partial`. */
  readonly whole: number;
  readonly partial: boolean;
}

/**
 * The log up to the end of the second `until`; null: all of it. A backup that was made by then is taken whole. Of later
 * ones what stands behind `#TS:` lines up to it; without such lines nothing tells how old a record is. Undefined: all
 * that there is is later.
 */
export function logUntil(
  parts: readonly OpenPart[],
  until: Seconds | null,
): Restorable | undefined {
  for (let full = parts.length - 1; full >= 0; full--) {
    if (parts[full]!.kind !== 'full') continue;
    const last = parts.findIndex((part, i) => i > full && part.kind === 'full');
    const chain = parts.slice(full, last < 0 ? parts.length : last);
    const found = cutChain(chain, until);
    if (found !== undefined) return { ...found, full: full + 1 };
  }
  return undefined;
}

function cutChain(
  chain: readonly OpenPart[],
  until: Seconds | null,
): Omit<Restorable, 'full'> | undefined {
  const whole =
    until === null ? chain.length : chain.filter((one) => one.createdAt <= until).length;
  const sink = newGrowableBytes();
  for (const part of chain.slice(0, whole)) appendBytes(sink, part.log);
  const next = chain[whole];
  if (until === null || next === undefined) return { log: takenBytes(sink), whole, partial: false };
  const before = sink.length;
  appendBytes(sink, next.log);
  const stream = takenBytes(sink);
  const end = endOfSecond(stream, before, until);
  if (end === undefined) return undefined;
  return { log: stream.subarray(0, end), whole, partial: end > before };
}

/**
 * Where the records of later seconds begin, at `from` or behind it. Undefined: what the stream begins with is later
 * itself. A transaction is never cut.
 */
function endOfSecond(stream: Uint8Array, from: number, until: Seconds): number | undefined {
  const records = newAofRecords(stream);
  let end = from;
  let multi: number | null = null;
  for (;;) {
    const record = nextAofRecord(records);
    if (record === undefined || record.kind === 'damage' || record.kind === 'tail') break;
    if (record.kind === 'snapshot') {
      if (from === 0 && !isSnapshotBy(stream, until)) return undefined;
      end = Math.max(end, record.end);
      continue;
    }
    const { start, argv, time } = record;
    // It changes nothing, and may be what joins two files, which has no time.
    if (/^select$/i.test(argv[0]!)) continue;
    if (start >= from && (time === null || time > until)) break;
    const name = argv.length === 1 ? argv[0]!.toLowerCase() : '';
    if (name === 'multi') multi = start;
    if (name === 'exec') multi = null;
    if (multi === null) end = Math.max(end, record.end);
  }
  // A full backup without a snapshot in it, none of whose records is old enough.
  return end === 0 ? undefined : end;
}

/** By the time that the snapshot itself tells. */
function isSnapshotBy(stream: Uint8Array, until: Seconds): boolean {
  const reader = newRdbReader(stream, SNAPSHOT_LIMITS);
  for (;;) {
    const item = nextRdbItem(reader);
    if (item.item === 'aux' && item.name === 'ctime') return Number(item.value) <= until;
    if (item.item !== 'aux' && item.item !== 'version') return false;
  }
}

/** What stands in a file up to some place, and the files that follow it, as one log: each file begins in database 0. */
export function joinLogs(first: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const sink = newGrowableBytes(first.length);
  appendBytes(sink, first);
  for (const log of others) {
    if (log.length === 0) continue;
    appendBytes(sink, SELECT_0);
    appendBytes(sink, log);
  }
  return takenBytes(sink);
}

const SELECT_0 = bytesOf(ascii('*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n'));
