import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { breaches } from './walls.ts';

test('src keeps to the walls of the architecture', () => {
  const sources = new Map(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((name) => join('src', name).replaceAll('\\', '/'))
      .filter((path) => /\.(ts|svelte)$/.test(path))
      .map((path) => [path, readFileSync(path, 'utf8')] as const),
  );
  expect(sources.size).toBeGreaterThan(1);
  expect(breaches(sources)).toEqual([]);
}, 120_000);

/** Sources beside the ones under test, so that every import finds its file. */
const neighbours: Record<string, string> = {
  'src/base/bytes.ts': 'export const b = 1;',
  'src/resp/reply.ts': 'export const r = 1;',
  'src/machine/clock.ts': 'export const c = 1;',
  'src/engine/execute.ts': 'export const e = 1;',
  'src/lab/lab.ts': 'export const l = 1;',
  'src/worker/worker.ts': 'export const w = 1;',
};

function breachesOf(sources: Record<string, string>): string[] {
  return breaches(new Map(Object.entries({ ...neighbours, ...sources })));
}

test.each([
  [
    'engine sees machine',
    'src/engine/a.ts',
    "import { c } from '../machine/clock.ts';",
    'engine must not import machine',
  ],
  [
    'machine sees engine',
    'src/machine/a.ts',
    "import { e } from '../engine/execute.ts';",
    'machine must not import engine',
  ],
  [
    'a type goes through no wall of the core',
    'src/machine/a.ts',
    "import type { e } from '../engine/execute.ts';",
    'machine must not import engine',
  ],
  [
    'an import() type is an import',
    'src/machine/a.ts',
    "export type E = import('../engine/execute.ts').E;",
    'machine must not import engine',
  ],
  [
    'a dynamic import is an import',
    'src/worker/link.ts',
    "export const l = () => import('../lab/lab.ts');",
    'worker/link may import lab as types only',
  ],
  [
    'a re-export is an import',
    'src/base/a.ts',
    "export { r } from '../resp/reply.ts';",
    'base must not import resp',
  ],
  [
    'the page takes the lab as types only',
    'src/ui/a.ts',
    "import { l } from '../lab/lab.ts';",
    'ui may import lab as types only',
  ],
  [
    'so does a component',
    'src/ui/a.svelte',
    '<script lang="ts">\n  import { l } from \'../lab/lab.ts\';\n</script>\n<p>{l}</p>',
    'src/ui/a.svelte:2: ui may import lab as types only',
  ],
  [
    'the page does not start the worker past its link',
    'src/ui/a.ts',
    "import w from '../worker/worker.ts?worker&url';",
    'only ui/trusted-scripts and worker/link start the worker',
  ],
  [
    'the core knows no package',
    'src/server/a.ts',
    "import { get } from 'idb-keyval';",
    'server must not import the package idb-keyval',
  ],
  [
    'the core knows no Node',
    'src/base/a.ts',
    "import { readFileSync } from 'node:fs';",
    'base must not import the package node:fs',
  ],
  [
    'src does not reach outside',
    'src/lab/a.ts',
    "import { x } from '../../tests/x.ts';",
    'outside src',
  ],
  [
    'an extension is left out',
    'src/resp/a.ts',
    "import { b } from '../base/bytes';",
    'where no file is',
  ],
  ['a folder nobody planned', 'src/utils/a.ts', 'export const u = 1;', 'stands in no wall'],
  ['a loose file', 'src/helpers.ts', 'export const u = 1;', 'stands in no wall'],
  [
    'the host’s clock',
    'src/machine/a.ts',
    'export const t = Date.now();',
    '`Date` belongs to a host',
  ],
  ['its type, too', 'src/machine/a.ts', 'export let t: Date;', '`Date` belongs to a host'],
  ['chance', 'src/lab/a.ts', 'export const x = Math.random();', 'Math.random'],
  ['logarithms', 'src/engine/a.ts', 'export const x = Math.log(2);', 'Math.log'],
  ['powers', 'src/engine/a.ts', 'export const x = (y: number) => y ** 0.5;', '`**`'],
  ['Math taken apart', 'src/engine/a.ts', 'export const { log } = Math;', 'by its members only'],
  ['timers', 'src/server/a.ts', 'setTimeout(() => undefined, 1);', '`setTimeout` belongs'],
  [
    'promises',
    'src/server/a.ts',
    'export const p = (): Promise<void> | undefined => undefined;',
    '`Promise` belongs',
  ],
  ['async functions', 'src/tools/a.ts', 'export async function f() {}', '`async` in the core'],
  ['await', 'src/tools/a.ts', 'export {}; await 0;', '`await` in the core'],
  ['TextDecoder', 'src/cli/a.ts', "new TextDecoder('latin1');", '`TextDecoder` belongs'],
  ['the locale', 'src/engine/a.ts', "export const x = 'a'.localeCompare('b');", 'locale'],
  [
    'the global object',
    'src/base/a.ts',
    "export const x = globalThis['fetch'];",
    '`globalThis` belongs',
  ],
  ['casts outside base', 'src/ui/a.ts', 'export const x = 1 as unknown;', 'a cast to unknown'],
  ['any, even in base', 'src/base/a.ts', 'export const x = 1 as any;', '`any` says nothing'],
  ['default exports', 'src/ui/a.ts', 'export default 1;', 'a default export'],
  ['default functions', 'src/ui/a.ts', 'export default function f() {}', 'a default export'],
  ['enums', 'src/ui/a.ts', 'export enum E { A }', 'an enum'],
  ['long files', 'src/ui/a.ts', 'export {};\n'.repeat(451), '451 lines'],
])('found: %s', (_, path, text, expected) => {
  const found = breachesOf({ [path]: text });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});

test.each([
  ['a page’s import of types', 'src/ui/a.ts', "import type { l } from '../lab/lab.ts';"],
  ['inline types', 'src/ui/a.ts', "import { type l } from '../lab/lab.ts';"],
  [
    'the link’s address of the worker',
    'src/worker/link.ts',
    "import w from './worker.ts?worker&url';",
  ],
  ['the worker’s way to the lab', 'src/worker/batches.ts', "import { l } from '../lab/lab.ts';"],
  ['exact Math', 'src/base/a.ts', 'export const x = Math.floor(Math.sqrt(2)) + 2 ** 32;'],
  [
    'powers of bigints',
    'src/base/a.ts',
    'export const x = (b: bigint, n: number) => b ** BigInt(n);',
  ],
  [
    'members that are called like a host’s',
    'src/engine/a.ts',
    'export const x = { fetch: 1 }.fetch;',
  ],
  ['const assertions', 'src/ui/a.ts', "export const x = ['a'] as const;"],
  ['casts in base', 'src/base/a.ts', 'export const x = 1 as unknown;'],
  ['timers of the page', 'src/ui/a.ts', 'setTimeout(() => undefined, Math.random());'],
  ['450 lines', 'src/ui/a.ts', 'export {};\n'.repeat(450)],
])('left alone: %s', (_, path, text) => {
  expect(breachesOf({ [path]: text })).toEqual([]);
});

test('found: a cycle of values within a folder', () => {
  const sources = {
    'src/engine/a.ts': "import { b } from './b.ts'; export const a = () => b;",
    'src/engine/b.ts': "import { a } from './a.ts'; export const b = () => a;",
  };
  expect(breachesOf(sources)).toEqual(['import cycle: src/engine/a.ts → src/engine/b.ts']);
});

test('found: a cycle that types close between two folders', () => {
  const sources = {
    'src/engine/a.ts': "import { b } from './data/b.ts'; export type A = typeof b;",
    'src/engine/data/b.ts': "import type { A } from '../a.ts'; export let b: A;",
  };
  expect(breachesOf(sources)).toEqual(['import cycle: src/engine/a.ts → src/engine/data/b.ts']);
});

test('left alone: two files of one folder that describe each other', () => {
  const sources = {
    'src/engine/a.ts': "import type { B } from './b.ts'; export interface A { b: B }",
    'src/engine/b.ts': "import type { A } from './a.ts'; export interface B { a: A }",
  };
  expect(breachesOf(sources)).toEqual([]);
});
