/** The lab's own page with a race of five on it, for what is measured in a real browser. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { buildSite, root } from '../../scripts/builds.mjs';
import type { AofLab } from '../../src/ui/aof-lab.ts';
import { serveFolder, type Site } from './chromium.ts';

type Setup = NonNullable<Parameters<AofLab['reset']>[0]>;

/** The log follows the first. */
export const raceLanes: NonNullable<Setup['lanes']> = [
  { id: 'everysec', config: { appendfsync: 'everysec' } },
  { id: 'always', config: { appendfsync: 'always' } },
  { id: 'no', config: { appendfsync: 'no' } },
  { id: 'rdb', config: { appendonly: 'no', save: '60 1000' } },
  { id: 'none', config: { appendonly: 'no', save: '' } },
];

/** The site as it is built for people. */
export async function serveLab(): Promise<Site> {
  await buildSite('if-changed');
  return serveFolder(join(root, 'dist', 'site'));
}

export async function openRace(page: Page, address: string, setup: Setup): Promise<void> {
  await page.goto(address);
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  await page.evaluate((given) => window.aofLab.reset(given), {
    seed: 7,
    lanes: raceLanes,
    ...setup,
  });
}

/** Commands that all lanes have served so far, and the lab's time in ms. */
export function served(page: Page): Promise<{ readonly commands: number; readonly now: number }> {
  return page.evaluate(async () => {
    const { now, lanes } = await window.aofLab.view();
    return {
      now,
      commands: lanes.reduce((sum, { measured }) => sum + (measured?.commands ?? 0), 0),
    };
  });
}
