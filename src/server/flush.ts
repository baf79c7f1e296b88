/** The flush of the log: carries out what persistence/aof-writer.ts decides (spec §1.2, §1.3, §1.5). */
import { unreachable } from '../base/assert.ts';
import { secondsOfMicros } from '../base/time.ts';
import { aofMisconf } from '../engine/errors.ts';
import { error } from '../engine/replies.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText, type Errno } from '../machine/syscall.ts';
import {
  decideFlush,
  decideFsync,
  fsyncedInMain,
  wroteAll,
  wrotePrefix,
  type FlushSituation,
} from '../persistence/aof-writer.ts';
import type { Core } from './core.ts';
import type { ServerState, Thread } from './state.ts';
import { noteWait, noteWrite } from './latency.ts';
import type { AfterFlush, Step } from './steps.ts';

/** aof.c: AOF_WRITE_LOG_ERROR_RATE, in seconds. */
const SECONDS_BETWEEN_ERROR_LINES = 30;

function situation(core: Core, force: boolean): FlushSituation {
  const { aof, settings, threads, child, now, repaired } = core.state;
  const seconds = secondsOfMicros(now);
  if (repaired.has('clock-set-back')) {
    aof.lastFsync = Math.min(aof.lastFsync, seconds);
    aof.postponedSince = Math.min(aof.postponedSince, seconds);
  }
  return {
    policy: settings.appendFsync,
    now: seconds,
    fsyncRunning: pendingFsyncs(threads.bio_aof) > 0,
    force,
    fsyncSuspended: settings.noAppendFsyncOnRewrite && child !== null,
  };
}

/**
 * Fsyncs of the current file that wait or run (aof.c:aofFsyncInProgress). That of a file which a rewrite has closed does
 * not count: writes go to another one.
 */
export function pendingFsyncs({ plan, queue }: Thread): number {
  const jobs = plan === null ? queue : [plan, ...queue];
  return jobs.filter(({ then }) => then.step === 'background-synced' && !then.closes).length;
}

/** Writes and fsyncs what is due, then goes on with `next`. */
export function flush(core: Core, next: AfterFlush, force: boolean): void {
  const { aof } = core.state;
  if (aof.mode === 'off') return core.flushed(next);
  const decision = decideFlush(aof, situation(core, force));
  switch (decision) {
    case 'nothing':
      return core.flushed(next);
    case 'fsync':
      return syncAfterWrite(core, next, force);
    case 'write-late':
      core.log(
        'notice',
        'Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for fsync to complete, this may slow down Redis.',
      );
      return write(core, next);
    case 'write':
      return write(core, next);
    default:
      return unreachable(decision);
  }
}

function write(core: Core, next: AfterFlush): void {
  const { aof, flushSleepMicros } = core.state;
  core.state.sleepMicros += flushSleepMicros;
  const { bytes, length } = aof.buffer;
  core.state.callStartedAt = core.clock;
  core.begin('main', [{ call: 'write', fd: aof.fd, bytes: bytes.subarray(0, length) }], {
    step: 'flush-written',
    next,
    length,
  });
}

export function flushWritten(
  core: Core,
  step: Extract<Step, { step: 'flush-written' }>,
  outcome: PlanOutcome,
): void {
  const { aof, now } = core.state;
  noteWrite(core, core.state.callStartedAt);
  const result = outcome.results[0]!;
  if (result.ok && result.value === step.length) {
    const recovered = wroteAll(aof);
    core.emit({ event: 'written', at: core.clock, offset: aof.written });
    if (recovered) core.log('warning', 'AOF write error looks solved, Redis can write again.');
    return syncAfterWrite(core, step.next, false);
  }
  const seconds = secondsOfMicros(now);
  const mayLog = seconds - aof.lastErrorLogged > SECONDS_BETWEEN_ERROR_LINES;
  if (mayLog) aof.lastErrorLogged = seconds;
  if (!result.ok) {
    if (mayLog) core.log('warning', `Error writing to the AOF file: ${errnoText[result.errno]}`);
    return writeFailed(core, step.next, result.errno, 0);
  }
  if (mayLog) {
    core.log(
      'warning',
      `Short write while writing to the AOF file: (nwritten=${result.value}, expected=${step.length})`,
    );
  }
  const cut = { call: 'ftruncate', fd: aof.fd, size: aof.incrSize } as const;
  core.begin('main', [cut], { step: 'flush-cut', next: step.next, kept: result.value });
}

export function flushCut(
  core: Core,
  step: Extract<Step, { step: 'flush-cut' }>,
  outcome: PlanOutcome,
): void {
  if (!outcome.ok) {
    core.log(
      'warning',
      `Could not remove short write from the append-only file.  Redis may refuse to load the AOF the next time it starts.  ftruncate: ${errnoText[outcome.errno]}`,
    );
  }
  // Redis reports ENOSPC for a short write, whatever the reason was.
  writeFailed(core, step.next, 'ENOSPC', outcome.ok ? 0 : step.kept);
}

/** `kept`: bytes of the buffer that stay in the file. */
function writeFailed(core: Core, next: AfterFlush, errno: Errno, kept: number): void {
  const { aof, settings } = core.state;
  aof.lastWriteErrno = errno;
  if (kept > 0) {
    wrotePrefix(aof, kept);
    core.emit({ event: 'written', at: core.clock, offset: aof.written });
  }
  if (settings.appendFsync === 'always') {
    core.log(
      'warning',
      "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
    );
    return core.die(1);
  }
  if (core.state.repaired.has('acknowledged-at-disk-full')) refuseWrites(core.state, errno);
  core.flushed(next);
}

/** Those whose writes are not in the file are told so in place of what they were to be told. */
function refuseWrites(state: ServerState, errno: Errno): void {
  const refused = error(aofMisconf(errnoText[errno]));
  state.outgoing = state.outgoing.map((delivery) =>
    delivery.wrote === true ? { ...delivery, reply: refused } : delivery,
  );
}

function syncAfterWrite(core: Core, next: AfterFlush, force: boolean): void {
  const { aof, replicationOffset } = core.state;
  const decision = decideFsync(aof, situation(core, force));
  const call = { call: 'fdatasync', fd: aof.fd } as const;
  switch (decision) {
    case 'none':
      return core.flushed(next);
    case 'main':
      core.state.callStartedAt = core.clock;
      core.emit({ event: 'fsync-started', at: core.clock, covers: aof.written });
      return core.begin('main', [call], {
        step: 'flush-synced',
        next,
        covers: aof.written,
        forced: force,
      });
    case 'background':
      core.emit({ event: 'fsync-started', at: core.clock, covers: aof.written });
      core.begin('bio_aof', [{ ...call, mayFail: true }], {
        step: 'background-synced',
        covers: aof.written,
        offset: replicationOffset,
        closes: false,
      });
      return core.flushed(next);
    default:
      return unreachable(decision);
  }
}

export function flushSynced(
  core: Core,
  step: Extract<Step, { step: 'flush-synced' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  core.emit({ event: 'fsync-ended', at: core.clock, covers: step.covers, ok: outcome.ok });
  if (!outcome.ok) {
    core.log(
      'warning',
      `Can't persist AOF for fsync error when the AOF fsync policy is 'always': ${errnoText[outcome.errno]}. Exiting...`,
    );
    return core.die(1);
  }
  noteWait(core, 'aof-fsync-always', state.callStartedAt);
  fsyncedInMain(state.aof, secondsOfMicros(state.now));
  state.fsyncedOffset = state.replicationOffset;
  core.flushed(step.next);
}

/** bio.c: EBADF and EINVAL do not count, since the main thread may have closed the file meanwhile. */
export function backgroundSynced(
  core: Core,
  step: Extract<Step, { step: 'background-synced' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const { aof } = state;
  const synced = outcome.results[0]!;
  core.emit({ event: 'fsync-ended', at: core.clock, covers: step.covers, ok: synced.ok });
  if (!synced.ok && synced.errno !== 'EBADF' && synced.errno !== 'EINVAL') {
    const first = aof.bioFsyncErrno === null;
    aof.bioFsyncErrno = synced.errno;
    if (first) core.log('warning', `Fail to fsync the AOF file: ${errnoText[synced.errno]}`);
    if (state.repaired.has('sticky-fsync-error')) state.rewriteScheduled = true;
    return;
  }
  aof.bioFsyncErrno = null;
  state.fsyncedOffset = step.offset;
}
