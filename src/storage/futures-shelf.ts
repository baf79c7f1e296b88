import { createStore, get, set } from 'idb-keyval';

/** Where the browser keeps the futures of a lab, beside its log: what is wrong here harms no lab. */
export interface FuturesShelf {
  /** Null: there is nothing, or it cannot be read. */
  load(): Promise<Uint8Array | null>;
  /** False: they are not kept, since another tab is the writer or the browser refused. */
  save(bytes: Uint8Array): Promise<boolean>;
}

const KEY = 'futures';

/** `mayWrite`: whether this tab is the writer, asked at every save. */
export function futuresShelf(name: string, mayWrite: () => boolean): FuturesShelf {
  let opened: ReturnType<typeof createStore> | null = null;
  const store = (): ReturnType<typeof createStore> => (opened ??= createStore(name, KEY));
  return {
    async load() {
      try {
        const found = await get<unknown>(KEY, store());
        return found instanceof Uint8Array ? found : null;
      } catch {
        return null;
      }
    },
    async save(bytes) {
      if (!mayWrite()) return false;
      try {
        await set(KEY, bytes, store());
        return true;
      } catch {
        return false;
      }
    },
  };
}
