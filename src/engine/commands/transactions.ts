/** MULTI, EXEC, DISCARD, WATCH, UNWATCH. https://redis.io/docs/latest/develop/interact/transactions/ */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { guard } from '../acl/guard.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { errors, ReplyError, rulesChanged } from '../errors.ts';
import { array, error, NULL, NULL_ARRAY, OK } from '../replies.ts';
import { discardTransaction, unwatchAll, watch } from '../transaction.ts';

export const transactionCommands: Handlers = {
  multi(ctx) {
    if (ctx.client.transaction !== null) throw new ReplyError(errors.nestedMulti);
    ctx.client.transaction = { queue: [], aborted: false };
    return OK;
  },

  discard(ctx) {
    if (ctx.client.transaction === null) throw new ReplyError(errors.discardWithoutMulti);
    discardTransaction(ctx.state, ctx.client);
    return OK;
  },

  watch(ctx, argv) {
    if (ctx.client.transaction !== null) throw new ReplyError(errors.watchInsideMulti);
    if (ctx.client.watchBroken) return OK;
    for (const key of argv.slice(1))
      watch(ctx.state, ctx.client, key, hasExpired(ctx, ctx.client.db, key));
    return OK;
  },

  unwatch(ctx) {
    unwatchAll(ctx.state, ctx.client);
    return OK;
  },

  exec(ctx) {
    const { client } = ctx;
    const { transaction } = client;
    if (transaction === null) throw new ReplyError(errors.execWithoutMulti);
    const stale =
      client.watchBroken ||
      client.watched.some(({ db, key, expired }) => !expired && hasExpired(ctx, db, key));
    discardTransaction(ctx.state, client);
    if (transaction.aborted) throw new ReplyError(errors.execAbort);
    if (stale) return NULL_ARRAY;
    const replies = runQueue(ctx, transaction.queue);
    // A SUBSCRIBE of two channels gives two replies: the array has room for one a command, the others come after it.
    ctx.following.push(...replies.splice(transaction.queue.length));
    // The queued commands are logged one by one; EXEC itself only as the mark that ends their block.
    ctx.suppressPropagation();
    return array(replies);
  },
};

function hasExpired(ctx: Context, db: number, key: ByteString): boolean {
  return ctx.within(ctx.state.databases[db]!, () => ctx.hasExpired(key));
}

function runQueue(ctx: Context, queue: readonly (readonly ByteString[])[]): Reply[] {
  const replies: Reply[] = [];
  ctx.insideTransaction = true;
  for (const argv of queue) {
    replies.push(runQueued(ctx, argv) ?? NULL, ...ctx.following.splice(0));
    ctx.db = ctx.state.databases[ctx.client.db]!;
  }
  ctx.insideTransaction = false;
  return replies;
}

/** What the user may do can have changed since the command was queued. */
function runQueued(ctx: Context, argv: readonly ByteString[]): Reply | undefined {
  const command = ctx.effects ? ctx.lookUp(argv) : undefined;
  const denial = command === undefined ? undefined : guard(ctx, ctx.client, command, argv, 'multi');
  return denial === undefined ? ctx.callNested(argv) : error(rulesChanged(denial.reason));
}
