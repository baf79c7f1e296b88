/** What a terminal must bear: programs that end by themselves, that are stopped, that run beside, that never wait. */
import { expect, test, type Page } from '@playwright/test';
import { enter, openTerminal, paste, rows, run } from './machine-terminal.ts';
import { send } from './lab-page.ts';

const PROMPT = 'root@lab:/data#';

/** A line that does not end by itself, or not at once. */
async function start(page: Page, line: string): Promise<void> {
  await enter(page, 'bash');
  await page.keyboard.press('Control+L');
  await expect.poll(() => rows(page)).toEqual([PROMPT]);
  await paste(page, `${line}\n`);
  await expect.poll(async () => (await rows(page))[0]).toBe(`${PROMPT} ${line}`);
}

async function shows(page: Page, text: string | RegExp): Promise<void> {
  await expect.poll(async () => (await rows(page)).join('\n')).toMatch(text);
}

async function interrupt(page: Page): Promise<void> {
  await page.keyboard.press('Control+C');
  await expect.poll(async () => (await rows(page)).at(-1)).toBe(PROMPT);
}

test('redis-cli MONITOR | head -n 3 ends by itself after three lines', async ({ page }) => {
  await openTerminal(page);
  await start(page, 'redis-cli MONITOR | head -n 3');
  await shows(page, /\nOK$/);
  // As with a real one, the line behind those that head wants tells redis-cli that nobody reads.
  for (const n of [1, 2, 3]) await send(page, `SET n ${n}`);
  await shows(page, /"SET" "n" "1"\n.* "SET" "n" "2"\nroot@lab:\/data#$/);
  expect(await rows(page)).toHaveLength(5);
});

test('docker logs -f follows until Ctrl-C', async ({ page }) => {
  await openTerminal(page);
  await run(page, 'bash', 'docker run --name redis-aof -d redis --appendonly yes');
  await start(page, 'docker logs -f redis-aof');
  await shows(page, /Ready to accept connections tcp$/);
  await interrupt(page);
  expect(await run(page, 'bash', 'docker ps --format "{{.Names}}"')).toBe('redis-aof');
});

test('jobs run in the background, come to the foreground, and are stopped there', async ({
  page,
}) => {
  await openTerminal(page);
  expect(await run(page, 'bash', 'sleep 300 &')).toMatch(/^\[1\] \d+$/);
  expect(await run(page, 'bash', 'jobs')).toMatch(/^\[1\]\+ {2}Running +sleep 300 &$/);
  await start(page, 'fg');
  await shows(page, /sleep 300$/);
  await page.keyboard.press('Control+Z');
  await shows(page, /\[1\]\+ {2}Stopped +sleep 300\nroot@lab:\/data#$/);
  await start(page, 'fg %1');
  await interrupt(page);
  expect(await run(page, 'bash', 'jobs')).toBe('');
});

test('a busy loop freezes nothing, and Ctrl-C ends it', async ({ page }) => {
  await openTerminal(page);
  await start(page, 'while :; do :; done');
  const before = Date.now();
  expect(await send(page, 'SET answered yes')).toBe('OK');
  await page.getByRole('tab', { name: 'Memory', exact: true }).click();
  await expect(page.getByRole('tabpanel', { name: 'Memory' })).toContainText('answered');
  // A busy host may be slow; a page that stood still would never get here.
  expect(Date.now() - before).toBeLessThan(15_000);
  await enter(page, 'bash');
  await interrupt(page);
  expect(await run(page, 'bash', 'echo here')).toBe('here');
});
