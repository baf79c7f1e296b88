/**
 * A walk through every state of the page, as a learner comes to them: the matrix looks for faults in each, and
 * `npm run screenshots` takes a picture of each.
 */
import { expect, type Page } from '@playwright/test';
import { en } from '../../src/ui/i18n/en.ts';
import { id } from '../../src/ui/i18n/id.ts';
import { walkExchange } from './exchange-states.ts';

export const languages = ['en', 'id'] as const;
export const themes = ['light', 'dark', 'contrast'] as const;
export type Language = (typeof languages)[number];
export type Theme = (typeof themes)[number];
export interface Look {
  readonly language: Language;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}

const dictionaries = { en, id };
const buttons = {
  en: {
    faults: /^(More faults|Faults)\b/,
    inspect: /^Inspect and edit/,
    five: /^Race of five/,
    form: /^Lanes and workload/,
    zoom: /^Zoom to the cut/,
  },
  id: {
    faults: /^(Gangguan lain|Gangguan)\b/,
    inspect: /^Periksa dan sunting/,
    five: /^Balapan berlima/,
    form: /^Lajur dan beban/,
    zoom: /^Ke saat putus/,
  },
};

/** Long values, all kinds of causes, Unicode: what panes must have room for. */
const commands = [
  'SET user:1 "Alice"',
  'HSET product:1 name "Kopi" price 12000 origin "Gayo, Aceh Tengah"',
  'EXPIRE user:1 600',
  'SADD basket:1 kopi teh gula',
  'SPOP basket:1',
  "EVAL \"redis.call('SET', KEYS[1], ARGV[1]) return redis.call('INCR', KEYS[2])\" 2 s:1 s:2 one",
  `SET long:${'x'.repeat(60)} ${'a long value '.repeat(60).replaceAll(' ', '_')}`,
  'SET greeting "héllo 世界"',
  'GET user:1',
];

/** The page in that language, theme and size, with an empty lab whose clock stands still. */
export async function openIn(page: Page, { language, theme, width, height }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.addInitScript(
    (chosen) => {
      for (const [name, value] of Object.entries(chosen))
        localStorage.setItem(`aof-lab.${name}`, value);
    },
    { language, theme },
  );
  await page.goto('/');
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(async () => {
    await window.aofLab.ready;
    await window.aofLab.reset({ clock: { paused: true, startAt: Date.UTC(2026, 0, 1) } });
  });
}

/** `page` is another one where the lab is looked at from a second tab. */
export interface State {
  readonly name: string;
  readonly page: Page;
}

/** Gives each state when a page is in it. */
export async function* walk(page: Page, { language, width }: Look): AsyncGenerator<State> {
  const text = dictionaries[language];
  const named = buttons[language];
  const tab = async (label: string): Promise<void> => {
    await page
      .getByRole('tab', { name: new RegExp(`^${label}\\b`) })
      .first()
      .click();
  };
  const button = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });

  await expect(button(text.acts.power)).toBeVisible();
  yield { name: 'first-visit', page };

  await page.evaluate(async (lines) => {
    for (const line of lines) {
      const sent = window.aofLab.send(line);
      await window.aofLab.advance(20);
      await sent;
    }
    await window.aofLab.advance(1500);
    for (let i = 0; i < 12; i++) await window.aofLab.send(`SET sensor:${1000 + i} ${i}.5`);
    // A postponed write and an fsync under way.
    await window.aofLab.plan({ kind: 'fsync-time', value: 1800 });
    await window.aofLab.advance(300);
  }, commands);
  await tab(text.side.log);
  await expect(page.getByText('sensor:1011').first()).toBeVisible();
  yield { name: 'running', page };
  for (const name of ['memory', 'ledger', 'files', 'calls', 'traffic', 'serverLog'] as const) {
    await tab(text.side[name]);
    await page.waitForLoadState('networkidle');
    if (name === 'memory')
      await expect(page.getByRole('row', { name: /sensor:1000/ }).first()).toBeVisible();
    if (name === 'traffic')
      await page.evaluate(async () => {
        await window.aofLab.send('SUBSCRIBE news', { client: 'reader' });
        await window.aofLab.send('PUBLISH news "good morning, everybody"', { client: 'writer' });
      });
    yield { name: name.replace('serverLog', 'server-log'), page };
  }
  await tab(text.side.files);
  await page.getByRole('button', { name: named.inspect }).first().click();
  await expect(page.getByRole('table').first()).toBeVisible();
  yield { name: 'inspector', page };
  await page.keyboard.press('Escape');
  if (await page.getByRole('table', { name: /Bytes|Byte/ }).isVisible())
    await page
      .getByRole('button', { name: /^(Close|Tutup)/ })
      .first()
      .click();
  for await (const name of walkExchange(page, language)) yield { name, page };
  await tab(text.side.log);

  await page.getByRole('button', { name: named.faults }).click();
  await expect(page.getByRole('dialog', { name: text.faults.title })).toBeVisible();
  yield { name: 'faults', page };
  await page.keyboard.press('Escape');
  await page
    .getByRole('tab', { name: new RegExp(`^${text.side.log}\\b`) })
    .first()
    .focus();
  await page.keyboard.press('?');
  await expect(page.locator('dialog[open]')).toBeVisible();
  yield { name: 'keys', page };
  await page.keyboard.press('Escape');

  await button(text.acts.power).click();
  await expect(button(text.acts.boot)).not.toHaveAttribute('aria-disabled', 'true');
  yield { name: 'crash', page };
  await tab(text.side.ledger);
  await expect(
    page.getByRole('tabpanel', { name: new RegExp(`^${text.side.ledger}`) }),
  ).toContainText('SET');
  yield { name: 'lost', page };
  await page.evaluate(() => window.aofLab.plan(null));
  await button(text.acts.boot).click();
  await page.evaluate(() => window.aofLab.advance(2000));
  await tab(text.side.log);
  yield { name: 'after-boot', page };

  // Wide: a tab of the console; a phone: a button above it.
  if (width < 600) await tab('Console|Konsol');
  await page
    .getByRole('tab', { name: 'bash', exact: true })
    .or(page.getByRole('button', { name: 'bash', exact: true }))
    .first()
    .click();
  if (width >= 600) await expect(page.locator('.xterm-rows')).toContainText('root@lab');
  const line = 'ls -l appendonlydir; redis-check-aof appendonlydir/*.manifest';
  await page
    .getByRole('textbox', { name: /^(shell command|perintah shell|Terminal)/ })
    .first()
    .focus();
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows, [role=log]').first()).toContainText('are valid');
  yield { name: 'bash', page };
  const back = page.getByRole('button', { name: /^(Step back|Langkah mundur)/ });
  if (await back.isVisible()) {
    await back.click();
    await expect(page.getByText(/^(You are looking at|Anda melihat saat)/)).toBeVisible();
    yield { name: 'past', page };
  }

  const second = await page.context().newPage();
  await second.setViewportSize(page.viewportSize()!);
  await second.goto('/');
  await expect(second.getByText(/Open in another tab|Terbuka di tab lain/)).toBeVisible();
  yield { name: 'read-only', page: second };
  await second.close();

  await page.goto('/?lesson=kill-or-power');
  await expect(page.locator('[aria-current="step"]')).toBeVisible();
  yield { name: 'lesson', page };
  await page.evaluate(() => window.aofLab.leave());

  await page.goto('/?race');
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  yield { name: 'race-empty', page };
  await page.getByRole('button', { name: named.five }).click();
  await expect(page.getByRole('rowheader')).toHaveCount(5);
  await page.evaluate(async () => {
    await window.aofLab.setClock({ paused: true });
    await window.aofLab.advance(4500);
  });
  yield { name: 'race', page };
  await button(text.acts.power).click();
  await expect(
    page.getByRole('heading', { name: /^(Power cut at|Listrik diputus pada)/ }),
  ).toBeVisible();
  yield { name: 'race-cut', page };
  await page.getByRole('button', { name: named.zoom }).click();
  yield { name: 'race-zoom', page };
  await page.getByRole('button', { name: named.form }).click();
  await expect(page.getByRole('spinbutton').or(page.getByRole('textbox')).first()).toBeVisible();
  yield { name: 'race-form', page };
}
