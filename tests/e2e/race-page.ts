/** The race as a person sees it: its lanes by their names, and what the lab says of them. */
import { expect, type Locator, type Page } from '@playwright/test';
import { openLab, type ScriptedLane } from './lab-page.ts';

export const names = {
  none: 'no persistence',
  rdb: 'RDB',
  no: 'appendfsync no',
  everysec: 'appendfsync everysec',
  always: 'appendfsync always',
} as const;
export type Id = keyof typeof names;
export const ids: readonly Id[] = ['none', 'rdb', 'no', 'everysec', 'always'];

export async function openRace(page: Page): Promise<void> {
  await openLab(page);
  await page.getByRole('button', { name: 'Race', exact: true }).click();
  await page.getByRole('button', { name: 'Race of five' }).click();
  await expect(page.getByRole('rowheader')).toHaveCount(5);
}

/** A lane's row. */
export function row(page: Page, id: Id): Locator {
  return page
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: `Open ${names[id]}` }) });
}

export async function lanes(page: Page): Promise<ReadonlyMap<string, ScriptedLane>> {
  const views = await page.evaluate(async () => (await window.aofLab.view()).lanes);
  return new Map(views.map((view) => [view.id, view]));
}
