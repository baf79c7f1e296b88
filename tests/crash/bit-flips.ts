/** A small log with each of its bits turned over, loaded by the real redis-server and by ours. */
import { CrashRun } from './crash-run.ts';
import { countUpTo } from './log-splitter.ts';
import type { StartOutcome } from './real-starts.ts';
import { readableByReal } from './redis-comparison.ts';
import { MANIFEST } from './survivors.ts';

export const FLIPPED = '/data/appendonlydir/appendonly.aof.1.incr.aof';
const COMMANDS = 200;

/** Whole units of a run under the crash workload, at most `size` bytes. */
export function smallLog(seed: number, size: number, startAt: number): Uint8Array {
  const complaints: string[] = [];
  const run = new CrashRun(
    { seed, commands: COMMANDS, policy: 'no', config: readableByReal, startAt },
    {
      writing: () => undefined,
      boundary: () => undefined,
      complaint: (clause, text) => void complaints.push(`${clause}: ${text}`),
    },
  );
  const { lane } = run;
  const [first] = run.files;
  let bytes = new Uint8Array();
  // The first rewrite takes the first file away.
  const { call } = lane.kernel;
  lane.kernel.call = (caller, made, now) => {
    const known = lane.kernel.readFile(FLIPPED);
    if (known !== undefined && known.length > bytes.length) bytes = Uint8Array.from(known);
    return call(caller, made, now);
  };
  run.run();
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  const { unitEnds } = first!.split;
  const units = countUpTo(unitEnds, Math.min(size, bytes.length));
  return bytes.slice(0, units === 0 ? 0 : unitEnds[units - 1]);
}

export function flipped(log: Uint8Array, bit: number): Uint8Array {
  const bytes = log.slice();
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes;
}

/** The files of a server whose whole log is that. */
export function filesAround(log: Uint8Array): Map<string, Uint8Array> {
  const manifest = 'file appendonly.aof.1.incr.aof seq 1 type i\n';
  return new Map([
    [MANIFEST, Buffer.from(manifest, 'latin1')],
    [FLIPPED, log],
  ]);
}

/** For the table: outcomes without what differs from one log to the next. */
export function classOf({ outcome, cuts, why }: StartOutcome): string {
  const reason = why.replace(/'.*'/s, "'…'");
  return `${outcome}${cuts === '' ? '' : ', cut'}${reason === '' ? '' : `: ${reason}`}`;
}

/** A real server that dies of a file, or does not come to an end, is no measure: the table says so. */
export function isMeasure({ outcome }: StartOutcome): boolean {
  return outcome === 'ready' || outcome === 'refused';
}
