/** Bytes that a small key takes: 200,000 keys of 12 bytes with values of 14. Redis's figure is its own account. */
import { newAofLoad, stepAofLoad } from '../../src/persistence/aof-loader.ts';
import { report } from './bench.ts';
import {
  newPeerDirectory,
  redisName,
  redisVersion,
  removePeerDirectory,
  startPeer,
} from './redis-peer.ts';
import { newBenchEngine } from './replay.ts';
import { smallKeys } from './workloads.ts';

const KEYS = 200_000;
const requests = smallKeys(KEYS);

report({
  name: 'memory of a small key in Node',
  unit: 'bytes',
  rounds: [bytesInNode()],
  peer: { name: redisName, rounds: redisVersion === undefined ? [] : [await bytesInRedis()] },
  goal: { atMost: 2, of: 'times' },
});

function bytesInNode(): number {
  const engine = newBenchEngine();
  const before = heapBytes();
  const step = stepAofLoad(newAofLoad(requests, 0), engine, 0, KEYS + 1);
  const used = heapBytes() - before;
  if (step.kind !== 'done' || engine.state.databases[0]!.space.entries.length !== KEYS) {
    throw new Error('the keys were not loaded');
  }
  return used / KEYS;
}

function heapBytes(): number {
  if (gc === undefined) throw new Error('run with --expose-gc');
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function bytesInRedis(): Promise<number> {
  const directory = newPeerDirectory();
  const server = await startPeer(directory, '--appendonly', 'no');
  const before = usedMemory(await server.ask('INFO', 'memory'));
  await server.pour(requests);
  const used = usedMemory(await server.ask('INFO', 'memory')) - before;
  await server.stop();
  removePeerDirectory(directory);
  return used / KEYS;
}

function usedMemory(info: string): number {
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
