/** The page's side of the service worker: registers it, and tells when a newer build of the lab waits to be used. */

/** Looked for this often while the page stays open. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

/**
 * Starts keeping the lab for use without a server. `onnewer` is told when a newer build is kept whole; its argument
 * uses that build, which loads the page anew. Does nothing where the browser has no service workers or forbids them
 * (files opened from a disk, private windows of some browsers): then the lab works while its server does.
 */
export function keepOffline(script: string, onnewer: (use: () => void) => void): void {
  if (!('serviceWorker' in navigator)) return;
  start(navigator.serviceWorker, script, onnewer).catch((error: unknown) =>
    console.info('The lab is not kept for use without its server:', error),
  );
}

async function start(
  workers: ServiceWorkerContainer,
  script: string,
  onnewer: (use: () => void) => void,
): Promise<void> {
  let agreed = false;
  workers.addEventListener('controllerchange', () => {
    if (agreed) location.reload();
  });
  const found = (worker: ServiceWorker | null): void => {
    // The first build of all has nothing to replace: it is used at once.
    if (worker === null || workers.controller === null) return;
    onnewer(() => {
      agreed = true;
      worker.postMessage('use this build');
    });
  };
  const registration = await workers.register(script, { updateViaCache: 'none' });
  found(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') found(worker);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
}
