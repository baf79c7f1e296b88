/**
 * A small model of the two scenarios that the design draws, for development and screenshots: sensors written
 * twice fifty times a second, and what a lab would report of it at an instant. It is not an engine.
 */
import { bytesOf, utf8Encode } from '../../src/base/bytes.ts';
import { recordCause, recordKind } from '../../src/worker/protocol.ts';
import type {
  ClockView,
  Crash,
  Frame,
  LabEvent,
  LaneView,
  RecordBatch,
  RecordCause,
  RecordKind,
  Risk,
  TimelineBatch,
} from '../../src/worker/protocol.ts';

export interface Logged {
  readonly at: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly kind: RecordKind;
  readonly cause: RecordCause;
  readonly typed?: string;
  readonly reply?: string;
}

export function resp(...words: string[]): Uint8Array {
  const parts = words.map((word) => {
    const bytes = utf8Encode(word);
    return `$${bytes.length}\r\n${bytes}\r\n`;
  });
  return bytesOf(utf8Encode(`*${words.length}\r\n${parts.join('')}`));
}

interface Own {
  readonly at: number;
  readonly words: readonly string[];
  readonly typed?: string;
  readonly reply: string;
}

/** Sensor writes every `everyMs` from `from` to `to`, with a person's commands among them. */
export function workload(everyMs: number, to: number, own: readonly Own[]): readonly Logged[] {
  const logged: Logged[] = [];
  let offset = 0;
  const add = (at: number, words: readonly string[], more: Partial<Logged>): void => {
    const bytes = resp(...words);
    logged.push({
      at,
      offset,
      bytes,
      kind: recordKind.command,
      cause: recordCause.workload,
      ...more,
    });
    offset += bytes.length;
  };
  const pending = [...own];
  add(0, ['SELECT', '0'], { kind: recordKind.select, cause: recordCause.server });
  for (let i = 0, at = 1000; at <= to; i++, at = 1000 + i * everyMs) {
    while (pending[0] !== undefined && pending[0].at <= at) {
      const next = pending.shift();
      if (next === undefined) break;
      add(next.at, next.words, {
        cause: recordCause.client,
        reply: next.reply,
        ...(next.typed === undefined ? {} : { typed: next.typed }),
      });
    }
    const value = (20 + ((i * 7) % 40) / 10).toFixed(1);
    add(at, ['SET', `sensor:${String(i).padStart(4, '0')}`, value], { reply: 'OK' });
  }
  return logged;
}

export function batchOf(logged: readonly Logged[]): RecordBatch {
  const size = logged.reduce((sum, record) => sum + record.bytes.length, 0);
  const bytes = new Uint8Array(size);
  const ends = new Uint32Array(logged.length);
  let end = 0;
  logged.forEach((record, i) => {
    bytes.set(record.bytes, end);
    end += record.bytes.length;
    ends[i] = end;
  });
  const numbered = logged.map((record, row) => [row, record] as const);
  return {
    first: 0,
    count: logged.length,
    bytes,
    ends,
    offsets: Float64Array.from(logged, (record) => record.offset),
    times: Float64Array.from(logged, (record) => record.at),
    kinds: Uint8Array.from(logged, (record) => record.kind),
    causes: Uint8Array.from(logged, (record) => record.cause),
    typed: new Map(
      numbered.flatMap(([row, { typed }]) => (typed === undefined ? [] : [[row, typed] as const])),
    ),
    replies: new Map(
      numbered.flatMap(([row, { reply }]) => (reply === undefined ? [] : [[row, reply] as const])),
    ),
  };
}

export const isWrite = (record: Logged): boolean => record.kind === recordKind.command;

/** Acknowledged writes between two offsets, and their age at `now`. */
export function riskBetween(
  logged: readonly Logged[],
  from: number,
  to: number,
  now: number,
): Risk {
  const exposed = logged.filter((each) => isWrite(each) && each.offset >= from && each.offset < to);
  return { writes: exposed.length, ms: exposed[0] === undefined ? 0 : now - exposed[0].at };
}

/** The timeline under everysec: an fsync at each full second covers all that was written before. */
export function everysecTimeline(
  logged: readonly Logged[],
  now: number,
  fsyncMs: number,
  lastFsync = Infinity,
): TimelineBatch {
  const risk: number[] = [];
  const fsyncs: number[] = [];
  const writes = logged.filter((each) => isWrite(each) && each.at <= now);
  let atRisk = 0;
  let next = 1000;
  for (const write of writes) {
    while (next <= write.at && next <= lastFsync) {
      fsyncs.push(next, next + fsyncMs);
      if (next + fsyncMs <= now) {
        atRisk = writes.filter((each) => each.at > next && each.at <= next + fsyncMs).length;
        risk.push(next + fsyncMs, atRisk);
      }
      next += 1000;
    }
    atRisk++;
    risk.push(write.at, atRisk);
  }
  const own = writes.filter((each) => each.cause === recordCause.client);
  return {
    risk: Float64Array.from(risk),
    commands: Float64Array.from(writes, (each) => each.at),
    own: Float64Array.from(own, (each) => each.at),
    fsyncs: Float64Array.from(fsyncs),
  };
}

export function laneView(changes: Partial<LaneView>): LaneView {
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
    durable: 0,
    file: { path: '/data/appendonlydir/appendonly.aof.1.incr.aof', start: 0 },
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
    ...changes,
  };
}

export interface FrameParts {
  readonly view: LaneView;
  readonly logged?: readonly Logged[];
  readonly timeline?: TimelineBatch;
  readonly clock?: Partial<ClockView>;
  readonly events?: readonly LabEvent[];
  readonly frame?: Partial<Frame>;
}

export function frameOf(parts: FrameParts): Frame {
  const { view, logged, timeline } = parts;
  return {
    run: 1,
    seed: 1,
    watched: {},
    clock: { paused: true, speed: 0.1, now: 0, ...parts.clock },
    disk: { preset: 'ssd', fsyncMs: 4, asked: { preset: 'ssd' } },
    workload: null,
    tail: 'lost',
    faults: [],
    lanes: [
      {
        view,
        records: logged === undefined ? null : batchOf(logged),
        timeline: timeline ?? null,
        curve: null,
        log: [],
      },
    ],
    events: parts.events ?? [],
    storage: { state: 'kept', notice: null },
    ...parts.frame,
  };
}

export function crashOf(changes: Partial<Crash>): Crash {
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
    ...changes,
  };
}
