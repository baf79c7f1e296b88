/**
 * What half an hour of a five-lane race leaves in memory, in a real Chromium, after collecting garbage: in the page, at
 * the 5th and at the 30th minute of the lab's time; in the worker, beside the bytes that it simulates. Those are, of every
 * lane, what its log or snapshot takes in the page cache, the same on its platter, and the used_memory of its server. What
 * the lab keeps of its own (the log's columns for the page, checkpoints to go back to, the actions) is not counted there.
 *
 * The page's array buffers hold the records of the lane that it shows (up to four million), so they grow with its log;
 * beside them nothing should. Heap is what V8 has in use and what array buffers hold; V8's own code and the browser's memory of a page are not.
 */
import type { CDPSession, Page } from '@playwright/test';
import { remark, report } from './bench.ts';
import { launchChromium } from './chromium.ts';
import { openRace, serveLab } from './race-page.ts';

const MINUTES = 30;
const EARLY = 5;
const RATE = 50;

const site = await serveLab();
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await openRace(page, site.address, { clock: { paused: true }, workload: { rate: RATE } });
const session = await page.context().newCDPSession(page);
const worker = await attachWorker(session);

let early: Heap | undefined;
for (let minute = 1; minute <= MINUTES; minute++) {
  await page.evaluate(() => window.aofLab.advance(60_000));
  if (minute % 5 !== 0) continue;
  // The last frames are drawn.
  await page.waitForTimeout(1000);
  const late = await heapOf((method) => session.send(method));
  early ??= late;
  const held = await heapOf(worker);
  const bytes = await simulatedBytes(page);
  remark(
    `heap: minute ${minute}: page ${said(late)}, worker ${said(held)}, simulated ${mb(bytes)} MB`,
  );
  if (minute < MINUTES) continue;
  const lab = `${MINUTES} minutes of five lanes at ${RATE} writes/s`;
  report({
    name: `worker's heap, simulated bytes = 1, ${lab}`,
    unit: 'times',
    rounds: [(held.objects + held.buffers) / bytes],
    goal: { atMost: 4, of: 'value' },
  });
  report({
    name: `page's objects at minute ${MINUTES}, minute ${EARLY} = 1`,
    unit: 'times',
    rounds: [late.objects / early.objects],
    goal: { atMost: 1.1, of: 'value' },
  });
  const rows = await page.evaluate(async () => {
    const { lanes } = await window.aofLab.view();
    return lanes[0]!.measured?.commands ?? 0;
  });
  report({
    name: "page's buffers, which hold the log that it shows, a record",
    unit: 'bytes',
    rounds: [late.buffers / rows],
  });
}
await browser.close();
site.close();

interface Heap {
  readonly objects: number;
  readonly buffers: number;
}
type Send = (method: 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage') => Promise<unknown>;

async function heapOf(send: Send): Promise<Heap> {
  // What a finalizer frees is gone after the second.
  await send('HeapProfiler.collectGarbage');
  await send('HeapProfiler.collectGarbage');
  const usage = (await send('Runtime.getHeapUsage')) as {
    readonly usedSize: number;
    readonly backingStorageSize: number;
  };
  return { objects: usage.usedSize, buffers: usage.backingStorageSize };
}

/** The lab's worker, through its page: Playwright gives a worker no session of its own. */
async function attachWorker(of: CDPSession): Promise<Send> {
  const found = new Promise<string>((resolve) =>
    of.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') resolve(sessionId);
    }),
  );
  await of.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const sessionId = await found;
  const waiting = new Map<number, (result: unknown) => void>();
  of.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { readonly id: number; readonly result: unknown };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let next = 1;
  return async (method) => {
    const id = next++;
    const answered = new Promise<unknown>((resolve) => waiting.set(id, resolve));
    await of.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method }),
    });
    return answered;
  };
}

/** What the machines themselves say. The files are cached whole, and written back but for the last seconds. */
function simulatedBytes(of: Page): Promise<number> {
  return of.evaluate(async () => {
    let sum = 0;
    for (const { id, fileBytes } of (await window.aofLab.view()).lanes) {
      const info = await window.aofLab.send('INFO memory', { lane: id, client: 'bench' });
      sum += Number(/used_memory:(\d+)/.exec(info.text)?.[1] ?? NaN) + 2 * (fileBytes ?? 0);
    }
    return sum;
  });
}

function said({ objects, buffers }: Heap): string {
  return `${mb(objects)} + ${mb(buffers)} MB`;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
