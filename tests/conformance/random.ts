/** Random programs of a type, each sent at once, on a pair of servers; one that differs is made short first. */
import { seedRandom } from '../../src/base/random.ts';
import { randomProgram, shrunk, type Grammar } from '../support/random-programs.ts';
import { compareCase, type CaseResult, type Pair } from './compare-case.ts';

const LENGTH = 250;
/** More of them would tell no more. */
const MOST_FAILURES = 3;

export interface RandomFindings {
  commands: number;
  /** The shortest programs that differ, with their seeds. */
  readonly failures: string[];
}

export async function compareRandomly(
  pair: Pair,
  grammar: Grammar,
  count: number,
  seed: number,
): Promise<RandomFindings> {
  const findings: RandomFindings = { commands: 0, failures: [] };
  for (let i = 0; findings.commands < count; i++) {
    const length = Math.min(LENGTH, count - findings.commands);
    const lines = randomProgram(seedRandom(seed + i), grammar, length).map(({ text }) => text);
    findings.commands += length;
    const protocol = i % 2 === 0 ? 2 : 3;
    const run = (part: readonly string[]): Promise<CaseResult> =>
      compareCase(pair, { group: 'random', name: `${i}`, lines: part, chance: false }, protocol);
    if ((await run(lines)).differences.length === 0) continue;
    const shortest = await shrunk(lines, async (part) => (await run(part)).differences.length > 0);
    const { differences } = await run(shortest);
    findings.failures.push(
      `SEED=${seed + i}, RESP${protocol}:\n${shortest.join('\n')}\n  ${differences.join('\n  ')}`,
    );
    if (findings.failures.length === MOST_FAILURES) break;
  }
  return findings;
}
