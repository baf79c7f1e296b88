/**
 * Pictures of the page's states, as .screenshots/states/NAME.png:
 * `node tests/ui/shoot.mjs [state,…|all] [width,…] [theme,…] [lang,…] [tab]`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { browserFlags, findBrowser } from '../../scripts/browser.mjs';
import { root } from '../../scripts/builds.mjs';
import { freePort } from '../../scripts/free-port.mjs';

const heights = new Map([
  [1920, 1080],
  [1440, 900],
  [1280, 720],
  [1024, 768],
  [768, 1024],
  [390, 844],
  [360, 640],
]);
const list = (/** @type {number} */ i, /** @type {string} */ usual) =>
  (process.argv[i] ?? usual).split(',');
const everyState =
  'first-visit,healthy,power-cut,killed,loading,failed,always,postponed,lying,no-aof,degraded,read-only,recovered';
const states = list(2, 'all')[0] === 'all' ? everyState.split(',') : list(2, 'all');
const widths = list(3, '1440').map(Number);
const themes = list(4, 'light');
const languages = list(5, 'en');
const tab = process.argv[6] ?? '';

const folder = join(root, '.screenshots', 'states');
mkdirSync(folder, { recursive: true });
const port = await freePort();
const server = await createServer({ root, logLevel: 'warn', server: { port, host: 'localhost' } });
await server.listen();
const executablePath = await findBrowser();
const browser = await chromium.launch({
  args: browserFlags,
  ...(executablePath === undefined ? {} : { executablePath }),
});
try {
  for (const width of widths) {
    const context = await browser.newContext({
      viewport: { width, height: heights.get(width) ?? 900 },
      hasTouch: width < 600,
      isMobile: width < 600,
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') console.log(message.text());
    });
    page.on('pageerror', (error) => console.log(String(error.stack)));
    for (const state of states) {
      for (const theme of themes) {
        for (const language of languages) {
          const query = new URLSearchParams({ state, theme, lang: language, tab });
          await page.goto(`http://localhost:${port}/tests/ui/page/index.html?${query}`);
          await page.waitForSelector('html[data-ready=yes]', { timeout: 30_000 });
          const name = [state, width, theme, language, tab].filter(Boolean).join('-');
          await page.screenshot({ path: join(folder, `${name}.png`) });
          console.log(name);
        }
      }
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
