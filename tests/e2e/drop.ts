/** Files dragged from the computer onto the page: Chromium itself makes the drop, with folders that can be walked. */
import { expect, type Page } from '@playwright/test';

export async function openFiles(page: Page): Promise<void> {
  await page.getByRole('tab', { name: /^Files/ }).click();
  await expect(page.getByRole('region', { name: 'The simulated disk' })).toBeVisible();
}

/** Drops files or folders of this computer on the Files pane, and agrees to replace what is there. */
export async function dropOnFiles(page: Page, ...paths: string[]): Promise<void> {
  await openFiles(page);
  const { x, y, width, height } = (await page
    .getByRole('region', { name: 'The simulated disk' })
    .boundingBox())!;
  const at = { x: x + width / 2, y: y + height / 2 };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const devtools = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
  await devtools.detach();
}

/** What the Files pane says in the end. */
export async function importEnds(page: Page, result: 'loaded' | 'refused'): Promise<string> {
  const pane = page.getByRole('region', { name: 'The simulated disk' });
  const loaded = pane.getByRole('status').filter({ hasText: /^Loaded/ });
  const refused = pane.getByRole('alert');
  const replace = page.getByRole('button', { name: /^Replace/ });
  const end = { loaded, refused }[result];
  await expect(end.or(replace).first()).toBeAttached({ timeout: 30_000 });
  if (await replace.isVisible()) await replace.click();
  await expect(end).toBeAttached({ timeout: 30_000 });
  return end.innerText();
}
