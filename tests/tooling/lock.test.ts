import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { installedAsLocked, lockProblems } from '../../scripts/installed.mjs';

const locked = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', optionalDependencies: { '@a/linux': '1.0.0' } },
    'node_modules/@a/linux': { version: '1.0.0', optional: true },
    'node_modules/b/node_modules/a': { version: '0.9.0' },
  },
};

function without(path: string) {
  return {
    packages: Object.fromEntries(Object.entries(locked.packages).filter(([at]) => at !== path)),
  };
}

test('packages are installed anew when one is missing or has another version', () => {
  expect(installedAsLocked(locked, undefined)).toBe(false);
  expect(installedAsLocked(locked, locked)).toBe(true);
  expect(installedAsLocked(locked, without('node_modules/b/node_modules/a'))).toBe(false);
  const older = { packages: { ...locked.packages, 'node_modules/a': { version: '0.9.9' } } };
  expect(installedAsLocked(locked, older)).toBe(false);
});

test('another platform’s package need not be installed, but an old one is replaced', () => {
  expect(installedAsLocked(locked, without('node_modules/@a/linux'))).toBe(true);
  const older = { packages: { ...locked.packages, 'node_modules/@a/linux': { version: '0.9.9' } } };
  expect(installedAsLocked(locked, older)).toBe(false);
});

test('a lock that lacks some platform’s package is found', () => {
  expect(lockProblems(locked)).toEqual([]);
  expect(lockProblems(without('node_modules/@a/linux'))).toEqual([
    'node_modules/a may need @a/linux, which is not locked',
  ]);
});

test('the lock names no registry, and package.json pins every package exactly', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  const { devDependencies = {}, dependencies = {} } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string> | undefined>;
  const loose = Object.entries({ ...devDependencies, ...dependencies }).filter(
    ([, version]) => !/^(npm:[a-z-]+@)?\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});
