/** Seed, setup and calls decide every byte, in Node as in Chromium. */
import { expect, test } from '@playwright/test';
import { scriptedFingerprint } from '../lab/scripted-fingerprint.ts';
import { doorRun } from './door-run.ts';
import { fingerprintBundle } from './fingerprint-bundle.ts';
import { openLab } from './lab-page.ts';

const seeds = [4242, Number(process.env['SEED'] ?? Date.now() % 1_000_000)];

test('a run with a bit of everything comes to the same bytes in Node and in Chromium', async ({
  page,
}) => {
  const code = await fingerprintBundle();
  for (const seed of seeds) {
    const inNode = scriptedFingerprint(seed);
    const inChromium = await page.evaluate(`${code};scripted.scriptedFingerprint(${seed})`);
    console.log(`seed ${seed}: ${inNode} in Node, ${String(inChromium)} in Chromium`);
    expect(inChromium).toBe(inNode);
  }
  // The number is of the run, not of nothing.
  expect(scriptedFingerprint(seeds[0]! + 1)).not.toBe(scriptedFingerprint(seeds[0]!));
});

test('the same calls at the door give the same files, and another seed gives others', async ({
  page,
}) => {
  await openLab(page);
  const first = await page.evaluate(doorRun, 7);
  expect(first.length).toBeGreaterThan(3);
  expect(await page.evaluate(doorRun, 7)).toEqual(first);
  expect(await page.evaluate(doorRun, 8)).not.toEqual(first);
});
