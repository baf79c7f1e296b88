/** The lab's page as a person uses it: by role and name, with the keyboard in the console. */
import { expect, type Page } from '@playwright/test';

export interface ScriptedLane {
  readonly state: string;
  readonly acknowledgedWrites: number;
  readonly acknowledged: number | null;
  readonly written: number | null;
  readonly fsynced: number | null;
  readonly keys: number;
  readonly atRisk: { readonly processKill: { readonly writes: number }; readonly powerLoss: { readonly writes: number } };
  readonly lost: readonly { readonly command: string; readonly layer: string }[];
  readonly crash: { readonly acknowledged: number; readonly survived: number; readonly lost: number; readonly recount: unknown } | null;
  readonly files: readonly { readonly path: string; readonly size: number; readonly durableSize: number }[];
}

/** What the tests use of `window.aofLab` (docs/scripting-door.md). */
export interface ScriptingDoor {
  readonly ready: Promise<unknown>;
  reset(setup: object): Promise<void>;
  send(command: string, options?: object): Promise<{ text: string; reply: unknown }>;
  setClock(clock: object): Promise<void>;
  advance(ms: number): Promise<void>;
  step(what: string): Promise<void>;
  plan(fault: object | null): Promise<void>;
  crash(kind: string, options?: object): Promise<void>;
  boot(options?: object): Promise<void>;
  workload(workload: object | null): Promise<void>;
  view(): Promise<{ now: number; lanes: readonly ScriptedLane[] }>;
  readFile(path: string): Promise<Uint8Array>;
  export(kind: string, options?: object): Promise<ReadonlyMap<string, Uint8Array>>;
}

declare global {
  interface Window {
    readonly aofLab: ScriptingDoor;
  }
}

export async function openLab(page: Page, setup?: object): Promise<void> {
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
  await page.getByRole('textbox', { name: /terminal|console|redis-cli/i }).first().focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

export async function consoleShows(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.locator('.xterm-rows')).toContainText(text);
}

/** The number that the page's sentence gives for an accident now, or gave for the one that happened. */
export async function sentence(page: Page, which: 'power' | 'process' | 'past'): Promise<number> {
  const label = { power: 'If the power failed now', process: 'If the process died now', past: /Power cut at|Process killed at/ }[which];
  const figure = page.locator('.clause', { hasText: label }).locator('.figure');
  return Number((await figure.innerText()).replaceAll(',', ''));
}

export async function pause(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Pause/ }).click();
  await expect(page.getByRole('button', { name: /^Play/ })).toBeVisible();
}
