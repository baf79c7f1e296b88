/**
 * What the log pane costs the page while 50,000 commands a second arrive: 833 records a frame. A frame's
 * work is counted from its animation frame to the first task after it has been painted, so that style,
 * layout and paint are in it.
 */
import { flushSync, mount, unmount } from 'svelte';
import { RecordStore } from '../../../src/ui/log/record-store.ts';
import { LogState } from '../../../src/ui/log/log-state.svelte.ts';
import type { LaneFrame } from '../../../src/worker/protocol.ts';
import LogPaneHost from './log-pane-host.svelte';
import { viewOf, workloadBatch, workloadRecordLength } from './records.ts';

export interface LogPaneFigures {
  readonly records: number;
  readonly frames: number;
  /** Milliseconds of main-thread work a frame. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

const RECORDS_A_FRAME = 833;

/** Mounts a pane of 640 × 436 in `target`, plays `frames` frames into it and takes it away again. */
export async function measureLogPane(
  target: HTMLElement,
  frames: number,
  options: { readonly before?: number; readonly mode?: 'follow' | 'scrolled' | 'filtered' } = {},
): Promise<LogPaneFigures> {
  const store = new RecordStore();
  let rows = 0;
  const nextBatch = (count: number): LaneFrame => {
    const records = workloadBatch(rows, count, rows * workloadRecordLength);
    rows += count;
    const end = rows * workloadRecordLength;
    const view = viewOf({
      appended: end,
      written: end - 5 * workloadRecordLength,
      acknowledged: end - 5 * workloadRecordLength,
      // One fsync a second, sixty frames.
      fsynced: Math.floor(rows / 50_000) * 50_000 * workloadRecordLength,
    });
    return { view, records, timeline: null, curve: null, log: [] };
  };
  while (rows < (options.before ?? 0)) store.receive(nextBatch(10_000));

  const state = new LogState();
  state.follow = options.mode !== 'scrolled';
  if (options.mode === 'filtered') state.filter = 'sensor:000';
  const batches = Array.from({ length: frames }, () => nextBatch(RECORDS_A_FRAME));
  const host = mount(LogPaneHost, { target, props: { store, state, first: batches[0]! } });
  const work: number[] = [];
  for (const batch of batches) {
    work.push(
      await frameWork(() => {
        store.receive(batch);
        host.show(batch);
        flushSync();
      }),
    );
  }
  await unmount(host);
  // The first frames compile the code.
  const steady = work.slice(Math.min(30, frames >> 2)).sort((a, b) => a - b);
  const at = (share: number): number => steady[Math.floor(share * (steady.length - 1))] ?? 0;
  return { records: rows, frames: steady.length, p50: at(0.5), p99: at(0.99), worst: at(1) };
}

function frameWork(act: () => void): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const start = performance.now();
      act();
      // A message is a task: it runs behind this frame's style, layout and paint.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve(performance.now() - start);
      };
      port2.postMessage(null);
    });
  });
}
