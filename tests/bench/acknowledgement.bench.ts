/**
 * What "kept" costs: the time from sending a SET to its answer, in the built page, on a lab whose log is fsynced at
 * every write to a disk that takes no time. The answer leaves when the browser has kept the write, so the peer is the
 * least that keeping can cost: one strict IndexedDB transaction of as many bytes, in the same page, in turns, in a
 * profile on this computer's disk.
 */
import type { Page } from '@playwright/test';
import { buildSite, root } from '../../scripts/builds.mjs';
import type { AofLab } from '../../src/ui/aof-lab.ts';
import { join } from 'node:path';
import { median, report } from './bench.ts';
import { launchWithProfile, serveFolder } from './chromium.ts';

const ROUNDS = 5;
const PAIRS = 100;

declare global {
  interface Window {
    aofLab: AofLab;
  }
}

await buildSite('if-changed');
const site = await serveFolder(join(root, 'dist', 'site'));
const browser = await launchWithProfile();
const { page } = browser;
page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
await page.goto(site.address);
await page.waitForFunction(() => 'aofLab' in window);
await page.evaluate(async () => {
  await window.aofLab.ready;
  await window.aofLab.reset({
    lanes: [{ id: 'main', config: { appendfsync: 'always' } }],
    disk: { preset: 'nvme', fsyncMs: 0 },
  });
});

const lab: number[] = [];
const raw: number[] = [];
await pairs(page);
for (let round = 0; round < ROUNDS; round++) {
  const figures = await pairs(page);
  lab.push(median(figures.map(({ lab }) => lab)));
  raw.push(median(figures.map(({ raw }) => raw)));
}
await browser.close();
site.close();
report({
  name: 'acknowledgement under always',
  unit: 'ms',
  rounds: lab,
  peer: { name: 'a strict IndexedDB transaction', rounds: raw },
  goal: { atMost: 1.5, of: 'times' },
});

/** Milliseconds of each of so many SETs and transactions, one after the other. */
function pairs(page: Page): Promise<{ lab: number; raw: number }[]> {
  return page.evaluate(async (count) => {
    const value = 'v'.repeat(64);
    const size = `*3\r\n$3\r\nSET\r\n$6\r\nkey:00\r\n$64\r\n${value}\r\n`.length;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('bench', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('records');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error('no IndexedDB'));
    });
    const figures: { lab: number; raw: number }[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const { reply } = await window.aofLab.send(`SET key:${String(i).padStart(2, '0')} ${value}`);
      const answered = performance.now();
      if (reply?.value !== 'OK') throw new Error(`SET was answered by ${JSON.stringify(reply)}`);
      const bytes = new Uint8Array(size).fill(i);
      const begun = performance.now();
      await new Promise<void>((resolve, reject) => {
        const transaction = database.transaction('records', 'readwrite', { durability: 'strict' });
        transaction.objectStore('records').put(bytes, i);
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(new Error('the transaction was aborted'));
      });
      figures.push({ lab: answered - start, raw: performance.now() - begun });
    }
    database.close();
    return figures;
  }, PAIRS);
}
