/**
 * `npm run lua:random [-- --count N] [--seed S]`: N random Lua programs here and on the installed redis-server. The last
 * line is `N programs, M differences`.
 */
import { parseArgs } from 'node:util';
import { startRedis } from '../../support/real-redis.ts';
import { differingPrograms } from './compare-programs.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const real = await startRedis();
try {
  const client = await real.open();
  const found = await differingPrograms(client, seed, count, (compared) => {
    if (compared % 5000 === 0) console.error(`${compared} of ${count}`);
  });
  client.close();
  for (const difference of found) console.log(`${difference}\n`);
  console.log(`${count} programs (seeds from ${seed} on), ${found.length} differences`);
  process.exitCode = found.length === 0 && count > 0 ? 0 : 1;
} finally {
  await real.stop();
}
