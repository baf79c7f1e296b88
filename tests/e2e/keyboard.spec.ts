/** The lab by keyboard alone. */
import { expect, test } from '@playwright/test';
import { lane, openLab, send } from './lab-page.ts';

test('letters cut the power and boot; in the terminal they are typed, and F6 leads out of it', async ({
  page,
}) => {
  await openLab(page, { clock: { speed: 1 } });
  const terminal = page.getByRole('textbox', { name: /terminal/i });
  await terminal.focus();
  await page.keyboard.type('p');
  expect((await lane(page)).state).toBe('running');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('F6');
  await expect(terminal).not.toBeFocused();
  await page.keyboard.press('p');
  await expect.poll(async () => (await lane(page)).state).toBe('stopped');
  await page.keyboard.press('b');
  await expect.poll(async () => (await lane(page)).state).toBe('running');
});

test('F9 pauses from the terminal, F8 steps, and the slider answers to < and >', async ({
  page,
}) => {
  await openLab(page, { clock: { speed: 1 } });
  const terminal = page.getByRole('textbox', { name: /terminal/i });
  await terminal.focus();
  await page.keyboard.press('F9');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(terminal).toBeFocused();
  const before = (await page.evaluate(() => window.aofLab.view())).now;
  await page.keyboard.press('F8');
  await expect
    .poll(async () => (await page.evaluate(() => window.aofLab.view())).now)
    .toBeGreaterThan(before);
  await page.keyboard.press('F6');
  const speed = page.getByRole('slider', { name: 'speed' });
  await expect(speed).toHaveAttribute('aria-valuetext', '1× of real time');
  await page.keyboard.press('<');
  await expect(speed).toHaveAttribute('aria-valuetext', '1/2 of real time');
  await page.keyboard.press('>');
  await expect(speed).toHaveAttribute('aria-valuetext', '1× of real time');
});

test('what cannot be done keeps its place and says why', async ({ page }) => {
  await openLab(page, { clock: { paused: true } });
  const boot = page.getByRole('button', { name: 'Boot' });
  const place = await boot.boundingBox();
  await boot.focus();
  await expect(page.getByText('Boot: it is running.')).toBeVisible();
  await page.keyboard.press('Enter');
  expect((await lane(page)).state).toBe('running');
  await page.getByRole('button', { name: 'Cut power' }).click();
  await expect(boot).not.toHaveAttribute('aria-disabled', 'true');
  expect(await boot.boundingBox()).toEqual(place);
});

test('a splitter moves by arrows, stops at its limits, folds by Enter and is remembered', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page);
  const splitter = page.getByRole('separator', { name: 'Width of the lesson' });
  await splitter.focus();
  await page.keyboard.press('ArrowRight');
  await expect(splitter).toHaveAttribute('aria-valuenow', '336');
  await page.keyboard.press('Home');
  await expect(splitter).toHaveAttribute('aria-valuenow', '280');
  await page.reload();
  await expect(splitter).toHaveAttribute('aria-valuenow', '280');
  await splitter.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'What is the AOF?' })).toBeHidden();
  await page.getByRole('button', { name: 'Lesson' }).click();
  await expect(page.getByRole('heading', { name: 'What is the AOF?' })).toBeVisible();
});

test('exactly one control is filled with the accent, from the first write to the boot', async ({
  page,
}) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'no' } }], clock: { paused: true } });
  const suggested = page.locator('button.suggested:visible');
  await expect(suggested).toHaveText([/SET user:1/]);
  await suggested.click();
  // It waits in the page cache, and the clock stands still.
  await expect(page.locator('.suggested:visible')).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Play' })).toHaveClass(/suggested/);
  await page.getByRole('button', { name: 'Cut power' }).click();
  await expect(suggested).toHaveText([/Boot/]);
});

test('the live region tells the sentence when the power is cut', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'no' } }], clock: { paused: true } });
  await send(page, 'SET a 1');
  const region = page.locator('p[role=status]');
  await expect(region).toContainText('1 acknowledged write');
  await page.getByRole('button', { name: 'Cut power' }).click();
  await expect(region).toContainText(
    /Power cut at .*: 1 acknowledged write, .* is lost\. Boot will replay: 0 of 1/,
  );
});
