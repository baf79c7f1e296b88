/**
 * `npm run screenshots [-- PATH…]`: pictures of the built page (`/` without a path, or for example
 * `/?race`) in the widths and themes that the design names, as .screenshots/NAME.png.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { browserFlags, findBrowser } from './browser.mjs';
import { buildSite, root } from './builds.mjs';
import { freePort } from './free-port.mjs';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const themes = /** @type {const} */ ([
  { name: 'light', colorScheme: 'light', contrast: 'no-preference' },
  { name: 'dark', colorScheme: 'dark', contrast: 'no-preference' },
  { name: 'contrast', colorScheme: 'light', contrast: 'more' },
]);
const asked = process.argv.slice(2);
const paths = asked.length > 0 ? asked : ['/'];
const folder = join(root, '.screenshots');

await buildSite('if-changed');
mkdirSync(folder, { recursive: true });
const port = await freePort();
const server = await preview({
  root,
  logLevel: 'warn',
  preview: { port, host: 'localhost', strictPort: true },
});
const executablePath = await findBrowser();
const browser = await chromium.launch({
  args: browserFlags,
  ...(executablePath === undefined ? {} : { executablePath }),
});
try {
  for (const path of paths) {
    for (const size of sizes) {
      for (const theme of themes) await shoot(path, size, theme);
    }
  }
} finally {
  await browser.close();
  await server.close();
}

/**
 * @param {string} path
 * @param {{ width: number, height: number }} viewport
 * @param {typeof themes[number]} theme
 */
async function shoot(path, viewport, { name, colorScheme, contrast }) {
  const context = await browser.newContext({ viewport, colorScheme, contrast });
  const page = await context.newPage();
  await page.goto(new URL(path, `http://localhost:${port}/`).href, { waitUntil: 'load' });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const place = path.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-|-$/g, '') || 'lab';
  const file = join(folder, `${place}-${viewport.width}-${name}.png`);
  await page.screenshot({ path: file });
  console.log(file);
  await context.close();
}
