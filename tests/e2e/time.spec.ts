import { expect, test, type Locator, type Page } from '@playwright/test';
import { lane, openLab, pause, send, sentence } from './lab-page.ts';

const EVERYSEC = { lanes: [{ id: 'main', config: { appendfsync: 'everysec' } }] };

test.use({ viewport: { width: 1440, height: 900 } });

const slider = (page: Page): Locator => page.getByRole('slider', { name: 'Instant of the run' });
const band = (page: Page): Locator =>
  page.getByRole('status').filter({ hasText: 'You are looking at' });

/** Where the slider stands, in ms. */
async function instant(page: Page): Promise<number> {
  return Number(await slider(page).getAttribute('aria-valuenow'));
}

/** A few seconds with a write every tenth of one, then still. */
async function someSeconds(page: Page): Promise<void> {
  await openLab(page, { ...EVERYSEC, clock: { paused: true } });
  for (const key of ['a', 'b', 'c', 'd']) {
    await send(page, `SET ${key} ${key}`);
    await page.evaluate(() => window.aofLab.advance(700));
  }
}

/** A second behind the beginning of the run, which is when its server had started. */
async function oneSecond(page: Page): Promise<void> {
  await expect.poll(async () => Math.round((await instant(page)) / 50)).toBe(20);
}

/** How many keys the machine that is shown has. */
async function keysShown(page: Page): Promise<number> {
  return (await lane(page)).keys;
}

test('the timeline is scrubbed by keyboard and pointer; the past is read-only, and now comes back', async ({
  page,
}) => {
  await someSeconds(page);
  const end = await instant(page);
  const atEnd = await sentence(page, 'power');
  await slider(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(band(page)).toContainText('Nothing is running.');
  await page.keyboard.press('ArrowLeft');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', /00:01\.\d{3} of the run/);
  await expect.poll(() => keysShown(page)).toBe(3);
  await expect(page.getByRole('button', { name: /^Cut power/ })).toBeDisabled();
  await expect(page.getByRole('button', { name: /^Cut power/ })).toHaveAccessibleDescription(
    /an earlier instant is shown/,
  );
  await expect(page.evaluate(() => window.aofLab.send('SET x 1'))).rejects.toThrow(
    /an earlier instant is looked at/,
  );
  await page.keyboard.press('Home');
  // The lab begins with a server that has started.
  await expect.poll(() => instant(page)).toBeLessThan(50);
  await page.keyboard.press('PageUp');
  await oneSecond(page);
  await expect.poll(() => keysShown(page)).toBe(2);

  // By pointer: a drag from the middle to the left, and what an accident there would take.
  const box = (await slider(page).boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await expect(slider(page)).toContainText(/power \d+, process \d+/);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.2, box.y + 40, { steps: 4 });
  await page.mouse.up();
  const dragged = await instant(page);
  expect(dragged).toBeGreaterThan(0);
  expect(dragged).toBeLessThan(end);

  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(band(page)).toBeHidden();
  expect(await instant(page)).toBe(end);
  expect(await sentence(page, 'power')).toBe(atEnd);
  expect(await send(page, 'DBSIZE')).toBe('(integer) 4');
});

test('what the sentence says of an earlier instant is what happens when one goes on from there', async ({
  page,
}) => {
  await someSeconds(page);
  await slider(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await oneSecond(page);
  const told = await sentence(page, 'power');
  expect(told).toBeLessThan(4);
  await page.getByRole('button', { name: 'Continue from here' }).click();
  await expect(band(page)).toBeHidden();
  await page.getByRole('button', { name: /^Cut power/ }).click();
  expect(await sentence(page, 'past')).toBe(told);
});

test('both futures are kept: one goes over to the other, and lays them side by side', async ({
  page,
}) => {
  await someSeconds(page);
  await page.getByRole('button', { name: /^Kill process/ }).click();
  await slider(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await oneSecond(page);
  await page.getByRole('button', { name: 'Continue from here' }).click();
  await send(page, 'SET other 1');
  await page.getByRole('button', { name: /^Cut power/ }).click();

  const futures = page.getByRole('group', { name: 'Futures of this run' });
  await expect(futures.getByRole('button', { name: 'B power cut' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.getByRole('button', { name: 'Compare with future A' }).click();
  const view = page.getByRole('main', { name: 'Future B beside future A' });
  await expect(view).toContainText(/They part at 00:01\.0\d\d\./);
  await expect(view).toContainText('SET other 1');
  await expect(view.getByRole('row', { name: /future A process killed/ })).toContainText('4');
  await page.keyboard.press('Escape');

  await futures.getByRole('button', { name: 'A killed' }).click();
  await expect(page.locator('.clause', { hasText: 'Process killed at' })).toBeVisible();
  await page.getByRole('button', { name: /^Boot/ }).click();
  await page.evaluate(() => window.aofLab.advance(1000));
  expect(await send(page, 'EXISTS other d')).toBe('(integer) 1');
});

test('steps go back and forth by command, tick and fsync, from button and key', async ({
  page,
}) => {
  await someSeconds(page);
  const steps = page.getByRole('group', { name: 'What a step is' });
  for (const [size, back] of [
    ['tick', /^100$/],
    ['command', /\d/],
    ['fsync', /\d/],
  ] as const) {
    await steps.getByRole('button', { name: size, exact: true }).click();
    const before = await instant(page);
    await page.getByRole('button', { name: 'Step back' }).click();
    await expect.poll(() => instant(page)).toBeLessThan(before);
    const there = await instant(page);
    expect(String(before - there)).toMatch(back);
    await page.getByRole('heading').first().click();
    await page.keyboard.press('Shift+F8');
    await expect.poll(() => instant(page)).toBeLessThan(there);
    await page.keyboard.press('F8');
    await expect.poll(() => instant(page)).toBe(there);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect(band(page)).toBeHidden();
  }
  // At the end of the run a step goes on, as ever.
  const now = await instant(page);
  await steps.getByRole('button', { name: 'tick', exact: true }).click();
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect.poll(() => instant(page)).toBe(now + 100);
});

test('a run that plays stands still while its past is looked at', async ({ page }) => {
  await openLab(page, { ...EVERYSEC, workload: { rate: 100 } });
  await expect.poll(() => instant(page)).toBeGreaterThan(1200);
  await slider(page).focus();
  await page.keyboard.press('PageDown');
  await expect(band(page)).toBeVisible();
  const shown = await instant(page);
  await page.waitForTimeout(300);
  expect(await instant(page)).toBe(shown);
  await page.keyboard.press('End');
  await expect(band(page)).toBeHidden();
  await expect.poll(() => instant(page)).toBeGreaterThan(shown + 1000);
  await pause(page);
});

test('the band, the futures and the comparison speak Indonesian', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('aof-lab.language', 'id'));
  await openLab(page, { ...EVERYSEC, clock: { paused: true } });
  await send(page, 'SET a 1');
  await page.evaluate(() => window.aofLab.advance(2000));
  await page.getByRole('slider', { name: 'Saat dalam percobaan' }).focus();
  await page.keyboard.press('PageDown');
  await expect(
    page.getByText(/Anda melihat saat 00:0\d\.\d{3}, \d,\d\d detik yang lalu/),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Lanjutkan dari sini' }).click();
  await page.getByRole('button', { name: 'Bandingkan dengan masa depan A' }).click();
  await expect(page.getByText('Hal pertama yang berbeda')).toBeVisible();
});

test('after a power cut one press shows the seconds around it, and another one the last seconds', async ({
  page,
}) => {
  await someSeconds(page);
  await expect(page.getByRole('button', { name: 'Accident ± 2 s' })).toBeHidden();
  await page.getByRole('button', { name: /^Cut power/ }).click();
  const cutAt = await instant(page);
  await page.getByRole('button', { name: /^Boot/ }).click();
  await page.evaluate(() => window.aofLab.advance(30_000));
  const axis = page.locator('.tracks text.axis');
  const labels = async (): Promise<readonly number[]> =>
    (await axis.allTextContents()).map((text) => Number(text) * 1000);
  const around = page.getByRole('button', { name: 'Accident ± 2 s' });
  await around.click();
  await expect(around).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => Math.min(...(await labels()))).toBeGreaterThan(cutAt - 2001);
  expect(Math.max(...(await labels()))).toBeLessThan(cutAt + 2001);
  await around.click();
  await expect.poll(async () => Math.min(...(await labels()))).toBeGreaterThan(cutAt + 2000);
});
