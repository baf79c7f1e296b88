/**
 * `npm run crash:redis [-- --seed 1] [--commands 1000] [--policy everysec]`: every different set of files that a crash
 * of a run leaves (a cut at every byte among them) is loaded by a fresh redis-server and by ours. Digest, cuts and
 * exit class have to be equal; the last line is the number of differences.
 */
import { parseArgs } from 'node:util';
import { findRedisServer } from '../../scripts/redis-server.mjs';
import { policies } from './crash-run.ts';
import { compareWithReal, survivalsOf } from './redis-comparison.ts';

const PARALLEL = 4;
const SHOWN = 10;
const EVERY = 2_000;
const USAGE =
  'usage: npm run crash:redis -- [--seed NUMBER] [--commands 20 OR MORE] [--policy always|everysec|no]';

await main();

async function main(): Promise<void> {
  const asked = question();
  if (asked === undefined || findRedisServer() === undefined) {
    console.error(asked === undefined ? USAGE : 'redis-server is not installed.');
    process.exitCode = 2;
    return;
  }
  const started = performance.now();
  const survivals = survivalsOf(asked);
  console.log(
    `seed ${asked.seed}: ${asked.commands} commands, appendfsync ${asked.policy}: ${survivals.length} different sets of files`,
  );
  let shown = 0;
  const { compared, differences } = await compareWithReal(survivals, PARALLEL, (done, found) => {
    if (found !== null && shown++ < SHOWN) console.log(`  ${found}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (done % EVERY === 0) console.log(`${done} of ${survivals.length}, ${seconds} s`);
  });
  const classes = new Map<string, number>();
  for (const { ours } of survivals) {
    const name = `${ours.outcome}${ours.cuts === '' ? '' : ', cut'}${ours.why === '' ? '' : `: ${ours.why}`}`;
    classes.set(name, (classes.get(name) ?? 0) + 1);
  }
  for (const [name, count] of classes) console.log(`${String(count).padStart(8)} ${name}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${differences.length}/${compared} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

function question() {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        commands: { type: 'string', default: '1000' },
        policy: { type: 'string', default: 'everysec' },
      },
    });
    const policy = policies.find((one) => one === values.policy);
    const [seed, commands] = [Number(values.seed), Number(values.commands)];
    if (policy === undefined || !/^\d+$/.test(values.seed) || !/^\d+$/.test(values.commands))
      return undefined;
    return commands < 20 ? undefined : { seed, commands, policy };
  } catch {
    return undefined;
  }
}
