/** The pilot lessons as a learner plays them, step by step, by role and name: with a server and without one. */
import { expect, type Locator, type Page } from '@playwright/test';
import { lane, type } from './lab-page.ts';

export type Language = 'en' | 'id';

/** Opens a lesson as a link does, in that language. */
export async function openLesson(
  page: Page,
  id: string,
  language: Language,
  address = '/',
): Promise<void> {
  await page.addInitScript((wanted) => localStorage.setItem('aof-lab.language', wanted), language);
  await page.goto(`${address}?lesson=${id}`);
  await expect(page.locator('[aria-current="step"]')).toBeVisible();
}

export function step(page: Page): Locator {
  return page.locator('[aria-current="step"]');
}

export async function choose(
  page: Page,
  question: string | RegExp,
  answer: string | RegExp,
): Promise<void> {
  const box = step(page).locator('.question', { hasText: question });
  await box.getByRole('radio', { name: answer }).check();
  await box.getByRole('button', { name: /^(Lock|Answer|Kunci|Jawab)$/ }).click();
}

export async function fill(page: Page, question: string | RegExp, answer: string): Promise<void> {
  const box = step(page).locator('.question', { hasText: question });
  await box.getByRole('textbox').fill(answer);
  await box.getByRole('button', { name: /^(Lock|Kunci)$/ }).click();
}

/** All checks of all steps are met, by the learner's own doing. */
export async function isDone(page: Page): Promise<void> {
  await expect(page.locator('.over')).toHaveText(/^(All steps are done|Semua langkah selesai)\.$/);
}

async function advance(page: Page, ms: number): Promise<void> {
  await page.evaluate((time) => window.aofLab.advance(time), ms);
}

async function press(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).click();
}

async function suggested(page: Page, line: RegExp): Promise<void> {
  await step(page).getByRole('button', { name: line }).click();
}

export const killOrPower = {
  async write(page: Page): Promise<void> {
    await expect(step(page)).toContainText('Let it write');
    await suggested(page, /^!workload/);
    await type(page, 'SET session:9 "user:1"');
    await advance(page, 2300);
    await expect(step(page)).toContainText('Kill the process');
  },
  /** Gives how many writes no fsync had covered, which the kill did not take. */
  async kill(page: Page): Promise<number> {
    await advance(page, 300);
    const unsynced = (await lane(page)).atRisk.powerLoss.writes;
    expect(unsynced).toBeGreaterThan(0);
    await press(page, /^Kill process/);
    await expect(step(page)).toContainText('Redis runs again');
    await press(page, /^Boot/);
    await advance(page, 400);
    return unsynced;
  },
  /** At the same instant, to which the lesson has gone back. */
  async power(page: Page, unsynced: number): Promise<void> {
    await expect(step(page)).toContainText('The same instant, cut the power');
    await expect.poll(async () => (await lane(page)).atRisk.powerLoss.writes).toBe(unsynced);
    await press(page, /^Cut power/);
    await press(page, /^Boot/);
    await advance(page, 400);
    await expect(page.getByText(`${unsynced} answered writes were missing`)).toBeVisible();
  },
  async why(page: Page): Promise<void> {
    await choose(page, 'Why did the kill take nothing', 'page cache, which outlives the process');
    await isDone(page);
  },
  async whole(page: Page): Promise<void> {
    await expect(step(page)).toContainText('the prediction for the kill is locked');
    await choose(page, 'kill -9', 'nothing that was answered');
    await choose(page, 'If the power', 'what was answered since the last fsync');
    await killOrPower.write(page);
    await killOrPower.power(page, await killOrPower.kill(page));
    await killOrPower.why(page);
    await expect(page.getByText('2 of 2 predictions were right.')).toBeVisible();
  },
};

const raceWords = {
  en: {
    fewest: /From the fewest lost writes/,
    always: /How many answered writes will/,
    run: 'Let them run',
    cut: 'One power cut',
    power: /^Cut power/,
    boot: /^Boot/,
    price: 'What did always pay?',
    lost: /^Lost: no/,
    cost: /What does/,
    waits: /^Each reply waits for an fsync/,
    right: '2 of 2 predictions were right.',
  },
  id: {
    fewest: /paling sedikit/,
    always: /Berapa penulisan terbalas/,
    run: 'Biarkan berjalan',
    cut: 'Satu kali listrik padam',
    power: /^Putus listrik/,
    boot: /^Nyalakan/,
    price: 'Apa yang dibayar always?',
    lost: /^Hilang: no/,
    cost: /Berapa harga/,
    waits: /^Setiap balasan menunggu fsync/,
    right: '2 dari 2 tebakan tepat.',
  },
} as const;

export const threeLaneRace = {
  async whole(page: Page, language: Language): Promise<void> {
    const words = raceWords[language];
    await choose(page, words.fewest, 'always, everysec, no');
    await fill(page, words.always, '0');
    await expect(step(page)).toContainText(words.run);
    await advance(page, 3600);
    await expect(step(page)).toContainText(words.cut);
    await press(page, words.power);
    await press(page, words.boot);
    await advance(page, 1000);

    await expect(step(page)).toContainText(words.price);
    const [no = 0, everysec = 0, always = -1] = await page.evaluate(async () =>
      (await window.aofLab.view()).lanes.map(({ crash }) => crash?.lost ?? -1),
    );
    expect(no).toBeGreaterThan(everysec);
    expect(everysec).toBeGreaterThan(0);
    expect(always).toBe(0);
    expect(await page.getByText(words.lost).innerText()).toContain(`everysec ${everysec}`);
    await choose(page, words.cost, words.waits);
    await isDone(page);
    await expect(page.getByText(words.right)).toBeVisible();
  },
};

export const rewrite = {
  async history(page: Page): Promise<void> {
    await step(page)
      .getByRole('button', { name: /^!workload/ })
      .press('Enter');
    await advance(page, 2500);
    await expect(step(page)).toContainText('Write the state instead');
  },
  async state(page: Page): Promise<void> {
    await type(page, 'BGREWRITEAOF');
    await advance(page, 500);
    await expect(step(page)).toContainText('Is nothing missing?');
    await expect(page.getByText(/You said 110\. That is so\./)).toBeVisible();
  },
  async whole(page: Page): Promise<void> {
    await rewrite.history(page);
    await fill(page, 'How many bytes', '110');
    await rewrite.state(page);
    await press(page, /^Kill process/);
    await press(page, /^Boot/);
    await advance(page, 300);
    await expect(step(page)).toContainText('Where does the next write go?');
    await choose(page, 'goes to', /^the new increment/);
    await type(page, 'INCR visits');
    await isDone(page);
    await expect(page.getByText('2 of 2 predictions were right.')).toBeVisible();
  },
};
