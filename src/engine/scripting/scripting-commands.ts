/** EVAL, EVALSHA and SCRIPT (eval.c). https://redis.io/docs/latest/develop/interact/programmability/eval-intro/ */
import { ascii, bytesOf, lowerCase, type ByteString } from '../../base/bytes.ts';
import { parseInt64 } from '../../base/integers.ts';
import { sha1Hex } from '../../base/sha1.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Handlers } from '../command.ts';
import { helpReply } from '../commands/help.ts';
import type { Context } from '../context.ts';
import {
  errors,
  ReplyError,
  scriptCompileError,
  shebangEngine,
  shebangFlag,
  shebangOption,
} from '../errors.ts';
import { scriptErrors } from '../script-errors.ts';
import { array, bulk, OK, ONE, ZERO } from '../replies.ts';
import { LuaError, plainText } from './lua/lua-value.ts';
import type { Proto } from './lua/lua-code.ts';
import { flagNames } from './script-flags.ts';
import { beginScript, compileScript, type Given } from './script-runner.ts';
import type { ScriptRules } from '../scripting-state.ts';

export const scriptingCommands: Handlers = {
  eval: (ctx, argv) => evaluate(ctx, argv, 'source', 'any'),
  eval_ro: (ctx, argv) => evaluate(ctx, argv, 'source', 'read-only'),
  evalsha: (ctx, argv) => evaluate(ctx, argv, 'sha', 'any'),
  evalsha_ro: (ctx, argv) => evaluate(ctx, argv, 'sha', 'read-only'),

  'script|load'(ctx, argv) {
    const source = argv[2]!;
    const sha = shaOf(source);
    if (!ctx.state.scripting.scripts.has(sha)) {
      prepared(source);
      ctx.state.scripting.scripts.set(sha, source);
    }
    return bulk(sha);
  },

  'script|exists': (ctx, argv) =>
    array(
      argv.slice(2).map((sha) => (ctx.state.scripting.scripts.has(lowerCase(sha)) ? ONE : ZERO)),
    ),

  'script|flush'(ctx, argv) {
    const how = argv[2] === undefined ? 'sync' : lowerCase(argv[2]);
    if (argv.length > 3 || (how !== 'sync' && how !== 'async'))
      throw new ReplyError(scriptErrors.scriptFlush);
    ctx.state.scripting.scripts.clear();
    return OK;
  },

  'script|kill': (ctx) => killScript(ctx, 'script'),

  'script|help': () =>
    helpReply('script', [
      [
        'EXISTS <sha1> [<sha1> ...]',
        'Return information about the existence of the scripts in the script cache.',
      ],
      ['FLUSH [ASYNC|SYNC]', 'Flush the Lua scripts cache. Very dangerous on replicas.'],
      ['KILL', 'Kill the currently executing Lua script.'],
      ['LOAD <script>', 'Load a script into the scripts cache without executing it.'],
    ]),
};

/** script.c:scriptKill. */
export function killScript(ctx: Context, kind: 'script' | 'function'): Reply {
  const { running } = ctx.state.scripting;
  if (running === null) throw new ReplyError(scriptErrors.notBusy);
  if (running.wrote) throw new ReplyError(scriptErrors.unkillable);
  if (running.kind !== kind)
    throw new ReplyError(
      running.kind === 'script' ? scriptErrors.busyScript : scriptErrors.busyFunction,
    );
  running.killed = true;
  return OK;
}

function shaOf(source: ByteString): ByteString {
  return ascii(sha1Hex(bytesOf(source)));
}

function evaluate(
  ctx: Context,
  argv: readonly ByteString[],
  given: 'source' | 'sha',
  use: 'any' | 'read-only',
): undefined {
  const words = wordsOf(argv);
  const sha = given === 'sha' ? lowerCase(argv[1]!) : shaOf(argv[1]!);
  const { scripts } = ctx.state.scripting;
  const source = given === 'sha' ? scripts.get(sha) : argv[1]!;
  if (source === undefined) throw new ReplyError(errors.noScript);
  const { proto, flags } = prepared(source);
  scripts.set(sha, source);
  beginScript(ctx, { sha, proto }, words, rulesFor(ctx, flags, use));
}

/** EVAL and FCALL: `numkeys key ... arg ...` after the script or its name. */
export function wordsOf(argv: readonly ByteString[]): Given {
  const count = parseInt64(argv[2]!);
  if (count === undefined) throw new ReplyError(errors.notInteger);
  if (count > argv.length - 3) throw new ReplyError(errors.tooManyKeys);
  if (count < 0) throw new ReplyError(errors.negativeKeys);
  const first = 3 + Number(count);
  return { keys: argv.slice(3, first), args: argv.slice(first) };
}

/** script.c:scriptPrepareForRun; `flags` is null for a script that declares nothing. */
export function rulesFor(
  ctx: Context,
  flags: readonly string[] | null,
  use: 'any' | 'read-only',
): ScriptRules {
  const { server } = ctx;
  if (flags === null) {
    return { readOnly: use === 'read-only', outOfMemory: ctx.outOfMemory, declared: false };
  }
  const writes = !flags.includes('no-writes');
  if (writes) {
    // The flags count as the command's own: memory is looked at before all else (scriptFlagsToCmdFlags).
    if (ctx.outOfMemory && !flags.includes('allow-oom')) throw new ReplyError(errors.oom);
    const denied = server.writesDenied();
    if (denied !== undefined) throw new ReplyError(denied);
    if (use === 'read-only') throw new ReplyError(errors.readOnlyCommand);
  }
  return { readOnly: !writes || use === 'read-only', outOfMemory: false, declared: true };
}

interface Prepared {
  readonly proto: Proto;
  /** What a shebang declares; null without one. */
  readonly flags: readonly string[] | null;
}

export function prepared(source: ByteString): Prepared {
  let body: string = source;
  let flags: readonly string[] | null = null;
  if (source.startsWith('#!')) {
    const end = source.indexOf('\n');
    if (end < 0) throw new ReplyError(errors.shebang);
    flags = shebang(source.slice(0, end));
    body = source.slice(end);
  }
  try {
    return { proto: compileScript(body), flags };
  } catch (thrown) {
    if (!(thrown instanceof LuaError)) throw thrown;
    throw new ReplyError(scriptCompileError(plainText(thrown.value)));
  }
}

/** evalExtractShebangFlags. */
function shebang(line: string): readonly string[] {
  const [engine = '', ...options] = line.split(' ').filter((word) => word !== '');
  if (engine !== '#!lua') throw new ReplyError(shebangEngine(engine));
  const flags: string[] = [];
  for (const option of options) {
    if (!option.startsWith('flags=')) throw new ReplyError(shebangOption(option));
    for (const flag of option.slice(6).split(',')) {
      if (flag === '') continue;
      if (!flagNames.includes(flag)) throw new ReplyError(shebangFlag(flag));
      flags.push(flag);
    }
  }
  return flags;
}
