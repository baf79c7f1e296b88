/** While far more is written than anybody reads, the page stays where it is and the log stays at its end. */
import { expect, test } from '@playwright/test';
import { openLab } from './lab-page.ts';

test('in a flood the log goes on following and no pane moves', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openLab(page, {
    lanes: [
      { id: 'everysec', config: { appendfsync: 'everysec' } },
      { id: 'always', config: { appendfsync: 'always' } },
    ],
    workload: { rate: 100, transactions: 100, clients: 20, mix: ['SET key:{k} {v}'] },
  });
  await page.evaluate(() => window.aofLab.setClock({ paused: false, speed: 1 }));
  // The digits of the first second still grow.
  await page.waitForTimeout(1_500);
  const moved = await page.evaluate(async () => {
    const panes = [...document.querySelectorAll<HTMLElement>('.panes, .ruler, .sentence')];
    const tall = (): string => panes.map((pane) => pane.offsetHeight).join();
    const seen = new Set<string>([tall()]);
    const observer = new ResizeObserver(() => seen.add(tall()));
    for (const pane of panes) observer.observe(pane);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    observer.disconnect();
    return [...seen];
  });
  expect(moved).toHaveLength(1);
  await expect(page.getByRole('button', { name: 'Follow' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );

  await page.evaluate(() => window.aofLab.setClock({ paused: true }));
  const log = page.getByRole('grid', { name: 'The log' });
  const last = log.getByRole('row').locator('.offset').last();
  const end = await page.evaluate(async () => {
    const { lanes } = await window.aofLab.view();
    return lanes[0]!.appended!;
  });
  await expect
    .poll(async () => Number((await last.innerText()).replace(/\D/g, '')))
    .toBeGreaterThan(end - 100);
});
