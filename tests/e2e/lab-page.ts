/** The lab's page as a person uses it: by role and name, with the keyboard in the console. */
import { expect, type Page } from '@playwright/test';
import type { AofLab } from '../../src/ui/aof-lab.ts';

/** A lane as `window.aofLab` shows it (docs/scripting-door.md). */
export type ScriptedLane = Awaited<ReturnType<AofLab['view']>>['lanes'][number];

export async function openLab(page: Page, setup?: Parameters<AofLab['reset']>[0]): Promise<void> {
  await page.goto('/');
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  if (setup !== undefined) await page.evaluate((given) => window.aofLab.reset(given), setup);
}

export async function lane(page: Page): Promise<ScriptedLane> {
  return page.evaluate(async () => (await window.aofLab.view()).lanes[0]!);
}

export async function send(page: Page, command: string): Promise<string> {
  return page.evaluate(async (line) => (await window.aofLab.send(line)).text, command);
}

/** Types a line into the xterm console, as a person would. */
export async function type(page: Page, line: string): Promise<void> {
  await page
    .getByRole('textbox', { name: /terminal|console|redis-cli/i })
    .first()
    .focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

export async function consoleShows(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.locator('.xterm-rows')).toContainText(text);
}

/** The number that the page's sentence gives for an accident now, or gave for the one that happened. */
export async function sentence(page: Page, which: 'power' | 'process' | 'past'): Promise<number> {
  const label = {
    power: 'If the power failed now',
    process: 'If the process died now',
    past: /Power cut at|Process killed at/,
  }[which];
  const figure = page.locator('.clause', { hasText: label }).locator('.figure');
  return Number((await figure.innerText()).replaceAll(',', ''));
}

export async function pause(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Pause/ }).click();
  await expect(page.getByRole('button', { name: /^Play/ })).toBeVisible();
}
