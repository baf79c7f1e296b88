import { afterEach, describe, expect, test } from 'vitest';

import { deleteIndexed, startHost, stopHosts } from './log-host.ts';

let count = 0;
const fresh = (): string => `writer-${Date.now()}-${++count}`;
const record = (n: number): Uint8Array => Uint8Array.of(n, n);

afterEach(stopHosts);

describe('two tabs with one lab', () => {
  test('the second may look and not write', async () => {
    const name = fresh();
    const first = startHost();
    await first.do('open', name);
    await first.do('append', record(1), record(2));
    const second = startHost();
    const { records, status } = await second.do('open', name);
    expect(records).toEqual([record(1), record(2)]);
    expect(status.state).toBe('read-only');
    expect(status.notice).toContain('Take over');
    await expect(second.do('append', record(3))).rejects.toThrow('NotWriterError: Another tab');
    expect(await first.do('append', record(4))).toMatchObject({ state: 'kept' });
  });

  test('the second takes over within a second; the first stops at once and says so', async () => {
    const name = fresh();
    const first = startHost();
    await first.do('open', name);
    await first.do('append', record(1));
    const second = startHost();
    await second.do('open', name);
    expect(await second.do('takeOver', name)).toBeLessThan(1_000);
    await expect(first.do('append', record(9))).rejects.toThrow('NotWriterError');
    const last = (await first.do('statuses')).at(-1);
    expect(last).toMatchObject({ state: 'read-only' });
    expect(last?.notice).toContain('took this lab over');
    await second.do('append', record(2));
    await second.do('close');
    expect((await startHost().do('open', name)).records).toEqual([
      record(1),
      new Uint8Array(1),
      record(2),
    ]);
  });

  test('what the first acknowledged while it was being taken over is there', async () => {
    const name = fresh();
    const first = startHost();
    await first.do('open', name);
    void first.do('stream', 7, 50).catch(() => undefined);
    const second = startHost();
    await second.do('open', name);
    await second.do('takeOver', name);
    const acknowledged = first.acknowledged() + 1;
    await second.do('close');
    const { records } = await startHost().do('open', name);
    const ofFirst = records.filter((bytes) => bytes.length === 50);
    expect(acknowledged).toBeGreaterThan(5);
    expect(ofFirst.length).toBeGreaterThanOrEqual(acknowledged);
  });

  test('a first one that hangs and keeps its file cannot write any more when it wakes', async () => {
    for (const withoutIndexed of [false, true]) {
      const name = fresh();
      const missing = withoutIndexed ? (['IndexedDB'] as const) : [];
      const first = startHost();
      await first.do('open', name, missing);
      await first.do('append', record(1));
      const second = startHost();
      await second.do('open', name, missing);
      const hung = first.do('hang', 1_500);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await second.do('takeOver', name)).toBeLessThan(1_000);
      await second.do('append', record(2));
      await hung;
      await expect(first.do('append', record(9))).rejects.toThrow('NotWriterError');
      await second.do('append', record(3));
      await second.do('close');
      first.terminate();
      if (!withoutIndexed) await deleteIndexed(name);
      const { records } = await startHost().do('open', name);
      const small = records.filter((bytes) => bytes.length === 2);
      expect(small).toEqual([record(1), record(2), record(3)]);
    }
  });

  test('without locks the stores themselves refuse the first as soon as the second has opened', async () => {
    for (const missing of [[], ['OPFS'], ['IndexedDB']] as const) {
      const name = fresh();
      const first = startHost();
      await first.do('open', name, missing, 'no locks');
      await first.do('append', record(1));
      const second = startHost();
      const opened = await second.do('open', name, missing, 'no locks');
      expect(opened.records).toEqual([record(1)]);
      await expect(first.do('append', record(9))).rejects.toThrow('NotWriterError');
      await expect(first.do('replace', record(9))).rejects.toThrow('NotWriterError');
      expect((await first.do('statuses')).at(-1)).toMatchObject({ state: 'read-only' });
      await second.do('append', record(2));
      await second.do('close');
      const { records } = await startHost().do('open', name, missing);
      expect(records).toEqual([record(1), record(2)]);
      stopHosts();
    }
  });

  test('without locks and IndexedDB, a first one that wakes up only to replace everything is refused', async () => {
    for (const replacements of [0, 1, 2]) {
      const name = fresh();
      const first = startHost();
      await first.do('open', name, ['IndexedDB'], 'no locks');
      const second = startHost();
      await second.do('open', name, ['IndexedDB'], 'no locks');
      for (let n = 0; n < replacements; n++) await second.do('replace', record(2));
      await expect(first.do('replace', record(9))).rejects.toThrow('NotWriterError');
      await second.do('append', record(3));
      await second.do('close');
      const { records } = await startHost().do('open', name, ['IndexedDB']);
      expect(records).toEqual([...(replacements === 0 ? [] : [record(2)]), record(3)]);
      stopHosts();
    }
  });

  test('one that is closed lets the next one write at once', async () => {
    const name = fresh();
    for (let n = 0; n < 5; n++) {
      const host = startHost();
      const { records, status } = await host.do('open', name);
      expect(status.state).toBe('kept');
      expect(records.length).toBe(n);
      await host.do('append', record(n));
      host.terminate();
    }
  });
});
