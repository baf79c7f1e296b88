/**
 * `npm run screenshots [-- --width 1440 --theme light --language en]`: a picture of every state of the built page, in
 * the widths, themes and languages that the design names or in those that are asked for, as
 * .screenshots/STATE-WIDTH-THEME-LANGUAGE.png.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { browserFlags, findBrowser } from '../../scripts/browser.mjs';
import { buildSite, root } from '../../scripts/builds.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { languages, openIn, themes, walk } from './states.ts';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const { values } = parseArgs({
  options: {
    width: { type: 'string' },
    theme: { type: 'string' },
    language: { type: 'string' },
  },
});
const isAsked = (asked: string | undefined, value: string): boolean =>
  asked === undefined || asked === value;
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
let taken = 0;
try {
  for (const size of sizes.filter(({ width }) => isAsked(values.width, String(width))))
    for (const theme of themes.filter((name) => isAsked(values.theme, name)))
      for (const language of languages.filter((name) => isAsked(values.language, name))) {
        const context = await browser.newContext({ baseURL: `http://localhost:${port}/` });
        const page = await context.newPage();
        const look = { ...size, theme, language };
        await openIn(page, look);
        for await (const { name, page: shown } of walk(page, look)) {
          await shown.waitForLoadState('networkidle');
          await shown.evaluate(() => document.fonts.ready.then(() => undefined));
          const path = join(folder, `${name}-${size.width}-${theme}-${language}.png`);
          await shown.screenshot({ path });
          taken++;
          console.log(path);
        }
        await context.close();
      }
} finally {
  await browser.close();
  await server.close();
}
console.log(`${taken} pictures`);
process.exit(0);
