/**
 * `npm run bitrot:redis [-- --seed 1] [--bytes 1024]`: every single-bit flip of a small log is loaded by a fresh
 * redis-server and by ours. Prints a table of what came of them; the last line is the number of differences.
 */
import { parseArgs } from 'node:util';
import { findRedisServer } from '../../scripts/redis-server.mjs';
import { classOf, filesAround, flipped, isMeasure, smallLog } from './bit-flips.ts';
import { RealStarts } from './real-starts.ts';
import { difference, ourOutcome, readableByReal, text } from './redis-comparison.ts';

const PARALLEL = 4;
const SHOWN = 20;
const EVERY = 1_000;
const USAGE = 'usage: npm run bitrot:redis -- [--seed NUMBER] [--bytes 64 TO 4096]';
const CONFIG = { appendonly: 'yes', 'auto-aof-rewrite-percentage': '0', ...readableByReal };

await main();

async function main(): Promise<void> {
  const asked = question();
  if (asked === undefined || findRedisServer() === undefined) {
    console.error(asked === undefined ? USAGE : 'redis-server is not installed.');
    process.exitCode = 2;
    return;
  }
  // An expiry that a flip moves is past or future by the same clock for both.
  const at = Date.now();
  const log = smallLog(asked.seed, asked.bytes, Date.UTC(2090, 0, 1));
  const bits = log.length * 8;
  console.log(`seed ${asked.seed}: a log of ${log.length} bytes, ${bits} flips`);
  const real = new RealStarts(PARALLEL);
  const table = new Map<string, number>();
  const differences: string[] = [];
  const started = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < bits) {
      const bit = next++;
      const files = filesAround(flipped(log, bit));
      const theirs = await real.start(files);
      const ours = ourOutcome(files, CONFIG, at);
      const found = isMeasure(theirs) ? difference(ours, theirs) : null;
      const where = `byte ${bit >> 3}, bit ${bit & 7}`;
      if (found !== null) differences.push(`${where}: ${found}`);
      const row = `${classOf(theirs).padEnd(44)} ${classOf(ours)}`;
      table.set(row, (table.get(row) ?? 0) + 1);
      if (!isMeasure(theirs))
        console.log(`  ${where}: redis-server ${text(theirs)}; ours ${text(ours)}`);
      if (next % EVERY === 0) console.log(`${next} of ${bits}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  real.remove();
  for (const one of differences.slice(0, SHOWN)) console.log(`  ${one}`);
  console.log(`   flips ${'redis-server'.padEnd(44)} ours`);
  for (const [row, count] of [...table].sort((a, b) => b[1] - a[1]))
    console.log(`${String(count).padStart(8)} ${row}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${differences.length}/${bits} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

function question(): { seed: number; bytes: number } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        bytes: { type: 'string', default: '1024' },
      },
    });
    const [seed, bytes] = [Number(values.seed), Number(values.bytes)];
    const fine = /^\d+$/.test(values.seed) && /^\d+$/.test(values.bytes);
    return fine && bytes >= 64 && bytes <= 4096 ? { seed, bytes } : undefined;
  } catch {
    return undefined;
  }
}
