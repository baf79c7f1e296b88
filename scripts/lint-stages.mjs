import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './builds.mjs';

/** @returns {import('./stages.mjs').Stage[]} */
export function lintStages() {
  const cached = ['--cache', '--cache-strategy', 'content'];
  const prettierCache = [...cached, '--cache-location', 'node_modules/.cache/prettier-check'];
  const eslint = (/** @type {string} */ name, /** @type {string[]} */ ...what) => ({
    name,
    command: [
      ...['eslint', ...what, '--max-warnings', '0', ...cached],
      ...['--cache-location', `node_modules/.cache/${name}/`],
    ],
  });
  return [
    // Its rules ask the compiler for types, which takes a core two minutes: half of them on each.
    eslint('eslint', '.', '--ignore-pattern', 'tests/**'),
    eslint('eslint-tests', 'tests'),
    { name: 'prettier', command: ['prettier', '--check', '.', ...prettierCache] },
    ...typeStages(),
    { name: 'lock', command: ['node', 'scripts/check-lock.mjs'] },
  ];
}

/**
 * The core is compiled without DOM and without Node, the worker without a page, the host without
 * either; tsconfig.json takes everything, tests and scripts too. svelte-check and typescript-eslint
 * need the compiler of before; the types are checked by the one that takes a tenth of its time.
 *
 * @returns {import('./stages.mjs').Stage[]}
 */
export function typeStages() {
  const parts = ['pure', 'worker', 'page', 'node'].filter(hasFiles);
  return [
    { name: 'svelte-check', command: ['svelte-check', '--tsconfig', './tsconfig.page.json'] },
    ...['', ...parts].map((part) => {
      const config = part === '' ? 'tsconfig.json' : `tsconfig.${part}.json`;
      return {
        name: part === '' ? 'tsc' : `tsc-${part}`,
        command: ['node', 'node_modules/typescript-7/bin/tsc', '-p', config],
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
