/**
 * What the log pane costs the page's main thread, frame by frame, while a worker sends it the records of 50,000
 * commands a second: receiving, folding, Svelte, style, layout and paint, as Chromium itself traces them, in
 * milliseconds of the thread's own CPU time. Other programs that want the processor do not count.
 */
import { quantile, remark, report } from './bench.ts';
import { launchChromium, serveBenchPage } from './chromium.ts';
import { frameWork } from './frame-work.ts';

const RATE = 50_000;
const ROUNDS = 3;
const WARM_UP_MS = 2_000;
const MEASURED_MS = 5_000;

const site = await serveBenchPage('log-pane');
const browser = await launchChromium();
const middle: number[] = [];
const slowest: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const page = await browser.newPage();
  await page.goto(`${site.address}?rate=${RATE}`);
  await page.waitForTimeout(WARM_UP_MS);
  const before = await page.evaluate(() => window.receivedRecords);
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await page.waitForTimeout(MEASURED_MS);
  const trace = await browser.stopTracing();
  const records = (await page.evaluate(() => window.receivedRecords)) - before;
  await page.close();
  const frames = frameWork(trace.toString('utf8'));
  if (frames.length < 60 || records < 0.8 * RATE * (MEASURED_MS / 1000)) {
    throw new Error(`the page fell behind: ${frames.length} frames, ${records} records`);
  }
  remark(`log pane: ${frames.length} frames, ${records} records`);
  middle.push(quantile(frames, 0.5));
  slowest.push(quantile(frames, 0.99));
}
await browser.close();
site.close();

const unit = 'ms a frame';
report({
  name: 'log pane at 50k commands/s, p50',
  unit,
  rounds: middle,
  goal: { atMost: 4, of: 'value' },
});
report({
  name: 'log pane at 50k commands/s, p99',
  unit,
  rounds: slowest,
  goal: { atMost: 16, of: 'value' },
});
