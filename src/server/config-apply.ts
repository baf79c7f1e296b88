/** What CONFIG SET puts into effect by system calls: the working directory, and the log (config.c, spec §8.3). */
import { assert } from '../base/assert.ts';
import { ascii } from '../base/bytes.ts';
import { configSetFailed } from '../engine/errors.ts';
import { error, OK } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import { normalizePath } from '../machine/paths.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import { withoutHistory } from '../persistence/aof-manifest.ts';
import { refreshSettings, undoConfigSet } from './config-settings.ts';
import type { Core } from './core.ts';
import { directiveText } from './directives.ts';
import { closeUnlinked, collectsHistory, removeHistory } from './manifest-calls.ts';
import { turnOn } from './rewrite.ts';
import { turnOff } from './shutdown.ts';
import type { ApplyRequest, Step } from './steps.ts';

/** The client waits for the reply: all of its directives are in effect, or none. */
export function applyConfig(core: Core, client: ClientId, request: ApplyRequest): void {
  if (request.listens === undefined) return applyDirectory(core, client, request);
  core.state.listening = { client, request };
}

/** What CONFIG SET waited for has happened, or not; then the host listens where it did before. */
export function listened(core: Core, how: 'listening' | 'failed'): void {
  const { state } = core;
  assert(state.listening !== null, 'nobody has asked for other addresses');
  const { client, request } = state.listening;
  state.listening = null;
  if (how === 'listening') return applyDirectory(core, client, request);
  undoConfigSet(state, request.undo);
  const { listens = '' } = request;
  core.answer(client, error(configSetFailed(listens, listenProblems[listens] ?? '')));
}

const listenProblems: Readonly<Record<string, string>> = {
  bind: 'Failed to bind to specified addresses.',
  port: 'Unable to listen on this port. Check server logs.',
};

function applyDirectory(core: Core, client: ClientId, request: ApplyRequest): void {
  const { directory } = request;
  if (directory === undefined) return applyLog(core, client, request);
  core.begin('main', [{ call: 'chdir', path: directory }], {
    step: 'directory-changed',
    client,
    request,
  });
}

export function directoryChanged(
  core: Core,
  step: Extract<Step, { step: 'directory-changed' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const { client, request } = step;
  if (!outcome.ok) {
    undoConfigSet(state, request.undo);
    return core.answer(client, error(configSetFailed('dir', errnoText[outcome.errno])));
  }
  const { texts } = state.directives;
  const before = request.undo.get('dir') ?? directiveText(state.directives, 'dir');
  texts.set('dir', ascii(normalizePath(request.directory ?? '.', before)));
  refreshSettings(state.settings, state.directives);
  applyLog(core, client, request);
}

function applyLog(
  core: Core,
  client: ClientId,
  { appendOnly, undo, transaction }: ApplyRequest,
): void {
  if (appendOnly === undefined) return collectHistory(core, client);
  if (appendOnly) turnOn(core, client, undo, transaction);
  else turnOff(core, client);
}

/** History files that aof-disable-auto-gc has kept go when it is turned off. */
function collectHistory(core: Core, client: ClientId): void {
  const { manifest } = core.state.aof;
  if (!collectsHistory(core.state, manifest)) return core.answer(client, OK);
  core.begin('main', removeHistory(core, manifest), { step: 'history-collected', client });
}

export function historyCollected(core: Core, client: ClientId, outcome: PlanOutcome): void {
  core.state.aof.manifest = withoutHistory(core.state.aof.manifest);
  closeUnlinked(core, outcome);
  core.answer(client, OK);
}
