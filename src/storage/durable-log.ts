import type { StorageCause, StorageView } from './storage-view.ts';
import { encodeFrames, encodeLog, framedLength } from './log-frames.ts';
import { FencedError, NewerVersionError, type LogStore } from './log-store.ts';
import { failureOf, noticeOf } from './notices.ts';

/** A log of records that outlives the tab, as far as the browser's stores work; `status` says how far. */
export interface DurableLog {
  /**
   * Resolves when every working store has the record durably. A store that fails does not reject it:
   * the log goes on with the others, in the end in memory alone, and `status` says so. Rejects with
   * NotWriterError when another tab is the writer: then the record is kept nowhere.
   */
  append(record: Uint8Array): Promise<void>;
  /**
   * Starts a new generation that holds exactly these records, then drops the old one. If the browser
   * dies meanwhile, the next opening finds all of the old one or all of the new one. Stores that had
   * failed are tried again. Rejects as `append` does.
   */
  replace(records: readonly Uint8Array[]): Promise<void>;
  readonly status: StorageView;
  onStatus(listener: (status: StorageView) => void): () => void;
  /** Waits for what was appended, then lets go of the stores. */
  close(): Promise<void>;
  /** Deletes everything that is kept under this name, what was set aside too, and closes the log. */
  wipe(): Promise<void>;
}

/** This context is not the writer, or not any more: what it appends is kept nowhere. */
export class NotWriterError extends Error {
  override readonly name = 'NotWriterError';
}

/** A store and why it is not written, if it is not. */
export interface StoreState {
  readonly store: LogStore;
  failure: { readonly error: unknown } | null;
}

type ReadOnlyCause = Extract<StorageCause, { kind: 'second-tab' | 'taken-over' | 'newer-version' }>;

/** Where the log stands at the beginning. */
export interface LogStart {
  readonly stores: readonly StoreState[];
  readonly generation: number;
  readonly chain: number;
  /** Null for the writer; else why one may only look. */
  readonly readOnly: ReadOnlyCause | null;
  /** Called at the end of `close` and `wipe`. */
  readonly release: () => void;
}

/** Appends that wait for the transaction in flight go together, up to this much in one. */
const BATCH_BYTES = 4 * 1024 * 1024;

type Waiting = {
  readonly change:
    | { readonly kind: 'append'; readonly record: Uint8Array }
    | { readonly kind: 'replace'; readonly records: readonly Uint8Array[] };
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

export class StoredDurableLog implements DurableLog {
  readonly #stores: readonly StoreState[];
  readonly #release: () => void;
  readonly #listeners = new Set<(status: StorageView) => void>();
  #generation: number;
  #chain: number;
  #readOnly: ReadOnlyCause | null;
  #queue: Waiting[] = [];
  /** The loop that works the queue off; null while there is nothing to do. */
  #working: Promise<void> | null = null;
  #closed = false;
  #status: StorageView;

  constructor(start: LogStart) {
    this.#stores = start.stores;
    this.#generation = start.generation;
    this.#chain = start.chain;
    this.#readOnly = start.readOnly;
    this.#release = start.release;
    this.#status = this.#currentStatus();
    for (const state of this.#stores) {
      state.store.onFailure = (error) => void this.#failed(state, error);
    }
  }

  get status(): StorageView {
    return this.#status;
  }

  onStatus(listener: (status: StorageView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  append(record: Uint8Array): Promise<void> {
    return this.#enqueue({ kind: 'append', record });
  }

  replace(records: readonly Uint8Array[]): Promise<void> {
    return this.#enqueue({ kind: 'replace', records: [...records] });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#working;
    await this.#closeStores();
    this.#release();
  }

  async wipe(): Promise<void> {
    if (this.#readOnly !== null) throw new NotWriterError(noticeOf(this.#readOnly));
    this.#closed = true;
    await this.#working;
    await Promise.allSettled(this.#stores.map(({ store }) => store.wipe()));
    await this.#closeStores();
    this.#release();
  }

  /** Stops writing at once: another tab is the writer, or a newer version of the page. */
  async becomeReadOnly(cause: ReadOnlyCause): Promise<void> {
    if (this.#readOnly !== null) return;
    this.#readOnly = cause;
    this.#updateStatus();
    await this.#working;
    // The new writer wants the file's handle.
    await this.#closeStores();
  }

  async #closeStores(): Promise<void> {
    for (const { store } of this.#stores) store.onFailure = null;
    await Promise.allSettled(this.#stores.map(({ store }) => store.close()));
  }

  #enqueue(change: Waiting['change']): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('The log is closed.'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ change, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // What the same turn of the event loop appends goes into the first transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      try {
        if (this.#readOnly !== null) throw new NotWriterError(noticeOf(this.#readOnly));
        const first = batch[0]?.change;
        if (first?.kind === 'replace') await this.#replaceAll(first.records);
        else await this.#appendAll(recordsOf(batch));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        const reason = error instanceof Error ? error : new Error(String(error));
        for (const { reject } of batch) reject(reason);
      }
    }
    this.#working = null;
  }

  /** A replacement alone, or appends up to the next one. */
  #nextBatch(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { change } of this.#queue) {
      if (change.kind === 'replace') {
        count = Math.max(count, 1);
        break;
      }
      bytes += framedLength(change.record);
      if (count > 0 && bytes > BATCH_BYTES) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #appendAll(records: readonly Uint8Array[]): Promise<void> {
    const { bytes, chain } = encodeFrames(records, this.#chain);
    // All begin before the first is waited for. IndexedDB stands first and works in another process
    // while the file's flush holds up this thread.
    await this.#inEach(this.#workingStores(), ({ store }) => store.append(bytes, records.length));
    const left = this.#workingStores();
    if (!left.some(({ store }) => store.appendChecksWriter)) {
      await this.#inEach(left, ({ store }) => store.checkWriter());
    }
    this.#chain = chain;
  }

  async #replaceAll(records: readonly Uint8Array[]): Promise<void> {
    this.#generation++;
    const { bytes, chain } = encodeLog(this.#generation, records);
    await this.#inEach(this.#stores, async (state) => {
      await state.store.begin(this.#generation, bytes, records.length);
      state.failure = null;
    });
    this.#chain = chain;
    // Only now, when each store that works has the new generation whole.
    await Promise.allSettled(this.#workingStores().map(({ store }) => store.dropOthers()));
    this.#updateStatus();
  }

  /** Does it in these stores at once. Rejects only if we are not the writer any more. */
  async #inEach(
    states: readonly StoreState[],
    act: (state: StoreState) => Promise<void>,
  ): Promise<void> {
    const outcomes = await Promise.allSettled(states.map(act));
    for (const [i, outcome] of outcomes.entries()) {
      const state = states[i];
      if (outcome.status === 'rejected' && state !== undefined) {
        await this.#failed(state, outcome.reason);
      }
    }
    if (this.#readOnly !== null && outcomes.some(isFenced))
      throw new NotWriterError(noticeOf(this.#readOnly));
  }

  async #failed(state: StoreState, error: unknown): Promise<void> {
    if (error instanceof FencedError || error instanceof NewerVersionError) {
      const kind = error instanceof FencedError ? 'taken-over' : 'newer-version';
      // Not awaited: it waits for the loop that may be calling here.
      void this.becomeReadOnly({ kind });
      return;
    }
    // One that fails after we lost the right to write was closed by us.
    if (this.#readOnly !== null) return;
    state.failure = { error };
    this.#updateStatus();
    await state.store.close().catch(() => undefined);
  }

  #workingStores(): readonly StoreState[] {
    return this.#stores.filter(({ failure }) => failure === null);
  }

  #updateStatus(): void {
    const status = this.#currentStatus();
    if (status.state === this.#status.state && status.notice === this.#status.notice) return;
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }

  #currentStatus(): StorageView {
    if (this.#readOnly !== null) return statusOf('read-only', this.#readOnly);
    const failures = this.#stores.flatMap(({ store, failure }) =>
      failure === null ? [] : [failureOf(store.label, failure.error)],
    );
    if (failures.length === 0) return { state: 'kept', notice: null };
    const working = this.#workingStores().map(({ store }) => store.label);
    const kind = working.length === 0 ? 'memory-only' : 'degraded';
    return statusOf(kind, { kind, working, failures });
  }
}

function statusOf(state: StorageView['state'], cause: StorageCause): StorageView {
  return { state, notice: noticeOf(cause), cause };
}

function recordsOf(batch: readonly Waiting[]): readonly Uint8Array[] {
  return batch.flatMap(({ change }) => (change.kind === 'append' ? [change.record] : []));
}

function isFenced(outcome: PromiseSettledResult<void>): boolean {
  return outcome.status === 'rejected' && outcome.reason instanceof FencedError;
}
