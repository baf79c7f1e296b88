/** SHUTDOWN, SIGTERM, SIGINT, and turning the log off (spec §9.1, §4.6). */
import { secondsOfMicros } from '../base/time.ts';
import { newGrowableBytes } from '../base/growable-bytes.ts';
import type { ServerRequest } from '../engine/effects.ts';
import { errors } from '../engine/errors.ts';
import { error, OK } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText, type SyscallResult } from '../machine/syscall.ts';
import { fsyncedInMain } from '../persistence/aof-writer.ts';
import type { Core } from './core.ts';
import { flush } from './flush.ts';
import { tempRdbName } from './child-process.ts';
import { closeUnlinked, unlinkInBackground } from './manifest-calls.ts';
import { killRewritingChild } from './rewrite-end.ts';
import { beginSave } from './save.ts';

export type ShutdownRequest = Extract<ServerRequest, { kind: 'shutdown' }>;

/** server.c:finishShutdown, from the point at which no replica is waited for. */
export function beginShutdown(core: Core, request: ShutdownRequest, client: ClientId | null): void {
  const { state } = core;
  core.log('notice', 'User requested shutdown...');
  state.shutdown = { request, client };
  const { child } = state;
  if (child === null) return stopLog(core);
  if (child.kind === 'rdb') {
    core.log('warning', 'There is a child saving an .rdb. Killing it!');
    state.signalsToSend.push({ pid: child.pid, signal: 'SIGUSR1' });
    return core.begin('main', unlinkInBackground([tempRdbName(child.pid)]), {
      step: 'child-stopped',
    });
  }
  if (state.aof.mode === 'wait-rewrite') {
    if (!request.force) {
      core.log('warning', "Writing initial AOF, can't exit.");
      return shutdownFailed(core);
    }
    core.log('warning', 'Writing initial AOF. Exit anyway.');
  }
  core.log('warning', 'There is a child rewriting the AOF. Killing it!');
  core.begin('main', killRewritingChild(core), { step: 'child-stopped' });
}

export function childStopped(core: Core, outcome: PlanOutcome): void {
  closeUnlinked(core, outcome);
  stopLog(core);
}

function stopLog(core: Core): void {
  const { state } = core;
  state.phase = 'stopping';
  if (state.aof.mode === 'off') return finishShutdown(core);
  core.log('notice', 'Calling fsync() on the AOF file.');
  flush(core, 'shutdown', true);
}

/** The forced flush is done, well or not: an error does not stop the shutdown (spec §1.5). */
export function finishShutdown(core: Core): void {
  const { aof } = core.state;
  if (aof.mode === 'off' || aof.fd === -1) return saveBeforeExit(core);
  const keeps = core.state.repaired.has('shutdown-drops-buffer');
  if (keeps && aof.buffer.length > 0 && core.state.shutdown?.request.force !== true) {
    core.log('warning', "Error trying to write the rest of the AOF, can't exit.");
    return shutdownFailed(core);
  }
  const covers = aof.written;
  core.emit({ event: 'fsync-started', at: core.clock, covers });
  core.begin('main', [{ call: 'fdatasync', fd: aof.fd, mayFail: true }], {
    step: 'stopped',
    covers,
  });
}

export function shutdownSynced(
  core: Core,
  covers: number,
  result: SyscallResult | undefined,
): void {
  const ok = result?.ok === true;
  core.emit({ event: 'fsync-ended', at: core.clock, covers, ok });
  if (ok) fsyncedInMain(core.state.aof, secondsOfMicros(core.state.now));
  else if (result !== undefined && !result.ok)
    core.log('warning', `Fail to fsync the AOF file: ${errnoText[result.errno]}.`);
  saveBeforeExit(core);
}

/** With save points even if nothing has changed since the last snapshot (spec §6.2). */
function saveBeforeExit(core: Core): void {
  const { settings, shutdown } = core.state;
  const save = shutdown?.request.save ?? 'nosave';
  if (save === 'nosave' || (save === 'default' && settings.save.length === 0)) return stopped(core);
  core.log('notice', 'Saving the final RDB snapshot before exiting.');
  beginSave(core, { then: 'shutdown' });
}

export function finalSaveEnded(core: Core, how: 'saved' | 'failed'): void {
  if (how === 'saved') return stopped(core);
  if (core.state.shutdown?.request.force === true) {
    core.log('warning', 'Error trying to save the DB. Exit anyway.');
    return stopped(core);
  }
  core.log('warning', "Error trying to save the DB, can't exit.");
  shutdownFailed(core);
}

function shutdownFailed(core: Core): void {
  const { state } = core;
  core.log(
    'warning',
    'Errors trying to shut down the server. Check the logs for more information.',
  );
  const client = state.shutdown?.client ?? null;
  state.shutdown = null;
  state.phase = 'serving';
  core.answer(client, error(errors.shutdownFailed));
}

function stopped(core: Core): void {
  core.log('warning', 'Redis is now ready to exit, bye bye...');
  core.die(0);
}

/** aof.c:stopAppendOnly. */
export function turnOff(core: Core, client: ClientId | null): void {
  const { state } = core;
  if (state.aof.mode === 'off') return core.answer(client, OK);
  state.appendOnlyClient = client;
  flush(core, 'append-only-off', true);
}

export function closeLog(core: Core): void {
  const { aof } = core.state;
  core.emit({ event: 'fsync-started', at: core.clock, covers: aof.written });
  core.begin(
    'main',
    [
      { call: 'fdatasync', fd: aof.fd, mayFail: true },
      { call: 'close', fd: aof.fd, mayFail: true },
    ],
    { step: 'append-only-stopped', covers: aof.written },
  );
}

export function logClosed(core: Core, covers: number, outcome: PlanOutcome): void {
  const { state } = core;
  const { aof } = state;
  const [synced] = outcome.results;
  core.emit({ event: 'fsync-ended', at: core.clock, covers, ok: synced?.ok === true });
  if (synced !== undefined && !synced.ok)
    core.log('warning', `Fail to fsync the AOF file: ${errnoText[synced.errno]}`);
  else aof.lastFsync = secondsOfMicros(state.now);
  aof.fd = -1;
  aof.selectedDb = -1;
  aof.mode = 'off';
  aof.incrSize = 0;
  aof.incrFsyncOffset = 0;
  aof.appended = aof.written;
  aof.buffer = newGrowableBytes();
  state.rewriteScheduled = false;
  state.fsyncedOffset = -1;
  const calls = killRewritingChild(core);
  if (calls.length > 0) core.begin('main', calls, { step: 'unlinked' });
  core.answer(state.appendOnlyClient, OK);
  state.appendOnlyClient = null;
}
