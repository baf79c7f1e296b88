import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the running Node is one that package.json allows', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    engines: { node: string };
  };
  const [major = 0, minor = 0] = engines.node.replace('>=', '').split('.').map(Number);
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);
  expect(ownMajor > major || (ownMajor === major && ownMinor >= minor)).toBe(true);
});
