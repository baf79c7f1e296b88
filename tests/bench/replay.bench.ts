/**
 * Loading a log of a million string commands, which redis-server wrote in this run: redis-server, our engine in a
 * Worker of Chromium, and our engine in Node, each in a fresh process or Worker, in turns.
 *
 * Redis's time is its own account and includes reading the file, which the operating system has in memory; so does
 * ours in Node. In the Worker the bytes are there already.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { inTurns, remark, report } from './bench.ts';
import { launchChromium, serveBenchPage } from './chromium.ts';
import {
  incrFileOf,
  newPeerDirectory,
  redisName,
  redisVersion,
  removePeerDirectory,
  startPeer,
} from './redis-peer.ts';
import { type Replayed, replay } from './replay.ts';
import { stringCommands } from './workloads.ts';

const REQUESTS = 1_000_000;
const ROUNDS = 5;
const CHILD = '--child';

if (process.argv[2] === CHILD) replayInThisProcess(process.argv[3]!, process.argv[4] === 'digest');
else if (redisVersion === undefined)
  remark('replay: redis-server is not installed, so there is no log to load.');
else await compare();

async function compare(): Promise<void> {
  const directory = newPeerDirectory();
  const writer = await startPeer(directory, '--appendonly', 'yes');
  await writer.pour(stringCommands(REQUESTS, 7));
  const digest = await writer.ask('DEBUG', 'DIGEST');
  await writer.stop();
  const file = incrFileOf(directory);
  const site = await serveBenchPage('replay', { '/log.aof': file });
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(site.address);
  const inWorker = (how: 'digest' | 'no-digest'): Promise<Replayed> =>
    page.evaluate((how) => window.replayInWorker('/log.aof', how), how);

  // What is measured is right: each side ends up with the data set that redis-server had.
  const inNode = replayInChild(file, 'digest');
  for (const [where, result] of [
    ['Node', inNode],
    ['the Worker', await inWorker('digest')],
  ] as const) {
    if (result.digest !== digest)
      throw new Error(`${where} holds ${result.digest}, redis-server ${digest}`);
  }
  const { commands, keys } = inNode;
  const size = (statSync(file).size / 1e6).toFixed(1);
  remark(`replay: ${commands} commands, ${size} MB, ${keys} keys; digests agree`);

  const rate = (milliseconds: number): number => commands / milliseconds;
  const { redis, worker, node } = await inTurns(ROUNDS, {
    redis: async () => rate(await redisLoad(directory)),
    worker: async () => rate((await inWorker('no-digest')).milliseconds),
    node: () => rate(replayInChild(file, 'no-digest').milliseconds),
  });
  await browser.close();
  site.close();
  removePeerDirectory(directory);

  const peer = { name: `${redisName} loads the same file`, rounds: redis };
  const unit = 'thousand commands/s';
  report({
    name: 'replay in a Chromium Worker',
    unit,
    rounds: worker,
    peer,
    goal: { atLeast: 1, of: 'times' },
  });
  report({ name: 'replay in Node', unit, rounds: node, peer, goal: { atLeast: 0.8, of: 'times' } });
}

async function redisLoad(directory: string): Promise<number> {
  const server = await startPeer(directory, '--appendonly', 'yes');
  await server.stop();
  if (server.loadSeconds === null) throw new Error('redis-server did not say how long it loaded');
  return server.loadSeconds * 1000;
}

function replayInChild(file: string, digest: 'digest' | 'no-digest'): Replayed {
  const words = [...process.execArgv, process.argv[1]!, CHILD, file, digest];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as Replayed;
}

function replayInThisProcess(file: string, withDigest: boolean): void {
  const start = performance.now();
  const bytes = readFileSync(file);
  const reading = performance.now() - start;
  const replayed = replay(bytes, () => performance.now(), withDigest ? 'digest' : 'no-digest');
  process.stdout.write(
    JSON.stringify({ ...replayed, milliseconds: replayed.milliseconds + reading }),
  );
}
