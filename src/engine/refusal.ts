/** Why a command is not carried out, though its words are right: the checks of server.c:processCommand, in its order. */
import type { ByteString } from '../base/bytes.ts';
import { denialText, guard } from './acl/guard.ts';
import { commandFlag, mayWrite, type Command } from './command.ts';
import { commandOf } from './command-lookup.ts';
import type { Context } from './context.ts';
import type { EngineState } from './engine-state.ts';
import { errors, notWhileListening } from './errors.ts';
import { scriptErrors } from './script-errors.ts';
import { isListening } from './pubsub.ts';
import type { Session } from './session.ts';

/** What a client may say in RESP2 while it listens: all else would have to be told from the messages. */
const forListeners = new Set([
  ...[
    'subscribe',
    'psubscribe',
    'ssubscribe',
    'unsubscribe',
    'punsubscribe',
    'sunsubscribe',
    'ping',
    'quit',
    'reset',
  ],
]);
/** Commands that only a server whose configuration allows them has (CMD_PROTECTED). */
const loadsModules = new Set(['module|load', 'module|loadex', 'module|unload']);

export function refusalOf(
  ctx: Context,
  session: Session,
  command: Command,
  argv: readonly ByteString[],
): string | undefined {
  const { state, server } = ctx;
  const { flags } = command;
  const { name } = command.facts;
  if (name === 'debug' && !server.debugAllowed(session)) return errors.debugDenied;
  if (
    (flags & commandFlag.admin) !== 0 &&
    loadsModules.has(name) &&
    !server.modulesAllowed(session)
  )
    return errors.moduleDenied;
  if (!session.authenticated && (flags & commandFlag.no_auth) === 0) return errors.noAuth;
  if (session.transaction !== null && (flags & commandFlag.no_multi) !== 0)
    return errors.notInMulti;
  const where = session.transaction === null ? 'toplevel' : 'multi';
  const denial = guard(ctx, session, command, argv, where);
  if (denial !== undefined) return `NOPERM ${denialText(denial, session.user, command, argv)}`;
  if ((flags & commandFlag.write) !== 0 || name === 'ping' || name === 'exec') {
    const denied =
      name === 'exec' && !queueHas(state, session, commandFlag.write)
        ? undefined
        : server.writesDenied();
    if (denied !== undefined) return denied;
  }
  if (session.protocol === 2 && isListening(session) && !forListeners.has(name))
    return notWhileListening(name);
  if (server.loading() && (flags & commandFlag.loading) === 0) return errors.loading;
  const { running } = state.scripting;
  if (running?.timedOut === true && (flags & commandFlag.allow_busy) === 0)
    return running.kind === 'script' ? scriptErrors.busyScript : scriptErrors.busyFunction;
  if (state.monitors.has(session.id) && touchesKeys(command)) return errors.replicaKeyspace;
  return undefined;
}

/** What it has said last waits for the end of a pause. */
export function isPaused({ blocked }: Session): boolean {
  return blocked?.reason === 'pause';
}

/** CLIENT PAUSE holds back everything, or what may change the data set. */
export function isHeldBack(state: EngineState, session: Session, command: Command): boolean {
  const { pause } = state;
  if (pause === null) return false;
  if (pause.what === 'all' || mayWrite(command)) return true;
  if (command.facts.name !== 'exec') return false;
  return (session.transaction?.queue ?? []).some((argv) => {
    const queued = commandOf(argv, state.renames);
    return queued !== undefined && mayWrite(queued);
  });
}

/** Whether a command of the transaction that is being queued has the flag. */
export function queueHas(state: EngineState, { transaction }: Session, flag: number): boolean {
  return (transaction?.queue ?? []).some(
    (argv: readonly ByteString[]) => ((commandOf(argv, state.renames)?.flags ?? 0) & flag) !== 0,
  );
}

function touchesKeys(command: Command): boolean {
  return (command.flags & (commandFlag.write | commandFlag.readonly)) !== 0 || mayWrite(command);
}

const leavesTransaction = new Set(['exec', 'discard', 'quit', 'reset']);

/** Memory is short, and the command would take more of it. */
export function lacksMemory(ctx: Context, session: Session, command: Command | undefined): boolean {
  if (!ctx.outOfMemory || command === undefined) return false;
  if ((command.flags & commandFlag.denyoom) !== 0) return true;
  const { name } = command.facts;
  // A queue may grow without end, so nothing more gets into it.
  if (session.transaction !== null && !leavesTransaction.has(name)) return true;
  return name === 'exec' && queueHas(ctx.state, session, commandFlag.denyoom);
}
