/**
 * `npm run e2e:firefox`: the main path in the system's Firefox, by pointer and keys, and the same runs there, in
 * Chromium and in Node, compared byte for byte. Prints a line for each check and `K/N failed` last; without a Firefox
 * it says so and ends well.
 */
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { browserFlags, findBrowser } from '../../scripts/browser.mjs';
import { buildSite, root } from '../../scripts/builds.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { scriptedFingerprint } from '../lab/scripted-fingerprint.ts';
import { findFirefox, Firefox } from './bidi.ts';
import { doorRun } from './door-run.ts';
import { fingerprintBundle } from './fingerprint-bundle.ts';

const program = findFirefox();
if (program === undefined) {
  console.log('Not run: there is no Firefox here (firefox-esr of Debian, or FIREFOX_PATH).');
  process.exit(0);
}

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);
await buildSite('if-changed');
const port = await freePort();
const server = await preview({
  root,
  logLevel: 'warn',
  preview: { port, host: 'localhost', strictPort: true },
});
const url = `http://localhost:${port}/`;
const firefox = await Firefox.launch(program, { width: 1440, height: 900 });
console.log(`Firefox ${firefox.version}`);

const button = (label: string): string =>
  `[...document.querySelectorAll('button')].find((each) => each.checkVisibility() && each.textContent.trim().startsWith(${JSON.stringify(label)}))`;
const enabled = (label: string): string =>
  `${button(label)}?.getAttribute('aria-disabled') !== 'true' && ${button(label)} !== undefined`;
const shown = `document.querySelector('.xterm-rows')?.textContent ?? ''`;
const lane = `(await window.aofLab.view()).lanes[0]`;
const view = (test: string): string =>
  `await (async () => { const lane = ${lane}; return ${test}; })()`;
const door = (seed: number): string => `(${doorRun.toString()})(${seed})`;

/** Nothing is on its way any more: a page that is left before reports what it could not load. */
const whole = `document.querySelector('.xterm-rows') !== null && performance.getEntriesByType('resource').every(({ responseEnd }) => responseEnd > 0 && responseEnd < performance.now() - 500)`;

let failed = 0;
let checks = 0;
async function check(what: string, work: () => Promise<void>): Promise<void> {
  checks++;
  const start = performance.now();
  try {
    await work();
    console.log(`ok     ${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function same(what: string, one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other))
    throw new Error(
      `${what}: ${JSON.stringify(one).slice(0, 200)} and ${JSON.stringify(other).slice(0, 200)}`,
    );
}

await check('the page stands and its lab runs', async () => {
  await firefox.open(url);
  await firefox.until(`'aofLab' in window`);
  await firefox.evaluate('window.aofLab.ready');
  await firefox.evaluate(`window.aofLab.reset({ clock: { speed: 1 } })`);
  await firefox.until(`document.querySelector('h1')?.textContent.includes('AOF Lab')`);
});

await check('a command typed in the terminal is answered, and reaches the disk', async () => {
  await firefox.until(`document.querySelector('.xterm-rows') !== null`);
  await firefox.click(`document.querySelector('.xterm-screen')`);
  await firefox.type('SET user:1 "Alice"\r');
  await firefox.until(`/OK/.test(${shown})`);
  await firefox.until(view('lane.fsynced > 0 && lane.fsynced === lane.written'));
  await firefox.until(`document.body.textContent.includes('SET')`);
});

await check(
  'the power is cut by its button: the sentence and the lab agree on the loss',
  async () => {
    await firefox.evaluate(`window.aofLab.send('CONFIG SET appendfsync no')`);
    await firefox.click(`document.querySelector('.xterm-screen')`);
    await firefox.type('SET gone 1\r');
    await firefox.until(view('lane.atRisk.powerLoss.writes === 1'));
    await firefox.click(button('Cut power'));
    await firefox.until(view(`lane.state === 'stopped' && lane.lost.length === 1`));
    await firefox.until(
      `/Power cut at .*1 acknowledged write/.test(document.querySelector('.clause').textContent.replace(/\\s+/g, ' '))`,
    );
  },
);

await check('booted by its button, it has what was fsynced, and not the rest', async () => {
  await firefox.until(enabled('Boot'));
  await firefox.click(button('Boot'));
  await firefox.until(view(`lane.state === 'running'`));
  same(
    'user:1',
    await firefox.evaluate(`(await window.aofLab.send('GET user:1')).text`),
    '"Alice"',
  );
  same('gone', await firefox.evaluate(`(await window.aofLab.send('GET gone')).text`), '(nil)');
});

await check(
  'a reload is a power cut of the machine: what the disk had is there again',
  async () => {
    await firefox.reload();
    await firefox.until(`'aofLab' in window`);
    await firefox.evaluate('window.aofLab.ready');
    await firefox.until(view(`lane.state === 'running'`));
    same(
      'user:1',
      await firefox.evaluate(`(await window.aofLab.send('GET user:1')).text`),
      '"Alice"',
    );
  },
);

await check('theme and language are remembered', async () => {
  await firefox.until(whole);
  await firefox.evaluate(
    `(localStorage.setItem('aof-lab.language', 'id'), localStorage.setItem('aof-lab.theme', 'dark'))`,
  );
  await firefox.reload();
  await firefox.until(whole);
  same('language', await firefox.evaluate(`document.documentElement.lang`), 'id');
  same('theme', await firefox.evaluate(`document.documentElement.dataset.theme`), 'dark');
  await firefox.until(enabled('Putus listrik'));
});

await check('the page has logged no error', async () => {
  same('errors', firefox.errors, []);
  await Promise.resolve();
});

await check('the same run comes to the same bytes in Firefox and in Node', async () => {
  const code = await fingerprintBundle();
  await firefox.open('about:blank');
  for (const each of [4242, seed])
    same(
      `seed ${each}`,
      await firefox.evaluate(
        `(() => { ${code}; return scripted.scriptedFingerprint(${each}); })()`,
      ),
      scriptedFingerprint(each),
    );
});

await check(
  'the same calls at the door leave the same files in Firefox and in Chromium',
  async () => {
    await firefox.open(url);
    await firefox.until(`'aofLab' in window`);
    await firefox.evaluate('window.aofLab.ready');
    const inFirefox = await firefox.evaluate<readonly (readonly [string, string])[]>(door(seed));
    const executablePath = await findBrowser();
    const browser = await chromium.launch({
      args: browserFlags,
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    try {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => 'aofLab' in window);
      await page.evaluate(() => window.aofLab.ready.then(() => undefined));
      const inChromium = await page.evaluate(doorRun, seed);
      same(
        'files',
        inFirefox.map(([path]) => path),
        inChromium.map(([path]) => path),
      );
      for (const [i, [path, bytes]] of inChromium.entries()) same(path, inFirefox[i]?.[1], bytes);
      if (inFirefox.length < 4) throw new Error(`only ${inFirefox.length} files were compared`);
    } finally {
      await browser.close();
    }
  },
);

await firefox.close();
await server.close();
console.log(`${failed}/${checks} failed`);
process.exit(failed === 0 ? 0 : 1);
