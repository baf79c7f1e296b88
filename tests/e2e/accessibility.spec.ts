/** axe finds nothing on the real page, in the states a learner passes through, in each theme, language and width. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { openLab, send } from './lab-page.ts';

async function expectNoViolations(page: Page): Promise<void> {
  // Panes whose code comes late are part of the page.
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
  expect(found).toEqual([]);
}

/** Everything drawn ends inside the window, but for what is meant to be scrolled sideways. */
async function expectNothingCutOff(page: Page): Promise<void> {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        const scrolled = element.closest(
          '.chips, .tools, .visually-hidden, .xterm, [role=tablist], [popover]:not(:popover-open)',
        );
        return box.width > 0 && box.right > innerWidth + 1 && scrolled === null;
      })
      .map((element) => element.outerHTML.slice(0, 100)),
  );
  expect(cut).toEqual([]);
  expect(await page.evaluate(overlapInBar)).toEqual([]);
}

/** What stands in the bar under something else. */
function overlapInBar(): string[] {
  const parts = ['nav', '.lessons', '.machine > *', '.page'].map((part) => `header.bar > ${part}`);
  const boxes = [...document.querySelectorAll<HTMLElement>(parts.join())]
    .map((element) => ({ text: element.innerText, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0)
    .sort((a, b) => a.box.left - b.box.left);
  return boxes
    .filter(({ box }, i) => i > 0 && box.left < boxes[i - 1]!.box.right - 1)
    .map(({ text }) => text);
}

async function choose(page: Page, preferences: Readonly<Record<string, string>>): Promise<void> {
  await page.addInitScript((chosen) => {
    for (const [name, value] of Object.entries(chosen))
      localStorage.setItem(`aof-lab.${name}`, value);
  }, preferences);
}

for (const [theme, tag] of [
  ['light', ''],
  ['dark', ' @full'],
  ['contrast', ' @full'],
] as const) {
  test(`first visit, writes at risk, power cut and ledger, ${theme}${tag}`, async ({ page }) => {
    await choose(page, { theme });
    await openLab(page, { lanes: [{ config: { appendfsync: 'no' } }], clock: { paused: true } });
    await expectNoViolations(page);
    for (let i = 0; i < 5; i++) await send(page, `SET key:${i} ${i}`);
    await expect(page.locator('.clause .figure').first()).toHaveText('5');
    await expectNoViolations(page);
    await page.getByRole('button', { name: /^More faults/ }).click();
    await expectNoViolations(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Cut power/ }).click();
    await page.getByRole('tab', { name: /^Ledger/ }).click();
    await expect(page.getByRole('tabpanel', { name: /^Ledger/ })).toContainText('SET');
    await expectNoViolations(page);
    await page.keyboard.press('?');
    await expectNoViolations(page);
  });
}

for (const [width, height, tag] of [
  [1440, 900, ''],
  [1200, 800, ' @full'],
  [1024, 768, ''],
  [768, 1024, ' @full'],
  [360, 640, ''],
] as const) {
  test(`${width} × ${height} in Bahasa Indonesia: nothing is cut off${tag}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await choose(page, { language: 'id' });
    await openLab(page, {
      lanes: [{ config: { appendfsync: 'no' } }],
      clock: { paused: true },
      workload: { rate: 1000, mix: ['SET k:{n} {n}'] },
    });
    await send(page, 'SET key:1 1');
    await expect(page.getByRole('button', { name: /^Putus listrik/ })).toBeVisible();
    await expectNoViolations(page);
    await expectNothingCutOff(page);
    await page.getByRole('button', { name: /^Putus listrik/ }).click();
    await expect(page.getByRole('button', { name: /^Nyalakan/ })).not.toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await expectNothingCutOff(page);
    await expectNoViolations(page);
  });
}

test('strip and timeline stand behind their tables too', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page, { clock: { paused: true } });
  await send(page, 'SET a 1');
  for (let i = 0; i < 2; i++)
    await page.getByRole('button', { name: 'Show as table' }).first().click();
  await expect(
    page.getByRole('table', { name: 'The bytes of the log and where they are' }),
  ).toBeVisible();
  await expect(page.getByRole('table', { name: 'What happened, by lab time' })).toBeVisible();
  await expectNoViolations(page);
});

test('without an AOF the page says that all would be lost', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendonly: 'no' } }], clock: { paused: true } });
  await send(page, 'SET a 1');
  await expect(page.locator('.clause').first()).toContainText('would be lost: no file is kept.');
  await expectNoViolations(page);
});
