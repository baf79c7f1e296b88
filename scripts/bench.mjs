/**
 * `npm run bench [-- NAME…]`: runs tests/bench/NAME.bench.ts, all of them without a name, one after
 * another. Each prints its figures as JSON, the peer's figure beside each.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './builds.mjs';

const folder = join(root, 'tests', 'bench');
const suffix = '.bench.ts';
const known = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
      .sort()
  : [];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0 || known.length === 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ') || 'none'}.`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : known) {
  const file = join(folder, name + suffix);
  const words = [join(root, 'scripts', 'run.mjs'), '--expose-gc', file];
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
