/** Several redis-cli on one page, the lab's own lines in them, and the view of what passes. */
import { expect, test, type Page } from '@playwright/test';
import { consoleShows, openLab, type } from './lab-page.ts';

const two = { lanes: [{ id: 'everysec' }, { id: 'always', config: { appendfsync: 'always' } }] };

function tab(page: Page, name: string) {
  return page.getByRole('tab', { name, exact: true });
}

test('another console has a client of its own: its transaction, its messages; it is remembered and closed', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page, { clock: { speed: 1 } });
  await type(page, 'MULTI');
  await consoleShows(page, '(TX)>');
  await page.getByRole('button', { name: /^New console/ }).click();
  await expect(tab(page, 'redis-cli 2')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('client 2, lane main')).toBeVisible();
  await page.keyboard.type('SUBSCRIBE news');
  await page.keyboard.press('Enter');
  await consoleShows(page, 'Reading messages');
  await tab(page, 'redis-cli').click();
  await consoleShows(page, '(TX)>');
  await type(page, 'PUBLISH news hello');
  await type(page, 'EXEC');
  await consoleShows(page, '1) (integer) 1');
  await tab(page, 'redis-cli 2').click();
  await consoleShows(page, '3) "hello"');

  await page.reload();
  await tab(page, 'redis-cli 2').click();
  await page.getByRole('button', { name: 'Close redis-cli 2' }).click();
  await expect(tab(page, 'redis-cli 2')).toHaveCount(0);
  await expect(tab(page, 'redis-cli')).toHaveAttribute('aria-selected', 'true');
  // By key, and left as redis-cli is left.
  await page.getByRole('button', { name: 'Hide the lesson' }).or(tab(page, 'Log')).first().focus();
  await page.keyboard.press('c');
  await expect(tab(page, 'redis-cli 2')).toHaveAttribute('aria-selected', 'true');
  await type(page, 'exit');
  await expect(tab(page, 'redis-cli 2')).toHaveCount(0);
});

test('!lane and !client choose whom the console speaks to, Tab completes, and mistakes are explained', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page, { ...two, clock: { speed: 1 } });
  await expect(page.getByText('client 1, lane everysec')).toBeVisible();
  const terminal = page.getByRole('textbox', { name: /terminal/i });
  await terminal.focus();
  await page.keyboard.type('!lane al');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await consoleShows(page, 'This console is client console of lane always now.');
  await expect(page.getByText('client 1, lane always')).toBeVisible();
  await type(page, 'SET only here');
  await type(page, '!client b');
  await type(page, 'CLIENT SETNAME second');
  await type(page, '!lane nowhere');
  await consoleShows(page, 'There is no lane "nowhere". The lanes are: everysec, always');
  await type(page, '!fault fsync-tme');
  await consoleShows(page, '"fsync-tme" is no fault; known are fsync-time');
  await type(page, '!pause');
  await expect(page.getByRole('button', { name: /^Play/ })).toBeVisible();
  const keys = await page.evaluate(async () =>
    (await window.aofLab.view()).lanes.map(({ id, keys }) => [id, keys]),
  );
  expect(keys).toEqual([
    ['everysec', 0],
    ['always', 1],
  ]);
});

test('the view of traffic names who listens, and shows commands and messages as they pass', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page, { clock: { speed: 1 } });
  await tab(page, 'Traffic').click();
  await expect(page.getByText('Nobody listens to a channel, and nobody monitors.')).toBeVisible();
  await page.evaluate(async () => {
    await window.aofLab.send('SUBSCRIBE news', { client: 'reader' });
    await window.aofLab.send('PUBLISH news "good morning"', { client: 'writer' });
  });
  const list = page.getByRole('list', { name: 'Who listens' });
  await expect(list).toContainText('channel news reader');
  const rows = page.getByRole('table', { name: 'Commands and messages' }).getByRole('row');
  await expect(rows.filter({ hasText: '"PUBLISH" "news" "good morning"' })).toContainText('writer');
  await expect(rows.filter({ hasText: 'heard on news:' })).toContainText('reader');
  await page.getByRole('combobox', { name: 'Show' }).selectOption('messages');
  await expect(rows.filter({ hasText: 'PUBLISH' })).toHaveCount(0);
});
