/**
 * A rewrite to commands of what a million commands have left, as redis-server's child writes it and as ours does: from
 * the snapshot to a file that is fsynced and renamed. Redis's time begins with the command and includes its fork; ours
 * begins with the snapshot that takes the place of a fork.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { newGrowableBytes } from '../../src/base/growable-bytes.ts';
import { releaseSnapshot, takeSnapshot } from '../../src/engine/data/snapshot.ts';
import { newAofLoad, stepAofLoad } from '../../src/persistence/aof-loader.ts';
import { newRespBaseJob, stepRespBase } from '../../src/persistence/resp-base.ts';
import { inTurns, remark, report } from './bench.ts';
import {
  newPeerDirectory,
  redisName,
  redisVersion,
  removePeerDirectory,
  startPeer,
} from './redis-peer.ts';
import { newBenchEngine } from './replay.ts';
import { stringCommands } from './workloads.ts';

const REQUESTS = 1_000_000;
const ROUNDS = 5;
/** As the child of the host encodes and writes (server/child-process.ts). */
const KEYS_PER_STEP = 512;
const WRITE_SIZE = 64 * 1024;

const requests = stringCommands(REQUESTS, 7);
const engine = newBenchEngine();
if (stepAofLoad(newAofLoad(requests, 0), engine, 0, REQUESTS * 2).kind !== 'done')
  throw new Error('the commands were not executed');
const directory = newPeerDirectory();
const peer = redisVersion === undefined ? null : await startPeer(directory, '--appendonly', 'yes');
await peer?.pour(requests);

const sizes = { ours: 0, theirs: 0 };
const { ours, theirs } = await inTurns(ROUNDS, {
  ours: rewriteHere,
  theirs: () => (peer === null ? 0 : rewriteThere()),
});
await peer?.stop();
removePeerDirectory(directory);
remark(
  `rewrite: ${(sizes.ours / 1e6).toFixed(1)} MB here, ${(sizes.theirs / 1e6).toFixed(1)} MB there`,
);
report({
  name: 'rewrite to commands in Node',
  unit: 'ms',
  rounds: ours,
  peer: { name: `BGREWRITEAOF of ${redisName}`, rounds: peer === null ? [] : theirs },
  goal: { atMost: 0.7, of: 'times' },
});

function rewriteHere(): number {
  const start = performance.now();
  const snapshot = takeSnapshot(engine.state.databases);
  const job = newRespBaseJob(snapshot, '');
  const temp = join(directory, 'ours.tmp');
  const fd = fs.openSync(temp, 'w');
  const sink = newGrowableBytes(2 * WRITE_SIZE);
  let state: 'more' | 'done' = 'more';
  while (state === 'more') {
    state = stepRespBase(job, sink, KEYS_PER_STEP);
    if (sink.length < WRITE_SIZE && state === 'more') continue;
    fs.writeSync(fd, sink.bytes, 0, sink.length);
    sink.length = 0;
  }
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(temp, join(directory, 'ours.aof'));
  releaseSnapshot(snapshot);
  const took = performance.now() - start;
  sizes.ours = fs.statSync(join(directory, 'ours.aof')).size;
  return took;
}

/** Until the child has renamed its file, of which its parent learns at its next tick only. */
async function rewriteThere(): Promise<number> {
  const names = (): string[] => fs.readdirSync(directory);
  const bases = (): string[] =>
    fs.readdirSync(join(directory, 'appendonlydir')).filter((name) => name.includes('.base.'));
  const before = bases().join();
  const start = performance.now();
  await peer!.ask('BGREWRITEAOF');
  for (;;) {
    const finished = names().find((name) => name.startsWith('temp-rewriteaof-bg-'));
    if (finished !== undefined || bases().join() !== before) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took = performance.now() - start;
  for (;;) {
    if (/aof_rewrite_in_progress:0/.test(await peer!.ask('INFO', 'persistence'))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  sizes.theirs = fs.statSync(join(directory, 'appendonlydir', bases()[0]!)).size;
  return took;
}
