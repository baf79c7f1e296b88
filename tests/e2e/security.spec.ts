import { expect, test } from '@playwright/test';
import { contentSecurityPolicy } from '../../scripts/csp.mjs';

declare global {
  interface Window {
    violations: string[];
  }
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
});

test('the page arrives under the policy, as a header and in itself', async ({ page }) => {
  const response = await page.goto('/');
  expect(response?.headers()['content-security-policy']).toBe(contentSecurityPolicy);
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  await expect(meta).toHaveAttribute('content', contentSecurityPolicy);
});

test('the page itself breaks none of the policy’s rules, and logs no error', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  await expect(page.getByRole('textbox').first()).toBeVisible();
  expect(errors).toEqual([]);
  expect(await page.evaluate(() => window.violations)).toEqual([]);
});

test('nothing is asked of any other origin', async ({ page, baseURL }) => {
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(baseURL ?? 'no base')) strangers.push(request.url());
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  expect(strangers).toEqual([]);
});

test('markup that slips into the page runs no script and wears no style', async ({ page }) => {
  await page.goto('/');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    const attempt = (act: () => void) => {
      try {
        act();
        return 'allowed';
      } catch (error) {
        return error instanceof TypeError ? 'refused' : 'odd';
      }
    };
    const element = document.createElement('p');
    element.setAttribute('style', 'color: red');
    return {
      innerHtml: attempt(() => (element.innerHTML = '<img src=x onerror=alert(1)>')),
      scriptText: attempt(() => (script.text = 'window.hacked = true')),
      worker: attempt(() => new Worker('/worker.js')),
      colour: element.style.color,
    };
  });
  expect(ran).toEqual({
    innerHtml: 'refused',
    scriptText: 'refused',
    worker: 'refused',
    colour: '',
  });
  expect(await page.evaluate(() => window.violations)).toContain('style-src-attr inline');
});
