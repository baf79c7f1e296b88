import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserFlags, findBrowser } from './scripts/browser.mjs';
import { lessonModules } from './scripts/lessons/plugin.ts';

const executablePath = await findBrowser();

export default defineConfig({
  plugins: [svelte({ configFile: false }), lessonModules('lessons')],
  test: {
    // What was transformed once need not be again; a fresh clone has nothing of the kind.
    experimental: { fsModuleCache: true },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          // Tests against real servers start processes, on machines that are busy.
          testTimeout: 20_000,
          // Two servers are asked one after the other: between them a second may turn.
          retry: 1,
          // Much of it waits for servers: both cores are used, where half of them would be.
          maxWorkers: 2,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.browser.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                args: browserFlags,
                ...(executablePath === undefined ? {} : { executablePath }),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
