/**
 * `npm test [-- --only lint|build|unit|browser|e2e]`: every check of the project. Each runner's
 * counts are added up, and the sum is the last line printed. Logs are kept in .logs.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lintStages } from './lint-stages.mjs';
import { findRedisServer } from './redis-server.mjs';
import { playwrightCounts, vitestCounts } from './reports.mjs';
import { countsOf, logFolder, runStages, sum, total } from './stages.mjs';

/** @typedef {import('./stages.mjs').Stage} Stage */

/**
 * The groups run one after another. The programs of the first only read files: they take what the cores have left
 * while the next ones wait for servers and browsers, and have ended before the end-to-end tests begin, which wait for
 * seconds to pass.
 *
 * @type {Record<string, { width: number, stages: () => Stage[] }>}
 */
const groups = {
  lint: { width: 2, stages: () => lintStages().map((stage) => ({ ...stage, leisurely: true })) },
  build: { width: 1, stages: () => [{ name: 'build', command: ['node', 'scripts/build.mjs'] }] },
  unit: { width: 1, stages: () => [vitest('unit')] },
  browser: { width: 1, stages: () => [vitest('browser')] },
  e2e: { width: 1, stages: () => [playwright()] },
};

const asked = process.argv.slice(2);
const only = asked[0] === '--only' ? asked.slice(1) : asked;
const unknown = only.filter((name) => !(name in groups));
if (unknown.length > 0 || (asked[0] === '--only' && only.length === 0)) {
  console.error(`usage: npm test -- --only ${Object.keys(groups).join('|')}`);
  process.exit(2);
}

rmSync(logFolder, { recursive: true, force: true });
/** @type {import('./stages.mjs').Outcome[]} */
const outcomes = [];
/** @type {Promise<import('./stages.mjs').Outcome[]>} */
let beside = Promise.resolve([]);
for (const [name, { width, stages }] of Object.entries(groups)) {
  if (only.length > 0 && !only.includes(name)) continue;
  if (name === 'e2e') await beside;
  const ended = runStages(stages(), width);
  if (name === 'lint') beside = ended;
  else outcomes.push(...(await ended));
}
outcomes.push(...(await beside));
const counts = total([...outcomes, realServer()]);
console.log(sum(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

/** Without the real server its tests skip themselves: fine on a laptop, a failure in CI. */
function realServer() {
  const none = { passed: 0, failed: 0, skipped: 0 };
  if (findRedisServer() !== undefined) return none;
  const notRun = outcomes.reduce((so, { skipped }) => so + skipped, 0);
  console.log(`${notRun} not run: redis-server is not installed.`);
  return process.env['CI'] === 'true' ? { ...none, failed: 1 } : none;
}

/** @param {'unit' | 'browser'} project @returns {Stage} */
function vitest(project) {
  const report = join(logFolder, `${project}.json`);
  return {
    name: project,
    command: [
      ...['vitest', 'run', '--project', project === 'unit' ? 'unit' : 'browser*'],
      ...['--reporter', 'default', '--reporter', 'json', '--outputFile.json', report],
    ],
    count: (exitCode) => countsOf(exitCode, read(report, vitestCounts)),
  };
}

/** @returns {Stage} */
function playwright() {
  const report = join(logFolder, 'e2e.json');
  return {
    name: 'e2e',
    command: ['playwright', 'test', '--reporter', 'list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    count: (exitCode) => countsOf(exitCode, read(report, playwrightCounts)),
  };
}

/**
 * @template T
 * @param {string} report
 * @param {(parsed: unknown) => T} count
 * @returns {T | undefined}
 */
function read(report, count) {
  try {
    return count(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    return undefined;
  }
}
