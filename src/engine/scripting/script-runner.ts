/**
 * EVAL: runs a script inside one command. It runs to its end at once: the evaluator could stop in between, but the
 * engine answers a command before it takes the next one. So that no script keeps the lab for ever, one that has
 * carried out FUEL instructions ends with an error; what it wrote until then stays, as after any error.
 */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { commandFlag, type Command } from '../command.ts';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { error, NULL } from '../replies.ts';
import { compileLua } from './lua-compiler.ts';
import { step } from './lua-evaluator.ts';
import { OutOfFuel, type LuaMachine, type ScriptHost } from './lua-machine.ts';
import type { Proto } from './lua-code.ts';
import { rawGet, tableOf } from './lua-table.ts';
import { isTable, plainText, toText, type LuaFunction, type LuaValue } from './lua-value.ts';
import { replyOfLua } from './reply-conversion.ts';
import { newGlobals, newMachine, scriptHeap, theWorld } from './world.ts';

export interface Script {
  readonly sha: string;
  readonly proto: Proto;
  /** It has said, by a shebang or by EVAL_RO, that it writes nothing. */
  readonly readOnly: boolean;
}

/** Instructions of one script: some seconds of work. */
const FUEL = 100_000_000;
const STEP = 1_000_000;
const CHUNK = 'user_script';
const KEPT = 256;

/** Code is made of the source alone, and never changes: what was compiled lately is kept. */
const compiled = new Map<string, Proto>();

/** Throws a LuaError if the source is not Lua. */
export function compileScript(source: string): Proto {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const proto = compileLua(source, CHUNK);
  if (compiled.size >= KEPT) compiled.delete([...compiled.keys()][0] ?? '');
  compiled.set(source, proto);
  return proto;
}

export function runScript(ctx: Context, script: Script, keys: readonly ByteString[], args: readonly ByteString[]): Reply {
  const world = theWorld();
  const heap = scriptHeap();
  const globals = newGlobals(world, heap, { KEYS: tableOf(heap, keys), ARGV: tableOf(heap, args) });
  const main: LuaFunction = { type: 'function', id: heap.nextId++, proto: script.proto, upvalues: [], environment: globals };
  const machine = newMachine(world, heap, globals, main, FUEL);
  const { client } = ctx;
  const before = { db: client.db, protocol: client.protocol, inside: ctx.insideTransaction };
  const host = hostOf(ctx, script);
  machine.host = host;
  // One sequence goes through all scripts, as in Redis 7.
  machine.state.random = ctx.state.scriptRandom ?? machine.state.random;
  ctx.insideTransaction = true;
  try {
    while (step(machine, STEP) === 'more');
  } catch (thrown) {
    if (!(thrown instanceof OutOfFuel)) throw thrown;
    return failure(script, `ERR the script was ended after ${FUEL} instructions`, machine.line());
  } finally {
    ctx.state.scriptRandom = machine.state.random;
    client.db = before.db;
    client.protocol = before.protocol;
    ctx.insideTransaction = before.inside;
    ctx.db = ctx.state.databases[client.db]!;
    // What its commands did is logged one by one.
    ctx.suppressPropagation();
  }
  return replyOf(machine, script, host);
}

function replyOf({ state }: LuaMachine, script: Script, host: ScriptHost): Reply {
  const { outcome } = state;
  if (outcome === null) return NULL;
  const [value] = outcome.values;
  if (outcome.ok) return replyOfLua(value, host.protocol);
  return failure(script, errorText(value), outcome.raisedAt);
}

/** What the error handler makes of the value that was raised. */
function errorText(value: LuaValue): string {
  if (!isTable(value)) return `ERR ${plainText(value)}`;
  return toText(rawGet(value, 'err')) ?? 'ERR unknown error';
}

function failure({ sha }: Script, message: string, line: number): Reply {
  return error(`${message} script: ${sha}, on @${CHUNK}:${line}.`.replace(/[\r\n]/g, ' '));
}

const logLevels = ['debug', 'verbose', 'notice', 'warning'] as const;

function hostOf(ctx: Context, script: Script): ScriptHost {
  let toLog = true;
  const host: ScriptHost = {
    protocol: 2,
    call(argv) {
      const command = findCommand(ctx, argv);
      const refusal = refusalOf(ctx, command, argv, script);
      if (refusal !== undefined) return error(refusal);
      ctx.client.protocol = host.protocol;
      ctx.db = ctx.state.databases[ctx.client.db]!;
      const logged = ctx.pending.length;
      const reply = ctx.callNested(argv) ?? NULL;
      if (!toLog) ctx.pending.length = logged;
      return reply;
    },
    log(level, message) {
      ctx.server.log(logLevels[level] ?? 'notice', message);
    },
    knows: (argv) => findCommand(ctx, argv) !== undefined,
    replicate(on) {
      toLog = on;
    },
  };
  return host;
}

function findCommand(ctx: Context, argv: readonly ByteString[]): Command | undefined {
  const command = ctx.commands.get((argv[0] ?? '').toLowerCase());
  if (command === undefined || command.subcommands.size === 0 || argv.length < 2) return command;
  return command.subcommands.get((argv[1] ?? '').toLowerCase());
}

/** script.c:scriptCall. */
function refusalOf(ctx: Context, command: Command | undefined, argv: readonly ByteString[], script: Script): string | undefined {
  if (command === undefined) return errors.scriptUnknownCommand;
  const { arity } = command.facts;
  if (arity >= 0 ? argv.length !== arity : argv.length < -arity) return errors.scriptWrongArity;
  if ((command.flags & commandFlag.noscript) !== 0) return errors.scriptNotAllowed;
  if ((command.flags & commandFlag.write) === 0) return undefined;
  return script.readOnly ? errors.scriptReadOnly : ctx.server.writesDenied();
}

