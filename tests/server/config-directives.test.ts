import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { configGet } from '../../src/server/config-set.ts';
import { settingsOf } from '../../src/server/config-settings.ts';
import { defaultDirectives, directives, findDirective } from '../../src/server/directives.ts';

const golden = JSON.parse(readFileSync('tests/golden/commands-7.2.4.json', 'utf8')) as {
  config: Record<string, string>;
};

test('CONFIG GET * names what the real 7.2.4 names, with the same defaults', () => {
  const shown = Object.fromEntries(configGet(defaultDirectives(), [ascii('*')]));
  expect(shown).toEqual(golden.config);
});

test('a hidden directive is shown by its exact name only', () => {
  const values = defaultDirectives();
  const hidden = directives.filter(({ flags }) => flags.includes('hidden')).map(({ name }) => name);
  expect(hidden).toContain('aof-disable-auto-gc');
  for (const name of hidden) {
    expect(configGet(values, [ascii(`${name}*`)])).toEqual([]);
    expect(configGet(values, [ascii(name)])).toHaveLength(1);
  }
});

test('a name without a pattern is echoed as it was typed, once', () => {
  const asked = ['APPENDfsync', 'appendfsync', 'Slave-Priority', 'nosuch'].map((name) =>
    ascii(name),
  );
  expect(configGet(defaultDirectives('/data'), asked)).toEqual([
    ['APPENDfsync', 'everysec'],
    ['Slave-Priority', '100'],
  ]);
});

test('names and aliases are unique', () => {
  const names = directives.flatMap(({ name, alias }) => (alias === null ? [name] : [name, alias]));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(findDirective(name.toUpperCase())).toBe(findDirective(name));
});

test('the settings are the defaults in their types', () => {
  const settings = settingsOf(defaultDirectives('/data'));
  expect(settings).toMatchObject({
    appendOnly: false,
    appendFsync: 'everysec',
    autoAofRewriteMinSize: 64 * 1024 * 1024,
    save: [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 10_000 },
    ],
    listMaxListpackSize: -2,
    logLevel: 'notice',
    maxmemoryPolicy: 'noeviction',
    requirePass: '',
    dir: '/data',
  });
  expect(Object.values(settings).filter((value) => Number.isNaN(value))).toEqual([]);
});
