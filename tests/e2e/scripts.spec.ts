/** Scripts that do not end: the page goes on, and there are three ways out. */
import { expect, test, type Page } from '@playwright/test';
import { consoleShows, lane, openLab, send, type } from './lab-page.ts';

const BUSY =
  '(error) BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.';
const setup = {
  lanes: [{ config: { appendfsync: 'always', 'busy-reply-threshold': '100' } }],
  clock: { speed: 1 },
};

async function other(page: Page, command: string): Promise<string> {
  return page.evaluate(
    async (line) => (await window.aofLab.send(line, { client: 'b' })).text,
    command,
  );
}

async function log(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const files = await window.aofLab.export('appendonlydir');
    return [...files.values()].map((bytes) => String.fromCharCode(...bytes)).join('');
  });
}

/** How long the page takes to draw at most, while half a second passes. */
async function longestFrame(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        let last = start;
        let longest = 0;
        const drawn = (now: number): void => {
          longest = Math.max(longest, now - last);
          last = now;
          if (now - start > 500) resolve(longest);
          else requestAnimationFrame(drawn);
        };
        requestAnimationFrame(drawn);
      }),
  );
}

test('a script that does not end: others hear BUSY, buttons work, Ctrl-C gives the prompt back, SCRIPT KILL ends it', async ({
  page,
}) => {
  await openLab(page, setup);
  await type(page, 'SET before 1');
  await consoleShows(page, 'OK');
  await type(page, 'EVAL "while true do end" 0');
  await expect.poll(() => other(page, 'GET before')).toBe(BUSY);
  expect(await longestFrame(page)).toBeLessThan(500);
  await page.getByRole('tab', { name: /Ledger/ }).click();
  await expect(page.getByRole('tabpanel', { name: /Ledger/ })).toBeVisible();
  await page
    .getByRole('textbox', { name: /terminal|console|redis-cli/i })
    .first()
    .focus();
  await page.keyboard.press('Control+c');
  await expect.poll(() => other(page, 'PING')).toBe(BUSY);
  const asked = Date.now();
  expect(await other(page, 'SCRIPT KILL')).toBe('OK');
  await expect.poll(() => other(page, 'GET before')).toBe('"1"');
  expect(Date.now() - asked).toBeLessThan(2000);
  expect(await log(page)).not.toMatch(/eval|while/i);
});

test('a script that has written is not killed; SHUTDOWN NOSAVE ends it, and nothing of it is in the log', async ({
  page,
}) => {
  await openLab(page, setup);
  expect(await send(page, 'SET before 1')).toBe('OK');
  await page.evaluate(() => {
    const script = `EVAL "redis.call('SET','during',1) while true do end" 0`;
    void window.aofLab.send(script, { client: 'a' }).catch(() => undefined);
  });
  await expect.poll(() => other(page, 'PING')).toBe(BUSY);
  expect(await other(page, 'SCRIPT KILL')).toMatch(/^\(error\) UNKILLABLE /);
  await page.evaluate(() => void window.aofLab.send('SHUTDOWN NOSAVE', { client: 'b' }));
  await expect.poll(async () => (await lane(page)).state).toBe('stopped');
  const written = await log(page);
  expect(written).toContain('before');
  expect(written).not.toContain('during');
});

for (const [name, script, reply] of [
  ['a text of a gigabyte', `return #string.rep("x", 1024 * 1024 * 1024)`, 'not enough memory'],
  [
    'a function that calls itself',
    'local function f() return 1 + f() end return f()',
    'stack overflow',
  ],
] as const) {
  test(`${name}: it is answered, and the page draws meanwhile`, async ({ page }) => {
    await openLab(page, setup);
    const answered = send(page, `EVAL '${script}' 0`);
    expect(await longestFrame(page)).toBeLessThan(500);
    expect(await answered).toContain(reply);
    expect(await send(page, 'SET after 1')).toBe('OK');
    expect(await log(page)).not.toMatch(/eval|local/i);
  });
}

test('a pattern that takes for ever is ended by SCRIPT KILL', async ({ page }) => {
  await openLab(page, setup);
  await page.evaluate(() => {
    const script = `EVAL 'return string.find(string.rep("a", 60), string.rep("a*", 25) .. "b")' 0`;
    void window.aofLab.send(script, { client: 'a' }).catch(() => undefined);
  });
  await expect.poll(() => other(page, 'PING')).toBe(BUSY);
  expect(await longestFrame(page)).toBeLessThan(500);
  const asked = Date.now();
  expect(await other(page, 'SCRIPT KILL')).toBe('OK');
  await expect.poll(() => other(page, 'PING')).toBe('PONG');
  expect(Date.now() - asked).toBeLessThan(2000);
});
