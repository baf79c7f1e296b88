/** The contract, clause by clause. Whoever breaks one is reported with it by name. */
import { printAt, type DataPrint } from './data-print.ts';
import { sizeAfterLoad } from './log-splitter.ts';
import type { Accident, CrashRun, LogFile } from './crash-run.ts';
import type { Loaded } from './prefix-loads.ts';

export const clauses = {
  runs: 'every command of the workload is executed and answered',
  'logs-every-change': 'a command that changes the data is logged',
  'writes-whole-records': 'a write to the log appends whole records',
  'writes-whole-units':
    'a write to the log holds one unit for each that was executed, MULTI with its EXEC',
  starts: 'after a kill, or a loss of power that cuts the tail, the server starts',
  'refuses-garbage':
    'a tail of zeros or holes, reordered or not, is refused as bad format, or cut; nothing else',
  'keeps-written': 'process kill: R ⊇ W, all that write(2) took is there',
  'keeps-fsynced': 'power loss: R ⊇ F, all that an fsync covered is there',
  'keeps-acknowledged':
    'what was answered is there: always after both, no and everysec after a kill',
  'is-a-prefix': 'R is the data set after a number of commands in issue order, MULTI atomic',
  'no-more-than-executed': 'nothing is there that was not executed',
  'has-no-hole':
    'no file of the log is cut while a later one holds records; named quirk: until the fsync of the old file has ended, write-back out of order may do that',
  'cuts-at-a-record':
    'the log is cut behind its last whole record, or before an open MULTI (spec §5.3, §5.4)',
  'same-from-scratch': 'a start from the files alone brings what the resumed load brought',
  'starts-twice-alike': 'a second start on what the first one left brings the same data',
  'fix-keeps-fsynced': 'redis-check-aof --fix on a refused log keeps all that was fsynced',
  'torn-middle-refuses-once':
    'a file that is torn and not the last: refused once, the next start loads what stands before (named quirk, §5.3)',
} as const;

export type Clause = keyof typeof clauses;

export interface Violation {
  readonly clause: string;
  readonly text: string;
}

export type Tail = 'torn' | 'lost' | 'kept' | 'zero-filled' | 'holes' | 'reordered' | 'cut';

export interface Crash {
  readonly accident: Accident;
  readonly tail: Tail;
  /** The last file of the log that survives, and how much of it. */
  readonly log: LogFile;
  readonly size: number;
  /** Whether all files before it are whole; else the first that is not, and its size. */
  readonly broken: { readonly log: LogFile; readonly size: number } | null;
}

/** What is wrong with that start; null: nothing. */
export function judge(run: CrashRun, crash: Crash, loaded: Loaded, now: number): Violation | null {
  const { accident, tail, log, size, broken } = crash;
  const garbage = accident === 'power-lost' && ['zero-filled', 'holes', 'reordered'].includes(tail);
  if (loaded.outcome !== 'ready') {
    if (garbage && loaded.outcome === 'refused') return null;
    return wrong(garbage ? 'refuses-garbage' : 'starts', loaded.outcome);
  }
  const expectedSize = sizeAfterLoad(log.split, size);
  if (!garbage && loaded.size !== expectedSize)
    return wrong('cuts-at-a-record', `cut to ${loaded.size} instead of ${expectedSize}`);
  if (isQuirk(crash)) return null;
  if (broken !== null && size > 0)
    return wrong(
      'has-no-hole',
      `${broken.log.path} has ${broken.size} of ${broken.log.written} bytes`,
    );
  const version =
    broken === null ? run.versionAt(log, size) : run.versionAt(broken.log, broken.size);
  if (version > run.version) return wrong('no-more-than-executed', `version ${version}`);
  if (!isVersion(run, loaded.print, version, now))
    return wrong(...diagnosis(run, loaded.print, version, now));
  return checkBounds(run, accident, version);
}

/**
 * A rewrite switches to a new file before the old one is fsynced. Where the disk then writes bytes of the new one, and
 * not yet those of the old, real Redis loads a history with a hole and does not notice.
 */
export function isQuirk({ tail, broken, size }: Crash): boolean {
  return tail === 'cut' && broken !== null && size > 0 && broken.log.fsynced < broken.log.written;
}

function checkBounds(run: CrashRun, accident: Accident, version: number): Violation | null {
  if (accident === 'process-killed' && version < run.writtenVersion())
    return wrong('keeps-written', `version ${version} of ${run.writtenVersion()}`);
  if (accident === 'power-lost' && version < run.fsyncedVersion())
    return wrong('keeps-fsynced', `version ${version} of ${run.fsyncedVersion()}`);
  const promised = run.promisedAfter(accident);
  if (version < promised) return wrong('keeps-acknowledged', `version ${version} of ${promised}`);
  return null;
}

export function isVersion(run: CrashRun, print: DataPrint, version: number, now: number): boolean {
  return printAt(print, now) === printAt(run.prints[version]!, now);
}

/** Another version than the one whose bytes survived, or none at all. */
function diagnosis(
  run: CrashRun,
  print: DataPrint,
  version: number,
  now: number,
): [Clause, string] {
  const found = run.prints.findIndex((_, other) => isVersion(run, print, other, now));
  if (found < 0)
    return ['is-a-prefix', `the data set was never that; version ${version} was expected`];
  return found < version
    ? ['keeps-written', `version ${found} is there, the bytes of ${version} survived`]
    : ['no-more-than-executed', `version ${found} is there, the bytes of ${version} survived`];
}

export function wrong(clause: Clause, text: string): Violation {
  return { clause, text };
}
