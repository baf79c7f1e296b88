/** The log pane alone, fed as the page feeds it: a worker posts a batch of records whenever the last one was painted. */
import { mount } from 'svelte';
import { locale } from '../../../src/ui/i18n/locale.svelte.ts';
import { theme } from '../../../src/ui/theme/theme.svelte.ts';
import '../../../src/ui/theme/fonts.css';
import '../../../src/ui/theme/tokens.css';
import '../../../src/ui/theme/base.css';
import type { RecordBatch } from '../../../src/worker/protocol.ts';
import FedLogPane from './fed-log-pane.svelte';

declare global {
  interface Window {
    /** Records received so far. */
    receivedRecords: number;
  }
}

await locale.start();
theme.start();
const target = document.querySelector('#app');
if (target === null) throw new Error('no #app');
const pane = mount(FedLogPane, { target });
const rate = Number(new URLSearchParams(location.search).get('rate'));
const worker = new Worker(new URL('./record-worker.ts', import.meta.url), { type: 'module' });
window.receivedRecords = 0;
worker.onmessage = ({ data }: MessageEvent<RecordBatch>) => {
  pane.receive(data);
  window.receivedRecords += data.count;
  requestAnimationFrame(() => worker.postMessage('frame-shown'));
};
worker.postMessage(rate);
