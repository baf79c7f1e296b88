/**
 * The table of faults: everything that the lab can do to a server, and what must come of it. Each cell has one test,
 * which stands in this folder and is named by it; `every-cell.test.ts` sees to that.
 */
import { test } from 'vitest';

/** By what happens; each text says what must come of it under which policy. */
export const FAULT_CELLS = {
  'process killed': [
    'always: loses nothing',
    'everysec: loses nothing while fsyncs are fast',
    'everysec: loses what is postponed behind a slow fsync',
    'no: loses nothing',
    'snapshots only: loses what came after the last one had begun',
    'no persistence: loses everything',
  ],
  'stopped cleanly': [
    'SIGTERM: nothing is lost under any policy, even while writes are postponed',
    'SHUTDOWN NOSAVE: the log is flushed and fsynced all the same',
    'SHUTDOWN ABORT: there is nothing to abort',
    'SHUTDOWN FORCE: leaves although the snapshot cannot be saved',
    'a second SIGINT: leaves at once, with code 1',
  ],
  'power lost': [
    'always: loses nothing that was acknowledged',
    'everysec: loses what no fsync has covered',
    'no: loses what the kernel has not written back',
    'snapshots only: loses what came after the last one that is on the disk',
    'always with no-appendfsync-on-rewrite: a rewrite suspends the promise',
    'always: an unanswered write may be there',
  ],
  'the unsynced tail': [
    'kept: everything is there',
    'cut at any byte: a whole number of commands is there',
    'zero-filled: the start is refused, and redis-check-aof repairs',
    'lost pages or pages out of order: the start is refused',
  ],
  'bit rot': [
    'in a value: the other value is loaded',
    'in the framing: the start is refused, whatever aof-load-truncated says',
    'in an RDB base: the start is refused',
  ],
  'disk full': [
    'always: the server exits at the first write, which nobody was answered for',
    'everysec: the first write is acknowledged, later ones are refused, and space heals it',
    'no: as everysec',
    'everysec: SHUTDOWN exits with 0 and loses the rest',
    'everysec: CONFIG SET appendonly no drops the rest from the log',
    'a rewrite: is refused and leaves harmless files',
    'a snapshot: BGSAVE fails and writes are refused',
  ],
  'EIO on write': [
    'always: the server exits',
    'everysec: refused until a write succeeds, with one line of log in 30 seconds',
  ],
  'a short write': [
    'everysec: is cut off again, and reported as a full disk',
    'always: is cut off again, and the server exits',
  ],
  'EIO on fsync': [
    'always: the server exits, and the write is not acknowledged',
    'everysec: writes are refused for good, though the disk is healthy again',
    'everysec: what the server deletes by itself clears it',
    'everysec: BGREWRITEAOF clears it',
    'everysec: turning the log off and on clears it',
    'everysec: a restart clears it, CONFIG SET appendfsync does not',
    'no: is never noticed',
  ],
  'slow disk': [
    'everysec: writes are postponed for two seconds, then written without waiting',
    'everysec: write(2) blocks while an fsync runs, and replies wait with it',
    'always: clients that write together share an fsync',
  ],
  'a lying drive': ['always: acknowledged and fsynced writes are gone with the power'],
  'the clock jumps': [
    'back: the fsyncs of everysec stop',
    'forward: an fsync comes at once, and keys expire',
  ],
  children: [
    'fork fails: BGREWRITEAOF is refused',
    'fork fails: BGSAVE is refused',
    'a child is killed: its work has failed, and leaves nothing',
    'a child is told to stop: nothing has failed',
    'a child is slow: the parent goes on meanwhile',
    'a child cannot write: its work has failed, and it says why',
  ],
  'the directory': [
    'rename is not durable: an fsync of the directory makes it so',
    'deleted under the server: everything is acknowledged, and a restart finds nothing',
    'two servers in one: they write into each other’s log',
  ],
  'a crash in a rewrite': [
    'after the new incr file was made: the old manifest holds',
    'while the child writes: everything is loaded, its file stays for ever',
    'after the child has ended: as before',
    'after the base was renamed: the old manifest holds',
    'before the history was removed: the start removes it',
  ],
  'a damaged log': [
    'torn tail: is cut off with aof-load-truncated',
    'torn tail: is refused without it',
    'torn between the commands of a transaction: the transaction is reverted',
    'an unknown command: is refused',
    'a file of the manifest is missing: is refused',
  ],
  quirks: [
    'dangling-multi: as Redis',
    'dangling-multi: repaired',
    'torn-annotation: as Redis',
    'torn-annotation: repaired',
    'refusal-truncates: as Redis',
    'refusal-truncates: repaired',
    'length-past-end: as Redis',
    'length-past-end: repaired',
    'lost-manifest: as Redis',
    'lost-manifest: repaired',
    'acknowledged-at-disk-full: as Redis',
    'acknowledged-at-disk-full: repaired',
    'sticky-fsync-error: as Redis',
    'sticky-fsync-error: repaired',
    'clock-set-back: as Redis',
    'clock-set-back: repaired',
    'shutdown-drops-buffer: as Redis',
    'shutdown-drops-buffer: repaired',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FaultName = keyof typeof FAULT_CELLS;
export type FaultCell<Name extends FaultName> = (typeof FAULT_CELLS)[Name][number];

/** The test of a cell. */
export function cell<Name extends FaultName>(
  fault: Name,
  outcome: FaultCell<Name>,
  body: () => void | Promise<void>,
): void {
  test(`${fault}: ${outcome}`, body);
}
