/**
 * `npm run hostkill [-- --n 25] [--seed 1]`: serves the page, kills the browser that shows it that many times, and
 * prints `K/N violations` last: in how many of the N starts acknowledged writes were missing.
 */
import { parseArgs } from 'node:util';
import { preview } from 'vite';
import { buildSite, root } from '../../scripts/builds.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { killHosts } from './host-kill.ts';

const { values } = parseArgs({
  options: { n: { type: 'string', default: '25' }, seed: { type: 'string' } },
});
const kills = Number(values.n);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error('usage: npm run hostkill -- [--n KILLS] [--seed NUMBER]');
  process.exit(2);
}

console.log(`seed ${seed}`);
await buildSite('if-changed');
const port = await freePort();
const server = await preview({
  root,
  logLevel: 'warn',
  preview: { port, host: 'localhost', strictPort: true },
});
const url = `http://localhost:${port}/`;
const { acknowledged, violations } = await killHosts({ url, kills, seed, tell: console.log });
await server.close();
for (const violation of violations) console.log(violation);
const starts = new Set(violations.map((violation) => violation.split(':')[0]));
console.log(`${acknowledged} writes were acknowledged.`);
console.log(`${starts.size}/${kills} violations`);
process.exit(violations.length === 0 ? 0 : 1);
