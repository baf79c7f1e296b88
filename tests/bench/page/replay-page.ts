import type { Replayed } from '../replay.ts';

declare global {
  interface Window {
    /** Replays the log at that address in a Worker of its own. */
    replayInWorker: (address: string, digest: 'digest' | 'no-digest') => Promise<Replayed>;
  }
}

window.replayInWorker = (address, digest) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Replayed>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ address: new URL(address, location.href).href, digest });
  });
