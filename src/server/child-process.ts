/**
 * A forked child, of BGREWRITEAOF or BGSAVE: a process that writes the data set as of the fork to a temporary file,
 * fsyncs it, renames it and exits. It takes system calls one by one like any process, so it can be slow, fail, or be
 * killed half-way, and it goes on when its parent is dead.
 */
import { unreachable } from '../base/assert.ts';
import { newGrowableBytes, type GrowableBytes } from '../base/growable-bytes.ts';
import { formatLogTime, type Micros } from '../base/time.ts';
import { newPlan, nextCall, takeResult, type Plan, type PlannedCall } from '../machine/plan.ts';
import {
  errnoText,
  type Errno,
  type Fd,
  type Pid,
  type Syscall,
  type SyscallResult,
} from '../machine/syscall.ts';
import { newRdbWriteJob, stepRdbWrite, type RdbWriteJob } from '../persistence/rdb-writer.ts';
import { newRespBaseJob, stepRespBase, type RespBaseJob } from '../persistence/resp-base.ts';
import { handlerLine } from './log-line.ts';
import { dueSyncs, takePiece, type SyncedFile } from './incremental-sync.ts';
import type { ChildTask } from './state.ts';
import type { Wait } from './wait.ts';

const KEYS_PER_STEP = 512;
const WRITE_SIZE = 64 * 1024;

/** Of the child that rewrites the log, under both of its names. */
export function tempBaseName(pid: Pid, when: 'writing' | 'finished'): string {
  return when === 'writing' ? `temp-rewriteaof-${pid}.aof` : `temp-rewriteaof-bg-${pid}.aof`;
}

/** Of a snapshot, by whomever it is written. */
export function tempRdbName(pid: Pid): string {
  return `temp-${pid}.rdb`;
}

/** rdb.c:rdbSave: the finished file takes the place of the old one, durably. */
export function installRdb(pid: Pid, dbFilename: string): readonly PlannedCall[] {
  return [
    { call: 'rename', from: tempRdbName(pid), to: dbFilename },
    { call: 'open', path: '.', mode: 'directory', as: 'directory' },
    { call: 'fdatasync', fd: 'directory' },
    { call: 'close', fd: 'directory' },
  ];
}

/** Why a snapshot could not be written, as rdb.c logs it. */
export function saveErrorLine(failed: Syscall, errno: Errno, pid: Pid, dbFilename: string): string {
  const why = errnoText[errno];
  switch (failed.call) {
    case 'open':
      return failed.mode === 'directory'
        ? `Failed to fsync directory while saving DB: ${why}`
        : `Failed opening the temp RDB file ${tempRdbName(pid)} (in server root dir .) for saving: ${why}`;
    case 'rename':
      return `Error moving temp DB file ${tempRdbName(pid)} on the final destination ${dbFilename} (in server root dir .): ${why}`;
    case 'fdatasync':
      return `Failed to fsync directory while saving DB: ${why}`;
    case 'fsync':
      return `Write error while saving DB to the disk(fsync): ${why}`;
    default:
      return `Write error while saving DB to the disk(rdbSaveRio): ${why}`;
  }
}

/**
 * What a signal does to a child: `line` is what its handler writes into the log. It has its parent's handlers of SIGTERM and
 * SIGINT, which only ask for a shutdown that it never looks for (server.c:sigShutdownHandler, sigKillChildHandler).
 */
export function childTakes(
  name: string,
  pid: Pid,
  now: Micros,
): { readonly line: string | null; readonly dies: boolean } {
  switch (name) {
    case 'TERM':
    case 'INT':
      return {
        line: handlerLine(pid, now, `Received SIG${name} scheduling shutdown...`),
        dies: false,
      };
    case 'USR1':
      return { line: handlerLine(pid, now, 'Received SIGUSR1 in child, exiting now.'), dies: true };
    case 'HUP':
    case 'PIPE':
    case 'WINCH':
      return { line: null, dies: false };
    default:
      return { line: null, dies: true };
  }
}

type WriteJob =
  | { readonly format: 'rdb'; readonly job: RdbWriteJob }
  | { readonly format: 'aof'; readonly job: RespBaseJob };

type ChildStep = 'opened' | 'written' | 'synced' | 'finished' | 'removed';

export interface ChildState {
  readonly pid: Pid;
  readonly task: ChildTask;
  readonly writing: WriteJob;
  plan: Plan<ChildStep> | null;
  fd: Fd;
  encoded: 'more' | 'done';
  readonly file: SyncedFile;
  sleepMicros: Micros;
  exit: number | null;
  /** Keys that the parent has been told of, which it was last told at, and what is on its way. */
  reportedKeys: number;
  reportedAt: Micros;
  reports: number[];
  /** Lines for the log, which the child shares with its parent; whoever runs it takes them. */
  lines: string[];
}

export function newChild(pid: Pid, task: ChildTask): ChildState {
  const open = { call: 'open', path: tempOf(pid, task), mode: 'truncate', as: 'file' } as const;
  return {
    pid,
    task,
    writing:
      task.format === 'rdb'
        ? { format: 'rdb', job: newRdbWriteJob(task.snapshot, task.header, task.options) }
        : { format: 'aof', job: newRespBaseJob(task.snapshot, task.annotation) },
    plan: newPlan([open], 'opened'),
    fd: -1,
    encoded: 'more',
    file: {
      pending: newGrowableBytes(WRITE_SIZE),
      incremental: task.incrementalSync,
      written: 0,
      synced: 0,
    },
    sleepMicros: 0,
    exit: null,
    reportedKeys: 0,
    reportedAt: 0,
    reports: [],
    lines: [],
  };
}

function tempOf(pid: Pid, task: ChildTask): string {
  return task.kind === 'rdb' ? tempRdbName(pid) : tempBaseName(pid, 'writing');
}

/** What the child waits for now; see server.ts for the protocol. */
export function runChildProcess(state: ChildState, now: Micros): Wait {
  if (state.exit !== null) return { wait: 'exit', code: state.exit, signal: null };
  if (state.sleepMicros > 0) {
    const micros = state.sleepMicros;
    state.sleepMicros = 0;
    return { wait: 'sleep', micros, work: { commands: 0, bytes: 0, instructions: 0 } };
  }
  if (state.plan === null) encodeNext(state, now);
  if (state.sleepMicros > 0) return runChildProcess(state, now);
  const call = nextCall(state.plan!)!;
  return {
    wait: 'syscall',
    call,
    work: { commands: 0, bytes: call.call === 'write' ? call.bytes.length : 0, instructions: 0 },
  };
}

/** Fills the next chunk, or finishes the file. `rdb-key-save-delay` slows it down key by key, for a look at a slow child. */
function encodeNext(state: ChildState, now: Micros): void {
  const { file, task } = state;
  const chunk = file.pending;
  const syncs = dueSyncs(file, state.fd);
  if (syncs.length > 0) {
    state.plan = newPlan(syncs, 'synced');
    return;
  }
  const keys = task.keyDelayMicros > 0 ? 1 : KEYS_PER_STEP;
  while (state.encoded === 'more' && chunk.length < WRITE_SIZE) {
    state.encoded = step(state.writing, chunk, keys);
    reportProgress(state, now);
    if (task.keyDelayMicros <= 0 || state.encoded === 'done') continue;
    state.sleepMicros = task.keyDelayMicros;
    return;
  }
  if (chunk.length > 0) {
    const bytes = takePiece(file);
    state.plan = newPlan([{ call: 'write', fd: state.fd, bytes }], 'written');
    return;
  }
  state.plan = newPlan([...closed(state), ...installed(state)], 'finished');
}

/** Keys between two looks at the clock, and the time between two reports (rdb.c:rdbSaveRio, aof.c:rewriteAppendOnlyFileRio). */
const KEYS_BETWEEN_LOOKS = 1024;
const MICROS_BETWEEN_REPORTS = 1_000_000;

/** The child tells its parent how far it is: at its first key, and about once a second. */
function reportProgress(state: ChildState, now: Micros): void {
  const done = encodedKeys(state.writing.job);
  if (done === 0) return;
  const seen = Math.floor((done - 1) / KEYS_BETWEEN_LOOKS) * KEYS_BETWEEN_LOOKS + 1;
  if (seen <= state.reportedKeys || now - state.reportedAt < MICROS_BETWEEN_REPORTS) return;
  state.reportedKeys = seen;
  state.reportedAt = now;
  state.reports.push(seen);
}

function encodedKeys({ snapshot, database, key }: RdbWriteJob | RespBaseJob): number {
  let keys = key;
  for (let i = 0; i < database; i++) keys += snapshot.databases[i]?.entries.length ?? 0;
  return keys;
}

function step(writing: WriteJob, sink: GrowableBytes, keys: number): 'more' | 'done' {
  switch (writing.format) {
    case 'rdb':
      return stepRdbWrite(writing.job, sink, keys);
    case 'aof':
      return stepRespBase(writing.job, sink, keys);
    default:
      return unreachable(writing);
  }
}

function closed({ fd }: ChildState): readonly PlannedCall[] {
  return [
    { call: 'fsync', fd },
    { call: 'close', fd },
  ];
}

function installed({ pid, task }: ChildState): readonly PlannedCall[] {
  if (task.kind === 'rdb') return installRdb(pid, task.dbFilename);
  const [from, to] = [tempBaseName(pid, 'writing'), tempBaseName(pid, 'finished')];
  return [{ call: 'rename', from, to }];
}

export function completeChildCall(state: ChildState, result: SyscallResult, now: Micros): void {
  const plan = state.plan!;
  const outcome = takeResult(plan, result);
  if (outcome === undefined) return;
  state.plan = null;
  const first = plan.calls[0]!;
  const short = first.call === 'write' && result.ok && result.value !== first.bytes.length;
  if (plan.then === 'removed') state.exit = 1;
  else if (!outcome.ok) giveUp(state, outcome.failed, outcome.errno, outcome.descriptors, now);
  else if (short) giveUp(state, first, 'ENOSPC', outcome.descriptors, now);
  else if (plan.then === 'opened') state.fd = outcome.descriptors.get('file')!;
  else if (plan.then === 'finished') {
    const { pid, task } = state;
    const done =
      task.kind === 'rdb'
        ? 'DB saved on disk'
        : `Successfully created the temporary AOF base file ${tempBaseName(pid, 'finished')}`;
    say(state, '*', done, now);
    // What the parent has written meanwhile is not copied here: pages do not exist.
    const what = task.kind === 'rdb' ? 'RDB' : 'AOF rewrite';
    say(state, '*', `Fork CoW for ${what}: current 0 MB, peak 0 MB, average 0 MB`, now);
    state.exit = 0;
  }
}

/** Whatever is open is closed, and the temporary file goes. */
function giveUp(
  state: ChildState,
  failed: Syscall,
  errno: Errno,
  descriptors: ReadonlyMap<string, Fd>,
  now: Micros,
): void {
  const { pid, task, fd } = state;
  const line =
    task.kind === 'rdb'
      ? saveErrorLine(failed, errno, pid, task.dbFilename)
      : `Write error writing append only file on disk: ${errnoText[errno]}`;
  say(state, '#', line, now);
  if (fd === -1) {
    state.exit = 1;
    return;
  }
  state.plan = newPlan(undone(failed, fd, descriptors, tempOf(pid, task)), 'removed');
}

/** What follows a failed call: nothing stays open, and no temporary file behind. */
export function undone(
  failed: Syscall,
  fd: Fd,
  descriptors: ReadonlyMap<string, Fd>,
  temp: string,
): readonly PlannedCall[] {
  const calls: PlannedCall[] = [];
  const writing = 'fd' in failed && failed.fd === fd && failed.call !== 'close';
  const directory = descriptors.get('directory');
  if (writing) calls.push({ call: 'close', fd, mayFail: true });
  if (directory !== undefined) calls.push({ call: 'close', fd: directory, mayFail: true });
  calls.push({ call: 'unlink', path: temp, mayFail: true });
  return calls;
}

function say({ pid, task, lines }: ChildState, mark: '*' | '#', text: string, now: Micros): void {
  if (task.logs === 'nothing' || (task.logs === 'warnings' && mark === '*')) return;
  lines.push(`${pid}:C ${formatLogTime(now + task.utcOffset)} ${mark} ${text}`);
}
