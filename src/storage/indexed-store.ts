import { promisifyRequest } from 'idb-keyval';

import { committed, openDatabase, type Database } from './database.ts';
import { FencedError, type Holdings, type LogStore, type StoredLog } from './log-store.ts';

/**
 * Logs in IndexedDB: the bytes of a generation in chunks, under the key [generation, offset].
 *
 * Chromium puts values of 64 KiB and more into files of their own, which costs several times a small
 * write, while reading thousands of small values costs many times a few large ones. So an append
 * writes a small chunk; the one that fills a block writes the block's small chunks anew as one; the
 * one that fills a segment its blocks; each in its own transaction. 60 MB so kept are read in 0.1 s.
 *
 * The head names the one writer. A new writer puts a fence that names the old one: since the index
 * over `writer` is unique, any later transaction of the old one fails inside the database, although
 * its page may be frozen, or sits in an endless loop and has not noticed.
 */
export function indexedStore(name: string): LogStore {
  return new IndexedStore(`aof-lab ${name}`);
}

/** What the head says besides the writer: a generation and how much of it was committed. */
interface Head {
  readonly writer: string;
  readonly generation: number;
  readonly records: number;
}

interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface FoundChunks {
  readonly chunks: Chunk[];
  /** Each begins where the one before ends. */
  whole: boolean;
}

const BLOCK = 60_000;
const SEGMENT = 1024 * 1024;
/** Enough that a writer of long ago, still frozen, finds its fence. */
const MOST_FENCES = 64;
/** Bytes put where a chunk is missing: as a frame they would be an empty one with a wrong CRC. */
const GAP = 8;
const HEAD = 'head';
const QUARANTINE = 'set aside';
const FENCE = 'fence';

class IndexedStore implements LogStore {
  readonly label = 'IndexedDB';
  readonly appendChecksWriter = true;
  onFailure: LogStore['onFailure'] = null;

  readonly #databaseName: string;
  readonly #writer = randomToken();
  #database: Database | null = null;
  #generation = 0;
  #records = 0;
  #end = 0;
  /** The chunks behind the last full segment, so that merging them needs no reading. */
  #unsealed: Chunk[] = [];
  #found = new Map<number, FoundChunks>();
  #headFound: Head | null = null;

  constructor(databaseName: string) {
    this.#databaseName = databaseName;
  }

  async open(access: 'read' | 'write'): Promise<Holdings> {
    const database = await openDatabase(this.#databaseName);
    this.#database = database;
    database.onClosed = (error) => this.onFailure?.(error);
    if (access === 'write') await this.#claim(database);
    const [keys, values, head] = await database.use('readonly', (store) =>
      Promise.all([
        promisifyRequest(store.getAllKeys(everyChunk())),
        promisifyRequest<unknown[]>(store.getAll(everyChunk())),
        promisifyRequest<unknown>(store.get(HEAD)),
      ]),
    );
    this.#found = chunksByGeneration(keys, values);
    this.#headFound = isHead(head) ? head : null;
    const logs = [...this.#found].map(([generation, { chunks }]): StoredLog => {
      const told = this.#headFound?.generation === generation ? this.#headFound : null;
      return { generation, bytes: joined(chunks), promised: told?.records ?? null };
    });
    return { logs, note: dataLossNote(database.dataLoss) };
  }

  async resume(generation: number, length: number, records: number): Promise<boolean> {
    const { chunks, whole } = this.#found.get(generation) ?? { chunks: [], whole: true };
    this.#found = new Map();
    this.#generation = generation;
    this.#records = records;
    this.#end = length;
    const last = chunks.at(-1);
    const ends = whole && last !== undefined && last.offset + last.bytes.length === length;
    const head = this.#headFound;
    const agrees = head !== null && head.generation === generation && head.records === records;
    if (!ends || !agrees) await this.#cut(chunks, length);
    // The chunks at the end are still to become one segment.
    this.#unsealed = unsealedOf(chunks.filter(({ offset }) => offset < length)).map(
      ({ offset, bytes }) => ({ offset, bytes: bytes.slice(0, length - offset) }),
    );
    return true;
  }

  async append(frames: Uint8Array, records: number): Promise<void> {
    const head = this.#headWith(this.#generation, this.#records + records);
    const end = this.#end + frames.length;
    const merged = this.#toMergeWith(frames.length);
    const start = merged[0]?.offset ?? this.#end;
    const chunks = cutIntoChunks(joinedParts([...merged.map(({ bytes }) => bytes), frames]), start);
    await this.#write((store) => {
      store.put(head, HEAD);
      if (merged.length > 0) store.delete(chunksFrom(this.#generation, start));
      for (const { offset, bytes } of chunks) store.put(bytes, [this.#generation, offset]);
    });
    this.#end = end;
    this.#records = head.records;
    const kept = this.#unsealed.slice(0, this.#unsealed.length - merged.length);
    this.#unsealed = unsealedOf([...kept, ...chunks]);
  }

  async begin(generation: number, log: Uint8Array, records: number): Promise<void> {
    if (this.#database === null) {
      this.#database = await openDatabase(this.#databaseName);
      this.#database.onClosed = (error) => this.onFailure?.(error);
    }
    const chunks = cutIntoChunks(log, 0);
    await this.#write((store) => {
      store.put(this.#headWith(generation, records), HEAD);
      store.delete(everyChunk());
      for (const { offset, bytes } of chunks) store.put(bytes, [generation, offset]);
    });
    this.#generation = generation;
    this.#records = records;
    this.#end = log.length;
    this.#unsealed = unsealedOf(chunks);
  }

  /** Nothing to do: every transaction checks. */
  async checkWriter(): Promise<void> {}

  /** Nothing to do: `begin` replaced the generation in one transaction. */
  async dropOthers(): Promise<void> {}

  async setAside(name: string, bytes: Uint8Array): Promise<void> {
    await this.#write((store) => store.put(bytes.slice(), [QUARANTINE, name]));
  }

  async quarantined(): Promise<ReadonlyMap<string, Uint8Array>> {
    if (this.#database === null) return new Map();
    const range = IDBKeyRange.bound([QUARANTINE], [QUARANTINE, []]);
    const [keys, values] = await this.#database.use('readonly', (store) =>
      Promise.all([
        promisifyRequest(store.getAllKeys(range)),
        promisifyRequest<unknown[]>(store.getAll(range)),
      ]),
    );
    const found = new Map<string, Uint8Array>();
    keys.forEach((key, i) => {
      const value = values[i];
      const name: unknown = Array.isArray(key) ? key[1] : undefined;
      if (typeof name === 'string' && value instanceof Uint8Array) found.set(name, value);
    });
    return found;
  }

  close(): Promise<void> {
    const database = this.#database;
    this.#database = null;
    if (database !== null) database.onClosed = null;
    database?.close();
    return Promise.resolve();
  }

  async wipe(): Promise<void> {
    // Not deleteDatabase: it would wait for every other tab that has it open. The fences stay: they
    // are nobody's data, and keep out a frozen tab that wakes up later.
    await this.#write((store) => {
      store.delete(everyChunk());
      store.delete(IDBKeyRange.bound([QUARANTINE], [QUARANTINE, []]));
      store.delete(HEAD);
    });
  }

  /** Becomes the writer, and shuts out the one before. */
  async #claim(database: Database): Promise<void> {
    await database.use('readwrite', (store) => {
      const head: IDBRequest<unknown> = store.get(HEAD);
      head.onsuccess = () => {
        const earlier = isHead(head.result) ? head.result : null;
        store.put(this.#headWith(earlier?.generation ?? 0, earlier?.records ?? 0), HEAD);
        if (earlier === null) return;
        store.put({ writer: earlier.writer }, [FENCE, Date.now(), earlier.writer]);
      };
      const fences = store.getAllKeys(IDBKeyRange.bound([FENCE], [FENCE, []]));
      fences.onsuccess = () => {
        for (const key of fences.result.slice(0, -MOST_FENCES)) store.delete(key);
      };
      return committed(store.transaction);
    });
  }

  /** One transaction, which fails if another writer has come. */
  async #write(change: (store: IDBObjectStore) => void): Promise<void> {
    if (this.#database === null) throw new Error('it is closed');
    try {
      await this.#database.use('readwrite', (store) => {
        change(store);
        // Without waiting for the answers: a worker that hangs now does not keep the database locked.
        store.transaction.commit();
        return committed(store.transaction);
      });
    } catch (error) {
      if (error instanceof Error && error.name === 'ConstraintError') {
        throw new FencedError('another tab became the writer');
      }
      throw error;
    }
  }

  /** Removes what stands behind #end, part of a chunk too. */
  async #cut(chunks: readonly Chunk[], length: number): Promise<void> {
    const straddling = chunks.find(
      ({ offset, bytes }) => offset < length && offset + bytes.length > length,
    );
    await this.#write((store) => {
      store.put(this.#headWith(this.#generation, this.#records), HEAD);
      store.delete(chunksFrom(this.#generation, straddling?.offset ?? length));
      if (straddling === undefined) return;
      const kept = straddling.bytes.slice(0, length - straddling.offset);
      store.put(kept, [this.#generation, straddling.offset]);
    });
  }

  /** The last chunks, if with an append of that length they make up a segment, or else a block. */
  #toMergeWith(length: number): readonly Chunk[] {
    const segment = this.#unsealed[0]?.offset ?? this.#end;
    if (this.#end + length - segment >= SEGMENT) return this.#unsealed;
    const block = this.#unsealed.findLastIndex(({ bytes }) => bytes.length >= BLOCK) + 1;
    const small = this.#unsealed.slice(block);
    const from = small[0]?.offset ?? this.#end;
    return this.#end + length - from > BLOCK ? small : [];
  }

  #headWith(generation: number, records: number): Head {
    return { writer: this.#writer, generation, records };
  }
}

/** Full segments, then blocks, then the rest. Copies: a put clones the whole buffer behind a view. */
function cutIntoChunks(bytes: Uint8Array, start: number): Chunk[] {
  const chunks: Chunk[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = bytes.length - at >= SEGMENT ? SEGMENT : BLOCK;
    chunks.push({ offset: start + at, bytes: bytes.slice(at, at + size) });
    at += size;
  }
  return chunks;
}

/** The chunks behind the last segment. */
function unsealedOf(chunks: readonly Chunk[]): Chunk[] {
  return chunks.slice(chunks.findLastIndex(({ bytes }) => bytes.length >= SEGMENT) + 1);
}

/** Keys of the chunks of every generation; other keys are texts, or arrays that begin with one. */
function everyChunk(): IDBKeyRange {
  return IDBKeyRange.bound([-Infinity], [''], false, true);
}

function chunksFrom(generation: number, offset: number): IDBKeyRange {
  return IDBKeyRange.bound([generation, offset], [generation, Infinity]);
}

function chunksByGeneration(
  keys: readonly IDBValidKey[],
  values: readonly unknown[],
): Map<number, FoundChunks> {
  const found = new Map<number, FoundChunks>();
  keys.forEach((key, i) => {
    const [generation, offset]: unknown[] = Array.isArray(key) ? key : [];
    if (typeof generation !== 'number' || typeof offset !== 'number') return;
    const log = found.get(generation) ?? { chunks: [], whole: true };
    found.set(generation, log);
    const bytes = values[i];
    const last = log.chunks.at(-1);
    const expected = last === undefined ? 0 : last.offset + last.bytes.length;
    if (!(bytes instanceof Uint8Array)) log.whole = false;
    else {
      if (offset !== expected) log.whole = false;
      log.chunks.push({ offset, bytes });
    }
  });
  return found;
}

/** The bytes one behind the other; where some are missing stand bytes that are no frame. */
function joined(chunks: readonly Chunk[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const { offset, bytes } of chunks) {
    if (offset !== end) parts.push(new Uint8Array(GAP));
    parts.push(bytes);
    end = offset + bytes.length;
  }
  return joinedParts(parts);
}

function joinedParts(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function isHead(value: unknown): value is Head {
  return (
    typeof value === 'object' &&
    value !== null &&
    'writer' in value &&
    typeof value.writer === 'string' &&
    'generation' in value &&
    typeof value.generation === 'number' &&
    'records' in value &&
    typeof value.records === 'number'
  );
}

function dataLossNote(dataLoss: string | null): string | null {
  return dataLoss === null
    ? null
    : `The browser reports that IndexedDB lost its data (${dataLoss}).`;
}

/** Not crypto.randomUUID: that is missing outside secure contexts. */
function randomToken(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('-');
}
