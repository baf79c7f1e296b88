import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandFacts } from '../../src/engine/command-facts.ts';
import { commandTable } from '../../src/engine/command-table.ts';
import { limited, unavailable } from '../../src/engine/unavailable.ts';
import { compatibilityPage } from '../tooling/compatibility-page.ts';

/** A row of COMMAND, as the real 7.2.4 replied it: the name comes first, the sub-commands last. */
type Row = readonly [string, ...unknown[]];

const golden = JSON.parse(readFileSync('tests/golden/commands-7.2.4.json', 'utf8')) as {
  readonly command: readonly Row[];
};

function names(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => [row[0], ...names(row.at(-1) as readonly Row[])]);
}

function has(name: string): boolean {
  const [parent = '', sub] = name.split('|');
  const command = commandTable.get(parent);
  if (sub !== undefined) return command?.subcommands.get(sub)?.handler !== undefined;
  return command !== undefined && (command.handler !== undefined || command.subcommands.size > 0);
}

const everything = names(golden.command);

test('the golden list is that of a whole server', () => {
  expect(golden.command).toHaveLength(241);
  expect(everything.length).toBeGreaterThan(350);
  expect(commandFacts.map(({ name }) => name).sort()).toEqual(
    golden.command.map(([name]) => name).sort(),
  );
});

test('every command of 7.2.4 is implemented, or left out by name for a reason', () => {
  const left = everything.filter((name) => !has(name) && unavailable[name] === undefined);
  expect(left).toEqual([]);
});

test('nothing is left out that exists, or that 7.2.4 does not have', () => {
  const wrong = Object.keys(unavailable).filter((name) => has(name) || !everything.includes(name));
  expect(wrong).toEqual([]);
  expect(Object.keys(limited).filter((name) => !has(name))).toEqual([]);
  for (const reason of Object.values(unavailable)) expect(reason.length).toBeGreaterThan(20);
});

test('the page that tells of all this is current', () => {
  expect(readFileSync('docs/compatibility.md', 'utf8')).toBe(compatibilityPage());
});
