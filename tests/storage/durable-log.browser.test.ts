import { afterEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';

import {
  changeFile,
  chunkSizes,
  deleteFiles,
  deleteIndexed,
  logFiles,
  startHost,
  stopHosts,
  withIndexed,
} from './log-host.ts';

let count = 0;
const fresh = (): string => `test-${Date.now()}-${++count}`;
const three = ['one', 'two', 'three'].map((text) => new TextEncoder().encode(text));

afterEach(stopHosts);

/** Writes records under a fresh name and closes the log. */
async function kept(records: readonly Uint8Array[]): Promise<string> {
  const name = fresh();
  const host = startHost();
  const first = await host.do('open', name);
  expect(first).toMatchObject({
    records: [],
    report: null,
    status: { state: 'kept', notice: null },
  });
  await host.do('append', ...records);
  await host.do('close');
  host.terminate();
  return name;
}

describe('what was appended', () => {
  test('comes back in order after the log was closed', async () => {
    const name = await kept(three);
    expect(await startHost().do('open', name)).toMatchObject({ records: three, report: null });
  });

  test('comes back whatever its bytes and sizes are, big records split into small values', async () => {
    const sizes = [0, 1, 59_990, 60_000, 60_001, 65_536, 200_000, 400_000, 3];
    const records = sizes.map((size, i) => randomBytes(size, i));
    const name = await kept(records);
    expect(Math.max(...(await chunkSizes(name)).filter((size) => size < 1024 * 1024))).toBe(60_000);
    const { records: back, report } = await startHost().do('open', name);
    expect(report).toBe(null);
    expect(back.map(({ length }) => length)).toEqual(sizes);
    expect(back.every((record, i) => equal(record, records[i]!))).toBe(true);
  });

  test('one by one and over several sessions is merged into few blocks, and comes back whole', async () => {
    const name = fresh();
    const all: Uint8Array[] = [];
    for (let session = 0; session < 4; session++) {
      const host = startHost();
      const { records, report } = await host.do('open', name);
      expect(report).toBe(null);
      expect(records.length).toBe(all.length);
      for (let i = 0; i < 60; i++) {
        const record = randomBytes(1_000, all.length);
        all.push(record);
        await host.do('append', record);
      }
      await host.do('close');
      host.terminate();
    }
    expect((await chunkSizes(name)).filter((size) => size === 60_000).length).toBe(4);
    const { records } = await startHost().do('open', name);
    expect(records.every((record, i) => equal(record, all[i]!))).toBe(true);
    expect(records.length).toBe(240);
  });

  test('of 10 MB is opened again whole; prints the time', async () => {
    const records = Array.from({ length: 100 }, (_, i) => randomBytes(100_000, i));
    const name = await kept(records);
    const { records: back, openMs } = await startHost().do('open', name);
    console.log(`10 MB reopened in ${openMs.toFixed(0)} ms`);
    expect(back.length).toBe(100);
    expect(back.every((record, i) => equal(record, records[i]!))).toBe(true);
  });

  test('replaced is gone, in both stores, and what replaced it stands there', async () => {
    const name = await kept(three);
    const host = startHost();
    await host.do('open', name);
    await host.do('replace', three[2]!);
    await host.do('append', three[0]!);
    await host.do('close');
    expect(await logFiles(name)).toEqual(['log-2']);
    for (const missing of [['IndexedDB'], ['OPFS']] as const) {
      const other = startHost();
      expect((await other.do('open', name, missing)).records).toEqual([three[2], three[0]]);
      await other.do('close');
    }
  });

  test('and wiped is gone', async () => {
    const name = await kept(three);
    const host = startHost();
    await host.do('open', name);
    await host.do('wipe');
    host.terminate();
    expect(await startHost().do('open', name)).toMatchObject({ records: [], report: null });
  });
});

describe('a store deleted behind our back', () => {
  test('IndexedDB is rebuilt from the file', async () => {
    const name = await kept(three);
    await deleteIndexed(name);
    const host = startHost();
    expect(await host.do('open', name)).toMatchObject({
      records: three,
      report: 'IndexedDB was empty and was rebuilt from OPFS (3 records).',
      status: { state: 'kept' },
    });
    await host.do('append', three[0]!);
    await host.do('close');
    await deleteFiles(name);
    expect((await startHost().do('open', name)).records).toEqual([...three, three[0]]);
  });

  test('the file is rebuilt from IndexedDB', async () => {
    const name = await kept(three);
    await deleteFiles(name);
    const host = startHost();
    expect(await host.do('open', name)).toMatchObject({
      records: three,
      report: 'OPFS was empty and was rebuilt from IndexedDB (3 records).',
    });
    await host.do('close');
    await deleteIndexed(name);
    expect((await startHost().do('open', name)).records).toEqual(three);
  });
});

test('what Chromium says of data that it lost is told', async () => {
  const name = await kept(three);
  await deleteIndexed(name);
  const host = startHost();
  expect(await host.do('pretendDataLoss')).toBe(true);
  expect(await host.do('open', name)).toMatchObject({
    records: three,
    report:
      'The browser reports that IndexedDB lost its data (total). ' +
      'IndexedDB was empty and was rebuilt from OPFS (3 records).',
  });
});

describe('a damaged store', () => {
  test('is completed from the other: the file cut at many places', async () => {
    for (const cut of [0, 5, 27, 28, 30, 39, 40, 62]) {
      const name = await kept(three);
      await changeFile(name, (bytes) => bytes.slice(0, cut));
      const host = startHost();
      const { records, report } = await host.do('open', name);
      expect(records).toEqual(three);
      expect(report).toMatch(/^OPFS was .* (completed|rebuilt) from IndexedDB/);
      await host.do('close');
      await deleteIndexed(name);
      expect((await startHost().do('open', name)).records).toEqual(three);
      stopHosts();
    }
  });

  test('is completed from the other: a chunk of IndexedDB gone, changed, or of another type', async () => {
    const changes: ((store: IDBObjectStore) => void)[] = [
      (store) => store.delete([1, 28]),
      (store) => store.put(new Uint8Array(11), [1, 28]),
      (store) => store.put('text', [1, 28]),
      (store) => store.delete('head'),
      (store) => store.delete([1, 0]),
    ];
    for (const change of changes) {
      const name = fresh();
      const host = startHost();
      await host.do('open', name);
      for (const record of three) await host.do('append', record);
      await host.do('close');
      await withIndexed(name, change);
      const again = startHost();
      expect((await again.do('open', name)).records).toEqual(three);
      await again.do('append', three[1]!);
      await again.do('close');
      await deleteFiles(name);
      expect((await startHost().do('open', name)).records).toEqual([...three, three[1]]);
      stopHosts();
    }
  });

  test('with no other: what stands before the damage is used, the rest is set aside for export', async () => {
    const name = await kept(three);
    await deleteIndexed(name);
    let damaged = new Uint8Array();
    await changeFile(name, (bytes) => {
      bytes[bytes.length - 20]! ^= 1;
      damaged = bytes.slice();
      return bytes;
    });
    const host = startHost();
    const { records, report, status } = await host.do('open', name);
    expect(records).toEqual(three.slice(0, 1));
    expect(status.state).toBe('kept');
    expect(report).toContain(
      'Damaged data of OPFS (63 bytes) was set aside for export, not deleted.',
    );
    await host.do('append', three[2]!);
    await host.do('close');
    expect(await host.do('setAside', name)).toEqual(new Map([['OPFS generation 1', damaged]]));
    expect((await startHost().do('open', name)).records).toEqual([three[0], three[2]]);
  });

  test('of a later format is left untouched', async () => {
    const name = await kept(three);
    await deleteFiles(name);
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(`aof-lab ${name}`, 2);
      request.onsuccess = () => resolve(request.result);
    });
    db.close();
    const { records, status } = await startHost().do('open', name);
    expect(records).toEqual([]);
    expect(status.state).toBe('read-only');
    expect(status.notice).toContain('Reload this tab');
    const left = await new Promise<unknown[]>((resolve) => {
      indexedDB.open(`aof-lab ${name}`).onsuccess = ({ target }) => {
        const opened = (target as IDBOpenDBRequest).result;
        opened.transaction('log').objectStore('log').getAllKeys().onsuccess = (event) => {
          opened.close();
          resolve((event.target as IDBRequest<unknown[]>).result);
        };
      };
    });
    expect(left).toContainEqual([1, 0]);
  });
});

describe('a store that fails', () => {
  test('leaves the log going on in the other under a notice, and nothing is lost', async () => {
    for (const label of ['IndexedDB', 'OPFS'] as const) {
      const other = label === 'OPFS' ? 'IndexedDB' : 'OPFS';
      const name = await kept(three.slice(0, 1));
      const host = startHost();
      await host.do('open', name);
      await host.do('fail', { [label]: 'QuotaExceededError' });
      const status = await host.do('append', three[1]!);
      expect(status.state).toBe('degraded');
      expect(status.notice).toContain(`in one place only, ${other}: ${label} has no room left.`);
      await host.do('append', three[2]!);
      host.terminate();
      const again = startHost();
      expect(await again.do('open', name)).toMatchObject({
        records: three,
        report: `${label} was 2 records behind and was completed from ${other}.`,
        status: { state: 'kept' },
      });
    }
  });

  test('with the other leaves the log in memory only, which is never called kept', async () => {
    const name = await kept(three.slice(0, 1));
    const host = startHost();
    await host.do('open', name);
    await host.do('fail', { IndexedDB: 'QuotaExceededError', OPFS: 'UnknownError' });
    const status = await host.do('append', three[1]!);
    expect(status.state).toBe('memory-only');
    expect(status.notice).toContain('Nothing is kept when this tab closes');
    await host.do('append', three[2]!);
    expect((await host.do('statuses')).some(({ state }) => state === 'kept')).toBe(false);
    await host.do('close');
    expect((await startHost().do('open', name)).records).toEqual(three.slice(0, 1));
  });

  test('because the browser’s quota is really used up is named, and comes back when there is room', async () => {
    const name = await kept(three.slice(0, 1));
    const host = startHost();
    await host.do('open', name);
    const { usage = 0 } = await navigator.storage.estimate();
    const protocol = cdp() as unknown as {
      send(method: string, params: object): Promise<unknown>;
    };
    const { origin } = location;
    await protocol.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 200_000 });
    try {
      const status = await host.do('append', randomBytes(3_000_000, 1));
      // Chromium applies the override to files alone.
      expect(status.state).toBe('degraded');
      expect(status.notice).toContain('in one place only, IndexedDB: OPFS has no room left.');
    } finally {
      await protocol.send('Storage.overrideQuotaForOrigin', { origin });
    }
    expect(await host.do('replace', three[0]!, three[1]!)).toEqual({ state: 'kept', notice: null });
    await host.do('close');
    expect((await startHost().do('open', name)).records).toEqual(three.slice(0, 2));
  });

  test('is tried again by a replacement', async () => {
    const name = await kept(three);
    const host = startHost();
    await host.do('open', name);
    await host.do('fail', { IndexedDB: 'QuotaExceededError', OPFS: 'QuotaExceededError' });
    await host.do('append', three[1]!);
    await host.do('fail', {});
    expect(await host.do('replace', three[0]!)).toEqual({ state: 'kept', notice: null });
    await host.do('append', three[1]!);
    await host.do('close');
    await deleteIndexed(name);
    expect((await startHost().do('open', name)).records).toEqual([three[0], three[1]]);
  });

  test('or is missing from the beginning is named in the notice', async () => {
    const name = fresh();
    const one = startHost();
    const { status } = await one.do('open', name, ['OPFS']);
    expect(status).toMatchObject({ state: 'degraded' });
    expect(status.notice).toContain('OPFS cannot be used (The operation is insecure).');
    await one.do('append', ...three);
    await one.do('close');
    expect((await startHost().do('open', name, ['OPFS'])).records).toEqual(three);
    const none = await startHost().do('open', fresh(), ['IndexedDB', 'OPFS']);
    expect(none).toMatchObject({ records: [], status: { state: 'memory-only' } });
  });

  test('because its database was deleted under it is noticed', async () => {
    const name = fresh();
    const host = startHost();
    await host.do('open', name);
    await deleteIndexed(name);
    const status = await host.do('append', three[0]!);
    expect(status.state).toBe('degraded');
    expect(status.notice).toContain('its data was deleted');
  });
});

test('a worker that is terminated during appends loses nothing that was acknowledged, 24 times', async () => {
  const name = fresh();
  let total = 0;
  for (let run = 0; run < 24; run++) {
    const host = startHost();
    const { records, status } = await host.do('open', name);
    expect(status.state).toBe('kept');
    expect(records.length).toBeGreaterThanOrEqual(total);
    const before = records.length;
    void host.do('stream', run, 40 + run * 60);
    await new Promise((resolve) => setTimeout(resolve, 15 + ((run * 37) % 60)));
    host.terminate();
    total = before + host.acknowledged() + 1;
  }
  const { records } = await startHost().do('open', name);
  expect(records.length).toBeGreaterThanOrEqual(total);
  expect(total).toBeGreaterThan(24);
  // Within each run the numbers go up by one from 0.
  let expected = { lane: -1, n: 0 };
  for (const record of records) {
    const lane = record[4]!;
    const n = new DataView(record.buffer, record.byteOffset).getUint32(0);
    expected = lane === expected.lane ? { lane, n: expected.n + 1 } : { lane, n: 0 };
    expect(n).toBe(expected.n);
  }
});

test('a worker that is terminated while it replaces everything leaves one whole generation, 20 times', async () => {
  const name = fresh();
  for (let run = 0; run < 20; run++) {
    const host = startHost();
    const { records, status } = await host.do('open', name);
    expect(status.state).toBe('kept');
    const n = records[0]?.[0] ?? 0;
    expect(records.length).toBe(n);
    expect(records.every((record) => record.length === 2_000 && record.every((b) => b === n))).toBe(
      true,
    );
    void host.do('churn');
    await new Promise((resolve) => setTimeout(resolve, 20 + ((run * 31) % 50)));
    host.terminate();
  }
});

test('an append of 100 bytes against a raw strict transaction; prints both', async () => {
  const host = startHost();
  await host.do('open', fresh());
  const { raw, append } = await host.do('measure', 150);
  console.log(
    `median of 150: raw strict transaction ${raw.toFixed(2)} ms, append ${append.toFixed(2)} ms, ratio ${(append / raw).toFixed(2)}`,
  );
  expect(append).toBeGreaterThan(0);
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function randomBytes(length: number, seed: number): Uint8Array {
  let state = seed * 2654435761 + 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
