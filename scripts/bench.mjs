/**
 * `npm run bench [-- --json] [NAME…]`: runs tests/bench/NAME.bench.ts, all of them without a name, one
 * after another, and prints a table of what they found; with --json an array of the rows, and nothing
 * else on standard output (npm prints a heading of its own: `npm run --silent bench -- --json`).
 * A missed goal, or a benchmark that fails, makes the exit code 1.
 *
 * @typedef {import('../tests/bench/bench.ts').Row} Row
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './builds.mjs';

const folder = join(root, 'tests', 'bench');
const suffix = '.bench.ts';
const known = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length))
  .sort();
const words = process.argv.slice(2);
const json = words.includes('--json');
const asked = words.filter((word) => word !== '--json');
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

/** @type {Row[]} */
const rows = [];
for (const name of asked.length > 0 ? asked : known) {
  const found = await run(name);
  rows.push(...found);
}
if (json) console.log(JSON.stringify(rows, null, 2));
if (rows.some(({ met }) => met === false)) process.exitCode = 1;

/**
 * @param {string} name
 * @returns {Promise<Row[]>}
 */
async function run(name) {
  const file = join(folder, name + suffix);
  const child = spawn(process.execPath, [join(root, 'scripts', 'run.mjs'), '--expose-gc', file], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  /** @type {Row[]} */
  const found = [];
  // A benchmark may take minutes: each figure is shown when it is there.
  for await (const printed of createInterface({ input: child.stdout })) {
    if (printed === '') continue;
    const row = /** @type {Row} */ (JSON.parse(printed));
    found.push(row);
    if (!json) console.log(line(row));
  }
  if ((await ended) !== 0) {
    console.error(`${name} failed.`);
    process.exitCode = 1;
  }
  return found;
}

/** @param {Row} row */
function line({ name, value, unit, peer, peerValue, goal, met }) {
  const verdict = met === null ? '      ' : met ? 'ok    ' : 'MISSED';
  const own = `${verdict} ${name.padEnd(44)} ${String(value).padStart(8)} ${unit}`;
  const ratio =
    peerValue === null ? '' : ` = ${(value / peerValue).toFixed(2)} × ${peerValue} (${peer})`;
  return `${own}${ratio}${goal === null ? '' : `; goal ${goal}`}`;
}
