/**
 * Every record of a lane's log that the page has been sent, as columns: no object per record, since a
 * run may log millions. Rows count from 0 over the lab's life; the oldest are let go when the limits are
 * reached (the simulated file still has them).
 */
import { firstRow } from '../model/first-row.ts';
import { recordCause, recordKind } from '../../worker/protocol.ts';
import type {
  Crash,
  LaneFrame,
  RecordBatch,
  RecordCause,
  RecordKind,
} from '../../worker/protocol.ts';
import { KeyFamilies, noFamily } from './key-families.ts';
import { LostRows } from './lost-rows.ts';
import { commandText } from './record-text.ts';
import type { CommandText } from './record-text.ts';
import { RowList } from './row-list.ts';

const CHUNK_ROWS = 4096;
const FIRST_BYTES = 1 << 16;
/** Rows whose families and framing are summed up beforehand. */
const BLOCK_ROWS = 256;

interface Chunk {
  count: number;
  used: number;
  bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly offsets: Float64Array;
  readonly times: Float64Array;
  readonly kinds: Uint8Array;
  readonly causes: Uint8Array;
  readonly families: Uint8Array;
  /** Of each block: the families in it as bits, and how many of its rows only frame others. */
  readonly blockFamilies: Int32Array;
  readonly blockFraming: Uint16Array;
}

export interface StoreLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Milliseconds of virtual time, and the logical offset up to which it made the log durable. */
export interface FinishedFsync {
  readonly startedAt: number;
  readonly at: number;
  readonly offset: number;
}

/** What a range of rows amounts to. */
export interface RowsSummary {
  /** Rows that change data: SELECT, MULTI and EXEC are not among them. */
  readonly writes: number;
  readonly bytes: number;
  readonly families: readonly string[];
  /** Keys of further families are among them. */
  readonly others: boolean;
}

const kindsByNumber: readonly RecordKind[] = Object.values(recordKind);
const causesByNumber: readonly RecordCause[] = Object.values(recordCause);

export class RecordStore {
  #chunks: Chunk[] = [];
  /** The row at which the oldest chunk starts. */
  #first = 0;
  #count = 0;
  #bytes = 0;
  #typed = new Map<number, string>();
  #replies = new Map<number, string>();
  #families = new KeyFamilies();
  /** First rows of the log's lives: a crash may take the end of the file, so offsets can start again lower. */
  #lives: number[] = [];
  #generation = 0;
  #lastFsync: FinishedFsync | null = null;

  /** Rows with a sentence below: what was typed, an expiry, the end of a transaction. */
  readonly notes = new RowList();
  /** Rows that are never folded: a person's, a script's and the server's own. */
  readonly landmarks = new RowList();
  readonly lost = new LostRows();
  readonly #limits: StoreLimits;

  constructor(limits: StoreLimits = { rows: 4_194_304, bytes: 268_435_456 }) {
    this.#limits = limits;
  }

  /** One more than the last row; rows below `first` have been let go. */
  get count(): number {
    return this.#count;
  }

  get first(): number {
    return this.#first;
  }

  /** Changes with every `clear`: rows of another generation mean nothing. */
  get generation(): number {
    return this.#generation;
  }

  /** Takes what a frame says about this lane's log. */
  receive(frame: LaneFrame): void {
    if (frame.records !== null) this.append(frame.records);
    if (frame.view.crash !== null) this.noteCrash(frame.view.crash);
  }

  /** Adds the next rows. Throws RangeError when rows were skipped or come a second time. */
  append(batch: RecordBatch): void {
    // Replies may come later than their rows.
    for (const [row, text] of batch.replies) this.#replies.set(row, text);
    if (batch.count === 0) return;
    if (this.#chunks.length === 0) this.#first = this.#count = batch.first;
    if (batch.first !== this.#count) {
      throw new RangeError(`row ${batch.first} came where ${this.#count} was due`);
    }
    if (this.#lives.length === 0 || (batch.offsets[0] ?? 0) < this.endAt(this.#count - 1)) {
      this.#lives.push(this.#count);
    }
    for (let from = 0; from < batch.count;) from += this.#take(batch, from);
    for (const [row, text] of batch.typed) this.#typed.set(row, text);
    this.#letGo();
  }

  /** Marks what the crash took; the same crash may be told in every frame. */
  noteCrash(crash: Crash): void {
    this.lost.note(this, crash);
  }

  /** The last fsync that ended well, and what it covered. */
  get lastFsync(): FinishedFsync | null {
    return this.#lastFsync;
  }

  noteFsync(fsync: FinishedFsync): void {
    this.#lastFsync = fsync;
  }

  clear(): void {
    this.#chunks = [];
    this.#lastFsync = null;
    this.#first = this.#count = this.#bytes = 0;
    this.#typed.clear();
    this.#replies.clear();
    this.#families.clear();
    this.#lives = [];
    this.notes.clear();
    this.landmarks.clear();
    this.lost.clear();
    this.#generation++;
  }

  offsetAt(row: number): number {
    return this.#chunkOf(row)?.offsets[this.#placeOf(row)] ?? 0;
  }

  lengthAt(row: number): number {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return 0;
    const place = this.#placeOf(row);
    return (chunk.ends[place] ?? 0) - startOf(chunk, place);
  }

  /** The logical offset after the record. */
  endAt(row: number): number {
    return this.offsetAt(row) + this.lengthAt(row);
  }

  /** Milliseconds of virtual time. */
  timeAt(row: number): number {
    return this.#chunkOf(row)?.times[this.#placeOf(row)] ?? 0;
  }

  kindAt(row: number): RecordKind {
    return kindsByNumber[this.#chunkOf(row)?.kinds[this.#placeOf(row)] ?? 0] ?? recordKind.command;
  }

  causeAt(row: number): RecordCause {
    return (
      causesByNumber[this.#chunkOf(row)?.causes[this.#placeOf(row)] ?? 0] ?? recordCause.client
    );
  }

  /** Sent by a person, not by the workload and not by the server itself. */
  isOwn(row: number): boolean {
    return this.#chunkOf(row) !== undefined && this.causeAt(row) === recordCause.client;
  }

  /** The record's bytes: a view, good until the next `append`. */
  bytesAt(row: number): Uint8Array {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return new Uint8Array(0);
    const place = this.#placeOf(row);
    return chunk.bytes.subarray(startOf(chunk, place), chunk.ends[place]);
  }

  /** The record as one line of redis-cli, its name apart; long ones are cut and tell their size. */
  textAt(row: number): CommandText {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return { name: '', rest: '' };
    const place = this.#placeOf(row);
    return commandText(chunk.bytes, startOf(chunk, place), chunk.ends[place] ?? 0);
  }

  commandAt(row: number): string {
    const { name, rest } = this.textAt(row);
    return name + rest;
  }

  nameAt(row: number): string {
    return this.textAt(row).name;
  }

  /** What was typed, where that is not what was logged. */
  typedAt(row: number): string | undefined {
    return this.#typed.get(row);
  }

  replyAt(row: number): string | undefined {
    return this.#replies.get(row);
  }

  /** Calls `use` with the array that holds the record and the record's place in it, without a view. */
  withRecord<T>(
    row: number,
    use: (bytes: Uint8Array, start: number, end: number) => T,
  ): T | undefined {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return undefined;
    const place = this.#placeOf(row);
    return use(chunk.bytes, startOf(chunk, place), chunk.ends[place] ?? 0);
  }

  /**
   * The row whose record covers a logical offset, in the newest life that has it; -1 if there is none. `near`: a row
   * not far from it, which makes the search short.
   */
  rowAtOffset(offset: number, near?: number): number {
    for (let life = this.#lives.length - 1; life >= 0; life--) {
      const [from, to] = this.#lifeRows(life);
      const row = firstRow(from, to, (candidate) => this.endAt(candidate) > offset, near);
      if (row < to && this.offsetAt(row) <= offset) return row;
    }
    return -1;
  }

  /** The first row of the newest life that ends behind a logical offset, else `count`: a marker stands before it. */
  rowBehindOffset(offset: number): number {
    const [from, to] = this.#lifeRows(this.#lives.length - 1);
    return firstRow(from, to, (candidate) => this.endAt(candidate) > offset);
  }

  /** The first row that was logged later than `time` (ms), else `count`; `near` as above. */
  rowAfterTime(time: number, near?: number): number {
    return firstRow(this.#first, this.#count, (row) => this.timeAt(row) > time, near);
  }

  /** Rows `from` up to `to` in sum, in time that does not grow with their number. */
  summary(from: number, to: number): RowsSummary {
    let mask = 0;
    let framing = 0;
    let bytes = 0;
    for (let row = Math.max(from, this.#first); row < to;) {
      const chunk = this.#chunkOf(row);
      if (chunk === undefined) break;
      const place = this.#placeOf(row);
      const stop = Math.min(chunk.count, place + to - row);
      bytes += (chunk.ends[stop - 1] ?? 0) - startOf(chunk, place);
      for (let i = place; i < stop;) {
        const block = Math.floor(i / BLOCK_ROWS);
        if (i % BLOCK_ROWS === 0 && i + BLOCK_ROWS <= stop) {
          mask |= chunk.blockFamilies[block] ?? 0;
          framing += chunk.blockFraming[block] ?? 0;
          i += BLOCK_ROWS;
        } else {
          mask |= 1 << (chunk.families[i] ?? 0);
          if (framesOthers(chunk.kinds[i])) framing++;
          i++;
        }
      }
      row += stop - place;
    }
    const { names, others } = this.#families.namesIn(mask);
    return { writes: to - Math.max(from, this.#first) - framing, bytes, families: names, others };
  }

  /** Copies rows of the batch from `from` on into the newest chunk; returns how many it took. */
  #take(batch: RecordBatch, from: number): number {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.count === CHUNK_ROWS) {
      chunk = emptyChunk();
      this.#chunks.push(chunk);
    }
    const taken = Math.min(CHUNK_ROWS - chunk.count, batch.count - from);
    const firstByte = from === 0 ? 0 : (batch.ends[from - 1] ?? 0);
    const lastByte = batch.ends[from + taken - 1] ?? 0;
    const shift = chunk.used - firstByte;
    copyBytes(chunk, batch.bytes.subarray(firstByte, lastByte));
    this.#bytes += lastByte - firstByte;

    const at = chunk.count;
    chunk.offsets.set(batch.offsets.subarray(from, from + taken), at);
    chunk.times.set(batch.times.subarray(from, from + taken), at);
    chunk.kinds.set(batch.kinds.subarray(from, from + taken), at);
    chunk.causes.set(batch.causes.subarray(from, from + taken), at);
    for (let i = 0; i < taken; i++) {
      const start = (i + from === 0 ? 0 : (batch.ends[from + i - 1] ?? 0)) + shift;
      const end = (batch.ends[from + i] ?? 0) + shift;
      chunk.ends[at + i] = end;
      this.#index(chunk, at + i, this.#count + i, start, end, batch.typed);
    }
    chunk.count += taken;
    this.#count += taken;
    return taken;
  }

  #index(
    chunk: Chunk,
    place: number,
    row: number,
    start: number,
    end: number,
    typed: ReadonlyMap<number, string>,
  ): void {
    const kind = chunk.kinds[place];
    const cause = chunk.causes[place];
    const framing = framesOthers(kind);
    const family = framing ? noFamily : this.#families.of(chunk.bytes, start, end);
    chunk.families[place] = family;
    const block = Math.floor(place / BLOCK_ROWS);
    chunk.blockFamilies[block] = (chunk.blockFamilies[block] ?? 0) | (1 << family);
    if (framing) chunk.blockFraming[block] = (chunk.blockFraming[block] ?? 0) + 1;

    const born = cause === recordCause.expiry || cause === recordCause.eviction;
    const plain = cause === recordCause.workload || born;
    if (!plain || typed.has(row)) this.landmarks.push(row);
    if (born || typed.has(row) || (kind === recordKind.exec && !plain)) this.notes.push(row);
  }

  #letGo(): void {
    let gone = 0;
    while (
      this.#chunks.length - gone > 1 &&
      (this.#count - this.#first > this.#limits.rows || this.#bytes > this.#limits.bytes)
    ) {
      const chunk = this.#chunks[gone++];
      if (chunk === undefined) break;
      this.#first += chunk.count;
      this.#bytes -= chunk.used;
    }
    if (gone === 0) return;
    this.#chunks.splice(0, gone);
    this.notes.dropBelow(this.#first);
    this.landmarks.dropBelow(this.#first);
    for (const map of [this.#typed, this.#replies]) dropBelow(map, this.#first);
  }

  #chunkOf(row: number): Chunk | undefined {
    if (row < this.#first || row >= this.#count) return undefined;
    return this.#chunks[Math.floor((row - this.#first) / CHUNK_ROWS)];
  }

  #placeOf(row: number): number {
    return (row - this.#first) % CHUNK_ROWS;
  }

  #lifeRows(life: number): readonly [number, number] {
    const from = Math.max(this.#lives[life] ?? this.#first, this.#first);
    return [from, Math.max(from, this.#lives[life + 1] ?? this.#count)];
  }
}

function framesOthers(kind: number | undefined): boolean {
  return kind === recordKind.select || kind === recordKind.multi || kind === recordKind.exec;
}

function startOf(chunk: Chunk, place: number): number {
  return place === 0 ? 0 : (chunk.ends[place - 1] ?? 0);
}

function emptyChunk(): Chunk {
  return {
    count: 0,
    used: 0,
    bytes: new Uint8Array(FIRST_BYTES),
    ends: new Uint32Array(CHUNK_ROWS),
    offsets: new Float64Array(CHUNK_ROWS),
    times: new Float64Array(CHUNK_ROWS),
    kinds: new Uint8Array(CHUNK_ROWS),
    causes: new Uint8Array(CHUNK_ROWS),
    families: new Uint8Array(CHUNK_ROWS),
    blockFamilies: new Int32Array(CHUNK_ROWS / BLOCK_ROWS),
    blockFraming: new Uint16Array(CHUNK_ROWS / BLOCK_ROWS),
  };
}

function copyBytes(chunk: Chunk, bytes: Uint8Array): void {
  const needed = chunk.used + bytes.length;
  if (needed > chunk.bytes.length) {
    const wider = new Uint8Array(Math.max(needed, chunk.bytes.length * 2));
    wider.set(chunk.bytes.subarray(0, chunk.used));
    chunk.bytes = wider;
  }
  chunk.bytes.set(bytes, chunk.used);
  chunk.used = needed;
}

/** A map that was filled in ascending order of its keys. */
function dropBelow(map: Map<number, unknown>, row: number): void {
  for (const key of map.keys()) {
    if (key >= row) return;
    map.delete(key);
  }
}
