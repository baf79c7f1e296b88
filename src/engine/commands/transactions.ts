/** MULTI, EXEC, DISCARD, WATCH, UNWATCH. https://redis.io/docs/latest/develop/interact/transactions/ */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { guard } from '../acl/guard.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { rulesChanged } from '../acl/acl-errors.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, error, NULL, NULL_ARRAY, OK } from '../replies.ts';
import type { RunningTransaction } from '../scripting-state.ts';
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
    // The queued commands are logged one by one; EXEC itself only as the mark that ends their block.
    const reply = runQueue(ctx, { queue: transaction.queue, at: 0, replies: [] });
    ctx.suppressPropagation();
    return reply;
  },
};

function hasExpired(ctx: Context, db: number, key: ByteString): boolean {
  return ctx.within(ctx.state.databases[db]!, () => ctx.hasExpired(key));
}

/** Runs the rest of a transaction; undefined if it has come to a script, which goes on with it at its end. */
export function runQueue(ctx: Context, transaction: RunningTransaction): Reply | undefined {
  const { queue, replies } = transaction;
  ctx.insideTransaction = true;
  while (transaction.at < queue.length) {
    const reply = runQueued(ctx, queue[transaction.at++]!);
    const { running } = ctx.state.scripting;
    if (running !== null) {
      running.transaction = transaction;
      return undefined;
    }
    took(ctx, transaction, reply);
  }
  ctx.insideTransaction = false;
  ctx.following.push(...replies.slice(queue.length));
  return array(replies.slice(0, queue.length));
}

/**
 * A SUBSCRIBE of two channels gives two replies. They leave in their order, behind an array's head that was made for one
 * a command: the last ones stand after the array.
 */
export function took(
  ctx: Context,
  { replies }: RunningTransaction,
  reply: Reply | undefined,
): void {
  replies.push(reply ?? NULL, ...ctx.following.splice(0));
  ctx.db = ctx.state.databases[ctx.client.db]!;
}

/** What the user may do can have changed since the command was queued. */
function runQueued(ctx: Context, argv: readonly ByteString[]): Reply | undefined {
  const command = ctx.effects ? ctx.lookUp(argv) : undefined;
  const denial = command === undefined ? undefined : guard(ctx, ctx.client, command, argv, 'multi');
  return denial === undefined ? ctx.callNested(argv) : error(rulesChanged(denial.reason));
}
