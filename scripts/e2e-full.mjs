/**
 * `npm run e2e:full [-- Playwright arguments]`: end to end, the tests named @full too; without arguments the same runs
 * in the system's Firefox behind them.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './builds.mjs';

const asked = process.argv.slice(2);
const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
const run = (/** @type {readonly string[]} */ words) =>
  spawnSync(process.execPath, words, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, AOF_LAB_E2E: 'full' },
  }).status ?? 1;

const inChromium = run([cli, 'test', ...asked]);
const inFirefox =
  asked.length > 0
    ? 0
    : run([
        join(root, 'scripts', 'run.mjs'),
        '--experimental-websocket',
        join(root, 'tests', 'e2e', 'firefox-run.ts'),
      ]);
process.exitCode = inChromium === 0 ? inFirefox : inChromium;
