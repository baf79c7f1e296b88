/** What a running script finds of Redis around it: commands, the log, the clock (script.c:scriptCall). */
import type { ByteString } from '../../base/bytes.ts';
import { mayRun, scriptDenial } from '../acl/guard.ts';
import { commandFlag, mayWrite, type Command } from '../command.ts';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { scriptErrors } from '../script-errors.ts';
import { error, NULL } from '../replies.ts';
import type { ScriptHost } from './lua/lua-machine.ts';
import type { RunningScript } from '../scripting-state.ts';

const logLevels = ['debug', 'verbose', 'notice', 'warning'] as const;

export function hostOf(ctx: Context, running: RunningScript): ScriptHost {
  return {
    get protocol() {
      return running.protocol;
    },
    set protocol(protocol) {
      running.protocol = protocol;
    },
    call(argv) {
      const command = ctx.lookUp(argv);
      const refusal = refusalOf(ctx, command, argv, running);
      if (refusal !== undefined || command === undefined) return error(refusal ?? '');
      if ((command.flags & commandFlag.write) !== 0) running.wrote = true;
      const { client } = ctx;
      const { protocol } = client;
      client.protocol = running.protocol;
      ctx.db = ctx.state.databases[client.db]!;
      const logged = ctx.pending.length;
      const reply = ctx.callNested(argv) ?? NULL;
      client.protocol = protocol;
      if (!running.toLog) ctx.pending.length = logged;
      return reply;
    },
    log(level, message) {
      ctx.server.log(logLevels[level] ?? 'notice', message);
    },
    allows: (argv) => {
      const command = ctx.lookUp(argv);
      return command === undefined ? undefined : mayRun(ctx, command, argv);
    },
    replicate(toLog) {
      running.toLog = toLog;
    },
    register: undefined,
  };
}

function refusalOf(
  ctx: Context,
  command: Command | undefined,
  argv: readonly ByteString[],
  { rules, wrote }: RunningScript,
): string | undefined {
  if (command?.handler === undefined) {
    // CONFIG without a word more is known, but lacks one.
    return command !== undefined && argv.length === 1
      ? scriptErrors.scriptWrongArity
      : scriptErrors.scriptUnknownCommand;
  }
  const { arity } = command.facts;
  if (arity >= 0 ? argv.length !== arity : argv.length < -arity)
    return scriptErrors.scriptWrongArity;
  if ((command.flags & commandFlag.noscript) !== 0 && !mayPass(ctx, command))
    return scriptErrors.scriptNotAllowed;
  const denied = scriptDenial(ctx, command, argv);
  if (denied !== undefined) return denied;
  if (rules.readOnly && mayWrite(command)) return scriptErrors.scriptReadOnly;
  // What has begun to write is not left half done for what the server is short of.
  if (wrote) return undefined;
  if ((command.flags & commandFlag.write) !== 0) {
    const failing = ctx.server.writesDenied();
    if (failing !== undefined) return failing;
  }
  if (rules.outOfMemory && (command.flags & commandFlag.denyoom) !== 0) return errors.oom;
  return undefined;
}

/** DEBUG SET-DISABLE-DENY-SCRIPTS lets all but transactions pass: a script runs as its client, which has its own. */
function mayPass(ctx: Context, { facts }: Command): boolean {
  return !ctx.state.scripting.deniesCommands && facts.group !== 'transactions';
}
