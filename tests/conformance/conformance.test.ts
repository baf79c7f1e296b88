import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostCommand, useHost } from '../hosts/host.ts';
import { parseProgram } from '../support/differential.ts';
import { logDifferences } from '../support/log-differences.ts';
import { describeWithRedis } from '../support/real-redis.ts';
import { versionDifferences } from '../support/version-differences.ts';
import { allCases, writtenCases } from './all-cases.ts';
import { commandsInScope, type ArgumentSpec } from './command-scope.ts';
import type { Pair } from './compare-case.ts';
import { grammars } from './grammars.ts';
import { compareRandomly } from './random.ts';
import { readCases } from './read-cases.ts';
import { runCases, startPair, stopPair } from './run-cases.ts';

/** Every so many cases run here; all of them by `npm run conformance`. */
const ONE_OF = 23;
const RANDOM_COMMANDS = 1000;

describe('the cases', () => {
  test('have a name each, and there are three thousand of them', () => {
    const names = allCases().map(({ group, name }) => `${group}: ${name}`);
    expect(names.length).toBeGreaterThanOrEqual(3000);
    const seen = new Set<string>();
    const twice = names.filter((name) => seen.size === seen.add(name).size);
    expect(twice).toEqual([]);
  });

  test('speak of every command, with every one of its arguments', () => {
    const spoken = new Map<string, Set<string>>();
    for (const line of new Set(writtenCases().flatMap(({ lines }) => lines))) {
      if (line.startsWith('@')) continue;
      const [argv = []] = parseProgram(line).map((parsed) => parsed.argv);
      const [name = '', sub = ''] = argv.map((word) => word.toLowerCase());
      for (const command of [name, `${name}|${sub}`]) {
        const known = spoken.get(command) ?? new Set();
        for (const word of argv) known.add(word.toUpperCase());
        spoken.set(command, known);
      }
    }
    const missing = commandsInScope().flatMap(({ name, arguments: specs }) => {
      const words = spoken.get(name);
      if (words === undefined) return [name];
      return tokensOf(specs).flatMap((token) => (words.has(token) ? [] : [`${name} ${token}`]));
    });
    expect(missing).toEqual([]);
  });

  test('may differ for reasons that have names', () => {
    const names = [...versionDifferences, ...logDifferences].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('are read with one for each combination', () => {
    const text =
      'words\n\n-- {a} and {b}\na = 1 | 2\nb = x | \n# remark\nSET {a} {b}\n<2 k# v>\n@chance\n';
    expect(readCases('g', text)).toEqual([
      { group: 'g', name: '1 and x', lines: ['SET 1 x', 'k1 v k2 v'], chance: true },
      { group: 'g', name: '1 and ', lines: ['SET 1', 'k1 v k2 v'], chance: true },
      { group: 'g', name: '2 and x', lines: ['SET 2 x', 'k1 v k2 v'], chance: true },
      { group: 'g', name: '2 and ', lines: ['SET 2', 'k1 v k2 v'], chance: true },
    ]);
  });
});

function tokensOf(specs: readonly ArgumentSpec[]): string[] {
  return specs.flatMap(({ token, arguments: parts }) => [
    ...(token === undefined || token === '' ? [] : [token.toUpperCase()]),
    ...tokensOf(parts ?? []),
  ]);
}

describeWithRedis('the host answers as redis-server does', () => {
  useHost();
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair(hostCommand());
  });
  afterAll(() => stopPair(pair));

  test(
    'a difference is noticed in a reply, in the data set and in the log',
    { timeout: 60_000 },
    async () => {
      const cases = readCases(
        'noticed',
        ['LOLWUT VERSION x', 'SRANDMEMBER t 300', 'SPOP t 150', 'ACL GENPASS']
          .map((line) => `-- ${line}\nSADD t <200 m#>\n${line}\n`)
          .join('\n'),
      );
      const { differing } = await runCases(pair, cases.slice(1, 3), () => [2]);
      expect(differing.map((text) => text.split('\n')[0])).toContain('noticed: SPOP t 150, RESP2');
      expect(differing.join()).toContain('DEBUG DIGEST');
      expect(differing.join()).toContain('the log');
    },
  );

  test(`one of ${ONE_OF} cases`, { timeout: 120_000 }, async () => {
    // A prime number of cases apart, so that all groups and combinations have their turn.
    const cases = allCases().filter((one, i) => i % ONE_OF === 0 && !isSlow(one.lines));
    const { differing, ran } = await runCases(pair, cases, (at) => [at % 2 === 0 ? 2 : 3]);
    expect(differing).toEqual([]);
    expect(ran).toBeGreaterThan(250);
  });

  test.each(Object.keys(grammars))(
    `${RANDOM_COMMANDS} random commands: %s`,
    { timeout: 60_000 },
    async (type) => {
      const { failures } = await compareRandomly(pair, grammars[type]!, RANDOM_COMMANDS, 1);
      expect(failures).toEqual([]);
    },
  );
});

function isSlow(lines: readonly string[]): boolean {
  return lines.some((line) => line.startsWith('@sleep'));
}
