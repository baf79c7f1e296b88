/** The palette of faults as a person uses it: a situation set up, a fault armed with its parameter, all healed. */
import { expect, test } from '@playwright/test';
import { lane, openLab, send } from './lab-page.ts';

test('a situation is set up, does what it says, and everything is healed by one button', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page, { clock: { speed: 1 } });
  await page.getByRole('button', { name: /^More faults/ }).click();
  await page.getByRole('button', { name: 'Set up: Disk full under everysec' }).click();
  const full = page.getByRole('listitem').filter({ hasText: /^Disk full armed/ });
  await expect(full).toBeVisible();
  expect(await send(page, 'SET a 1')).toBe('OK');
  await expect.poll(() => send(page, 'SET b 1')).toMatch(/MISCONF/);
  await page.getByRole('button', { name: 'Heal all' }).click();
  await expect(full).toHaveCount(0);
  await expect.poll(() => send(page, 'SET c 1')).toBe('OK');
});

test('a fault has its parameter, a rewrite’s child is killed, the server is stopped, and a refusal is told', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLab(page, { clock: { speed: 1 } });
  await send(page, 'SET a 1');
  await page.getByRole('button', { name: 'Faults', exact: true }).click();
  await page
    .getByRole('combobox', { name: 'fork fails: what the call answers' })
    .selectOption('EAGAIN');
  await page.getByRole('button', { name: 'Arm: fork fails' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: /^fork fails armed/ })).toBeVisible();
  expect(await send(page, 'BGREWRITEAOF')).toMatch(/Can't execute an AOF background rewriting/);
  await page.getByRole('button', { name: 'Heal all' }).click();
  await page.getByRole('button', { name: 'Set up: A rewrite that is killed' }).click();
  await expect.poll(() => send(page, 'INFO persistence')).toContain('aof_rewrite_in_progress:1');
  await page.getByRole('button', { name: 'Send: Kill the child' }).click();
  await expect
    .poll(() => send(page, 'INFO persistence'))
    .toContain('aof_last_bgrewrite_status:err');
  await page.getByRole('combobox', { name: 'Stop the server' }).selectOption('SHUTDOWN NOSAVE');
  await page.getByRole('button', { name: 'Send: Stop the server' }).click();
  await expect.poll(async () => (await lane(page)).state).toBe('stopped');
  await page.getByRole('button', { name: 'Send: Kill the child' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/no child of the server is at work/)).toBeVisible();
  // What a phone has no room for in its bar stands behind one button: undo brings the server back.
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await lane(page)).state).toBe('running');
});
