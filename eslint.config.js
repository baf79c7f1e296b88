import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** What compiles without a host, and must behave the same in Node and in every browser. */
const pure = [
  'base',
  'resp',
  'machine',
  'engine',
  'persistence',
  'server',
  'lab',
  'tools',
  'cli',
  'shell',
];
const pureFiles = pure.map((folder) => `src/${folder}/**/*.ts`);

const hostGlobals = [
  ...['Date', 'Promise', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'],
  ...['TextDecoder', 'TextEncoder', 'performance', 'crypto', 'console', 'process', 'Buffer'],
  ...['globalThis', 'Intl', 'structuredClone'],
];
const sameEverywhere = [
  ...['abs', 'ceil', 'floor', 'round', 'trunc', 'min', 'max', 'sign', 'imul', 'clz32', 'sqrt'],
  'fround',
];
const hostMath = Object.getOwnPropertyNames(Math).filter((name) => !sameEverywhere.includes(name));

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only.',
};
const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' };
const noWaiting = {
  selector:
    ':matches(FunctionDeclaration, FunctionExpression, ArrowFunctionExpression)[async=true], AwaitExpression',
  message: 'The core is synchronous; what waits is plain data in the clock’s queue.',
};

/** @type {Record<string, 'off'>} */
const unsafe = Object.fromEntries(
  ['argument', 'assignment', 'call', 'member-access', 'return'].map((name) => [
    `@typescript-eslint/no-unsafe-${name}`,
    'off',
  ]),
);

/** @type {Record<string, 'off'>} */
const promiseRules = Object.fromEntries(
  ['no-misused-promises', 'no-floating-promises', 'await-thenable', 'require-await'].map((name) => [
    `@typescript-eslint/${name}`,
    'off',
  ]),
);

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.logs/', 'tests/golden/', 'src/engine/command-facts.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
  },
  {
    files: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: unsafe,
  },
  {
    // svelte-check sees to the types; asking for them here costs a whole program for each component.
    files: ['**/*.svelte'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { parser: tseslint.parser, project: false } },
  },
  {
    files: ['src/**/*.{ts,svelte}', 'tests/**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', noDefaultExport, noEnum],
      // Bytes are compared with control characters on purpose.
      'no-control-regex': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'tests/**/*.ts'],
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: pureFiles,
    rules: {
      'no-restricted-globals': ['error', ...hostGlobals],
      'no-restricted-properties': [
        'error',
        ...hostMath.map((property) => ({
          object: 'Math',
          property,
          message: 'Hosts disagree about it; see src/base/math.',
        })),
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'The core knows no host.' }] },
      ],
      'no-restricted-syntax': ['error', noDefaultExport, noEnum, noWaiting],
      // No promise can be in a wrong place where there is none.
      ...promiseRules,
    },
  },
  {
    // Assertions on what a test reads back are looser than the code under test.
    files: ['tests/**/*.ts'],
    rules: { ...unsafe, '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '*.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
