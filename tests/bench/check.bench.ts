/**
 * Checking a log for damage, ours against redis-check-aof, on the same large file, which the operating system has in
 * memory: as a function of a running process, reading the file included, and as a program, the start of node included.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleTool } from '../../scripts/builds.mjs';
import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import { CheckFiles, toolProcess } from '../../src/hosts/node/check-files.ts';
import { checkAof } from '../../src/tools/check-aof.ts';
import { inTurns, remark, report } from './bench.ts';
import { stringCommands } from './workloads.ts';

const COPIES = 4;
const ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), 'bench-check-'));
const file = join(folder, 'log.aof');
const bytes = stringCommands(1_000_000, 7);
for (let i = 0; i < COPIES; i++) appendFileSync(file, bytes);
const megabytes = statSync(file).size / 1e6;
await bundleTool('check-aof', folder);
const program = join(folder, 'check-aof.mjs');
const real = spawnSync('redis-check-aof', [file]).status === 0;
remark(`check: ${megabytes.toFixed(0)} MB`);

const figures = await inTurns(ROUNDS, {
  inProcess: () => speed(checkHere),
  asProgram: () => speed(() => run(process.execPath, program)),
  real: () => (real ? speed(() => run('redis-check-aof')) : 0),
});
rmSync(folder, { recursive: true });
const peer = {
  name: real ? 'redis-check-aof on the same file' : 'redis-check-aof (not installed)',
  rounds: real ? figures.real : [],
};
const goal = { atLeast: 8, of: 'times' } as const;
report({ name: 'check of a log, in process', unit: 'MB/s', rounds: figures.inProcess, peer, goal });
report({ name: 'check of a log, as a program', unit: 'MB/s', rounds: figures.asProgram, peer });

function checkHere(): void {
  const words = [utf8Encode(file)];
  const files = new CheckFiles();
  const result = checkAof(ascii('redis-check-aof'), words, files, toolProcess(), null);
  files.close();
  if (result.kind !== 'done' || result.exit !== 0) throw new Error(result.output);
}

function run(command: string, ...words: string[]): void {
  const { status, stdout } = spawnSync(command, [...words, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
}

function speed(work: () => void): number {
  const start = performance.now();
  work();
  return (megabytes / (performance.now() - start)) * 1000;
}
