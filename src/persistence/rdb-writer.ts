/** A data set as an RDB file of version 11 (rdb.c:rdbSaveRio, spec §6.1). A job: it goes on key by key through a snapshot. */
import { ascii } from '../base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64, type Crc64State } from '../base/crc64.ts';
import {
  appendByte,
  appendBytes,
  appendString,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../base/growable-bytes.ts';
import type { Millis, Seconds } from '../base/time.ts';
import { snapshotEntry, type Snapshot, type SnapshotDatabase } from '../engine/data/snapshot.ts';
import { decayedCount, idleSeconds, type LfuSettings } from '../engine/data/usage.ts';
import { RDB_VERSION, rdbOpcode } from '../engine/serialize/rdb-format.ts';
import {
  appendInteger,
  appendLength,
  appendMillis,
  appendText,
} from '../engine/serialize/rdb-output.ts';
import { appendValue, typeOfValue, type SaveOptions } from '../engine/serialize/save-value.ts';

export interface RdbHeader {
  readonly redisVersion: string;
  readonly createdAt: Seconds;
  readonly usedMemory: number;
  /** This snapshot is the base of an append only log. */
  readonly aofBase: boolean;
}

export interface RdbSaveOptions extends SaveOptions, LfuSettings {
  readonly checksum: boolean;
  /** What a record tells of its key's use: nothing, its idle time, or how often. */
  readonly usage: 'none' | 'idle' | 'frequency';
  /** The instant by which idle times are reckoned. */
  readonly now: Millis;
}

export interface RdbWriteJob {
  readonly snapshot: Snapshot;
  readonly header: RdbHeader;
  readonly options: RdbSaveOptions;
  readonly crc: Crc64State;
  stage: 'header' | 'keys' | 'done';
  database: number;
  key: number;
}

export function newRdbWriteJob(
  snapshot: Snapshot,
  header: RdbHeader,
  options: RdbSaveOptions,
): RdbWriteJob {
  return { snapshot, header, options, crc: newCrc64(), stage: 'header', database: 0, key: 0 };
}

/** Encodes up to `budget` keys into `sink`. */
export function stepRdbWrite(
  job: RdbWriteJob,
  sink: GrowableBytes,
  budget: number,
): 'more' | 'done' {
  if (job.stage === 'done') return 'done';
  const start = sink.length;
  if (job.stage === 'header') {
    appendHeader(job, sink);
    job.stage = 'keys';
  }
  let left = budget;
  for (; left > 0; left--) if (!appendNextKey(job, sink)) break;
  const ended = left > 0;
  if (ended) appendByte(sink, rdbOpcode.eof);
  updateCrc64(job.crc, sink.bytes, start, sink.length);
  if (!ended) return 'more';
  appendBytes(sink, job.options.checksum ? crc64Bytes(job.crc) : new Uint8Array(8));
  job.stage = 'done';
  return 'done';
}

function appendHeader({ header, snapshot, options }: RdbWriteJob, sink: GrowableBytes): void {
  appendString(sink, `REDIS${String(RDB_VERSION).padStart(4, '0')}`);
  const field = (name: string): void => {
    appendByte(sink, rdbOpcode.aux);
    appendText(sink, ascii(name), 'plain');
  };
  field('redis-ver');
  appendText(sink, ascii(header.redisVersion), 'plain');
  field('redis-bits');
  appendInteger(sink, 64);
  field('ctime');
  appendInteger(sink, header.createdAt);
  field('used-mem');
  appendInteger(sink, header.usedMemory);
  field('aof-base');
  appendInteger(sink, header.aofBase ? 1 : 0);
  for (const library of snapshot.libraries) {
    appendByte(sink, rdbOpcode.function2);
    appendText(sink, library, options.compression);
  }
}

/** False when there is no key left. */
function appendNextKey(job: RdbWriteJob, sink: GrowableBytes): boolean {
  const database = job.snapshot.databases[job.database];
  if (database === undefined) return false;
  if (job.key === 0) {
    appendByte(sink, rdbOpcode.selectDb);
    appendLength(sink, database.id);
    appendByte(sink, rdbOpcode.resizeDb);
    appendLength(sink, database.entries.length);
    appendLength(sink, database.expires);
  }
  appendRecord(job, sink, database);
  job.key++;
  if (job.key === database.entries.length) {
    job.database++;
    job.key = 0;
  }
  return true;
}

/** rdb.c:rdbSaveKeyValuePair. */
function appendRecord(
  { options, key: index }: RdbWriteJob,
  sink: GrowableBytes,
  database: SnapshotDatabase,
): void {
  const key = database.entries[index]!.key;
  const { value, expireAt, lru } = snapshotEntry(database, index);
  if (expireAt !== undefined) {
    appendByte(sink, rdbOpcode.expireMillis);
    appendMillis(sink, expireAt);
  }
  if (options.usage === 'idle') {
    appendByte(sink, rdbOpcode.idle);
    appendLength(sink, idleSeconds(lru, options.now));
  } else if (options.usage === 'frequency') {
    appendByte(sink, rdbOpcode.frequency);
    appendByte(sink, decayedCount(lru, options.now, options));
  }
  appendByte(sink, typeOfValue(value));
  appendText(sink, key, options.compression);
  appendValue(sink, value, options);
}

/** The file of an empty data set: 88 bytes under 7.2.4, the base that every new server starts with. */
export function emptyRdb(header: RdbHeader): Uint8Array {
  const sink = newGrowableBytes(128);
  stepRdbWrite(newRdbWriteJob({ databases: [], libraries: [] }, header, PLAIN), sink, 1);
  return takenBytes(sink);
}

/** There is nothing that these could change. */
const PLAIN: RdbSaveOptions = {
  compression: 'plain',
  listMaxListpackSize: -2,
  checksum: true,
  usage: 'none',
  now: 0,
  lfuLogFactor: 10,
  lfuDecayTime: 1,
};
