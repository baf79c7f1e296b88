/** The pilot lessons, played by role and name: by a learner who predicts, errs, is told why not yet, and gets there. */
import { expect, test, type Page } from '@playwright/test';
import { consoleShows, lane, type } from './lab-page.ts';

/** Opens a lesson as a link does, in that language. */
async function openLesson(page: Page, id: string, language: 'en' | 'id'): Promise<void> {
  await page.addInitScript((wanted) => localStorage.setItem('aof-lab.language', wanted), language);
  await page.goto(`/?lesson=${id}`);
  await expect(page.locator('[aria-current="step"]')).toBeVisible();
}

const step = (page: Page) => page.locator('[aria-current="step"]');

async function choose(page: Page, question: string | RegExp, answer: string): Promise<void> {
  const box = step(page).locator('.question', { hasText: question });
  await box.getByRole('radio', { name: answer }).check();
  await box.getByRole('button', { name: /^(Lock|Answer|Kunci|Jawab)$/ }).click();
}

async function fill(page: Page, question: string | RegExp, answer: string): Promise<void> {
  const box = step(page).locator('.question', { hasText: question });
  await box.getByRole('textbox').fill(answer);
  await box.getByRole('button', { name: /^(Lock|Kunci)$/ }).click();
}

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
  await expect(step(page)).toContainText('Let it write');
  await step(page)
    .getByRole('button', { name: /^!workload/ })
    .click();
  await type(page, 'SET session:9 "user:1"');
  await page.evaluate(() => window.aofLab.advance(2300));
  await expect(step(page)).toContainText('Kill the process');

  // The wrong accident first: the lesson says what it was, and lets the step begin anew.
  await page.getByRole('button', { name: /^Cut power/ }).click();
  await expect(step(page).getByRole('alert')).toContainText('That was the power');
  await step(page).getByRole('button', { name: 'Start the step over' }).click();
  await expect(step(page).getByRole('alert')).toHaveCount(0);

  await page.evaluate(() => window.aofLab.advance(300));
  const unsynced = (await lane(page)).atRisk.powerLoss.writes;
  expect(unsynced).toBeGreaterThan(0);
  await page.getByRole('button', { name: /^Kill process/ }).click();
  await expect(step(page)).toContainText('Redis runs again');
  await page.getByRole('button', { name: /^Boot/ }).click();
  await page.evaluate(() => window.aofLab.advance(400));

  // Back at that very instant; then the power.
  await expect(step(page)).toContainText('The same instant, cut the power');
  await expect(page.getByText('After the boot, 0 were missing')).toBeVisible();
  await expect(page.getByText('It was “nothing that was answered”')).toBeVisible();
  await expect.poll(async () => (await lane(page)).atRisk.powerLoss.writes).toBe(unsynced);
  await page.getByRole('button', { name: /^Cut power/ }).click();
  await page.getByRole('button', { name: /^Boot/ }).click();
  await page.evaluate(() => window.aofLab.advance(400));
  await expect(page.getByText(`${unsynced} answered writes were missing`)).toBeVisible();

  await choose(page, 'Why did the kill take nothing', 'Redis caught the signal');
  await expect(step(page)).toContainText('That is not it');
  await choose(page, 'Why did the kill take nothing', 'page cache, which outlives the process');
  await expect(page.locator('.over')).toHaveText('All steps are done.');
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
  await choose(page, /paling sedikit/, 'always, everysec, no');
  await fill(page, /Berapa penulisan terbalas/, '0');

  await expect(step(page)).toContainText('Biarkan berjalan');
  await page.evaluate(() => window.aofLab.advance(3600));
  await expect(step(page)).toContainText('Satu kali listrik padam');
  await page.getByRole('button', { name: /^Putus listrik/ }).click();
  await page.getByRole('button', { name: /^Nyalakan/ }).click();
  await page.evaluate(() => window.aofLab.advance(1000));

  await expect(step(page)).toContainText('Apa yang dibayar always?');
  const lost = await page.evaluate(async () =>
    (await window.aofLab.view()).lanes.map(({ crash }) => crash?.lost ?? -1),
  );
  const [no = 0, everysec = 0, always = -1] = lost;
  expect(no).toBeGreaterThan(everysec);
  expect(everysec).toBeGreaterThan(0);
  expect(always).toBe(0);
  const said = await page.getByText(/^Hilang: no/).innerText();
  expect(said).toContain(`everysec ${everysec}`);
  await choose(page, /Berapa harga/, 'Setiap balasan menunggu fsync');
  await expect(page.locator('.over')).toHaveText('Semua langkah selesai.');
  await expect(page.getByText('2 dari 2 tebakan tepat.')).toBeVisible();
});

test('rewrite: by the keyboard alone, and the solution does not count', async ({ page }) => {
  await openLesson(page, 'rewrite', 'en');
  await step(page)
    .getByRole('button', { name: /^!workload/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.evaluate(() => window.aofLab.advance(2500));
  await expect(step(page)).toContainText('Write the state instead');
  await step(page).getByRole('textbox').focus();
  await page.keyboard.type('many');
  await page.keyboard.press('Enter');
  await expect(step(page).getByRole('alert')).toContainText('A whole number is wanted');
  await step(page).getByRole('textbox').fill('110');
  await page.keyboard.press('Enter');
  await type(page, 'BGREWRITEAOF');
  await page.evaluate(() => window.aofLab.advance(500));
  await expect(step(page)).toContainText('Is nothing missing?');
  await expect(page.getByText(/You said 110\. That is so\./)).toBeVisible();

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
