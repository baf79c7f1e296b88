/** What commands ask of the server: things that take system calls, or that end it. */
import { unreachable } from '../base/assert.ts';
import { bytesOf, byteStringOf } from '../base/bytes.ts';
import type { ServerRequest } from '../engine/effects.ts';
import { redisVersion } from '../engine/version.ts';
import { errors } from '../engine/errors.ts';
import { newKeySpace } from '../engine/data/key-space.ts';
import { error, OK } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import { applyConfig } from './config-apply.ts';
import { rewrittenConfig } from './config-rewrite.ts';
import type { Core } from './core.ts';
import { flush } from './flush.ts';
import { beginRewrite } from './rewrite.ts';
import { beginBackgroundSave, beginSave, killSavingChild } from './save.ts';
import { beginShutdown } from './shutdown.ts';
import { readManifest } from './read-manifest.ts';
import { readSnapshot } from './load-snapshot.ts';
import type { ReloadRequest } from './state.ts';
import type { Step, WhichDirectives } from './steps.ts';
import { beginLoadUsers, beginSaveUsers, userLines } from './users.ts';

const WHOLE_FILE = 0x7fff_ffff;

export function startRequest(core: Core, client: ClientId, request: ServerRequest): void {
  const { state } = core;
  switch (request.kind) {
    case 'rewrite-aof':
      return beginRewrite(core, client);
    case 'shutdown':
      return beginShutdown(core, request, client);
    case 'apply-config':
      return applyConfig(core, client, request);
    case 'sleep':
      state.sleepMicros = request.micros;
      return core.answer(client, OK);
    case 'flushed-all':
      return flushedAll(core);
    case 'rewrite-config':
      return readConfig(core, client, request.which);
    case 'save-acl':
      return beginSaveUsers(core, client);
    case 'load-acl':
      return beginLoadUsers(core, client);
    case 'abort-shutdown':
      if (state.shutdownAsked === null) return core.answer(client, error(errors.noShutdown));
      state.shutdownAsked = null;
      return core.answer(client, OK);
    case 'sequence':
      // In front of whatever waits, in order.
      state.tasks.unshift(
        ...request.requests.map((one) => ({ task: 'request', client, request: one }) as const),
      );
      return;
    case 'reload':
      return reload(core, client, request);
    case 'die':
      return die(core, client, request.how);
    case 'save':
      state.save.count++;
      return beginSave(core, { then: 'reply', client });
    case 'bgsave':
      return beginBackgroundSave(core, client);
    default:
      return unreachable(request);
  }
}

/** db.c:flushAllDataAndResetRDB: an old snapshot would bring back what was flushed. */
function flushedAll(core: Core): void {
  killSavingChild(core);
  if (core.state.settings.save.length > 0) beginSave(core, { then: 'flushed-all' });
}

/** CONFIG REWRITE: the file as it stands, with what has changed; written beside it and renamed over it. */
function readConfig(core: Core, client: ClientId, which: WhichDirectives): void {
  const { configFile } = core.state;
  if (configFile === null) return core.answer(client, error(errors.noConfigFile));
  core.begin(
    'main',
    [
      { call: 'open', path: configFile, mode: 'read', as: 'config', mayFail: true },
      { call: 'read', fd: 'config', length: WHOLE_FILE, mayFail: true },
      { call: 'close', fd: 'config', mayFail: true },
    ],
    { step: 'config-read', client, which },
  );
}

export function configRead(
  core: Core,
  step: Extract<Step, { step: 'config-read' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const file = state.configFile ?? '';
  const read = outcome.results[1];
  const old = read?.ok ? byteStringOf(read.bytes ?? new Uint8Array()) : '';
  const temp = `${file}-${state.pid}.tmp`;
  core.begin(
    'main',
    [
      { call: 'open', path: temp, mode: 'truncate', as: 'temp' },
      {
        call: 'write',
        fd: 'temp',
        bytes: bytesOf(
          rewrittenConfig(
            old,
            state.directives,
            userLines(state.engine, state.directives),
            step.which,
          ),
        ),
        whole: true,
      },
      { call: 'fsync', fd: 'temp' },
      { call: 'chmod', path: temp, mode: 0o644 },
      { call: 'rename', from: temp, to: file },
      { call: 'close', fd: 'temp' },
      {
        call: 'open',
        path: file.slice(0, file.lastIndexOf('/') + 1) || '.',
        mode: 'directory',
        as: 'directory',
      },
      { call: 'fdatasync', fd: 'directory' },
      { call: 'close', fd: 'directory' },
    ],
    { step: 'config-written', client: step.client },
  );
}

export function configWritten(
  core: Core,
  step: Extract<Step, { step: 'config-written' }>,
  outcome: PlanOutcome,
): void {
  if (outcome.ok) {
    core.log('notice', 'CONFIG REWRITE executed with success.');
    return core.answer(step.client, OK);
  }
  core.log('warning', `CONFIG REWRITE failed: ${errnoText[outcome.errno]}`);
  core.answer(step.client, error(`ERR Rewriting config file: ${errnoText[outcome.errno]}`));
}

/** DEBUG LOADAOF and RELOAD: what the log, or a snapshot, holds takes the place of what is in memory (debug.c). */
function reload(core: Core, client: ClientId, request: ReloadRequest): void {
  core.state.reload = { client, request };
  if (request.from === 'aof') flush(core, 'reload', true);
  else if (request.save) beginSave(core, { then: 'reload' });
  else emptyAndLoad(core);
}

export function savedForReload(core: Core, how: 'saved' | 'failed'): void {
  const { state } = core;
  if (how === 'saved') return emptyAndLoad(core);
  const { client } = state.reload!;
  state.reload = null;
  core.answer(client, error(errors.saveFailed));
}

export function emptyAndLoad(core: Core): void {
  const { engine, reload: asked } = core.state;
  const { from, flush: empties } = asked!.request;
  if (empties) {
    for (const database of engine.databases) database.space = newKeySpace();
    engine.scripting.libraries.clear();
  }
  if (from === 'aof') readManifest(core);
  else readSnapshot(core);
}

/** Ways to end that learners ask for; what was not written is lost, as in a crash. */
function die(
  core: Core,
  client: ClientId,
  how: Extract<ServerRequest, { kind: 'die' }>['how'],
): void {
  switch (how) {
    case 'segfault':
      core.log('warning', `Redis ${redisVersion} crashed by signal: 11, si_code: 1`);
      return core.die(139, 'SIGSEGV');
    case 'panic':
      core.log('warning', 'Guru Meditation: called by Unittest');
      return core.die(134, 'SIGABRT');
    case 'assert':
      core.log('warning', '=== ASSERTION FAILED ===');
      return core.die(134, 'SIGABRT');
    case 'oom':
      core.log('warning', 'Out Of Memory allocating 9223372036854775807 bytes!');
      return core.die(134, 'SIGABRT');
    case 'restart':
    case 'crash':
      return core.answer(
        client,
        error('ERR a server cannot start itself again here: kill it and boot instead'),
      );
    default:
      return unreachable(how);
  }
}
