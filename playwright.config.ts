import { defineConfig, devices } from '@playwright/test';
import { browserFlags, findBrowser } from './scripts/browser.mjs';
import { freePort } from './scripts/free-port.mjs';

const executablePath = await findBrowser();

// Playwright reads this file again in each of its processes; they inherit the first one's port.
process.env['AOF_LAB_E2E_PORT'] ??= String(await freePort());
const port = process.env['AOF_LAB_E2E_PORT'];
const everything = process.env['AOF_LAB_E2E'] === 'full';

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: '.logs/e2e',
  fullyParallel: true,
  // Each test waits most of its time for a simulated second to pass.
  workers: 3,
  forbidOnly: process.env['CI'] !== undefined,
  // A test that needs its second attempt passes, and `npm test` names it.
  retries: 1,
  // Generous: a shared machine may be ten times slower for a while.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // Tests named with @full are left to `npm run e2e:full`.
  ...(everything ? {} : { grepInvert: /@full/ }),
  use: {
    // One that answers for the page hides requests from tests; offline.spec.ts allows it.
    serviceWorkers: 'block',
    baseURL: `http://localhost:${port}/`,
    // Recording takes a quarter of a run; `npx playwright test NAME --trace on` shows what a failing test saw.
    trace: everything ? 'retain-on-failure' : 'off',
    launchOptions: {
      args: browserFlags,
      ...(executablePath === undefined ? {} : { executablePath }),
    },
  },
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'] } }],
  webServer: {
    command: 'node scripts/start.mjs',
    env: { PORT: port },
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
    timeout: 120_000,
  },
});
