import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './builds.mjs';

/** @returns {import('./stages.mjs').Stage[]} */
export function lintStages() {
  const cached = ['--cache', '--cache-strategy', 'content'];
  const eslintCache = [...cached, '--cache-location', 'node_modules/.cache/eslint/'];
  const prettierCache = [...cached, '--cache-location', 'node_modules/.cache/prettier'];
  return [
    { name: 'eslint', command: ['eslint', '.', '--max-warnings', '0', ...eslintCache] },
    ...typeStages(),
    { name: 'prettier', command: ['prettier', '--check', '.', ...prettierCache] },
    { name: 'lock', command: ['node', 'scripts/check-lock.mjs'] },
  ];
}

/**
 * The core is compiled without DOM and without Node, the worker without a page, the host without
 * either; tsconfig.json takes everything, tests and scripts too.
 *
 * @returns {import('./stages.mjs').Stage[]}
 */
export function typeStages() {
  const parts = ['pure', 'worker', 'page', 'node'].filter(hasFiles);
  return [
    { name: 'svelte-check', command: ['svelte-check', '--tsconfig', './tsconfig.page.json'] },
    ...['', ...parts].map((part) => {
      const name = part === '' ? 'tsc' : `tsc-${part}`;
      const config = part === '' ? 'tsconfig.json' : `tsconfig.${part}.json`;
      const memory = join('node_modules', '.cache', `${name}.tsbuildinfo`);
      return {
        name,
        command: ['tsc', '-p', config, '--incremental', '--tsBuildInfoFile', memory],
      };
    }),
  ];
}

/** A folder that is still empty would be an error to tsc. @param {string} part */
function hasFiles(part) {
  const { include } = JSON.parse(readFileSync(join(root, `tsconfig.${part}.json`), 'utf8'));
  return /** @type {string[]} */ (include).some((path) => {
    const at = join(root, path);
    if (path.endsWith('.ts')) return existsSync(at);
    return (
      existsSync(at) &&
      readdirSync(at, { recursive: true }).some((name) => String(name).endsWith('.ts'))
    );
  });
}
