/** The two scripts that run beside the page. Under its policy their addresses must come from a named policy of ours. */
import workerUrl from '../worker/worker.ts?worker&url';

/** Stands beside the page, since it answers only for what lies below it. The build writes it. */
const serviceWorkerUrl = new URL('./service-worker.js', document.baseURI).href;

/** Nothing else passes. A browser without Trusted Types takes the plain address. */
const rules = {
  createScriptURL(url: string): string {
    if (url !== workerUrl && url !== serviceWorkerUrl)
      throw new TypeError(`${url} is not a script of the lab`);
    return url;
  },
};
const trusted: TrustedTypePolicy = window.trustedTypes?.createPolicy('aof-lab', rules) ?? rules;

export function startWorker(): Worker {
  return new Worker(trusted.createScriptURL(workerUrl), { type: 'module', name: 'aof-lab' });
}

export function serviceWorkerAddress(): string {
  return trusted.createScriptURL(serviceWorkerUrl);
}
