/** Scripts and functions as jobs: they begin inside a command, and go on, so much at a time, until they end. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Context } from '../context.ts';
import { error, NULL } from '../replies.ts';
import { step } from './lua/lua-evaluator.ts';
import { errorPlace, type ErrorPlace } from './lua/lua-debug.ts';
import type { LuaMachine, MachineState, World } from './lua/lua-machine.ts';
import { compileLua } from './lua/lua-parser.ts';
import type { Proto } from './lua/lua-code.ts';
import { newHeap, newTable, rawGet, rawSet, tableOf, type Heap } from './lua/lua-table.ts';
import {
  cText,
  isTable,
  plainText,
  toText,
  type LuaFunction,
  type LuaValue,
} from './lua/lua-value.ts';
import { replyOfLua } from './reply-conversion.ts';
import { hostOf } from './script-host.ts';
import type { RunningScript, ScriptRules } from '../scripting-state.ts';
import { machineOf, newGlobals, newMachine, newWorld } from './world.ts';

export interface Script {
  readonly sha: ByteString;
  readonly proto: Proto;
}

const SCRIPT = '@user_script';
const KEPT = 256;

/** Code is made of the source alone, and never changes: what was compiled lately is kept. */
const compiled = new Map<string, Proto>();

/** Throws a LuaError if the source is not Lua. */
export function compileScript(source: string): Proto {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const proto = compileLua(source, SCRIPT);
  if (compiled.size >= KEPT) compiled.delete([...compiled.keys()][0] ?? '');
  compiled.set(source, proto);
  return proto;
}

export function worldOf(ctx: Context): World {
  return (ctx.state.scripting.world ??= newWorld());
}

/** Words of a command: keys first, then arguments. */
export interface Given {
  readonly keys: readonly ByteString[];
  readonly args: readonly ByteString[];
}

/** Begins a script; what it gives is the reply to the command at hand, once `continueScript` gives it. */
export function beginScript(ctx: Context, script: Script, given: Given, rules: ScriptRules): void {
  const world = worldOf(ctx);
  const heap = newHeap();
  const globals = newGlobals(world, heap, {
    KEYS: tableOf(heap, given.keys),
    ARGV: tableOf(heap, given.args),
  });
  const { proto } = script;
  const id = heap.nextId++;
  const main: LuaFunction = { type: 'function', id, proto, upvalues: [], environment: globals };
  begin(ctx, 'script', script.sha, newMachine(world, heap, globals, main, []).state, rules);
}

export function beginFunction(
  ctx: Context,
  name: ByteString,
  callback: LuaFunction,
  { keys, args }: Given,
  rules: ScriptRules,
): void {
  const world = worldOf(ctx);
  const heap: Heap = newHeap();
  const words = [tableOf(heap, keys), tableOf(heap, args)];
  const machine = newMachine(world, heap, world.functionGlobals, callback, words);
  begin(ctx, 'function', name, machine.state, rules);
}

function begin(
  ctx: Context,
  kind: RunningScript['kind'],
  name: string,
  machine: MachineState,
  rules: ScriptRules,
): void {
  const { client, state, argv, now, insideTransaction } = ctx;
  state.scripting.running = {
    ...{ kind, name, session: client, typed: argv, machine, rules },
    ...{ db: client.db, insideTransaction, protocol: 2, toLog: true, wrote: false },
    ...{ killed: false, startedAt: now, micros: 0, timedOut: false, transaction: null },
    ...{ pending: [], requests: [] },
  };
  // What its commands do is logged one by one.
  ctx.suppressPropagation();
}

/** Goes on with the script for so many instructions; its reply if it has ended. */
export function continueScript(
  ctx: Context,
  running: RunningScript,
  budget: number,
): Reply | undefined {
  const { client } = ctx;
  const machine = machineOf(running.machine);
  machine.host = hostOf(ctx, running);
  ctx.insideTransaction = true;
  try {
    if (running.killed) kill(machine);
    const before = running.machine.spent;
    const state = step(machine, budget);
    ctx.state.scripting.instructions += running.machine.spent - before;
    if (state === 'more') return undefined;
    const reply = replyOf(machine, running);
    client.db = running.db;
    ctx.state.scripting.running = null;
    return reply;
  } finally {
    ctx.insideTransaction = running.insideTransaction;
    ctx.db = ctx.state.databases[client.db]!;
  }
}

const KILLED = 'ERR Script killed by user with SCRIPT KILL...';

/** No pcall of the script keeps it from being ended. */
function kill({ state, heap }: LuaMachine): void {
  const value = newTable(heap);
  rawSet(heap, value, 'err', KILLED);
  // It stands before an instruction, not at one.
  const top = state.thread.frames.at(-1);
  if (top?.kind === 'call') top.pc++;
  const raisedAt = errorPlace(state.thread, 'nothing');
  state.outcome = { ok: false, values: [value], raisedAt };
}

function replyOf({ state }: LuaMachine, { name, protocol }: RunningScript): Reply {
  const { outcome } = state;
  if (outcome === null) return NULL;
  const [value] = outcome.values;
  if (outcome.ok) return replyOfLua(value, protocol);
  return error(failureText(value, outcome.raisedAt, name));
}

/** What the error handler makes of the value that was raised. */
export function failureText(value: LuaValue, raisedAt: ErrorPlace | null, name: string): string {
  const text = errorText(value);
  if (raisedAt === null) return oneLine(text);
  return oneLine(`${text} script: ${name}, on ${raisedAt.source}:${raisedAt.line}.`);
}

export function errorText(value: LuaValue): string {
  if (!isTable(value)) return cText(`ERR ${plainText(value)}`);
  return cText(toText(rawGet(value, 'err')) ?? 'ERR unknown error');
}

function oneLine(text: string): string {
  return ascii(text.replace(/[\r\n]/g, ' '));
}
