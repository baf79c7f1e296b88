/**
 * Keeps the whole lab in the browser, so that after the first visit it works with its server gone. A build is kept
 * whole or not at all, under its own version. A newer build waits until the learner agrees: see offline/updates.ts.
 */

/** Put in by the build: every file of the site relative to this script, and the digest of them all. */
declare const BUILD_FILES: readonly string[];
declare const BUILD_VERSION: string;

const PREFIX = 'aof-lab ';
const ours = PREFIX + BUILD_VERSION;
const home = new URL('./', self.location.href).href;

/** What is used of ServiceWorkerGlobalScope, which only the library of workers declares. */
interface ServiceWorkerScope {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  addEventListener(type: 'fetch', listener: (event: Asked) => void): void;
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

function isServiceWorker(scope: unknown): scope is ServiceWorkerScope {
  return typeof scope === 'object' && scope !== null && 'skipWaiting' in scope;
}

if (isServiceWorker(self)) serve(self);

function serve(worker: ServiceWorkerScope): void {
  worker.addEventListener('install', (event) => event.waitUntil(keepEverything()));
  worker.addEventListener('activate', (event) =>
    event.waitUntil(dropOldBuilds().then(() => worker.clients.claim())),
  );
  worker.addEventListener('message', ({ data }) => {
    if (data === 'use this build') void worker.skipWaiting();
  });
  worker.addEventListener('fetch', (event) => {
    const { request } = event;
    if (request.method === 'GET' && request.url.startsWith(home)) {
      event.respondWith(answer(request));
    }
  });
}

async function keepEverything(): Promise<void> {
  const cache = await caches.open(ours);
  try {
    // Past the browser's own cache, which may hold files of another build.
    const wanted = BUILD_FILES.map((file) => new Request(new URL(file, home), { cache: 'reload' }));
    await cache.addAll(wanted);
  } catch (error) {
    await caches.delete(ours);
    throw error;
  }
}

/** The build before this one stays: a tab that still runs it fetches parts of it late. */
async function dropOldBuilds(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== ours);
  for (const name of names.slice(0, -1)) await caches.delete(name);
}

async function answer(request: Request): Promise<Response> {
  const page = request.mode === 'navigate';
  // What follows ? chooses nothing here, and the server's Vary header must not hide a file that is kept.
  const rules = { ignoreSearch: true, ignoreVary: true };
  const cache = await caches.open(ours);
  const kept =
    (await cache.match(page ? pageOf(request.url) : request, rules)) ??
    (await caches.match(request, rules));
  return kept ?? fetch(request);
}

/** A folder's page is its index.html. */
function pageOf(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + (pathname.endsWith('/') ? `${pathname}index.html` : pathname);
}
