/** The log opened, broken, mended and started by hand. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { lane, openLab, send } from './lab-page.ts';

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
}

test('a value is edited in the log, the problem is shown and mended, and the server starts with it', async ({
  page,
}) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  await send(page, 'SET user:1 Alice');
  await send(page, 'SET user:2 Budi');
  await page.getByRole('tab', { name: 'Files' }).click();
  await page.getByRole('button', { name: 'Inspect and edit appendonly.aof.1.incr.aof' }).click();
  const records = page.getByRole('table', { name: 'Records' }).getByRole('row');
  await expect(records).toHaveText([/SELECT 0/, /SET user:1 Alice/, /SET user:2 Budi/]);
  await expect(page.getByText('starts; keys: 2')).toBeVisible();

  // By keyboard: to the record, to its last letter, and one letter more.
  const grid = page.getByRole('table', { name: 'Bytes' });
  await grid.focus();
  for (let i = 0; i < 56; i++) await page.keyboard.press('ArrowRight');
  await expect(page.getByText('offset 0x38 (56)')).toBeVisible();
  await page.keyboard.type('i');
  await page.keyboard.press('Insert');
  await page.keyboard.type('a');
  const problem = page.getByRole('group', { name: 'A problem' });
  await expect(problem).toContainText('$5 promises 5 bytes, there are 6');
  await expect(problem).toContainText('Expected \\r\\n, got: 610d');
  await expect(page.getByText(/cuts the file at 23 and throws away 2 of 3 records/)).toBeVisible();
  await expect(page.getByText(/^Bad file format reading the append only file/)).toBeVisible();
  await expectNoViolations(page);
  expect(await send(page, 'GET user:1')).toBe('"Alice"');

  await page.getByRole('button', { name: 'Write $6' }).click();
  await expect(problem).toBeHidden();
  await expect(page.getByText('starts; keys: 2')).toBeVisible();
  await page.getByRole('button', { name: /^Save and start/ }).click();
  await expect.poll(async () => (await lane(page)).state).toBe('running');
  expect(await send(page, 'GET user:1')).toBe('"Alicia"');
  const files = (await lane(page)).files.map(({ path }) => path.split('/').at(-1));
  expect(files).toContain('appendonly.aof.1.incr.aof~');
});

test('edits are taken back one by one, and discarding changes nothing', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  await send(page, 'SET a 1');
  await page.getByRole('tab', { name: 'Files' }).click();
  await page.getByRole('button', { name: 'Inspect and edit appendonly.aof.1.incr.aof' }).click();
  const grid = page.getByRole('table', { name: 'Bytes' });
  await expect(page.getByText('starts; keys: 1')).toBeVisible();
  await grid.focus();
  // Letters are typed here, also those that cut the power elsewhere.
  await page.keyboard.type('xp');
  await expect(page.getByText('2 edits', { exact: true })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('1 edit', { exact: true })).toBeVisible();
  expect((await lane(page)).state).toBe('running');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByRole('tab', { name: 'Files' })).toBeVisible();
  expect(await send(page, 'DEBUG LOADAOF')).toBe('OK');
  expect(await send(page, 'GET a')).toBe('"1"');
});
