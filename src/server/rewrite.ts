/**
 * BGREWRITEAOF as seen by the parent: switch to a new incr file, fork, and install the child's base (spec §4.3).
 * In `wait-rewrite` (the log was turned on at run time) the new commands go to a temporary incr file, which a restart
 * would not load, until the first base is there (spec §4.6).
 */
import { secondsOfMicros } from '../base/time.ts';
import { errors } from '../engine/errors.ts';
import { releaseSnapshot } from '../engine/data/snapshot.ts';
import { error, status } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlannedCall, PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import {
  incrName,
  tempIncrName,
  withNextBase,
  withNextIncr,
  withoutHistory,
  type Manifest,
} from '../persistence/aof-manifest.ts';
import { newGrowableBytes } from '../base/growable-bytes.ts';
import { tempBaseName } from './child-process.ts';
import { aofPath, type Core } from './core.ts';
import { flush } from './flush.ts';
import { fork, takeChild } from './fork.ts';
import { persistManifest, removeHistory } from './manifest-calls.ts';
import { signalNumber } from './signals.ts';
import type { Child } from './state.ts';
import type { Step } from './steps.ts';

/** Failed rewrites in a row before the automatic ones back off, and the longest pause (spec §4.5). */
const FAILURES_BEFORE_LIMIT = 3;
const LONGEST_PAUSE_MINUTES = 60;

/** The client that asked waits for the reply; null: automatic or scheduled. */
export function beginRewrite(core: Core, client: ClientId | null): void {
  const { state } = core;
  if (state.child !== null) return core.answer(client, error(errors.rewriteInProgress));
  state.rewriteClient = client;
  state.aof.selectedDb = -1;
  flush(core, 'rewrite', true);
}

export function openNextIncr(core: Core): void {
  const { state } = core;
  const { settings, aof } = state;
  const mkdir = {
    call: 'mkdir',
    path: settings.appendDirname,
    mode: 0o755,
    mayFail: true,
  } as const;
  if (aof.mode === 'off')
    return core.begin('main', [mkdir], { step: 'incr-opened', manifest: aof.manifest });
  const waiting = aof.mode === 'wait-rewrite';
  const manifest = waiting ? aof.manifest : withNextIncr(aof.manifest, settings.appendFilename);
  const name = waiting
    ? tempIncrName(settings.appendFilename)
    : incrName(settings.appendFilename, manifest.incrSequence);
  const calls: PlannedCall[] = [
    mkdir,
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
    core.log(
      'warning',
      `Error trying to open or register a new AOF incr file: ${errnoText[outcome.errno]}`,
    );
    if (fd !== undefined) core.begin('bio_close_file', [{ call: 'close', fd }], { step: 'closed' });
    return rewriteRefused(core);
  }
  if (fd !== undefined) switchTo(core, step.manifest, fd);
  if (aof.mode === 'wait-rewrite') state.fsyncedOffset = 0;
  state.rewrite.count++;
  fork(core, 'aof');
}

function switchTo(core: Core, manifest: Manifest, fd: number): void {
  const { state } = core;
  const { aof } = state;
  const waiting = aof.mode === 'wait-rewrite';
  const name = waiting
    ? tempIncrName(state.settings.appendFilename)
    : manifest.incr[manifest.incr.length - 1]!.name;
  if (!waiting) core.log('notice', `Creating AOF incr file ${name} on background rewrite`);
  if (aof.fd !== -1) {
    const covers = aof.written;
    core.emit({ event: 'fsync-started', at: core.clock, covers });
    core.begin(
      'bio_aof',
      [
        { call: 'fdatasync', fd: aof.fd },
        { call: 'close', fd: aof.fd },
      ],
      { step: 'background-synced', covers, offset: state.replicationOffset },
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
}

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
}

/** aof.c:backgroundRewriteDoneHandler. */
export function rewriteEnded(core: Core, child: Child): void {
  const { state } = core;
  const { exit } = child;
  releaseSnapshot(child.task.snapshot);
  state.rewrite.lastSeconds = secondsOfMicros(state.now - state.rewrite.startedAt);
  if (exit?.code === 0 && exit.signal === null) {
    core.log('notice', 'Background AOF rewrite terminated with success');
    return installBase(core, child);
  }
  if (exit?.signal !== 'SIGUSR1') rewriteFailed(core);
  if (exit !== null && exit.signal !== null)
    core.log('warning', `Background AOF rewrite terminated by signal ${signalNumber(exit.signal)}`);
  else core.log('warning', 'Background AOF rewrite terminated with error');
  cleanUp(core, child);
}

function installBase(core: Core, child: Child): void {
  const { state } = core;
  const { settings, aof } = state;
  const format = settings.aofUseRdbPreamble ? 'rdb' : 'aof';
  let manifest = withNextBase(
    aof.manifest,
    settings.appendFilename,
    format,
    aof.mode === 'on' ? 1 : 0,
  );
  const base = aofPath(state, manifest.base!.name);
  const calls: PlannedCall[] = [
    { call: 'rename', from: tempBaseName(child.pid, 'finished'), to: base },
    { call: 'stat', path: base },
  ];
  if (aof.mode === 'wait-rewrite') {
    manifest = withNextIncr(manifest, settings.appendFilename);
    const incr = manifest.incr[manifest.incr.length - 1]!.name;
    calls.push({
      call: 'rename',
      from: aofPath(state, tempIncrName(settings.appendFilename)),
      to: aofPath(state, incr),
    });
  }
  core.begin('main', [...calls, ...persistManifest(state, manifest)], {
    step: 'base-installed',
    manifest,
  });
}

export function baseInstalled(
  core: Core,
  step: Extract<Step, { step: 'base-installed' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const { aof } = state;
  const child = state.child!;
  if (!outcome.ok) {
    core.log(
      'warning',
      `Error trying to install the rewritten AOF base file: ${errnoText[outcome.errno]}`,
    );
    rewriteFailed(core);
    return cleanUp(core, child);
  }
  const stat = outcome.results[1]!;
  const baseSize = (stat.ok ? stat.stat?.size : undefined) ?? 0;
  aof.manifest = step.manifest;
  core.log(
    'notice',
    `Successfully renamed the temporary AOF base file ${tempBaseName(child.pid, 'finished')} into ${step.manifest.base!.name}`,
  );
  if (aof.mode === 'wait-rewrite') {
    aof.mode = 'on';
    const incr = step.manifest.incr[step.manifest.incr.length - 1]!.name;
    const start = aof.written - aof.incrSize;
    core.emit({
      event: 'segment',
      at: core.clock,
      path: aofPath(state, incr),
      offset: start,
      fileOffset: 0,
    });
    state.fsyncedOffset = state.replicationOffset;
  }
  if (aof.mode === 'on') {
    aof.currentSize = baseSize + aof.incrSize;
    aof.baseSize = aof.currentSize;
  }
  state.rewrite.lastOk = true;
  state.rewrite.consecutiveFailures = 0;
  core.emit({ event: 'rewritten', at: core.clock, offset: child.logOffset });
  for (const { name } of step.manifest.history)
    core.log('notice', `Removing the history file ${name} in the background`);
  core.begin('main', removeHistory(state, step.manifest), {
    step: 'rewrite-cleaned',
    manifest: withoutHistory(step.manifest),
  });
}

export function rewriteCleaned(core: Core, step: Extract<Step, { step: 'rewrite-cleaned' }>): void {
  core.state.aof.manifest = step.manifest;
  core.log('notice', 'Background AOF rewrite finished successfully');
  cleanUp(core, core.state.child!);
}

function rewriteFailed(core: Core): void {
  const { rewrite } = core.state;
  rewrite.lastOk = false;
  rewrite.consecutiveFailures++;
}

function cleanUp(core: Core, child: Child): void {
  const { state } = core;
  state.child = null;
  if (state.aof.mode === 'wait-rewrite') state.rewriteScheduled = true;
  const temps = [tempBaseName(child.pid, 'writing'), tempBaseName(child.pid, 'finished')];
  if (child.exit?.code === 0) return;
  core.begin(
    'bio_close_file',
    temps.map((path) => ({ call: 'unlink', path, mayFail: true }) as const),
    { step: 'closed' },
  );
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

/** CONFIG SET appendonly yes on a live server (aof.c:startAppendOnly). */
export function turnOn(core: Core): void {
  const { state } = core;
  const { aof } = state;
  aof.mode = 'wait-rewrite';
  aof.lastFsync = secondsOfMicros(state.now);
  aof.fd = -1;
  aof.buffer = newGrowableBytes();
  if (aof.bioFsyncErrno !== null) {
    core.log('warning', 'AOF reopen, just ignore the AOF fsync error in bio job');
    aof.bioFsyncErrno = null;
  }
  if (aof.lastWriteErrno !== null) {
    core.log('warning', 'AOF reopen, just ignore the last error.');
    aof.lastWriteErrno = null;
  }
  if (state.child?.kind === 'rdb') {
    state.rewriteScheduled = true;
    core.log(
      'notice',
      'AOF was enabled but there is already another background operation. An AOF background was scheduled to start when possible.',
    );
    return;
  }
  if (state.child?.kind === 'aof') {
    core.log(
      'warning',
      'AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting a rewrite now.',
    );
    state.signalsToSend.push({ pid: state.child.pid, signal: 'SIGUSR1' });
    state.rewriteScheduled = true;
    return;
  }
  beginRewrite(core, null);
}
