/**
 * BGREWRITEAOF as seen by the parent: switch to a new incr file, fork, and install the child's base (spec §4.3).
 * In `wait-rewrite` (the log was turned on at run time) the new commands go to a temporary incr file, which a restart
 * would not load, until the first base is there (spec §4.6).
 */
import type { ByteString } from '../base/bytes.ts';
import { newGrowableBytes } from '../base/growable-bytes.ts';
import { secondsOfMicros } from '../base/time.ts';
import { configSetFailed, errors } from '../engine/errors.ts';
import { error, OK, status } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlannedCall, PlanOutcome } from '../machine/plan.ts';
import { errnoText, type Errno, type Syscall } from '../machine/syscall.ts';
import {
  incrName,
  tempIncrName,
  withNextIncr,
  type Manifest,
} from '../persistence/aof-manifest.ts';
import { aofPath, type Core } from './core.ts';
import { undoConfigSet } from './config-settings.ts';
import { flush } from './flush.ts';
import { fork, takeChild } from './fork.ts';
import {
  closeUnlinked,
  directoryErrorLine,
  makeLogDirectory,
  manifestErrorLine,
  persistManifest,
} from './manifest-calls.ts';
import { killRewritingChild } from './rewrite-end.ts';
import type { Step } from './steps.ts';

/** Failed rewrites in a row before the automatic ones back off, and the longest pause (spec §4.5). */
const FAILURES_BEFORE_LIMIT = 3;
const LONGEST_PAUSE_MINUTES = 60;

/** The client that asked waits for the reply; null: automatic or scheduled. */
export function beginRewrite(core: Core, client: ClientId | null): void {
  const { state } = core;
  if (state.child !== null) return core.answer(client, error(errors.rewriteInProgress));
  state.rewriteClient = client;
  core.begin('main', [makeLogDirectory(state)], { step: 'rewrite-begun' });
}

export function rewriteBegun(core: Core, outcome: PlanOutcome): void {
  const { state } = core;
  if (!outcome.ok) {
    core.log('warning', directoryErrorLine(state, outcome.errno));
    return rewriteRefused(core);
  }
  state.aof.selectedDb = -1;
  flush(core, 'rewrite', true);
}

export function openNextIncr(core: Core): void {
  const { state } = core;
  const { settings, aof } = state;
  if (aof.mode === 'off') return forkWriter(core);
  const waiting = aof.mode === 'wait-rewrite';
  const manifest = waiting ? aof.manifest : withNextIncr(aof.manifest, settings.appendFilename);
  const name = waiting
    ? tempIncrName(settings.appendFilename)
    : incrName(settings.appendFilename, manifest.incrSequence);
  const calls: PlannedCall[] = [
    { call: 'open', path: aofPath(state, name), mode: 'truncate', as: 'log' },
  ];
  if (!waiting) calls.push(...persistManifest(state, manifest));
  core.begin('main', calls, { step: 'incr-opened', manifest });
}

export function incrOpened(
  core: Core,
  step: Extract<Step, { step: 'incr-opened' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const { aof } = state;
  const fd = outcome.descriptors.get('log');
  if (!outcome.ok) {
    core.log('warning', switchErrorLine(core, outcome.failed, outcome.errno));
    if (fd !== undefined) core.begin('bio_close_file', [{ call: 'close', fd }], { step: 'closed' });
    return rewriteRefused(core);
  }
  if (fd !== undefined) switchTo(core, step.manifest, fd);
  if (aof.mode === 'wait-rewrite') state.fsyncedOffset = 0;
  forkWriter(core);
}

function switchErrorLine(core: Core, failed: Syscall, errno: Errno): string {
  if (failed.call !== 'open' || failed.as !== 'log')
    return manifestErrorLine(core.state, failed, errno);
  const name = failed.path.slice(failed.path.lastIndexOf('/') + 1);
  return `Can't open the append-only file ${name}: ${errnoText[errno]}`;
}

function forkWriter(core: Core): void {
  core.state.rewrite.count++;
  fork(core, 'aof');
}

function switchTo(core: Core, manifest: Manifest, fd: number): void {
  const { state } = core;
  const { aof } = state;
  const waiting = aof.mode === 'wait-rewrite';
  const name = waiting
    ? tempIncrName(state.settings.appendFilename)
    : manifest.incr[manifest.incr.length - 1]!.name;
  core.log('notice', `Creating AOF incr file ${name} on background rewrite`);
  if (aof.fd !== -1) {
    const covers = aof.written;
    core.emit({ event: 'fsync-started', at: core.clock, covers });
    core.begin(
      'bio_aof',
      [
        { call: 'fdatasync', fd: aof.fd, mayFail: true },
        { call: 'close', fd: aof.fd },
      ],
      { step: 'background-synced', covers, offset: state.replicationOffset, closes: true },
    );
    aof.lastFsync = secondsOfMicros(state.now);
  }
  aof.fd = fd;
  aof.manifest = manifest;
  aof.incrSize = 0;
  aof.incrFsyncOffset = 0;
  // What an error left in the buffer goes into the new file, without a SELECT in front of it (spec §1.5).
  core.emit({
    event: 'segment',
    at: core.clock,
    path: aofPath(state, name),
    offset: aof.written,
    fileOffset: 0,
  });
}

/** The rewrite could not begin; the reply is an error if somebody waits for one. */
export function rewriteRefused(core: Core): void {
  const { state } = core;
  state.rewrite.lastOk = false;
  core.answer(state.rewriteClient, error(errors.rewriteFailed));
  state.rewriteClient = null;
  if (state.turningOn === null) return;
  const { client, undo } = state.turningOn;
  state.turningOn = null;
  state.aof.mode = 'off';
  core.log(
    'warning',
    "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check the above logs for more info about the error.",
  );
  undoConfigSet(state, undo);
  core.answer(client, error(configSetFailed('appendonly', TURN_ON_FAILED)));
}

const TURN_ON_FAILED = 'Unable to turn on AOF. Check server logs.';

export function rewriteForked(core: Core, outcome: PlanOutcome): void {
  const child = takeChild(core, 'aof', outcome);
  if (typeof child === 'string') {
    core.log('warning', `Can't rewrite append only file in background: fork: ${errnoText[child]}`);
    return rewriteRefused(core);
  }
  const { state } = core;
  core.log('notice', `Background append only file rewriting started by pid ${child.pid}`);
  state.rewriteScheduled = false;
  state.rewrite.startedAt = state.now;
  core.answer(state.rewriteClient, status('Background append only file rewriting started'));
  state.rewriteClient = null;
  if (state.turningOn !== null) turnedOn(core);
}

/** Automatic and scheduled rewrites, at each cron tick without a child (spec §4.5). */
export function rewriteDue(core: Core): boolean {
  const { state } = core;
  const { aof, settings, rewrite } = state;
  if (state.child !== null) return false;
  if (state.rewriteScheduled) return !limited(core);
  if (aof.mode !== 'on' || settings.autoAofRewritePercentage === 0) return false;
  if (aof.currentSize <= settings.autoAofRewriteMinSize) return false;
  const base = aof.baseSize === 0 ? 1 : aof.baseSize;
  const growth = Math.floor((aof.currentSize * 100) / base) - 100;
  if (growth < settings.autoAofRewritePercentage || limited(core)) return false;
  core.log('notice', `Starting automatic rewriting of AOF on ${growth}% growth`);
  rewrite.retryAt = 0;
  return true;
}

/** aof.c:aofRewriteLimited. */
function limited(core: Core): boolean {
  const { rewrite, now } = core.state;
  if (rewrite.consecutiveFailures < FAILURES_BEFORE_LIMIT) {
    rewrite.retryAt = 0;
    rewrite.pauseMinutes = 0;
    return false;
  }
  const seconds = secondsOfMicros(now);
  if (rewrite.retryAt !== 0) {
    if (seconds < rewrite.retryAt) return true;
    rewrite.retryAt = 0;
    return false;
  }
  rewrite.pauseMinutes =
    rewrite.pauseMinutes === 0 ? 1 : Math.min(rewrite.pauseMinutes * 2, LONGEST_PAUSE_MINUTES);
  rewrite.retryAt = seconds + rewrite.pauseMinutes * 60;
  core.log(
    'warning',
    `Background AOF rewrite has repeatedly failed and triggered the limit, will retry in ${rewrite.pauseMinutes} minutes`,
  );
  return true;
}

/**
 * CONFIG SET appendonly yes on a live server (aof.c:startAppendOnly). The client waits for the rewrite to begin; if it
 * can't, `undo` puts the directives back.
 */
export function turnOn(
  core: Core,
  client: ClientId | null,
  undo: ReadonlyMap<string, ByteString>,
  inTransaction: boolean,
): void {
  const { state } = core;
  const { aof } = state;
  if (aof.mode !== 'off') return core.answer(client, OK);
  aof.mode = 'wait-rewrite';
  aof.fd = -1;
  aof.buffer = newGrowableBytes();
  state.turningOn = { client, undo };
  if (state.child?.kind === 'rdb') {
    core.log(
      'notice',
      'AOF was enabled but there is already another background operation. An AOF background was scheduled to start when possible.',
    );
    return rewriteLater(core);
  }
  if (inTransaction) {
    core.log(
      'notice',
      'AOF was enabled during a transaction. An AOF background was scheduled to start when possible.',
    );
    return rewriteLater(core);
  }
  if (state.child === null) return beginRewrite(core, null);
  core.log(
    'notice',
    'AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting a rewrite now.',
  );
  core.begin('main', killRewritingChild(core), { step: 'rewriter-killed' });
}

export function rewriterKilled(core: Core, outcome: PlanOutcome): void {
  closeUnlinked(core, outcome);
  beginRewrite(core, null);
}

function rewriteLater(core: Core): void {
  core.state.rewriteScheduled = true;
  turnedOn(core);
}

/** Errors of an earlier log do not count for this one. */
function turnedOn(core: Core): void {
  const { state } = core;
  const { aof } = state;
  const client = state.turningOn?.client ?? null;
  state.turningOn = null;
  aof.lastFsync = secondsOfMicros(state.now);
  if (aof.bioFsyncErrno !== null) {
    core.log('warning', 'AOF reopen, just ignore the AOF fsync error in bio job');
    aof.bioFsyncErrno = null;
  }
  if (aof.lastWriteErrno !== null) {
    core.log('warning', 'AOF reopen, just ignore the last error.');
    aof.lastWriteErrno = null;
  }
  core.answer(client, OK);
}
