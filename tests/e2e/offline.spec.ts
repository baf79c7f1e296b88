/** After the first visit the lab needs no server; a newer build is offered, and used only when the learner agrees. */
import { expect, test, type Page } from '@playwright/test';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { contentSecurityPolicy } from '../../scripts/csp.mjs';
import { buildSite, root } from '../../scripts/builds.mjs';
import { consoleShows, send, type } from './lab-page.ts';
import { killOrPower, openLesson, rewrite, threeLaneRace } from './lesson-players.ts';
import { temporaryFolder } from './redis-log.ts';

test.use({ serviceWorkers: 'allow' });

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The built site in a folder of its own, and a server for it that can go away. */
class OwnSite {
  readonly folder = temporaryFolder();
  readonly #server: Server;

  constructor() {
    cpSync(join(root, 'dist', 'site'), this.folder.path, { recursive: true });
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
      try {
        const body = readFileSync(join(this.folder.path, path));
        response.writeHead(200, {
          'Content-Type': types[extname(path)] ?? 'application/octet-stream',
          'Content-Security-Policy': contentSecurityPolicy,
          // As real hosts do; what is kept must be found in spite of it.
          Vary: 'Accept-Encoding, Origin',
        });
        response.end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, 'localhost', resolve));
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  change(file: string, from: string | RegExp, to: string): void {
    const path = join(this.folder.path, file);
    const before = readFileSync(path, 'utf8');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${file} has no ${String(from)}`);
    writeFileSync(path, after);
  }
}

let site: OwnSite;
let address: string;

test.beforeEach(async () => {
  await buildSite('if-changed');
  site = new OwnSite();
  address = await site.start();
});

test.afterEach(() => {
  site.stop();
  site.folder.remove();
});

/** The lab at our own address, kept whole. */
async function firstVisit(page: Page): Promise<void> {
  await page.goto(address);
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

/** Addresses that could not be reached from now on; what was under way when a page was left is nobody's failure. */
function failures(page: Page): readonly string[] {
  const failed: string[] = [];
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') failed.push(request.url());
  });
  return failed;
}

test('the lab works with its server gone: console, power cut, boot, files', async ({ page }) => {
  await firstVisit(page);
  site.stop();
  await expect(fetch(address)).rejects.toThrow();
  const failed = failures(page);
  await page.goto(`${address}?from=bookmark`);
  await openedAgain(page);
  await page.reload();
  await openedAgain(page);
  await page.evaluate(() =>
    window.aofLab.reset({ lanes: [{ config: { appendfsync: 'always' } }], clock: { speed: 1 } }),
  );
  await type(page, 'SET offline yes');
  await consoleShows(page, 'OK');
  await page.getByRole('button', { name: /^Cut power/ }).click();
  await page.getByRole('button', { name: /^Boot/ }).click();
  await expect
    .poll(async () => page.evaluate(async () => (await window.aofLab.view()).lanes[0]!.state))
    .toBe('running');
  expect(await send(page, 'GET offline')).toBe('"yes"');
  // Parts that come late are kept too.
  await page.getByRole('tab', { name: 'Files' }).click();
  await expect(page.getByText('appendonly.aof.manifest').first()).toBeVisible();
  await page.getByRole('button', { name: 'All keys' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(failed).toEqual([]);
});

test('the lessons are played to their end with the server gone', async ({ page }) => {
  await firstVisit(page);
  site.stop();
  await expect(fetch(address)).rejects.toThrow();
  const failed = failures(page);
  await openLesson(page, 'kill-or-power', 'en', address);
  await expect(page.getByRole('heading', { name: 'Kill or power', level: 2 })).toBeVisible();
  await killOrPower.whole(page);
  await openLesson(page, 'rewrite', 'en', address);
  await expect(page.getByRole('heading', { name: 'State replaces history' })).toBeVisible();
  await rewrite.whole(page);
  await openLesson(page, 'three-lane-race', 'en', address);
  await expect(page.getByRole('heading', { name: 'Three lanes, one power cut' })).toBeVisible();
  await threeLaneRace.whole(page, 'en');
  // All three are remembered, and one is played again in the other language.
  await page.getByRole('button', { name: 'All lessons' }).click();
  await expect(page.getByText(/done once/)).toHaveCount(3);
  await openLesson(page, 'three-lane-race', 'id', address);
  await expect(page.getByRole('heading', { name: /^Tiga lajur/, level: 2 })).toBeVisible();
  await threeLaneRace.whole(page, 'id');
  expect(failed).toEqual([]);
});

test('a newer build is offered, waits for consent, and is used whole', async ({ page }) => {
  await firstVisit(page);
  await page.evaluate(() =>
    window.aofLab.reset({ lanes: [{ config: { appendfsync: 'always' } }] }),
  );
  expect(await send(page, 'SET kept 1')).toBe('OK');
  site.change('index.html', '<title>AOF Lab</title>', '<title>AOF Lab, newer</title>');
  site.change('service-worker.js', /[`'"][0-9a-f]{16}[`'"]/, '"0123456789abcdef"');
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  const offer = page.getByText('A newer AOF Lab is here');
  await expect(offer).toBeVisible();

  // Nothing happens without consent, a reload included.
  await page.getByRole('button', { name: 'Later' }).click();
  await expect(offer).toBeHidden();
  await page.reload();
  await expect(page).toHaveTitle('AOF Lab');

  await expect(offer).toBeVisible();
  await page.getByRole('button', { name: 'Use it now' }).click();
  await expect(page).toHaveTitle('AOF Lab, newer');
  await page.waitForFunction(() => 'aofLab' in window);
  expect(await send(page, 'GET kept')).toBe('"1"');
  await expect(offer).toBeHidden();
});

test('a build that cannot be fetched whole leaves the one at hand in use', async ({ page }) => {
  await firstVisit(page);
  site.change('service-worker.js', /[`'"][0-9a-f]{16}[`'"]/, '"0123456789abcdef"');
  site.change('service-worker.js', /favicon\.svg/, 'missing.svg');
  const outcome = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update().catch(() => undefined);
    const worker = registration.installing;
    if (worker !== null) {
      await new Promise((resolve) => worker.addEventListener('statechange', resolve));
    }
    return { state: worker?.state, caches: (await caches.keys()).length };
  });
  expect(outcome).toEqual({ state: 'redundant', caches: 1 });
  site.stop();
  await page.reload();
  await openedAgain(page);
});

test('the lab can be installed: its manifest names icons that exist', async ({ page, request }) => {
  await page.goto(address);
  const link = await page.locator('link[rel=manifest]').getAttribute('href');
  const manifest = (await (await request.get(new URL(link!, address).href)).json()) as {
    readonly name: string;
    readonly start_url: string;
    readonly icons: readonly { src: string; sizes: string; type: string }[];
  };
  expect(manifest.name).toBe('AOF Lab');
  for (const { src, sizes, type } of manifest.icons) {
    const icon = new URL(src, address).href;
    const size = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, icon);
    if (type === 'image/png') expect(size).toBe(sizes);
  }
});

async function openedAgain(page: Page): Promise<void> {
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  expect(await send(page, 'PING')).toBe('PONG');
}
