/** The page stands before the lab does: little JavaScript, and neither the worker nor the terminal is waited for. */
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const limitBytes = 60_000;

test('the JavaScript before the first paint is at most 60 KB, compressed', async ({ request }) => {
  const text = async (path: string): Promise<string> => (await request.get(path)).text();
  const [, entry] = /<script[^>]+src="([^"]+)"/.exec(await text('/')) ?? [];
  expect(entry).toBeDefined();
  const seen = new Map<string, number>();
  const visit = async (url: URL): Promise<void> => {
    if (seen.has(url.pathname)) return;
    seen.set(url.pathname, 0);
    const code = await text(url.pathname);
    seen.set(url.pathname, gzipSync(code).length);
    for (const [, path] of code.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g)) {
      await visit(new URL(path ?? '', url));
    }
  };
  await visit(new URL(entry ?? '', 'http://page/'));
  const total = [...seen.values()].reduce((sum, size) => sum + size, 0);
  console.log(`JavaScript before the first paint: ${total} bytes in ${seen.size} files`);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThanOrEqual(limitBytes);
});

test('the page stands while the worker and the terminal are still on their way', async ({
  page,
}) => {
  let held = 0;
  await page.route(/\/assets\/(worker|xterm|terminal)[^/]*\.js$/, () => void held++);
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.getByRole('heading', { name: 'AOF Lab' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Cut power/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(page.locator('.clause').first()).toContainText('The lab is starting');
  await expect.poll(() => held).toBeGreaterThan(0);
});
