/**
 * `npm run conformance [-- GROUP…]`: the cases of tests/conformance, in RESP2 and RESP3, on our server and on the
 * installed redis-server. The last line is `N cases, M differences`.
 *
 * `npm run conformance -- --random N [--type TYPE] [--seed S]`: N random commands of a type, of each type without one.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildNodeHost, root } from '../../scripts/builds.mjs';
import { allCases } from './all-cases.ts';
import { grammars } from './grammars.ts';
import { compareRandomly } from './random.ts';
import { runCases, startPair, stopPair, unusedDifferences } from './run-cases.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    random: { type: 'string' },
    type: { type: 'string' },
    seed: { type: 'string', default: '1' },
    match: { type: 'string' },
  },
});
await buildNodeHost('if-changed');
const pair = await startPair([process.execPath, join(root, 'dist/node/server.mjs')]);
let good = false;
try {
  good = values.random === undefined ? await written() : await random(Number(values.random));
} finally {
  await stopPair(pair);
}
process.exit(good ? 0 : 1);

async function written(): Promise<boolean> {
  const everything = positionals.length === 0 && values.match === undefined;
  const cases = allCases().filter(
    ({ group, name }) =>
      (positionals.length === 0 || positionals.includes(group)) &&
      name.includes(values.match ?? ''),
  );
  const findings = await runCases(pair, cases, () => [2, 3], console.log);
  for (const [name, count] of findings.skipped)
    console.log(`${count} cases not run: there is no ${name}.`);
  const unused = everything ? unusedDifferences(findings) : [];
  for (const name of unused) console.log(`No case meets the known difference "${name}".`);
  const { ran, differing } = findings;
  console.log(`${cases.length} cases, ${ran} runs in RESP2 and RESP3`);
  console.log(`${cases.length} cases, ${differing.length} differences`);
  return cases.length > 0 && differing.length === 0 && unused.length === 0;
}

async function random(count: number): Promise<boolean> {
  const types = values.type === undefined ? Object.keys(grammars) : [values.type];
  let differences = 0;
  for (const type of types) {
    const grammar = grammars[type];
    if (grammar === undefined) {
      console.error(`There is no ${type}; there are ${Object.keys(grammars).join(', ')}.`);
      return false;
    }
    const found = await compareRandomly(pair, grammar, count, Number(values.seed));
    console.log(`${type}: ${found.commands} commands, ${found.failures.length} differences`);
    for (const failure of found.failures) console.log(failure);
    differences += found.failures.length;
  }
  console.log(`${types.length} types, ${differences} differences`);
  return differences === 0;
}
