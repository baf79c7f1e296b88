/** A worker that holds a durable log and does with it what a test asks. */
import { promisifyRequest } from 'idb-keyval';

import type { DurableLog } from '../../src/storage/durable-log.ts';
import { fileStore } from '../../src/storage/file-store.ts';
import { indexedStore } from '../../src/storage/indexed-store.ts';
import type { LogStore } from '../../src/storage/log-store.ts';
import {
  openDurableLog,
  readSetAside,
  type OpenedLog,
} from '../../src/storage/open-durable-log.ts';
import { acquireWriter, type Writer } from '../../src/storage/writer.ts';
import type { StorageView } from '../../src/worker/protocol.ts';

export type StoreName = 'IndexedDB' | 'OPFS';

export interface Opened {
  readonly records: readonly Uint8Array[];
  readonly report: string | null;
  readonly status: StorageView;
  readonly openMs: number;
}

let opened: OpenedLog | null = null;
let writer: Writer | null = null;
let failing: Partial<Record<StoreName, string>> = {};
const statuses: StorageView[] = [];

const actions = {
  /** `missing`: stores that cannot even be opened. */
  async open(
    name: string,
    missing: readonly StoreName[] = [],
    locks: 'locks' | 'no locks' = 'locks',
  ): Promise<Opened> {
    writer ??= locks === 'locks' ? await acquireWriter(name) : lockless;
    const stores = [breakable(indexedStore(name), missing), breakable(fileStore(name), missing)];
    const start = performance.now();
    opened = await openDurableLog(name, { writer, stores });
    const openMs = performance.now() - start;
    opened.log.onStatus((status) => statuses.push(status));
    const { records, report } = opened;
    return {
      records: records.map((record) => record.slice()),
      report,
      status: log().status,
      openMs,
    };
  },
  async append(...records: Uint8Array[]): Promise<StorageView> {
    await Promise.all(records.map((record) => log().append(record)));
    return log().status;
  },
  async replace(...records: Uint8Array[]): Promise<StorageView> {
    await log().replace(records);
    return log().status;
  },
  /** Appends one after the other for ever, and says what was acknowledged. */
  async stream(lane: number, size: number): Promise<void> {
    for (let n = 0; ; n++) {
      await log().append(numbered(lane, n, size));
      postMessage({ acknowledged: n });
    }
  },
  /** From now on writes to these stores fail with an error of that name. */
  fail(how: Partial<Record<StoreName, string>>): void {
    failing = how;
  },
  /** Replaces all by `n` records that say n, for ever. */
  async churn(): Promise<void> {
    for (let n = 1; ; n = (n % 60) + 1) {
      await log().replace(Array.from({ length: n }, () => new Uint8Array(2_000).fill(n)));
      postMessage({ acknowledged: n });
    }
  },
  /** What Chromium's event says from now on, as after a loss; resolves with what it said before. */
  pretendDataLoss(): unknown {
    const prototype = IDBVersionChangeEvent.prototype;
    const real: unknown = Object.getOwnPropertyDescriptor(prototype, 'dataLoss');
    Object.defineProperty(prototype, 'dataLoss', { get: () => 'total' });
    return real !== undefined;
  },
  statuses(): readonly StorageView[] {
    return statuses;
  },
  async setAside(name: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return readSetAside(name);
  },
  async takeOver(name: string): Promise<number> {
    const start = performance.now();
    await writer?.takeOver();
    await actions.open(name);
    await log().append(new Uint8Array(1));
    return performance.now() - start;
  },
  async close(): Promise<void> {
    await log().close();
    writer?.release();
    writer = null;
  },
  async wipe(): Promise<void> {
    await log().wipe();
  },
  /** Medians, in ms: a raw strict transaction of one put, and an append of 100 bytes, interleaved. */
  async measure(rounds: number): Promise<{ raw: number; append: number }> {
    const request = indexedDB.open('raw baseline', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('s');
    const db = await promisifyRequest(request);
    const raw: number[] = [];
    const append: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const value = crypto.getRandomValues(new Uint8Array(100));
      let start = performance.now();
      await new Promise<void>((resolve) => {
        const transaction = db.transaction('s', 'readwrite', { durability: 'strict' });
        transaction.objectStore('s').put(value, i);
        transaction.oncomplete = () => resolve();
      });
      raw.push(performance.now() - start);
      start = performance.now();
      await log().append(value);
      append.push(performance.now() - start);
    }
    db.close();
    return { raw: median(raw), append: median(append) };
  },
  /** A worker that hangs, with an append just begun. */
  async hang(ms: number): Promise<void> {
    void log().append(new Uint8Array(3));
    await Promise.resolve();
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
};

export type Actions = typeof actions;

/** A writer as in a browser without Web Locks, or as in a tab that does not get to hear of a theft. */
const lockless: Writer = {
  mayWrite: true,
  takeOver: () => Promise.resolve(),
  onLost: () => () => undefined,
  release: () => undefined,
};

onmessage = async ({
  data: [id, action, args],
}: MessageEvent<[number, keyof Actions, never[]]>) => {
  try {
    const value: unknown = await Reflect.apply(actions[action], null, args);
    postMessage({ id, value });
  } catch (error) {
    postMessage({
      id,
      error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
    });
  }
};

function log(): DurableLog {
  if (opened === null) throw new Error('nothing is open');
  return opened.log;
}

function numbered(lane: number, n: number, size: number): Uint8Array {
  const record = new Uint8Array(size).fill(lane);
  new DataView(record.buffer).setUint32(0, n);
  return record;
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** The same store, but that its writes fail when a test wants it, as on a full disk. */
function breakable(store: LogStore, missing: readonly StoreName[]): LogStore {
  const label = store.label as StoreName;
  return new Proxy(store, {
    get(target, key: keyof LogStore) {
      const value = target[key];
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
      if (key === 'open' && missing.includes(label)) {
        return () =>
          Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));
      }
      if (key !== 'append' && key !== 'begin') return method;
      const name = failing[label];
      return name === undefined ? method : () => Promise.reject(new DOMException('', name));
    },
    set: (target, key, value) => Reflect.set(target, key, value),
  });
}
