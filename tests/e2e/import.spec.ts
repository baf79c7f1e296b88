/** Large files come in with word of how far they are, can be stopped, and leave the page alive meanwhile. */
import { expect, test, type Page } from '@playwright/test';
import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../bench/bench.ts';
import { makeZip, zeros } from '../worker/exchange/make-zip.ts';
import { dropOnFiles, importEnds } from './drop.ts';
import { openLab, send } from './lab-page.ts';
import { measureMainThread, traceTasks } from './main-thread.ts';
import { digestOf, redisIsInstalled, startLogging, temporaryFolder } from './redis-log.ts';

const sizes = [
  { megabytes: 8, tag: '' },
  { megabytes: 100, tag: ' @full' },
];

for (const { megabytes, tag } of sizes) {
  test(`an .aof of ${megabytes} MB is loaded while the page stays responsive, and can be cancelled${tag}`, async ({
    page,
  }) => {
    test.setTimeout(600_000);
    const folder = temporaryFolder();
    const path = join(folder.path, 'appendonly.aof');
    const commands = writeLargeLog(path, megabytes * 1_000_000);
    await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
    for (const line of ['SET kept 1', 'RPUSH list a b']) await send(page, line);
    const before = await session(page);

    await dropOnFiles(page, path);
    const pane = page.getByRole('region', { name: 'The simulated disk' });
    if (megabytes < 100) await escapeSoonAfterReplace(page);
    await replaceWhenAsked(page);
    if (megabytes >= 100) await pane.getByRole('button', { name: 'Cancel' }).click();
    await expect(pane.getByRole('alert')).toContainText('Stopped. Nothing was changed.');
    expect(await session(page)).toEqual(before);
    await pane.getByRole('alert').getByRole('button', { name: 'Close' }).click();

    await dropOnFiles(page, path);
    await expect(page.getByRole('button', { name: /^Replace/ })).toBeVisible();
    const seen = await watchProgress(page);
    const measured = await measureMainThread(page);
    const traced = tag === '' ? await traceTasks(page) : null;
    const start = performance.now();
    await replaceWhenAsked(page);
    const loaded = pane.getByRole('status').filter({ hasText: /^Loaded/ });
    await expect(loaded).toBeAttached({ timeout: 400_000 });
    const seconds = (performance.now() - start) / 1000;
    const lag = await measured();
    const tasks = traced === null ? null : await traced();
    const told = await seen();
    const { size } = statSync(path);
    const figures = `${size} bytes, ${commands} commands in ${seconds.toFixed(1)} s; main thread: p50 ${lag.p50.toFixed(1)}, p99 ${lag.p99.toFixed(1)}, longest ${lag.longest.toFixed(1)} ms of ${lag.samples} samples; tasks over 50 ms: ${lag.longTasks.join(', ') || 'none'}${tasks === null ? '' : `; CPU of ${tasks.length} tasks: p99 ${quantile(tasks, 0.99).toFixed(1)}, most ${Math.max(...tasks).toFixed(1)} ms`}; stages ${told.join(' / ')}`;
    test.info().annotations.push({ type: 'figures', description: figures });
    console.log(figures);
    expect(await loaded.innerText()).toContain(`commands: ${commands.toLocaleString('en')}`);
    // Beside other tests a page waits for the processor, too: there its own work counts, not how late it came.
    if (tasks === null) expect(lag.p99).toBeLessThanOrEqual(50);
    else expect(quantile(tasks, 0.99)).toBeLessThanOrEqual(50);
    expect(told.map((line) => line.split(' ')[0])).toContain('Trying');
    expect(await send(page, 'GET kept')).toBe('(nil)');
    if (redisIsInstalled) {
      const redis = await startLogging(folder.path);
      expect(await send(page, 'DEBUG DIGEST')).toBe(await digestOf(redis));
      await redis.stop();
    }
    // Nothing of it is lost when the tab is closed: it comes back from what the browser kept.
    if (tag === '') {
      const digest = await send(page, 'DEBUG DIGEST');
      await openLab(page);
      expect(await send(page, 'DEBUG DIGEST')).toBe(digest);
    }
    folder.remove();
  });
}

test('a bomb of 10 GB, dropped, stops at its cap and changes nothing', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  await send(page, 'SET kept 1');
  const before = await session(page);
  const folder = temporaryFolder();
  const path = join(folder.path, 'backup.zip');
  const packed = zeros(640);
  for (const [claims, words] of [
    [150_000_000, 'appendonly.aof unpacks to more than the archive says of it.'],
    [10 * 1024 ** 3, 'More than 256 MB at appendonly.aof.'],
  ] as const) {
    writeFileSync(path, makeZip([{ name: 'appendonly.aof', packed, claims, crc: 0 }]));
    await dropOnFiles(page, path);
    const said = await importEnds(page, 'refused');
    expect(said).toContain(words);
    await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  }
  expect(await session(page)).toEqual(before);
  folder.remove();
});

/** A log of SETs over half a million keys at most, written in pieces. How many commands it has. */
function writeLargeLog(path: string, bytes: number): number {
  const file = openSync(path, 'w');
  let size = 0;
  let count = 0;
  while (size < bytes) {
    let piece = '';
    for (let i = 0; i < 10_000 && size + piece.length < bytes; i++, count++) {
      const key = `key:${count % 500_000}`;
      const value = `${'value '.repeat(1 + (count % 10))}${count}`;
      piece += `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;
    }
    size += writeSync(file, piece, null, 'latin1');
  }
  closeSync(file);
  return count;
}

async function replaceWhenAsked(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Replace/ }).click();
}

/** Escape, before so short an import has an end, however long a test's messages take. */
async function escapeSoonAfterReplace(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.addEventListener(
      'click',
      () =>
        setTimeout(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })), 20),
      { once: true },
    );
  });
}

/** What an import could have changed: data, files, what was done. */
async function session(page: Page): Promise<unknown> {
  const digest = await send(page, 'DEBUG DIGEST');
  const rest = await page.evaluate(async () => {
    const { lanes } = await window.aofLab.view();
    const actions = (await window.aofLab.actionLog()).map(({ action }) => action);
    return {
      files: lanes[0]!.files,
      actions: actions.filter((action) => action !== 'DEBUG DIGEST'),
      writes: lanes[0]!.acknowledgedWrites,
    };
  });
  return { digest, ...rest };
}

/** The names that the progress bar has had, from now on. */
async function watchProgress(page: Page): Promise<() => Promise<string[]>> {
  const handle = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const observer = new MutationObserver(() => {
      const name = document.querySelector('.work .name')?.textContent ?? '';
      if (name !== '' && seen.at(-1) !== name) seen.push(name);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  return () => handle.jsonValue();
}
