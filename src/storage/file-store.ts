import { FencedError, type Holdings, type LogStore, type StoredLog } from './log-store.ts';

/**
 * Logs in the origin private file system, a file a generation, written through a synchronous access
 * handle. A browser that is killed has been seen to lose all of IndexedDB, never such a file.
 *
 * The handle is exclusive, so a new writer that gets it has shut out the old one. A frozen tab never
 * gives it up; then the new writer first creates the file of a later generation, which is the old
 * one's sign to stop, reads the old file through a snapshot, and goes on in a file of its own.
 */
export function fileStore(name: string): LogStore {
  return new FileStore(name);
}

/** What is used of FileSystemSyncAccessHandle, which only the library of workers declares. */
interface SyncHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

const ROOT = 'aof-lab';
const LOG = 'log-';
const QUARANTINE = 'set-aside-';
/** How long a closing tab may take to let go of its handle: well below the second a takeover may last. */
const HANDLE_PATIENCE_MS = 250;
const HANDLE_RETRY_MS = 25;

class FileStore implements LogStore {
  readonly label = 'OPFS';
  readonly appendChecksWriter = false;
  onFailure: LogStore['onFailure'] = null;

  readonly #name: string;
  #directory: FileSystemDirectoryHandle | null = null;
  #handle: SyncHandle | null = null;
  #generation = 0;
  #end = 0;
  /** Handles of the generations that were found, until one is resumed. */
  #found = new Map<number, SyncHandle>();

  constructor(name: string) {
    this.#name = name;
  }

  async open(access: 'read' | 'write'): Promise<Holdings> {
    const directory = await this.#openDirectory();
    const generations = await generationsIn(directory);
    if (access === 'write') {
      const deadline = performance.now() + HANDLE_PATIENCE_MS;
      for (const generation of generations) {
        const handle = await handleWithin(directory, generation, deadline);
        if (handle !== null) this.#found.set(generation, handle);
      }
      if (this.#found.size < generations.length) await claim(directory, generations);
    }
    const logs: StoredLog[] = [];
    for (const generation of generations) {
      const handle = this.#found.get(generation);
      const bytes = handle === undefined ? await snapshot(directory, generation) : readAll(handle);
      logs.push({ generation, bytes, promised: null });
    }
    return { logs, note: null };
  }

  resume(generation: number, length: number): Promise<boolean> {
    return settled(() => {
      const handle = this.#found.get(generation);
      if (handle === undefined) return false;
      this.#found.delete(generation);
      this.#handle = handle;
      this.#generation = generation;
      this.#end = length;
      if (handle.getSize() !== length) {
        handle.truncate(length);
        handle.flush();
      }
      return true;
    });
  }

  append(frames: Uint8Array): Promise<void> {
    return settled(() => {
      if (this.#handle === null) throw new Error('it is closed');
      writeAt(this.#handle, frames, this.#end);
      this.#end += frames.length;
    });
  }

  async begin(generation: number, log: Uint8Array): Promise<void> {
    const directory = this.#directory ?? (await this.#openDirectory());
    // Ours is one more than any that stood there, so whoever has that file, or a later one, came after us.
    await refuseIfLater(directory, generation);
    const handle = await handleWithin(directory, generation, 0);
    if (handle === null) throw new FencedError('another tab became the writer');
    try {
      handle.truncate(0);
      writeAt(handle, log, 0);
    } catch (error) {
      handle.close();
      await removeQuietly(directory, LOG + generation);
      throw error;
    }
    this.#handle?.close();
    this.#handle = handle;
    this.#generation = generation;
    this.#end = log.length;
  }

  async dropOthers(): Promise<void> {
    for (const handle of this.#found.values()) handle.close();
    this.#found.clear();
    if (this.#directory === null) return;
    for (const generation of await generationsIn(this.#directory)) {
      if (generation !== this.#generation) await removeQuietly(this.#directory, LOG + generation);
    }
  }

  async checkWriter(): Promise<void> {
    if (this.#directory !== null) await refuseIfLater(this.#directory, this.#generation);
  }

  async setAside(name: string, bytes: Uint8Array): Promise<void> {
    const directory = this.#directory ?? (await this.#openDirectory());
    const file = await directory.getFileHandle(QUARANTINE + fileNameOf(name), { create: true });
    const handle = await syncHandle(file);
    try {
      handle.truncate(0);
      writeAt(handle, bytes, 0);
    } finally {
      handle.close();
    }
  }

  async quarantined(): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    if (this.#directory === null) return found;
    for await (const [name, entry] of this.#directory.entries()) {
      if (!name.startsWith(QUARANTINE) || !isFile(entry)) continue;
      const file = await entry.getFile();
      const key = decodeURIComponent(name.slice(QUARANTINE.length));
      found.set(key, new Uint8Array(await file.arrayBuffer()));
    }
    return found;
  }

  close(): Promise<void> {
    return settled(() => {
      this.#handle?.close();
      this.#handle = null;
      for (const handle of this.#found.values()) handle.close();
      this.#found.clear();
      this.#directory = null;
    });
  }

  async wipe(): Promise<void> {
    const directory = this.#directory ?? (await this.#openDirectory());
    await this.close();
    const names: string[] = [];
    for await (const name of directory.keys()) names.push(name);
    for (const name of names) await removeQuietly(directory, name);
  }

  async #openDirectory(): Promise<FileSystemDirectoryHandle> {
    // Missing outside secure contexts, and refused where the origin is opaque.
    if (navigator.storage?.getDirectory === undefined) {
      throw new Error('this browser offers none here');
    }
    const root = await navigator.storage.getDirectory();
    const ours = await root.getDirectoryHandle(ROOT, { create: true });
    this.#directory = await ours.getDirectoryHandle(fileNameOf(this.#name), { create: true });
    return this.#directory;
  }
}

/** What synchronous work comes to, as a promise, also when it throws. It is done before this returns. */
function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

/** All or nothing: a write that did not fit is taken back. */
function writeAt(handle: SyncHandle, bytes: Uint8Array, at: number): void {
  try {
    const written = handle.write(bytes, { at });
    // Chromium tells a full disk by an exception, by a short write, or (in private windows) by an
    // error code that it takes for a huge length.
    if (written !== bytes.length) throw new DOMException('', 'QuotaExceededError');
    handle.flush();
  } catch (error) {
    try {
      handle.truncate(at);
    } catch {
      // The rest of a frame may stay: a reader takes it for a write that had not ended, as it is.
    }
    throw error;
  }
}

function readAll(handle: SyncHandle): Uint8Array {
  const bytes = new Uint8Array(handle.getSize());
  const read = handle.read(bytes, { at: 0 });
  return read === bytes.length ? bytes : bytes.subarray(0, read);
}

/** The bytes of a file whose handle another context holds. */
async function snapshot(
  directory: FileSystemDirectoryHandle,
  generation: number,
): Promise<Uint8Array> {
  const entry = await directory.getFileHandle(LOG + generation);
  return new Uint8Array(await (await entry.getFile()).arrayBuffer());
}

/** Tells an earlier writer, whose handle cannot be had, that it is not the writer any more. */
async function claim(
  directory: FileSystemDirectoryHandle,
  generations: readonly number[],
): Promise<void> {
  await directory.getFileHandle(LOG + (1 + Math.max(...generations)), { create: true });
}

/** A later generation than ours means that another context became the writer. */
async function refuseIfLater(
  directory: FileSystemDirectoryHandle,
  generation: number,
): Promise<void> {
  const generations = await generationsIn(directory);
  if (generations.some((other) => other > generation)) {
    throw new FencedError('another tab became the writer');
  }
}

/** The numbers of the generations that have a file, in rising order. */
async function generationsIn(directory: FileSystemDirectoryHandle): Promise<number[]> {
  const generations: number[] = [];
  for await (const name of directory.keys()) {
    const generation = name.startsWith(LOG) ? Number(name.slice(LOG.length)) : NaN;
    if (Number.isSafeInteger(generation) && generation > 0) generations.push(generation);
  }
  return generations.sort((a, b) => a - b);
}

/** The handle of a generation's file; null if another context keeps it beyond the deadline. */
async function handleWithin(
  directory: FileSystemDirectoryHandle,
  generation: number,
  deadline: number,
): Promise<SyncHandle | null> {
  for (;;) {
    try {
      return await handleOf(directory, generation);
    } catch (error) {
      const held = error instanceof Error && error.name === 'NoModificationAllowedError';
      if (!held) throw error;
      if (performance.now() >= deadline) return null;
      await new Promise((resolve) => setTimeout(resolve, HANDLE_RETRY_MS));
    }
  }
}

async function handleOf(
  directory: FileSystemDirectoryHandle,
  generation: number,
): Promise<SyncHandle> {
  return syncHandle(await directory.getFileHandle(LOG + generation, { create: true }));
}

async function syncHandle(file: FileSystemFileHandle): Promise<SyncHandle> {
  if (!offersSyncHandles(file)) throw new Error('this browser offers no synchronous access to it');
  return file.createSyncAccessHandle();
}

function offersSyncHandles(
  file: FileSystemFileHandle,
): file is FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> } {
  return 'createSyncAccessHandle' in file;
}

function isFile(entry: FileSystemHandle): entry is FileSystemFileHandle {
  return entry.kind === 'file';
}

/** A handle of a frozen tab keeps its file; the next opening tries again. */
async function removeQuietly(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name);
  } catch {
    // It is of an earlier generation, which nobody will read again.
  }
}

/** Any text as a file name. */
function fileNameOf(name: string): string {
  return encodeURIComponent(name).replaceAll('*', '%2A').replaceAll('.', '%2E');
}
