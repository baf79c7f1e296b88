import { StoredDurableLog, type DurableLog, type StoreState } from './durable-log.ts';
import { fileStore } from './file-store.ts';
import { indexedStore } from './indexed-store.ts';
import { encodeLog } from './log-frames.ts';
import { FencedError, NewerVersionError, type Holdings, type LogStore } from './log-store.ts';
import { failureOf, failureSentence } from './notices.ts';
import { recover, repairOf, reportOf, type FoundLog, type Recovery } from './recovery.ts';
import { acquireWriter, type Writer } from './writer.ts';

export interface OpenedLog {
  readonly log: DurableLog;
  /** What was kept, in order. Views on one buffer: copy what is to outlive the others. */
  readonly records: readonly Uint8Array[];
  /** What had to be repaired, or was lost, in plain sentences; null if all was well. */
  readonly report: string | null;
  /** Gives the right to write; after its `takeOver()` the log is to be opened anew with it. */
  readonly writer: Writer;
}

export interface OpenOptions {
  /** Asked for by the caller before; it is then also the caller's to release. */
  readonly writer?: Writer;
  /** The places to keep the log in; those of the browser unless a test gives others. */
  readonly stores?: readonly LogStore[];
}

/**
 * Opens the log of that name in a worker: reads each of the browser's stores, goes on from the newest
 * complete generation, and repairs the stores that have less. If another tab is the writer, the log
 * is read-only. Never rejects for what the browser lacks or has lost; `log.status` and `report` tell.
 */
export async function openDurableLog(name: string, options: OpenOptions = {}): Promise<OpenedLog> {
  const writer = options.writer ?? (await acquireWriter(name));
  const access = writer.mayWrite ? 'write' : 'read';
  const stores = (options.stores ?? [indexedStore(name), fileStore(name)]).map(
    (store): StoreState => ({ store, failure: null }),
  );
  const holdings = await openStores(stores, access);
  const recovery = recover(holdings);
  const records = recovery.chosen?.parsed.records ?? [];
  const newer =
    recovery.newer || stores.some(({ failure }) => failure?.error instanceof NewerVersionError);
  const release = options.writer === undefined ? () => writer.release() : () => undefined;
  if (newer || access === 'read') {
    await Promise.allSettled(stores.map(({ store }) => store.close()));
    const readOnly = { kind: newer ? 'newer-version' : 'second-tab' } as const;
    const log = new StoredDurableLog({ stores, generation: 0, chain: 0, readOnly, release });
    // A reader repairs nothing, so it has nothing to report.
    return { log, records: newer ? [] : records, report: null, writer };
  }
  const { generation, chain } = await makeReady(stores, recovery);
  const log = new StoredDurableLog({ stores, generation, chain, readOnly: null, release });
  const stopListening = writer.onLost(() => {
    stopListening();
    void log.becomeReadOnly({ kind: 'taken-over' });
  });
  // It may have been lost while the stores were read and repaired.
  const fenced = stores.some(({ failure }) => failure?.error instanceof FencedError);
  if (fenced || !writer.mayWrite) await log.becomeReadOnly({ kind: 'taken-over' });
  return { log, records, report: reportOf(holdings, recovery), writer };
}

/** Raw bytes that were set aside because they could not be used, by the name of their place. */
export async function readSetAside(
  name: string,
  stores: readonly LogStore[] = [indexedStore(name), fileStore(name)],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  for (const store of stores) {
    try {
      await store.open('read');
      for (const [key, bytes] of await store.quarantined()) all.set(`${store.label} ${key}`, bytes);
    } catch (error) {
      all.set(
        `${store.label} error.txt`,
        new TextEncoder().encode(failureSentence(failureOf(store.label, error))),
      );
    } finally {
      await store.close();
    }
  }
  return all;
}

async function openStores(
  stores: readonly StoreState[],
  access: 'read' | 'write',
): Promise<ReadonlyMap<string, Holdings>> {
  const holdings = new Map<string, Holdings>();
  const opened = await Promise.all(
    stores.map((state) => attempt(state, () => state.store.open(access))),
  );
  for (const [i, { store }] of stores.entries()) {
    const held = opened[i];
    if (held !== undefined && held !== null) holdings.set(store.label, held);
  }
  return holdings;
}

/** Brings every store that works to the chosen log, and says where the next frame goes. */
async function makeReady(
  stores: readonly StoreState[],
  recovery: Recovery,
): Promise<{ generation: number; chain: number }> {
  await setDamagedAside(stores, recovery);
  const { chosen } = recovery;
  if (chosen !== null) {
    const resumed = await Promise.all(
      stores.map((state) => attempt(state, () => resume(state.store, recovery, chosen))),
    );
    if (!resumed.includes(false)) {
      await dropOthers(stores);
      return { generation: chosen.stored.generation, chain: chosen.parsed.chain };
    }
  }
  // A store without that generation gets it as a new one, and so do the others: theirs stays until
  // each has it.
  const records = chosen?.parsed.records ?? [];
  const generation = recovery.nextGeneration;
  const { bytes, chain } = encodeLog(generation, records);
  await Promise.all(
    stores.map((state) =>
      attempt(state, () => state.store.begin(generation, bytes, records.length)),
    ),
  );
  await dropOthers(stores);
  return { generation, chain };
}

/** Goes on in the generation that the store has; false if it has not. */
async function resume(store: LogStore, recovery: Recovery, chosen: FoundLog): Promise<boolean> {
  const repair = repairOf(store.label, recovery);
  if (repair.kind === 'rebuild') return false;
  const { generation, bytes } = chosen.stored;
  const { end, records } = chosen.parsed;
  if (repair.kind === 'none') return store.resume(generation, end, records.length);
  const kept = records.length - repair.missing;
  if (!(await store.resume(generation, repair.from, kept))) return false;
  if (repair.missing > 0) await store.append(bytes.slice(repair.from, end), repair.missing);
  return true;
}

/** A store whose damaged bytes cannot be kept elsewhere is left as it is, rather than repaired. */
async function setDamagedAside(stores: readonly StoreState[], recovery: Recovery): Promise<void> {
  for (const { label, stored } of recovery.setAside) {
    const state = stores.find(({ store }) => store.label === label);
    if (state === undefined) continue;
    const name = `generation ${stored.generation}`;
    await attempt(state, () => state.store.setAside(name, stored.bytes));
  }
}

async function dropOthers(stores: readonly StoreState[]): Promise<void> {
  await Promise.all(stores.map((state) => attempt(state, () => state.store.dropOthers())));
}

/** Null, and the store is not used any more, if it fails. */
async function attempt<T>(state: StoreState, act: () => Promise<T>): Promise<T | null> {
  if (state.failure !== null) return null;
  try {
    return await act();
  } catch (error) {
    state.failure = { error };
    await state.store.close().catch(() => undefined);
    return null;
  }
}
