/** The lab's worker, under the page's content security policy: a script's URL must come from a named policy. */
import workerUrl from '../worker/worker.ts?worker&url';

export function startWorker(): Worker {
  return new Worker(trusted.createScriptURL(workerUrl), { type: 'module', name: 'aof-lab' });
}

/** Only our own worker passes. A browser without Trusted Types takes the plain URL. */
const rules = {
  createScriptURL(url: string): string {
    if (url !== workerUrl) throw new TypeError(`${url} is not a script of the lab`);
    return url;
  },
};
const trusted: TrustedTypePolicy = window.trustedTypes?.createPolicy('aof-lab', rules) ?? rules;
