/**
 * What a race of five lanes costs the page's main thread, frame by frame, while the worker really runs 100,000 commands
 * a second in all, on the built page itself: with the log following one lane, and in the race's own view. Milliseconds
 * of the thread's own CPU time, as Chromium traces them; other programs that want the processor do not count.
 */
import type { Page } from '@playwright/test';
import { quantile, remark, report } from './bench.ts';
import { launchChromium } from './chromium.ts';
import { frameWork } from './frame-work.ts';
import { openRace, served, serveLab } from './race-page.ts';

const RATE = 100_000;
const LANES = 5;
/** Commands in a transaction: sent one by one, no worker could run so many, whose every command is some events. */
const TOGETHER = 100;
const ROUNDS = 3;
const WARM_UP_MS = 2_000;
const MEASURED_MS = 5_000;

/** By the query that opens it. */
const views: Readonly<Record<string, string>> = { 'log following': '', 'race view': '?race' };

const site = await serveLab();
const browser = await launchChromium();
for (const [name, query] of Object.entries(views)) {
  const middle: number[] = [];
  const slowest: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const { frames, perSecond } = await framesOf(page, `${site.address}/${query}`, name);
    await page.close();
    middle.push(quantile(frames, 0.5));
    slowest.push(quantile(frames, 0.99));
    rates.push(perSecond);
  }
  const what = `five lanes, ${name}`;
  const unit = 'ms a frame';
  // On a slow machine the frames below are those of fewer commands: this row says so.
  report({
    name: `${what}, commands that the worker ran`,
    unit: 'commands/s',
    rounds: rates,
    goal: { atLeast: 0.9 * RATE, of: 'value' },
  });
  report({ name: `${what}, p50`, unit, rounds: middle, goal: { atMost: 4, of: 'value' } });
  report({ name: `${what}, p99`, unit, rounds: slowest, goal: { atMost: 16, of: 'value' } });
}
await browser.close();
site.close();

async function framesOf(
  page: Page,
  address: string,
  name: string,
): Promise<{ readonly frames: number[]; readonly perSecond: number }> {
  const rate = RATE / LANES / TOGETHER;
  await openRace(page, address, {
    workload: { rate, transactions: TOGETHER, clients: 50, keys: 1000, mix: ['SET key:{k} {v}'] },
  });
  await page.evaluate(() => window.aofLab.setClock({ paused: false, speed: 1 }));
  await page.waitForTimeout(WARM_UP_MS);
  const before = await served(page);
  const start = performance.now();
  await page
    .context()
    .browser()!
    .startTracing(page, {
      categories: ['toplevel', 'devtools.timeline'],
    });
  await page.waitForTimeout(MEASURED_MS);
  const trace = await page.context().browser()!.stopTracing();
  const seconds = (performance.now() - start) / 1000;
  const after = await served(page);
  const perSecond = (after.commands - before.commands) / seconds;
  const frames = frameWork(trace.toString('utf8'));
  remark(
    `race frames, ${name}: ${frames.length} frames, ${Math.round(perSecond)} commands/s, ${((after.now - before.now) / 1000 / seconds).toFixed(2)} s of the lab a second, p50 ${quantile(frames, 0.5).toFixed(1)} ms, p99 ${quantile(frames, 0.99).toFixed(1)} ms`,
  );
  const follows = page.getByRole('button', { name: 'Follow', pressed: true });
  if (name === 'log following' && (await follows.count()) === 0)
    throw new Error('the log does not follow: the frames are not those of a log that does');
  if (frames.length < 60) throw new Error(`the page fell behind: ${frames.length} frames`);
  return { frames, perSecond };
}
