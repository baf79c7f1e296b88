import { promisifyRequest, type UseStore } from 'idb-keyval';

import { deferred } from './deferred.ts';
import { NewerVersionError } from './log-store.ts';

/** An open database of one object store. */
export interface Database {
  /** As idb-keyval's functions take it, but with strict durability, and started before it returns. */
  readonly use: UseStore;
  /** What Chromium says of data that it lost and replaced by an empty database; else null. */
  readonly dataLoss: string | null;
  /** The database was closed from outside: the browser dropped it, or a newer page wants to upgrade. */
  onClosed: ((error: unknown) => void) | null;
  close(): void;
}

/** Raised with every change that code of an earlier version would misread. */
const VERSION = 1;
const STORE = 'log';
/** Some browsers leave an open unanswered for ever after a crash. */
const OPEN_LIMIT_MS = 4_000;

/**
 * Opens the database of that name, or creates it. Rejects with NewerVersionError if a later version
 * of the page made it, with an Error if another tab blocks it or the browser has no IndexedDB here.
 */
export async function openDatabase(name: string): Promise<Database> {
  if (typeof indexedDB === 'undefined') throw new Error('this browser offers none here');
  const request = indexedDB.open(name, VERSION);
  let dataLoss: string | null = null;
  request.onupgradeneeded = (event) => {
    dataLoss = dataLossOf(event);
    // No two records may name the same writer: see indexed-store.ts on fences.
    request.result.createObjectStore(STORE).createIndex('writer', 'writer', { unique: true });
  };
  const db = await withinLimit(request);
  const database: Database = {
    // A durability of 'strict' has the browser flush before it reports success; its default leaves
    // seconds of acknowledged data to a power cut.
    use: async (mode, callback) =>
      callback(db.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE)),
    dataLoss,
    onClosed: null,
    close: () => db.close(),
  };
  db.onversionchange = (event) => {
    // Staying open would block the newer page's upgrade, or the deletion that somebody asked for.
    db.close();
    database.onClosed?.(
      event.newVersion === null
        ? new Error('its data was deleted by another tab or by the browser')
        : new NewerVersionError('a newer version of this page was opened'),
    );
  };
  db.onclose = () => database.onClosed?.(new Error('the browser closed it'));
  return database;
}

/** Resolves when the transaction is complete; rejects with its error, whichever request it came from. */
export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // Not `onerror`: it comes before the abort, when `transaction.error` is not set yet. A full disk
    // is told by the abort alone, with an empty message.
    transaction.onabort = () => reject(transaction.error ?? new Error('a transaction was aborted'));
  });
}

async function withinLimit(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  let blocked = false;
  request.onblocked = () => (blocked = true);
  const limit = deferred<'late'>();
  const timer = setTimeout(() => limit.resolve('late'), OPEN_LIMIT_MS);
  const opened = promisifyRequest(request).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'VersionError') {
      throw new NewerVersionError('a newer version of this page wrote it');
    }
    throw error;
  });
  const first = await Promise.race([opened, limit.promise]).finally(() => clearTimeout(timer));
  if (first !== 'late') return first;
  // Should it open after all, nobody would close it, and it would block the next upgrade.
  opened.then(
    (db) => db.close(),
    () => undefined,
  );
  throw new Error(
    blocked
      ? 'another tab with an older version of this page keeps it busy; close that tab and reload'
      : 'it did not open in time; reload the page',
  );
}

/** `dataLoss` and `dataLossMessage` are Chromium's own: the only sign that it gave up a database. */
function dataLossOf(event: IDBVersionChangeEvent): string | null {
  if (!('dataLoss' in event) || event.dataLoss === 'none') return null;
  const message = 'dataLossMessage' in event ? String(event.dataLossMessage) : '';
  return `${String(event.dataLoss)}${message === '' ? '' : `: ${message}`}`;
}
