/** The page's terminal as a learner uses it who pastes what a tutorial prints. */
import { expect, type Page } from '@playwright/test';
import { openLab } from './lab-page.ts';

export type Tab = 'redis-cli' | 'bash';

const prompts: Readonly<Record<Tab, string>> = {
  'redis-cli': '127.0.0.1:6379>',
  bash: 'root@lab:/data#',
};

const SOON = [20, 50, 100, 100, 200];

/** Wide enough that no line of these tests is folded. */
export async function openTerminal(
  page: Page,
  setup: Parameters<typeof openLab>[1] = {},
): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.setViewportSize({ width: 2600, height: 1100 });
  await openLab(page, { seed: 7, clock: { paused: false, speed: 1 }, ...setup });
}

export async function enter(page: Page, tab: Tab): Promise<void> {
  const chosen = page.getByRole('tab', { name: tab, exact: true });
  if ((await chosen.getAttribute('aria-selected')) !== 'true') await chosen.click();
  await page
    .getByRole('textbox', { name: /terminal/i })
    .first()
    .focus();
  await expect.poll(async () => (await rows(page)).at(-1)).toContain(prompts[tab].slice(0, 4));
}

/** By the clipboard and Ctrl-V. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press('Control+V');
}

/** What stands on the screen, without blanks at the ends of rows and empty rows below. */
export async function rows(page: Page): Promise<string[]> {
  const texts = await page.locator('.xterm-rows > div').allInnerTexts();
  const shown = texts.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
  while (shown.at(-1) === '') shown.pop();
  return shown;
}

/** The same without redis-cli's note of a reply that took more than half a second, as on a busy host. */
export async function printed(page: Page): Promise<string[]> {
  return (await rows(page)).filter((row) => !/^\(\d+\.\d\ds\)$/.test(row));
}

/** Pastes lines on an empty screen; what they print until the prompt stands there again. */
export async function run(page: Page, tab: Tab, text: string): Promise<string> {
  await enter(page, tab);
  const prompt = prompts[tab];
  await page.keyboard.press('Control+L');
  // Where nothing has been typed yet, redis-cli's tab offers something to type.
  await expect
    .poll(async () => (await rows(page)).map((row) => row.slice(0, prompt.length)), {
      intervals: SOON,
    })
    .toEqual([prompt]);
  await paste(page, `${text}\n`);
  const last = text.split('\n').at(-1) ?? '';
  await expect
    .poll(
      async () => {
        const shown = await rows(page);
        const at = shown.lastIndexOf(`${prompt} ${last}`);
        return at >= 0 && shown.length > at + 1 && shown.at(-1)?.startsWith(prompt);
      },
      { message: text, timeout: 60_000, intervals: SOON },
    )
    .toBe(true);
  return (await printed(page)).slice(1, -1).join('\n');
}
