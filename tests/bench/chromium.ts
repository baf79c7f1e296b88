/** Pages of the benchmarks in a real Chromium. */
import { createServer } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { type Browser, type Page, chromium } from '@playwright/test';
import { build } from 'vite';
import { browserFlags, findBrowser } from '../../scripts/browser.mjs';
import { root } from '../../scripts/builds.mjs';

export interface Site {
  readonly address: string;
  close(): void;
}

export async function launchChromium(...flags: string[]): Promise<Browser> {
  const executablePath = await findBrowser();
  return chromium.launch({
    args: [...browserFlags, ...flags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}

/**
 * A browser with a profile on the disk, as a person has it: in Playwright's own contexts, which are private windows,
 * IndexedDB and OPFS are memory of another process.
 */
export async function launchWithProfile(): Promise<{ page: Page; close(): Promise<void> }> {
  const executablePath = await findBrowser();
  const profile = mkdtempSync(join(tmpdir(), 'aof-lab-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    args: browserFlags,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  return {
    page: await context.newPage(),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Builds tests/bench/page/NAME.html as the site itself is built, and serves it, and `files` by their addresses. */
export async function serveBenchPage(
  name: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `bench-${name}-`));
  await build({
    root: join(root, 'tests', 'bench', 'page'),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [svelte({ configFile: false })],
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      outDir: folder,
      emptyOutDir: true,
      rolldownOptions: { input: join(root, 'tests', 'bench', 'page', `${name}.html`) },
    },
  });
  const site = await serveFolder(folder, files);
  return {
    address: `${site.address}/${name}.html`,
    close() {
      site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export function serveFolder(
  folder: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const server = createServer((request, response) => {
    const path = normalize(
      decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname),
    );
    const file = files[path] ?? join(folder, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no TCP port'));
      resolve({
        address: `http://127.0.0.1:${address.port}`,
        close() {
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}
