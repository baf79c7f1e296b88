/** Builds what the worker sends, for tests: records from words, batches from records, a lane's view. */
import type {
  Crash,
  LaneView,
  RecordBatch,
  RecordCause,
  RecordKind,
} from '../../../src/worker/protocol.ts';
import { recordCause, recordKind } from '../../../src/worker/protocol.ts';

export interface TestRecord {
  readonly words: readonly string[];
  readonly at?: number;
  readonly kind?: RecordKind;
  readonly cause?: RecordCause;
  readonly typed?: string;
  readonly reply?: string;
}

/** One char a byte. */
export function resp(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

export function batchOf(records: readonly TestRecord[], first = 0, startOffset = 0): RecordBatch {
  const texts = records.map(({ words }) => resp(words));
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  const batch = {
    first,
    count: records.length,
    bytes,
    ends: new Uint32Array(records.length),
    offsets: new Float64Array(records.length),
    times: new Float64Array(records.length),
    kinds: new Uint8Array(records.length),
    causes: new Uint8Array(records.length),
    typed: new Map<number, string>(),
    replies: new Map<number, string>(),
  };
  let at = 0;
  records.forEach((record, i) => {
    batch.offsets[i] = startOffset + at;
    for (const char of texts[i]!) bytes[at++] = char.charCodeAt(0);
    batch.ends[i] = at;
    batch.times[i] = record.at ?? 0;
    batch.kinds[i] = record.kind ?? recordKind.command;
    batch.causes[i] = record.cause ?? recordCause.client;
    if (record.typed !== undefined) batch.typed.set(first + i, record.typed);
    if (record.reply !== undefined) batch.replies.set(first + i, record.reply);
  });
  return batch;
}

/** A batch of `count` equal SET sensor:NNNNNNNN 23.4 by the workload, made by copying bytes. */
export function workloadBatch(first: number, count: number, startOffset: number): RecordBatch {
  const record = resp(['SET', `sensor:${'0'.repeat(8)}`, '23.4']);
  const length = record.length;
  const digitsAt = record.indexOf('sensor:') + 7;
  const bytes = new Uint8Array(length * count);
  const ends = new Uint32Array(count);
  const offsets = new Float64Array(count);
  const times = new Float64Array(count);
  const template = Uint8Array.from(record, (char) => char.charCodeAt(0));
  for (let i = 0; i < count; i++) {
    bytes.set(template, i * length);
    let n = first + i;
    for (let digit = 7; digit >= 0; digit--) {
      bytes[i * length + digitsAt + digit] = 0x30 + (n % 10);
      n = Math.floor(n / 10);
    }
    ends[i] = (i + 1) * length;
    offsets[i] = startOffset + i * length;
    times[i] = (first + i) * 0.02;
  }
  return {
    first,
    count,
    bytes,
    ends,
    offsets,
    times,
    kinds: new Uint8Array(count),
    causes: new Uint8Array(count).fill(recordCause.workload),
    typed: new Map(),
    replies: new Map(),
  };
}

/** The length of each record of `workloadBatch`. */
export const workloadRecordLength = resp(['SET', 'sensor:00000000', '23.4']).length;

export function viewOf(change: Partial<LaneView> = {}): LaneView {
  return {
    id: 'main',
    state: 'running',
    power: 'on',
    fileRemoved: false,
    failure: null,
    policy: 'everysec',
    appended: 0,
    acknowledged: 0,
    written: 0,
    fsynced: 0,
    durable: change.fsynced ?? 0,
    file: { path: 'appendonlydir/appendonly.aof.1.incr.aof', start: 0 },
    fsync: null,
    atRisk: { processKill: { writes: 0, ms: 0 }, powerLoss: { writes: 0, ms: 0 } },
    acknowledgedWrites: 0,
    unacknowledged: 0,
    crash: null,
    loading: null,
    rewriting: false,
    keys: 0,
    opsPerSecond: 0,
    savePoints: '',
    measured: null,
    fileBytes: null,
    durableTo: null,
    ...change,
  };
}

export function crashOf(change: Partial<Crash> = {}): Crash {
  return {
    kind: 'power-lost',
    tail: 'lost',
    at: 0,
    acknowledged: 0,
    survived: 0,
    lost: 0,
    neverAcknowledged: 0,
    ms: 0,
    fileEnds: 0,
    fileRemoved: false,
    acknowledgedOffset: 0,
    fsyncDueAt: null,
    measured: null,
    fileBytes: null,
    durableTo: null,
    recount: null,
    ...change,
  };
}
