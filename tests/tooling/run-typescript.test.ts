import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aof-lab-run-'));
  writeFileSync(join(folder, 'base.ts'), 'export const greeting: string = "hello";\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(source: string, ...words: string[]) {
  const file = join(folder, 'main.ts');
  writeFileSync(file, source);
  return spawnSync(
    process.execPath,
    ['scripts/run.mjs', ...words.slice(0, -1), file, ...words.slice(-1)],
    {
      encoding: 'utf8',
    },
  );
}

test('a TypeScript file runs with its imports, arguments, address and Node’s options', () => {
  const { stdout, stderr, status } = run(
    `import { greeting } from './base.ts';
     interface Words { readonly text: string }
     const words: Words = { text: greeting };
     console.log(words.text, process.argv[2], import.meta.url, typeof gc);
     declare const gc: unknown;`,
    '--expose-gc',
    'there',
  );
  expect(stderr).toBe('');
  const address = pathToFileURL(join(folder, 'main.ts')).href;
  expect(stdout).toBe(`hello there ${address} function\n`);
  expect(status).toBe(0);
});

test('its exit code and its own line numbers come through', () => {
  const { stderr, status } = run(
    `interface Nothing {}\n\nthrow new Error('on line three' satisfies string);\n`,
    'x',
  );
  expect(status).toBe(1);
  expect(stderr).toContain('on line three');
  expect(stderr).toMatch(/main\.ts:3/);
});
