/** Scripts that only compute, by the processor's time that they take the Node host and redis-server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildNodeHost, root } from '../../scripts/builds.mjs';
import { inTurns, remark, report } from './bench.ts';
import {
  newPeerDirectory,
  redisName,
  redisVersion,
  removePeerDirectory,
  startServer,
  type RedisPeer,
} from './redis-peer.ts';

const ROUNDS = 3;
const TICKS_PER_SECOND = 100;
const scripts: Readonly<Record<string, { readonly source: string; readonly result: number }>> = {
  'EVAL: fib(27)': {
    source:
      'local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(27)',
    result: 196_418,
  },
  'EVAL: a loop of 10 million steps': {
    source: 'local n = 0 for i = 1, 10000000 do n = n + i % 7 end return n',
    result: 29_999_997,
  },
  'EVAL: a million texts in a table, and out of it': {
    source:
      'local t = {} for i = 1, 1000000 do t["k" .. i % 1000] = i end local n = 0 for _, v in pairs(t) do n = n + v end return n',
    result: 999_500_500,
  },
};

if (redisVersion === undefined) remark('scripting: redis-server is not installed.');
else await compare();

async function compare(): Promise<void> {
  await buildNodeHost('if-changed');
  const directories = [newPeerDirectory(), newPeerDirectory()] as const;
  // Nobody asks meanwhile, so BUSY is of no use.
  const settings = ['--busy-reply-threshold', '0'];
  const host = await startServer(
    [process.execPath, join(root, 'dist/node/server.mjs')],
    directories[0],
    ...settings,
  );
  const redis = await startServer(['redis-server'], directories[1], ...settings);
  for (const [name, { source, result }] of Object.entries(scripts)) {
    const figures = await inTurns(ROUNDS, {
      ours: () => millisOf(host, source, result),
      redis: () => millisOf(redis, source, result),
    });
    report({
      name,
      unit: 'ms',
      rounds: figures.ours,
      peer: { name: redisName, rounds: figures.redis },
      goal: { atMost: 10, of: 'times' },
    });
  }
  await host.stop();
  await redis.stop();
  for (const directory of directories) removePeerDirectory(directory);
}

async function millisOf(server: RedisPeer, source: string, result: number): Promise<number> {
  const before = processorMillis(server.pid);
  const reply = await server.ask('EVAL', source, '0');
  if (reply !== String(result)) throw new Error(`the script answered ${reply}`);
  return processorMillis(server.pid) - before;
}

/** User and system time of a process, from /proc. */
function processorMillis(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
