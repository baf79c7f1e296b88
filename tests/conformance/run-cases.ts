/** Runs cases in their order on a pair of servers, in the protocols that are asked for. */
import type { Protocol } from '../../src/resp/reply.ts';
import { parseProgram } from '../support/differential.ts';
import { logDifferences } from '../support/log-differences.ts';
import { versionDifferences } from '../support/version-differences.ts';
import { compareCase, type Pair } from './compare-case.ts';
import { ComparedServer } from './compared-server.ts';
import { commandsInScope } from './command-scope.ts';
import type { Case } from './read-cases.ts';

export interface Findings {
  /** Cases that ran, each protocol for itself. */
  ran: number;
  /** Names of the commands that we do not have, and how many cases need them. */
  readonly skipped: Map<string, number>;
  readonly differing: string[];
  readonly versionDifferences: Set<string>;
}

export async function startPair(ours: readonly string[]): Promise<Pair> {
  const [real, own] = await Promise.all([
    ComparedServer.start(['redis-server']),
    ComparedServer.start(ours),
  ]);
  return { real, ours: own };
}

export async function stopPair({ real, ours }: Pair): Promise<void> {
  await Promise.all([real.stop(), ours.stop()]);
}

/** `protocols`: by the number of the case, those in which it runs. */
export async function runCases(
  pair: Pair,
  cases: readonly Case[],
  protocols: (at: number) => readonly Protocol[],
  tell: (text: string) => void = () => undefined,
): Promise<Findings> {
  const names = commandsInScope().flatMap(({ name }) => [name, name.replace(/\|.*/, '')]);
  const missing = await pair.ours.missing([...new Set(names)]);
  const findings: Findings = {
    ran: 0,
    skipped: new Map(),
    differing: [],
    versionDifferences: new Set(),
  };
  for (const [at, one] of cases.entries()) {
    const lacking = [...commandsOf(one)].filter((name) => missing.has(name));
    for (const name of lacking) findings.skipped.set(name, (findings.skipped.get(name) ?? 0) + 1);
    if (lacking.length > 0) continue;
    for (const protocol of protocols(at)) {
      const found = await compareCase(pair, one, protocol).catch((cause: unknown) => {
        throw new Error(`${one.group}: ${one.name}, RESP${protocol}`, { cause });
      });
      findings.ran++;
      for (const name of found.versionDifferences) findings.versionDifferences.add(name);
      if (found.differences.length === 0) continue;
      const text = `${one.group}: ${one.name}, RESP${protocol}\n  ${found.differences.join('\n  ')}`;
      findings.differing.push(text);
      tell(text);
    }
  }
  return findings;
}

/** The differences between the versions that no case has met. */
export function unusedDifferences({ versionDifferences: met }: Findings): string[] {
  return [...versionDifferences, ...logDifferences]
    .map(({ name }) => name)
    .filter((name) => !met.has(name));
}

/** Commands by name, `config|get` for sub-commands. */
export function commandsOf({ lines }: Case): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of lines) {
    if (line.startsWith('@')) continue;
    for (const { argv } of parseProgram(line)) {
      const [name = '', sub = ''] = argv.map((word) => word.toLowerCase());
      names.add(name).add(`${name}|${sub}`);
    }
  }
  return names;
}
