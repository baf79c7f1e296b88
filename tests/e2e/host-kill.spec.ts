/** The whole browser dies by SIGKILL during writes; nothing that was acknowledged may be missing afterwards. */
import { expect, test } from '@playwright/test';
import { killHosts } from './host-kill.ts';

test.skip(process.platform === 'win32', 'there is no SIGKILL');

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

for (const { kills, tag } of [
  { kills: 3, tag: '' },
  { kills: 25, tag: ' @full' },
]) {
  test(`no acknowledged write is missing after ${kills} kills of the browser${tag}`, async ({
    baseURL,
  }) => {
    test.setTimeout(kills * 12_000 + 30_000);
    const { acknowledged, violations } = await killHosts({
      url: baseURL!,
      kills,
      seed,
      tell: console.log,
    });
    console.log(`seed ${seed}: ${kills} kills, ${acknowledged} acknowledged writes`);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(kills);
  });
}
