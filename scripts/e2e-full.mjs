/** `npm run e2e:full [-- Playwright arguments]`: end to end, the tests named @full too. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './builds.mjs';

const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
const { status } = spawnSync(process.execPath, [cli, 'test', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, AOF_LAB_E2E: 'full' },
});
process.exitCode = status ?? 1;
