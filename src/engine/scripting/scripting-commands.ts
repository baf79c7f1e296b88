/** EVAL, EVALSHA and SCRIPT (eval.c). https://redis.io/docs/latest/develop/interact/programmability/eval-intro/ */
import { ascii, bytesOf, lowerCase, type ByteString } from '../../base/bytes.ts';
import { parseInt64 } from '../../base/integers.ts';
import { sha1Hex } from '../../base/sha1.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Handlers } from '../command.ts';
import { helpReply } from '../commands/help.ts';
import type { Context } from '../context.ts';
import { errors, ReplyError, scriptCompileError, shebangEngine, shebangFlag, shebangOption } from '../errors.ts';
import { array, bulk, OK, ONE, ZERO } from '../replies.ts';
import { LuaError, plainText } from './lua-value.ts';
import { compileScript, runScript, type Script } from './script-runner.ts';

export const scriptingCommands: Handlers = {
  eval: (ctx, argv) => evaluate(ctx, argv, 'source', 'any'),
  eval_ro: (ctx, argv) => evaluate(ctx, argv, 'source', 'read-only'),
  evalsha: (ctx, argv) => evaluate(ctx, argv, 'sha', 'any'),
  evalsha_ro: (ctx, argv) => evaluate(ctx, argv, 'sha', 'read-only'),

  'script|load'(ctx, argv) {
    const source = argv[2]!;
    const sha = shaOf(source);
    if (!ctx.state.scripts.has(sha)) {
      prepared(sha, source);
      ctx.state.scripts.set(sha, source);
    }
    return bulk(sha);
  },

  'script|exists': (ctx, argv) => array(argv.slice(2).map((sha) => (ctx.state.scripts.has(lowerCase(sha)) ? ONE : ZERO))),

  'script|flush'(ctx, argv) {
    const how = argv[2] === undefined ? 'sync' : lowerCase(argv[2]);
    if (argv.length > 3 || (how !== 'sync' && how !== 'async')) throw new ReplyError(errors.scriptFlush);
    ctx.state.scripts.clear();
    return OK;
  },

  /** A script has ended before any other command is looked at. */
  'script|kill'() {
    throw new ReplyError(errors.notBusy);
  },

  'script|help': () =>
    helpReply('script', [
      ['EXISTS <sha1> [<sha1> ...]', 'Return information about the existence of the scripts in the script cache.'],
      ['FLUSH [ASYNC|SYNC]', 'Flush the Lua scripts cache. Very dangerous on replicas.'],
      ['KILL', 'Kill the currently executing Lua script.'],
      ['LOAD <script>', 'Load a script into the scripts cache without executing it.'],
    ]),
};

function shaOf(source: ByteString): ByteString {
  return ascii(sha1Hex(bytesOf(source)));
}

function evaluate(ctx: Context, argv: readonly ByteString[], given: 'source' | 'sha', use: 'any' | 'read-only'): Reply {
  const count = parseInt64(argv[2]!);
  if (count === undefined) throw new ReplyError(errors.notInteger);
  if (count > argv.length - 3) throw new ReplyError(errors.tooManyKeys);
  if (count < 0) throw new ReplyError(errors.negativeKeys);
  const sha = given === 'sha' ? lowerCase(argv[1]!) : shaOf(argv[1]!);
  const source = given === 'sha' ? ctx.state.scripts.get(sha) : argv[1]!;
  if (source === undefined) throw new ReplyError(errors.noScript);
  const { script, declared } = prepared(sha, source);
  ctx.state.scripts.set(sha, source);
  if (declared === 'writes') {
    if (use === 'read-only') throw new ReplyError(errors.readOnlyCommand);
    const denied = ctx.server.writesDenied();
    if (denied !== undefined) throw new ReplyError(denied);
  }
  const first = 3 + Number(count);
  return runScript(ctx, use === 'read-only' ? { ...script, readOnly: true } : script, argv.slice(3, first), argv.slice(first));
}

/** `declared`: what a shebang says of it. */
interface Prepared {
  readonly script: Script;
  readonly declared: 'nothing' | 'writes' | 'no-writes';
}

const flagNames = new Set(['no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys']);

function prepared(sha: ByteString, source: ByteString): Prepared {
  let body: string = source;
  let declared: Prepared['declared'] = 'nothing';
  if (source.startsWith('#!')) {
    const end = source.indexOf('\n');
    if (end < 0) throw new ReplyError(errors.shebang);
    declared = shebang(source.slice(0, end));
    body = source.slice(end);
  }
  try {
    return { script: { sha, proto: compileScript(body), readOnly: declared === 'no-writes' }, declared };
  } catch (thrown) {
    if (thrown instanceof LuaError) throw new ReplyError(scriptCompileError(plainText(thrown.value)));
    throw thrown;
  }
}

/** evalExtractShebangFlags. */
function shebang(line: string): 'writes' | 'no-writes' {
  const [engine = '', ...options] = line.split(' ').filter((word) => word !== '');
  if (engine !== '#!lua') throw new ReplyError(shebangEngine(engine));
  let declared: 'writes' | 'no-writes' = 'writes';
  for (const option of options) {
    if (!option.startsWith('flags=')) throw new ReplyError(shebangOption(option));
    for (const flag of option.slice(6).split(',')) {
      if (flag === '') continue;
      if (!flagNames.has(flag)) throw new ReplyError(shebangFlag(flag));
      if (flag === 'no-writes') declared = 'no-writes';
    }
  }
  return declared;
}
