/** What the tests of the table of faults do to a machine. */
import { bytesOf, type ByteString } from '../../src/base/bytes.ts';
import { killChild } from '../../src/lab/lane-children.ts';
import type { CrashKind, Tail } from '../../src/lab/view.ts';
import { newSaveLab, type SaveLab } from '../server/save-lab.ts';

export const FOLDER = '/data/appendonlydir';
export const INCR = `${FOLDER}/appendonly.aof.1.incr.aof`;
export const MANIFEST = `${FOLDER}/appendonly.aof.manifest`;
/** Children are so slow that there is time to look at them. */
export const SLOW_CHILD = { 'rdb-key-save-delay': '200000' };

/** A server with a log. */
export function logging(
  config: Readonly<Record<string, string>> = {},
  repaired: readonly string[] = [],
): SaveLab {
  return newSaveLab({ appendonly: 'yes', ...config }, repaired);
}

export function crash(lab: SaveLab, kind: CrashKind, tail: Tail = 'lost'): void {
  const problem = lab.lab.crash(kind, tail, undefined);
  if (problem !== undefined) throw new Error(problem);
}

/** Heals all faults and starts the server again. */
export function restart(lab: SaveLab): void {
  lab.lab.plan(null);
  const problem = lab.lab.boot(undefined);
  if (problem !== undefined) throw new Error(problem);
  lab.pass(500);
}

export function status(lab: SaveLab): string {
  return lab.lab.lanes[0]!.state.status;
}

/** How many of `k0`, `k1`… there are. */
export function keys(lab: SaveLab): number {
  return Number(lab.text('DBSIZE'));
}

/** Writes `count` keys, one after the other. */
export function writeKeys(lab: SaveLab, count: number, pause = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const reply = lab.text(`SET k${i} value`);
    if (pause > 0) lab.pass(pause);
    return reply;
  });
}

/** Puts a file in place, past the page cache. */
export function put(lab: SaveLab, path: string, bytes: string): void {
  lab.lab.lanes[0]!.kernel.writeFile(path, bytesOf(bytes as ByteString));
}

export function remove(lab: SaveLab, path: string): void {
  lab.lab.lanes[0]!.kernel.removeFile(path);
}

export function signalChild(lab: SaveLab, signal: string): void {
  const lane = lab.lab.lanes[0]!;
  killChild(lane, lane.state.children[0]!.pid, signal);
}

/** A command as it stands in a log. */
export function record(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Stops the server, puts this in place of its last incr file, and starts it again. */
export function restartWith(lab: SaveLab, log: string): void {
  if (status(lab) === 'running') crash(lab, 'process-killed');
  put(lab, INCR, log);
  restart(lab);
}
