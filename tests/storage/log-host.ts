/** The page side of log-worker.ts, and the hands that damage what the browser keeps. */
import { promisifyRequest } from 'idb-keyval';

import type { Actions } from './log-worker.ts';

export interface LogHost {
  readonly worker: Worker;
  readonly acknowledged: () => number;
  do<A extends keyof Actions>(
    action: A,
    ...args: Parameters<Actions[A]>
  ): Promise<Awaited<ReturnType<Actions[A]>>>;
  terminate(): void;
}

const hosts = new Set<LogHost>();

export function startHost(): LogHost {
  const worker = new Worker(new URL('./log-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (message: { value?: unknown; error?: string }) => void>();
  let acknowledged = -1;
  worker.onmessage = ({ data }) => {
    if ('acknowledged' in data) acknowledged = data.acknowledged;
    else waiting.get(data.id)?.(data);
  };
  let calls = 0;
  const host: LogHost = {
    worker,
    acknowledged: () => acknowledged,
    do: (action, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, ({ value, error }) =>
          error === undefined ? resolve(value as never) : reject(new Error(error)),
        );
        worker.postMessage([id, action, args]);
      }),
    terminate: () => worker.terminate(),
  };
  hosts.add(host);
  return host;
}

export function stopHosts(): void {
  for (const host of hosts) host.terminate();
  hosts.clear();
}

export async function deleteIndexed(name: string): Promise<void> {
  await promisifyRequest(indexedDB.deleteDatabase(`aof-lab ${name}`));
}

export async function logFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return (await root.getDirectoryHandle('aof-lab')).getDirectoryHandle(name);
}

export async function deleteFiles(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await (await root.getDirectoryHandle('aof-lab')).removeEntry(name, { recursive: true });
}

/** Names of the log's files, without those set aside. */
export async function logFiles(name: string): Promise<string[]> {
  const names: string[] = [];
  for await (const key of (await logFolder(name)).keys()) {
    if (key.startsWith('log-')) names.push(key);
  }
  return names;
}

/** Rewrites the only file of the log. A worker that was just terminated may hold it for a moment. */
export async function changeFile(
  name: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const [file] = await logFiles(name);
  const handle = await (await logFolder(name)).getFileHandle(file!);
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const stream = await handle.createWritable();
  await stream.write(change(bytes) as Uint8Array<ArrayBuffer>);
  await stream.close();
}

/** Does something with the object store of the log's database. */
export async function withIndexed(
  name: string,
  act: (store: IDBObjectStore) => void,
): Promise<void> {
  const db = await promisifyRequest(indexedDB.open(`aof-lab ${name}`));
  const transaction = db.transaction('log', 'readwrite');
  act(transaction.objectStore('log'));
  await promisifyRequest(transaction);
  db.close();
}

/** Keys and sizes of the chunks that the database holds. */
export async function chunkSizes(name: string): Promise<number[]> {
  const sizes: number[] = [];
  await withIndexed(name, (store) => {
    store.openCursor().onsuccess = ({ target }) => {
      const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
      if (cursor === null) return;
      if (cursor.value instanceof Uint8Array) sizes.push(cursor.value.length);
      cursor.continue();
    };
  });
  return sizes;
}
