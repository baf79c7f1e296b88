import { expect, test } from '@playwright/test';
import { consoleShows, lane, openLab, pause, send, sentence, type } from './lab-page.ts';

const WRITES = 6;
const policies = ['always', 'everysec', 'no'] as const;
const accidents = [
  { kind: 'power-lost', button: /^Cut power/, clause: 'power' },
  { kind: 'process-killed', button: /^Kill process/, clause: 'process' },
] as const;

for (const policy of policies) {
  for (const { kind, button, clause } of accidents) {
    test(`${policy}, ${kind}: the sentence before equals the ledger after, and the boot brings back the rest`, async ({
      page,
    }) => {
      await openLab(page, {
        seed: 7,
        lanes: [{ config: { appendfsync: policy } }],
        clock: { speed: 1 },
      });
      for (let i = 0; i < WRITES; i++) {
        await type(page, `SET key:${i} ${i}`);
        await expect.poll(async () => (await lane(page)).acknowledgedWrites).toBe(i + 1);
      }
      await consoleShows(page, 'OK');
      await pause(page);
      const before = await lane(page);
      await expect
        .poll(() => sentence(page, clause))
        .toBe(before.atRisk[clause === 'power' ? 'powerLoss' : 'processKill'].writes);
      const promised = await sentence(page, clause);
      await page.getByRole('button', { name: button }).click();

      await expect.poll(() => sentence(page, 'past')).toBe(promised);
      const after = await lane(page);
      expect(after.crash?.lost).toBe(promised);
      expect(after.lost).toHaveLength(promised);
      expect(after.crash?.acknowledged).toBe(WRITES);
      if (policy === 'always' || kind === 'process-killed') expect(promised).toBe(0);
      if (policy === 'no' && kind === 'power-lost') expect(promised).toBe(WRITES);
      for (const { layer } of after.lost) expect(layer).toBe('page-cache');
      if (promised > 0) {
        await page.getByRole('tab', { name: /Ledger/ }).click();
        await expect(page.getByRole('tabpanel', { name: /Ledger/ })).toContainText(
          after.lost[0]!.command,
        );
      }

      await page.getByRole('button', { name: /^Boot/ }).click();
      await page.evaluate(() => window.aofLab.setClock({ paused: false }));
      await expect.poll(async () => (await lane(page)).state).toBe('running');
      expect(await send(page, 'DBSIZE')).toBe(`(integer) ${WRITES - promised}`);
      // What survived is a prefix of what was written.
      const keys = Array.from({ length: WRITES }, (_, i) => `key:${i}`);
      const found = await page.evaluate(
        (names) => Promise.all(names.map((name) => window.aofLab.send(`EXISTS ${name}`))),
        keys,
      );
      expect(found.map(({ text }) => text)).toEqual(
        keys.map((_, i) => `(integer) ${i < WRITES - promised ? 1 : 0}`),
      );
      expect((await lane(page)).crash?.recount).toBeNull();
    });
  }
}

for (const tail of ['kept', 'zero-filled', 'holes', 'reordered'] as const) {
  test(`everysec, power lost with the unsynced tail ${tail}: the sentence speaks of that tail`, async ({
    page,
  }) => {
    await openLab(page, { lanes: [{ config: { appendfsync: 'no' } }], clock: { speed: 1 } });
    for (let i = 0; i < 5; i++) await type(page, `SET key:${i} ${i}`);
    await expect.poll(async () => (await lane(page)).acknowledgedWrites).toBe(5);
    await pause(page);
    await page.getByRole('button', { name: /^More faults/ }).click();
    await page.locator(`input[name="tail"][value="${tail}"]`).check();
    await page.keyboard.press('Escape');
    const expected = tail === 'kept' ? 0 : 5;
    await expect.poll(() => sentence(page, 'power')).toBe(expected);
    await page.getByRole('button', { name: /^Cut power/ }).click();
    await expect.poll(() => sentence(page, 'past')).toBe(expected);
    await page.getByRole('button', { name: /^Boot/ }).click();
    await page.evaluate(() => window.aofLab.setClock({ paused: false }));
    // Zeros and holes are no cut: real Redis refuses to start with such a file.
    await expect
      .poll(async () => (await lane(page)).state)
      .toBe(tail === 'kept' ? 'running' : 'failed');
    if (tail !== 'kept') await expect(page.getByText(/Bad file format/).first()).toBeVisible();
  });
}

test('everysec with a slow fsync: a killed process loses what was answered but not written', async ({
  page,
}) => {
  await openLab(page, { clock: { speed: 1 }, disk: { fsyncMs: 1800 } });
  await type(page, 'SET first 1');
  await expect.poll(async () => (await lane(page)).acknowledgedWrites).toBe(1);
  // What comes while an fsync is under way waits in the process: which write is the first of these depends on
  // where in its second the server stands.
  let late = 0;
  await expect(async () => {
    await type(page, `SET late:${late} ${late++}`);
    expect((await lane(page)).atRisk.processKill.writes).toBeGreaterThan(0);
  }).toPass({ intervals: [100], timeout: 20_000 });
  await pause(page);
  const promised = (await lane(page)).atRisk.processKill.writes;
  await expect.poll(() => sentence(page, 'process')).toBe(promised);
  await page.getByRole('button', { name: /^Kill process/ }).click();
  await expect.poll(() => sentence(page, 'past')).toBe(promised);
  const { lost } = await lane(page);
  expect(lost.every(({ layer }) => layer === 'process')).toBe(true);
});

test('while the server is down the console says what redis-cli says', async ({ page }) => {
  await openLab(page);
  await type(page, 'SET a 1');
  await consoleShows(page, 'OK');
  await page.getByRole('button', { name: /^Kill process/ }).click();
  await expect.poll(async () => (await lane(page)).state).toBe('stopped');
  await type(page, 'GET a');
  await consoleShows(page, 'Could not connect to Redis at 127.0.0.1:6379: Connection refused');
  await consoleShows(page, 'not connected>');
  await page.getByRole('button', { name: /^Boot/ }).click();
  await expect.poll(async () => (await lane(page)).state).toBe('running');
  await type(page, 'GET a');
  await consoleShows(page, '"1"');
});
