/** A browser with a profile of its own on the disk, which outlives its tabs, as a person's does. */
import { chromium, test as base, type BrowserContext, type Page } from '@playwright/test';
import { browserFlags, findBrowser } from '../../scripts/browser.mjs';
import { temporaryFolder } from './redis-log.ts';

/** Like Playwright's own, but nothing of a page is lost when its tab is closed. */
export const test = base.extend<{ context: BrowserContext }>({
  context: async ({ baseURL }, use) => {
    const executablePath = await findBrowser();
    const profile = temporaryFolder();
    const context = await chromium.launchPersistentContext(profile.path, {
      serviceWorkers: 'block',
      args: browserFlags,
      ...(baseURL === undefined ? {} : { baseURL }),
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    await context.addInitScript(keepWorkers);
    await use(context);
    await context.close();
    profile.remove();
  },
});

declare global {
  interface Window {
    /** The workers that the page has started, the newest last. */
    readonly workersStarted: Worker[];
  }
}

function keepWorkers(): void {
  const started: Worker[] = [];
  Object.defineProperty(window, 'workersStarted', { value: started });
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      started.push(this);
    }
  };
}

/** The lab's worker dies without a word, as when the browser runs out of memory. */
export async function terminateWorker(page: Page): Promise<void> {
  await page.evaluate(() => window.workersStarted.at(-1)!.terminate());
}

/** The lab's worker runs in a circle. */
export function hangWorker(page: Page): void {
  page
    .workers()
    .at(-1)!
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
}

/** The page notices that its worker is silent, and its button starts another. */
export async function restartLab(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Restart the lab' }).click({ timeout: 15_000 });
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
}
