/** A run as a link: copied, opened beside one's own lab, left, kept; and the last thing done taken back. */
import { expect, test } from '@playwright/test';
import { lane, openLab, send } from './lab-page.ts';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('a link opens beside the own lab, which comes back, or makes room', async ({
  page,
  context,
}) => {
  await openLab(page, { clock: { paused: true }, lanes: [{ config: { appendfsync: 'no' } }] });
  await send(page, 'SET shared 1');
  await send(page, 'CONFIG SET requirepass geheim');
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText('The link is copied.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length).toBeLessThan(2_000);
  await page.close();

  const other = await context.newPage();
  await openLab(other, { clock: { paused: true } });
  await send(other, 'SET own 1');
  await other.goto(link);
  const message = other.getByText('This is somebody’s run');
  await expect(message).toBeVisible();
  expect((await lane(other)).keys).toBe(1);
  // The password went along as a stand-in: a new client is asked for one, and the learner's is not it.
  const asNew = (line: string): Promise<string> =>
    other.evaluate(async (said) => (await window.aofLab.send(said, { client: 'new' })).text, line);
  expect(await asNew('GET shared')).toContain('NOAUTH');
  expect(await asNew('AUTH geheim')).toContain('WRONGPASS');
  await other.getByRole('button', { name: 'Back to my lab' }).click();
  await expect(message).toBeHidden();
  await expect.poll(() => send(other, 'EXISTS own')).toBe('(integer) 1');

  await other.goto(link);
  await other.getByRole('button', { name: 'Keep this run' }).click();
  await expect(message).toBeHidden();
  await other.reload();
  await other.waitForFunction(() => 'aofLab' in window);
  await expect(message).toBeHidden();
  expect(await send(other, 'EXISTS own')).toBe('(integer) 0');
});

test('a damaged link is refused with a reason, and nothing is changed', async ({ page }) => {
  await openLab(page, { clock: { paused: true } });
  await send(page, 'SET own 1');
  await page.evaluate(() => (location.hash = '#run=AAAA'));
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(/link|run/i);
  expect(await send(page, 'GET own')).toBe('"1"');
});

test('undo takes the last thing back, redo brings it back, by key and by button', async ({
  page,
}) => {
  await openLab(page, { clock: { paused: true } });
  await send(page, 'SET a 1');
  await send(page, 'SET a 2');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => lane(page).then(({ acknowledged }) => acknowledged)).toBe(50);
  await page.getByRole('button', { name: 'Redo' }).focus();
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => send(page, 'GET a')).toBe('"2"');
});
