/** How long the page's main thread is away at a time: what a person feels of work that goes on. */
import type { Page } from '@playwright/test';
import { taskWork } from '../bench/frame-work.ts';

export interface Responsiveness {
  /** How often a timer was asked for, and how late it came at the 50th and 99th percentile and at worst, in ms. */
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Tasks of more than 50 ms, by the browser's own account. */
  readonly longTasks: readonly number[];
}

/** Begins to measure; call what it returns to end it. */
export async function measureMainThread(page: Page): Promise<() => Promise<Responsiveness>> {
  const handle = await page.evaluateHandle(() => {
    const lags: number[] = [];
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration));
    });
    observer.observe({ entryTypes: ['longtask'] });
    let running = true;
    const { port1, port2 } = new MessageChannel();
    let asked = performance.now();
    // A message is a task of its own and comes at once, unless another task is at work.
    port1.onmessage = () => {
      lags.push(performance.now() - asked);
      if (!running) return port1.close();
      setTimeout(() => {
        asked = performance.now();
        port2.postMessage(null);
      }, 4);
    };
    port2.postMessage(null);
    return {
      end: () => {
        running = false;
        for (const { duration } of observer.takeRecords()) longTasks.push(Math.round(duration));
        observer.disconnect();
        lags.sort((a, b) => a - b);
        const at = (share: number): number =>
          lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? 0;
        return {
          samples: lags.length,
          p50: at(0.5),
          p99: at(0.99),
          longest: lags.at(-1) ?? 0,
          longTasks,
        };
      },
    };
  });
  return async () => {
    const found = await handle.evaluate((measuring) => measuring.end());
    await handle.dispose();
    return found;
  };
}

/** Begins to trace; what it returns ends it: milliseconds of the thread's own CPU time in each of its tasks. */
export async function traceTasks(page: Page): Promise<() => Promise<number[]>> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  return async () => taskWork((await browser.stopTracing()).toString('utf8'));
}
