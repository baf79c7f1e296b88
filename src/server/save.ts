/** Snapshots: SAVE in the foreground, BGSAVE by a child, save points (rdb.c, spec §6.2). */
import { newGrowableBytes } from '../base/growable-bytes.ts';
import { secondsOfMicros } from '../base/time.ts';
import { presentState, releaseSnapshot } from '../engine/data/snapshot.ts';
import { errors } from '../engine/errors.ts';
import { error, OK, status } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import { newRdbWriteJob, stepRdbWrite } from '../persistence/rdb-writer.ts';
import { installRdb, saveErrorLine, tempRdbName, undone } from './child-process.ts';
import { libraryCodes } from '../engine/scripting-state.ts';
import type { Core } from './core.ts';
import { fork, rdbHeader, rdbOptions, takeChild } from './fork.ts';
import { dueSyncs, takePiece } from './incremental-sync.ts';
import { signalNumber } from './signals.ts';
import type { AfterSave, Child } from './state.ts';

const KEYS_PER_STEP = 512;
const WRITE_SIZE = 64 * 1024;
/** server.h: CONFIG_BGSAVE_RETRY_DELAY, in seconds. */
const RETRY_DELAY = 5;

// --- in the foreground: the main thread does nothing else until the file is in place ---

export function beginSave(core: Core, after: AfterSave): void {
  const { state } = core;
  const { databases, scripting } = state.engine;
  const libraries = libraryCodes(scripting);
  const snapshot = presentState(databases, libraries);
  const job = newRdbWriteJob(snapshot, rdbHeader(state, false), rdbOptions(state));
  const incremental = state.settings.rdbSaveIncrementalFsync;
  const file = { pending: newGrowableBytes(WRITE_SIZE), incremental, written: 0, synced: 0 };
  state.saving = { job, after, file, fd: -1 };
  core.begin(
    'main',
    [{ call: 'open', path: tempRdbName(state.pid), mode: 'truncate', as: 'file' }],
    { step: 'save-opened' },
  );
}

export function saveOpened(core: Core, outcome: PlanOutcome): void {
  if (!outcome.ok) return saveFailed(core, outcome);
  core.state.saving!.fd = outcome.descriptors.get('file')!;
  writeNext(core);
}

function writeNext(core: Core): void {
  const { state } = core;
  const { job, file, fd } = state.saving!;
  const syncs = dueSyncs(file, fd);
  if (syncs.length > 0) return core.begin('main', syncs, { step: 'save-synced' });
  const sink = file.pending;
  while (job.stage !== 'done' && sink.length < WRITE_SIZE) stepRdbWrite(job, sink, KEYS_PER_STEP);
  if (sink.length > 0) {
    const bytes = takePiece(file);
    state.work.bytes += bytes.length;
    return core.begin('main', [{ call: 'write', fd, bytes }], {
      step: 'save-written',
      length: bytes.length,
    });
  }
  core.begin(
    'main',
    [
      { call: 'fsync', fd },
      { call: 'close', fd },
      ...installRdb(state.pid, state.settings.dbFilename),
    ],
    { step: 'save-installed' },
  );
}

export function saveWritten(core: Core, length: number, outcome: PlanOutcome): void {
  const [result] = outcome.results;
  if (!outcome.ok || !result?.ok || result.value !== length) return saveFailed(core, outcome);
  writeNext(core);
}

export function saveSynced(core: Core, outcome: PlanOutcome): void {
  if (!outcome.ok) return saveFailed(core, outcome);
  writeNext(core);
}

export function saveInstalled(core: Core, outcome: PlanOutcome): void {
  if (!outcome.ok) return saveFailed(core, outcome);
  const { state } = core;
  core.log('notice', 'DB saved on disk');
  state.engine.dirty = 0;
  state.save.lastSave = secondsOfMicros(state.now);
  state.save.lastOk = true;
  core.emit({ event: 'saved', at: core.clock, by: 'main' });
  core.saved(endSave(core), 'saved');
}

/** A short write counts as a full disk. */
function saveFailed(core: Core, outcome: PlanOutcome): void {
  const { state } = core;
  const { fd } = state.saving!;
  const failed = outcome.ok
    ? ({ call: 'write', fd, bytes: new Uint8Array() } as const)
    : outcome.failed;
  const errno = outcome.ok ? 'ENOSPC' : outcome.errno;
  core.log('warning', saveErrorLine(failed, errno, state.pid, state.settings.dbFilename));
  if (fd === -1) return core.saved(endSave(core), 'failed');
  const calls = undone(failed, fd, outcome.descriptors, tempRdbName(state.pid));
  core.begin('main', calls, { step: 'save-undone' });
}

export function saveUndone(core: Core): void {
  core.saved(endSave(core), 'failed');
}

function endSave({ state }: Core): AfterSave {
  const { after } = state.saving!;
  state.saving = null;
  return after;
}

/** SAVE: the reply is all that is left to do. */
export function answerSave(core: Core, client: ClientId, how: 'saved' | 'failed'): void {
  core.answer(client, how === 'saved' ? OK : error(errors.saveFailed));
}

// --- by a child ---

/** The client that asked waits for the reply; null: a save point, or a save that was scheduled. */
export function beginBackgroundSave(core: Core, client: ClientId | null): void {
  const { state } = core;
  if (state.child !== null) {
    const why = state.child.kind === 'rdb' ? errors.saveInProgress : errors.otherChild;
    return core.answer(client, error(why));
  }
  state.save.count++;
  state.save.lastTry = secondsOfMicros(state.now);
  state.bgsaveClient = client;
  fork(core, 'rdb');
}

export function saveForked(core: Core, outcome: PlanOutcome): void {
  const { state } = core;
  const client = state.bgsaveClient;
  state.bgsaveClient = null;
  const child = takeChild(core, 'rdb', outcome);
  if (typeof child === 'string') {
    state.save.lastOk = false;
    core.log('warning', `Can't save in background: fork: ${errnoText[child]}`);
    return core.answer(client, error(errors.saveFailed));
  }
  core.log('notice', `Background saving started by pid ${child.pid}`);
  state.bgsaveScheduled = false;
  core.answer(client, status('Background saving started'));
}

/** rdb.c:backgroundSaveDoneHandler. A child that was told to stop (SIGUSR1) has not failed. */
export function backgroundSaveEnded(core: Core, child: Child): void {
  const { state } = core;
  const { save } = state;
  const { code, signal } = child.exit ?? { code: 1, signal: null };
  const now = secondsOfMicros(state.now);
  releaseSnapshot(child.task.snapshot);
  state.child = null;
  save.lastSeconds = now - secondsOfMicros(child.startedAt);
  if (signal === null && code === 0) {
    core.log('notice', 'Background saving terminated with success');
    state.engine.dirty -= child.dirty;
    save.lastSave = now;
    save.lastOk = true;
    core.emit({ event: 'saved', at: core.clock, by: 'child' });
    return;
  }
  if (signal === null) core.log('warning', 'Background saving error');
  else {
    core.log('warning', `Background saving terminated by signal ${signalNumber(signal)}`);
    removeTempRdb(core, child);
  }
  if (signal !== 'SIGUSR1') save.lastOk = false;
}

/** Asks a child that writes a snapshot to stop; the cron finds it ended. */
export function killSavingChild(core: Core): void {
  const { child, signalsToSend } = core.state;
  if (child?.kind === 'rdb') signalsToSend.push({ pid: child.pid, signal: 'SIGUSR1' });
}

export function removeTempRdb(core: Core, { pid }: Child): void {
  core.begin('bio_close_file', [{ call: 'unlink', path: tempRdbName(pid), mayFail: true }], {
    step: 'closed',
  });
}

// --- when ---

/** A save point is reached, at a cron tick without a child (server.c:serverCron). */
export function savePointReached(core: Core): boolean {
  const { settings, engine, save, now } = core.state;
  const age = secondsOfMicros(now) - save.lastSave;
  const point = settings.save.find(
    ({ seconds, changes }) => engine.dirty >= changes && age > seconds && mayRetry(core),
  );
  if (point === undefined) return false;
  core.log('notice', `${point.changes} changes in ${point.seconds} seconds. Saving...`);
  return true;
}

/** BGSAVE SCHEDULE, or BGSAVE inside a transaction. */
export function scheduledSaveDue(core: Core): boolean {
  return core.state.bgsaveScheduled && core.state.child === null && mayRetry(core);
}

function mayRetry({ state: { save, now } }: Core): boolean {
  return save.lastOk || secondsOfMicros(now) - save.lastTry > RETRY_DELAY;
}
