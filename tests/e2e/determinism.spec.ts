/** Seed, setup and calls decide every byte, in Node as in Chromium. */
import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../../scripts/builds.mjs';
import { scriptedFingerprint } from '../lab/scripted-fingerprint.ts';
import { openLab } from './lab-page.ts';

const seeds = [4242, Number(process.env['SEED'] ?? Date.now() % 1_000_000)];

test('a run with a bit of everything comes to the same bytes in Node and in Chromium', async ({
  page,
}) => {
  const code = await bundled();
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
  const first = await runAtTheDoor(page, 7);
  expect(first.length).toBeGreaterThan(3);
  expect(await runAtTheDoor(page, 7)).toEqual(first);
  expect(await runAtTheDoor(page, 8)).not.toEqual(first);
});

/** The lab's own sources, without its page. */
async function bundled(): Promise<string> {
  const entry = join(root, 'tests/lab/scripted-fingerprint.ts');
  const result = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      lib: { entry, formats: ['iife'], name: 'scripted' },
      target: 'es2022',
      minify: false,
      write: false,
    },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (bundle === undefined || !('output' in bundle)) throw new Error('vite gave no bundle');
  return bundle.output[0].code;
}

/** Every file that a run leaves, with its bytes, and the rest of what the view shows. */
function runAtTheDoor(page: Page, seed: number): Promise<(readonly [string, string])[]> {
  return page.evaluate(async (given) => {
    await window.aofLab.reset({
      seed: given,
      clock: { paused: true, startAt: Date.UTC(2026, 0, 1) },
      disk: { preset: 'hdd' },
    });
    await window.aofLab.send('SET a 1 EX 100');
    await window.aofLab.workload({
      rate: 300,
      mix: ['SET k:{k} {v}', 'SET e:{n} 1 PX 300', 'INCR c:{k}'],
    });
    await window.aofLab.advance(2_500);
    // Its reply comes after the fork, which takes time.
    const rewriting = window.aofLab.send('BGREWRITEAOF');
    await window.aofLab.advance(1_200);
    await rewriting;
    await window.aofLab.crash('power-lost', { tail: 'holes' });
    const { now, lanes } = await window.aofLab.view();
    const found: (readonly [string, string])[] = [['view', JSON.stringify({ now, lanes })]];
    for (const { path } of lanes[0]!.files) {
      const bytes = await window.aofLab.readFile(path);
      found.push([path, bytes.join()]);
    }
    return found;
  }, seed);
}
