/** The server as a whole. https://redis.io/docs/latest/commands/?group=server, server.c, rdb.c, aof.c */
import { lowerCase, type ByteString } from '../../base/bytes.ts';
import { microsWithinSecond, secondsOfMicros } from '../../base/time.ts';
import { formatInteger } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { is, syntaxError } from '../arguments.ts';
import { setDefaultPassword } from '../acl/accounts.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { newEngineStats } from '../engine-state.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, bulk, integer, map, OK, status, verbatim } from '../replies.ts';
import { helpOf } from './help.ts';

export const serverCommands: Handlers = {
  time(ctx) {
    const parts = [secondsOfMicros(ctx.now), microsWithinSecond(ctx.now)];
    return array(parts.map((part) => bulk(formatInteger(part))));
  },

  info(ctx, argv) {
    return verbatim(ctx.server.info(argv.slice(1).map(lowerCase), ctx.now));
  },

  'config|get'(ctx, argv) {
    return map(
      ctx.server
        .configGet(argv.slice(2))
        .map(([name, value]) => [bulk(name), bulk(value)] as const),
    );
  },

  'config|set'(ctx, argv) {
    if (argv.length % 2 !== 0) syntaxError();
    const pairs: (readonly [ByteString, ByteString])[] = [];
    for (let i = 2; i < argv.length; i += 2) pairs.push([argv[i]!, argv[i + 1]!]);
    const result = ctx.server.configSet(pairs);
    if (!result.ok) throw new ReplyError(result.error);
    const password = pairs.findLast(([name]) => is(name, 'requirepass'));
    if (password !== undefined) setDefaultPassword(ctx.state, password[1]);
    if (result.pending === undefined) return OK;
    ctx.ask({ kind: 'apply-config', ...result.pending, transaction: ctx.insideTransaction });
    return later(ctx, OK);
  },

  'config|resetstat'(ctx) {
    ctx.state.stats = newEngineStats();
    ctx.server.configResetStat();
    return OK;
  },

  'config|rewrite'(ctx) {
    if (!ctx.server.hasConfigFile()) throw new ReplyError(errors.noConfigFile);
    ctx.ask({ kind: 'rewrite-config', which: 'changed' });
    return later(ctx, OK);
  },

  'config|help': helpOf('config'),

  save(ctx) {
    if (ctx.server.childActive() === 'rdb') throw new ReplyError(errors.saveInProgress);
    ctx.ask({ kind: 'save' });
    return later(ctx, OK);
  },

  bgsave(ctx, argv) {
    const schedule = argv.length > 1;
    if (schedule && (argv.length > 2 || !is(argv[1], 'SCHEDULE'))) syntaxError();
    const child = ctx.server.childActive();
    if (child === 'rdb') throw new ReplyError(errors.saveInProgress);
    if (child === 'none' && !ctx.insideTransaction) {
      ctx.ask({ kind: 'bgsave', schedule });
      return undefined;
    }
    if (!schedule && !ctx.insideTransaction) throw new ReplyError(errors.otherChild);
    ctx.server.schedule('bgsave');
    return status('Background saving scheduled');
  },

  bgrewriteaof(ctx) {
    const child = ctx.server.childActive();
    if (child === 'aof') throw new ReplyError(errors.rewriteInProgress);
    if (child === 'none' && !ctx.insideTransaction) {
      ctx.ask({ kind: 'rewrite-aof' });
      return undefined;
    }
    ctx.server.schedule('rewrite-aof');
    return status('Background append only file rewriting scheduled');
  },

  lastsave(ctx) {
    return integer(ctx.server.lastSaveSeconds());
  },

  shutdown(ctx, argv) {
    const words = argv.slice(1);
    const given = (option: string): boolean => words.some((word) => is(word, option));
    const known = ['NOSAVE', 'SAVE', 'NOW', 'FORCE', 'ABORT'];
    if (!words.every((word) => known.some((option) => is(word, option)))) syntaxError();
    const others = given('NOSAVE') || given('SAVE') || given('NOW') || given('FORCE');
    if ((given('ABORT') && others) || (given('NOSAVE') && given('SAVE'))) syntaxError();
    if (given('ABORT')) ctx.ask({ kind: 'abort-shutdown' });
    else {
      const save = given('NOSAVE') ? 'nosave' : given('SAVE') ? 'save' : 'default';
      ctx.ask({ kind: 'shutdown', save, force: given('FORCE'), now: given('NOW') });
    }
    return undefined;
  },
};

/**
 * The reply of a command whose work the server does afterwards and may fail. A transaction's reply has to be complete,
 * so there it is the reply of success.
 */
export function later(ctx: Context, success: Reply): Reply | undefined {
  return ctx.insideTransaction ? success : undefined;
}
