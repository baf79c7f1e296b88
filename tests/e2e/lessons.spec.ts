/** The pilot lessons, played by role and name: by a learner who predicts, errs, is told why not yet, and gets there. */
import { expect, test, type Page } from '@playwright/test';
import { consoleShows, lane, type } from './lab-page.ts';
import { choose, killOrPower, openLesson, rewrite, step, threeLaneRace } from './lesson-players.ts';

/** What the lab says of its own progress, beside what is in sight. */
async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    for (const name of ['step', 'complete'] as const)
      window.aofLab.on(name, (event) => told.push(`${event.event} ${event.what}`));
  });
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told);
}

test('kill-or-power: the same instant twice, and only the power takes the page cache', async ({
  page,
}) => {
  await openLesson(page, 'kill-or-power', 'en');
  const told = await listen(page);
  await expect(page.getByRole('heading', { name: 'Kill or power', level: 2 })).toBeVisible();
  await expect(step(page)).toContainText('the prediction for the kill is locked');
  // Until both are locked the ruler keeps the answer to itself.
  const ruler = page.getByRole('region', { name: 'Durability ruler' });
  await expect(ruler).toContainText('appears when your prediction is locked');
  await choose(page, 'kill -9', 'what was answered since the last fsync');
  // The other one at the console, in the grammar of scripts.
  await type(page, '!predict q-power nonsense');
  await consoleShows(page, 'choose one of');
  await type(page, '!predict q-power unsynced');

  await expect(ruler).not.toContainText('appears when your prediction is locked');
  await expect(ruler).toContainText('If the power failed now');
  await killOrPower.write(page);

  // The wrong accident first: the lesson says what it was, and lets the step begin anew.
  await page.getByRole('button', { name: /^Cut power/ }).click();
  await expect(step(page).getByRole('alert')).toContainText('That was the power');
  await step(page).getByRole('button', { name: 'Start the step over' }).click();
  await expect(step(page).getByRole('alert')).toHaveCount(0);

  const unsynced = await killOrPower.kill(page);
  // Back at that very instant; then the power.
  await expect(step(page)).toContainText('The same instant, cut the power');
  await expect(page.getByText('After the boot, 0 were missing')).toBeVisible();
  await expect(page.getByText('It was “nothing that was answered”')).toBeVisible();
  await killOrPower.power(page, unsynced);

  await choose(page, 'Why did the kill take nothing', 'Redis caught the signal');
  await expect(step(page)).toContainText('That is not it');
  await killOrPower.why(page);
  await expect(page.getByText('1 of 2 predictions were right.')).toBeVisible();
  expect(await told()).toEqual([
    ...['predict', 'write', 'kill', 'power', 'why'].map((id) => `step ${id}`),
    'complete kill-or-power',
  ]);

  // It is remembered in this browser, and comes back after a day; the learner's own lab is as it was.
  await page.getByRole('button', { name: 'All lessons' }).click();
  await expect(page.getByText(/done once · best time .* · review in 1 day/)).toBeVisible();
  await page.getByRole('button', { name: 'Kill or power' }).last().click();
  await page.getByRole('button', { name: 'Leave the lesson' }).click();
  await expect(page.getByRole('heading', { name: 'What is the AOF?' })).toBeVisible();
  expect((await lane(page)).keys).toBe(0);
});

test('three-lane-race: tiga kebijakan, satu kali listrik padam', async ({ page }) => {
  await openLesson(page, 'three-lane-race', 'id');
  await expect(page.getByRole('heading', { name: /^Tiga lajur/, level: 2 })).toBeVisible();
  await expect(page.getByRole('main', { name: 'Balapan' })).toBeVisible();
  await threeLaneRace.whole(page, 'id');
});

test('rewrite: by the keyboard alone, and the solution does not count', async ({ page }) => {
  await openLesson(page, 'rewrite', 'en');
  await rewrite.history(page);
  await step(page).getByRole('textbox').focus();
  await page.keyboard.type('many');
  await page.keyboard.press('Enter');
  await expect(step(page).getByRole('alert')).toContainText('A whole number is wanted');
  await step(page).getByRole('textbox').fill('110');
  await page.keyboard.press('Enter');
  await rewrite.state(page);

  // Three tiers of help; then the solution, which goes to the end and is not the learner's.
  await step(page).getByRole('button', { name: 'Hint 1 of 2' }).press('Enter');
  await expect(step(page).getByRole('note', { name: 'Hint 1 of 2' })).toContainText('Kill process');
  await step(page).getByRole('button', { name: 'Show solution' }).press('Enter');
  await expect(step(page)).toContainText('comes next !kill');
  for (;;) {
    const next = page.getByRole('button', { name: 'Next line' });
    if ((await next.count()) === 0) break;
    await next.press('Enter');
    await page.waitForTimeout(150);
  }
  await expect(page.locator('.over')).toHaveText('You saw the solution.');
  expect(await page.evaluate(() => localStorage.getItem('aof-lab.lessons'))).toBeNull();
  expect((await lane(page)).keys).toBe(1);
});
