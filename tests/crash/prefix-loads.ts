/**
 * Loads of one log cut at every byte, without a start for each: the log is replayed once by the loader itself, and what
 * the data set amounts to is noted behind each record. A cut then resumes from the last record before it.
 */
import { Buffer } from 'node:buffer';
import type { Engine } from '../../src/engine/engine.ts';
import { newAofLoad, stepAofLoad, type AofLoad } from '../../src/persistence/aof-loader.ts';
import { frameArguments, newFrameReader, readFrame } from '../../src/persistence/aof-reader.ts';
import { copyFromPages } from '../../src/machine/pages.ts';
import { enginePrint, entryPrint, printAt, RunningPrint, type DataPrint } from './data-print.ts';
import type { SurvivingFile } from './survivors.ts';

export interface Loaded {
  readonly outcome: 'ready' | 'refused' | 'aborted';
  /** Why it was refused, in the words of `complaintIn`. */
  readonly why: string;
  /** To which size the log was cut, or its own. */
  readonly size: number;
  readonly print: DataPrint;
  /** What `note` said of the data set there. */
  readonly note: string;
}

interface Verified {
  readonly end: number;
  readonly beforeMulti: number;
  /** The commands of a transaction that is not over. */
  readonly queue: AofLoad['session']['transaction'];
  readonly print: DataPrint;
  readonly note: string;
}

/** Between two comparisons of the running print with one of the whole data set. */
const RECORDS_PER_CHECK = 256;
const EVERYTHING = 0;
const ALL_DATABASES = Array.from({ length: 16 }, (_, db) => db);
const wholeDataSets: ReadonlySet<string> = new Set(['FLUSHDB', 'FLUSHALL', 'SWAPDB']);

export class PrefixLoads {
  private readonly engine: Engine;
  private readonly now: number;
  private load: AofLoad;
  private content = new Uint8Array(1 << 16);
  private size = 0;
  private readonly verified: Verified[] = [];
  private readonly running = new RunningPrint();
  private readonly reader = newFrameReader();
  private readonly note: () => string;

  /** `engine` holds what the files before this log have brought; `note` is asked behind each record. */
  constructor(engine: Engine, now: number, note: () => string = () => '') {
    this.engine = engine;
    this.now = now;
    this.note = note;
    this.load = newAofLoad(new Uint8Array(), now);
    this.printAll();
    this.verify(0, 0, null);
  }

  /** How many bytes of `file` this has seen already, from the first on. */
  sharedWith(bytes: Uint8Array): number {
    const end = Math.min(bytes.length, this.size);
    const step = 4096;
    let at = 0;
    while (at < end) {
      const next = Math.min(at + step, end);
      if (Buffer.compare(bytes.subarray(at, next), this.content.subarray(at, next)) !== 0) break;
      at = next;
    }
    while (at < end && bytes[at] === this.content[at]) at++;
    return at;
  }

  /** `file` begins with all that this has seen, and goes on. */
  extend(file: SurvivingFile): void {
    if (file.size <= this.size) return;
    this.append(copyFromPages(file.pages, this.size, file.size));
  }

  append(bytes: Uint8Array): void {
    const end = this.size + bytes.length;
    if (end > this.content.length) {
      const larger = new Uint8Array(Math.max(end, this.content.length * 2));
      larger.set(this.content.subarray(0, this.size));
      this.content = larger;
    }
    this.content.set(bytes, this.size);
    this.size = end;
    this.replay();
  }

  /** The log cut to its first `size` bytes; undefined as below. */
  cutAt(size: number): Loaded | undefined {
    return this.resume(this.content.subarray(0, size), size);
  }

  /** The log with another tail; undefined if commands stand in that tail, so that only a start can tell. */
  withTail(bytes: Uint8Array): Loaded | undefined {
    return this.resume(bytes, this.sharedWith(bytes));
  }

  private resume(bytes: Uint8Array, shared: number): Loaded | undefined {
    const from = this.verified[this.indexUpTo(shared)]!;
    const load: AofLoad = {
      ...newAofLoad(bytes, this.now, from.end),
      validBeforeMulti: from.beforeMulti,
    };
    load.session.transaction = from.queue;
    let ran = false;
    // Whatever a loader makes of an incomplete record, it may not run a command for it: then a start has to tell.
    const replay = (): undefined => void (ran = true);
    const onlooker = Object.assign(Object.create(this.engine) as Engine, { replay });
    const step = stepAofLoad(load, onlooker, this.now, 1);
    if (ran) return undefined;
    const { print, note } = from;
    const why = '';
    switch (step.kind) {
      case 'done':
        return { outcome: 'ready', why, size: bytes.length, print, note };
      case 'truncated':
        return { outcome: 'ready', why, size: step.validUpTo, print, note };
      case 'aborts':
        return { outcome: 'aborted', why, size: bytes.length, print, note };
      case 'more':
        return undefined;
      case 'bad-format':
        return { outcome: 'refused', why: 'bad format', size: bytes.length, print, note };
      default:
        // The line of an unknown command is written by the server.
        return undefined;
    }
  }

  private replay(): void {
    const { engine, now } = this;
    const load: AofLoad = { ...this.load, bytes: this.content.subarray(0, this.size) };
    this.load = load;
    for (;;) {
      const queue = load.session.transaction?.queue ?? null;
      const { db } = load.session;
      if (readFrame(this.reader, load.bytes, load.at) !== 'command') return;
      const argv = frameArguments(this.reader, load.bytes).slice();
      const step = stepAofLoad(load, engine, now, 1);
      if (step.kind !== 'more') return;
      const { transaction } = load.session;
      const open = transaction !== null;
      if (queue === null) this.printTouched(argv, [db]);
      // The words of a transaction may SELECT another database on their way.
      else if (!open) for (const words of queue) this.printTouched(words, ALL_DATABASES);
      this.verify(load.at, load.validBeforeMulti, transaction);
    }
  }

  /** Every word may name a key. */
  private printTouched(words: readonly string[], databases: readonly number[]): void {
    if (wholeDataSets.has(words[0]!.toUpperCase())) return this.printAll();
    for (const db of databases) {
      const { space } = this.engine.state.databases[db]!;
      for (const word of words.slice(1)) this.running.set(db, word, entryPrint(space, db, word));
    }
  }

  private printAll(): void {
    this.running.clear();
    for (const [db, { space }] of this.engine.state.databases.entries())
      for (const { key } of space.entries) this.running.set(db, key, entryPrint(space, db, key));
  }

  private verify(end: number, beforeMulti: number, transaction: Verified['queue']): void {
    const print = this.running.take();
    const queue =
      transaction === null ? null : { ...transaction, queue: transaction.queue.slice() };
    this.verified.push({ end, beforeMulti, queue, print, note: this.note() });
    if (this.verified.length % RECORDS_PER_CHECK !== 0) return;
    const whole = enginePrint(this.engine.state.databases);
    if (printAt(whole, EVERYTHING) !== printAt(print, EVERYTHING))
      throw new Error(`the running print has lost its way before byte ${end}`);
  }

  private indexUpTo(size: number): number {
    let low = 0;
    let high = this.verified.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.verified[middle]!.end <= size) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
