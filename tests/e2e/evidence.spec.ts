/** Memory beside what would come back, system calls, the server's own log: what a sceptic asks for. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openLab, send } from './lab-page.ts';

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
}

test('memory tells what a boot would bring back, and it does', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'no' } }], clock: { paused: true } });
  await send(page, 'SET kept 1');
  await send(page, 'SET changed 1');
  await send(page, 'SET deleted 1');
  await page.evaluate(() => window.aofLab.advance(40_000));
  await send(page, 'SET changed 2');
  await send(page, 'DEL deleted');
  await send(page, 'RPUSH new a b');
  await page.getByRole('tab', { name: 'Memory' }).click();
  const rows = page.getByRole('tabpanel', { name: 'Memory' }).getByRole('row');
  await expect(rows).toHaveText([
    /gone\s*new\s*\[a b\]\s*missing/,
    /older\s*changed\s*2\s*1/,
    /back\s*deleted\s*deleted\s*1/,
    /stays\s*kept\s*1\s*the same/,
  ]);
  await expectNoViolations(page);
  await page.getByLabel('Filter keys').fill('chan');
  await expect(rows).toHaveCount(1);
  await page.getByLabel('Filter keys').fill('');
  await page.getByRole('radio', { name: 'the process dies' }).check();
  await expect(rows).toHaveText([/stays/, /stays/, /stays/]);

  await page.getByRole('button', { name: /^Cut power/ }).click();
  await expect(rows).toHaveText([/back\s*kept/, /back\s*changed/, /back\s*deleted/]);
  await page.getByRole('button', { name: /^Boot/ }).click();
  await page.evaluate(() => window.aofLab.advance(2_000));
  await expect(rows).toHaveText([/stays\s*kept/, /stays\s*changed\s*1/, /stays\s*deleted/]);
  expect(await send(page, 'DBSIZE')).toBe('(integer) 3');
});

test('system calls and the server’s log follow what happens', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  await page.getByRole('tab', { name: 'Calls' }).click();
  await send(page, 'SET a 1');
  const calls = page.getByRole('tabpanel', { name: 'Calls' });
  await page.getByLabel('Filter calls').fill('write(');
  await expect(calls.getByRole('row').last()).toContainText('SELECT');
  await page.getByLabel('Filter calls').fill('fdatasync');
  await expect(calls.getByRole('row').last()).toContainText(/fdatasync\(\d+\) = 0/);
  await expectNoViolations(page);

  await page.getByRole('tab', { name: 'Server' }).click();
  const log = page.getByRole('tabpanel', { name: 'Server' });
  await expect(log).toContainText('Ready to accept connections tcp');
  await expect(log).toContainText('Clients can connect from now on.');
  await send(page, 'BGREWRITEAOF');
  await expect(log).toContainText('Background AOF rewrite finished successfully');
  await expectNoViolations(page);
});
