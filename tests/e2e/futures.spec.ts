/** Futures that were left: they outlive a reload, and each is handed on without going over to it. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { openLab, send } from './lab-page.ts';

test.use({
  viewport: { width: 1440, height: 900 },
  permissions: ['clipboard-read', 'clipboard-write'],
});

const NAMES = {
  en: { slider: 'Instant of the run', goOn: 'Continue from here', all: 'All futures of this run' },
  id: {
    slider: 'Saat dalam percobaan',
    goOn: 'Lanjutkan dari sini',
    all: 'Semua masa depan percobaan ini',
  },
};

/** Future A has a and b; B, at hand, goes on from before b with c. */
async function twoFutures(page: Page, names: (typeof NAMES)['en']): Promise<void> {
  await openLab(page, { clock: { paused: true } });
  for (const key of ['a', 'b']) {
    await send(page, `SET ${key} ${key}`);
    await page.evaluate(() => window.aofLab.advance(1400));
  }
  await page.getByRole('slider', { name: names.slider }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await page.getByRole('button', { name: names.goOn }).click();
  await expect(page.getByRole('button', { name: names.goOn })).toBeHidden();
  await send(page, 'SET c c');
}

async function openList(page: Page, button: RegExp, list: string): Promise<Locator> {
  await page.getByRole('button', { name: button }).click();
  return page.getByRole('dialog', { name: list });
}

test('a future that was left is there after a reload: its link is copied, it is compared and gone over to', async ({
  page,
  context,
}) => {
  await twoFutures(page, NAMES.en);
  let list = await openList(page, /^2 futures/, NAMES.en.all);
  await expect(list.getByRole('listitem').first()).toContainText('SET b b');
  await expect(list).toContainText('the newest 8, together up to 4 MB');
  await list.getByRole('button', { name: 'Copy a link to future A, or save it as a file' }).click();
  await expect(list.getByRole('status')).toHaveText('The link to future A is copied.');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  // Nobody has gone over to it.
  expect(await send(page, 'EXISTS b c')).toBe('(integer) 1');
  expect(await send(page, 'EXISTS c')).toBe('(integer) 1');

  await page.reload();
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  list = await openList(page, /^2 futures/, NAMES.en.all);
  await list.getByRole('button', { name: 'Compare future A with the one at hand' }).click();
  const view = page.getByRole('main', { name: 'Future B beside future A' });
  await expect(view).toContainText('SET b b');
  await expect(view).toContainText('SET c c');
  await view.getByRole('button', { name: 'Go over to future A' }).click();
  await expect.poll(() => send(page, 'EXISTS b')).toBe('(integer) 1');
  expect(await send(page, 'EXISTS c')).toBe('(integer) 0');

  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByText('This is somebody’s run')).toBeVisible();
  expect(await send(other, 'EXISTS b')).toBe('(integer) 1');
});

test('a future that is too long for a link is saved as a file', async ({ page }) => {
  await openLab(page, { clock: { paused: true } });
  await page.evaluate(async () => {
    const noise = Array.from({ length: 400 }, (_, i) => Math.sin(i).toString(36).slice(3)).join('');
    await window.aofLab.send(`SET long ${noise}`);
    await window.aofLab.send('SET last 1');
    await window.aofLab.undo();
    await window.aofLab.send('SET other 1');
  });
  const list = await openList(page, /^2 futures/, NAMES.en.all);
  const download = page.waitForEvent('download');
  await list.getByRole('button', { name: /^Copy a link to future A/ }).click();
  expect((await download).suggestedFilename()).toBe('future-A.aoflab');
  await expect(list.getByRole('status')).toContainText('too long for a link');
});

test('stored futures that are damaged are told of, and the lab is as it was', async ({ page }) => {
  await twoFutures(page, NAMES.en);
  await expect(page.getByRole('button', { name: /^2 futures/ })).toBeVisible();
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('aof-lab futures');
        opening.onerror = () => reject(new Error('no database'));
        opening.onsuccess = () => {
          const store = opening.result.transaction('futures', 'readwrite').objectStore('futures');
          const put = store.put(new Uint8Array([1, 2, 3]), 'futures');
          put.onsuccess = () => resolve(opening.result.close());
        };
      }),
  );
  await page.reload();
  await expect(
    page.getByRole('alert').filter({ hasText: 'The futures of the last visit are damaged' }),
  ).toBeVisible();
  // What had been fsynced is there; closing the page has cut the power, as ever.
  expect(await send(page, 'EXISTS a')).toBe('(integer) 1');
});

test('the list of futures speaks Indonesian', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('aof-lab.language', 'id'));
  await twoFutures(page, NAMES.id);
  const list = await openList(page, /^2 masa depan/, NAMES.id.all);
  await list.getByRole('button', { name: /^Salin tautan ke masa depan A/ }).click();
  await expect(list.getByRole('status')).toHaveText('Tautan ke masa depan A disalin.');
  await expect(list).toContainText('8 yang terbaru, bersama-sama sampai 4 MB');
});
