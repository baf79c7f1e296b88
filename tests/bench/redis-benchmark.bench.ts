/** redis-benchmark's default tests, 16 commands at once, against the Node host and redis-server, both with the log on. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildNodeHost, root } from '../../scripts/builds.mjs';
import { inTurns, remark, report } from './bench.ts';
import {
  newPeerDirectory,
  redisName,
  redisVersion,
  removePeerDirectory,
  startServer,
} from './redis-peer.ts';

const ROUNDS = 3;
const tests = ['ping_mbulk', 'set', 'get', 'incr', 'lpush', 'rpush', 'lpop', 'sadd', 'hset'];
const more = ['spop', 'zadd', 'zpopmin', 'lrange_100', 'mset'];

if (spawnSync('redis-benchmark', ['--version']).status !== 0 || redisVersion === undefined)
  remark('redis-benchmark: it is not installed, or redis-server is not.');
else await compare();

async function compare(): Promise<void> {
  await buildNodeHost('if-changed');
  const [ours, theirs] = [newPeerDirectory(), newPeerDirectory()];
  const settings = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
  const host = await startServer(
    [process.execPath, join(root, 'dist/node/server.mjs')],
    ours,
    ...settings,
  );
  const redis = await startServer(['redis-server'], theirs, ...settings);
  for (const test of [...tests, ...more]) {
    const figures = await inTurns(ROUNDS, {
      ours: () => rate(host.port, test),
      redis: () => rate(redis.port, test),
    });
    report({
      name: `redis-benchmark -P 16 -t ${test}`,
      unit: 'requests/s',
      rounds: figures.ours,
      peer: { name: redisName, rounds: figures.redis },
      goal: { atLeast: 0.25, of: 'times' },
    });
  }
  await host.stop();
  await redis.stop();
  removePeerDirectory(ours);
  removePeerDirectory(theirs);
}

function rate(port: number, test: string): number {
  const { stdout } = spawnSync(
    'redis-benchmark',
    ['-p', String(port), '-t', test, '-P', '16', '-n', '100000', '-r', '100000', '--csv'],
    { encoding: 'utf8' },
  );
  const row = stdout.trim().split('\n').at(-1) ?? '';
  const figure = Number(row.split('","')[1]);
  if (!(figure > 0)) throw new Error(`redis-benchmark -t ${test} printed ${row}`);
  return figure;
}
