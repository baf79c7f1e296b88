/** WAIT and WAITAOF: until what this client wrote is safe elsewhere. replication.c; WAITAOF is of 7.2. */
import type { ByteString } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import { integerArgument, positiveArgument, rangedArgument } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, integer, ZERO } from '../replies.ts';

export const waitingCommands: Handlers = {
  /** There are no replicas: none has acknowledged anything, and none ever will. */
  wait(ctx, argv) {
    const replicas = integerArgument(argv[1]!);
    const deadline = deadlineArgument(ctx, argv[2]!);
    if (replicas <= 0 || ctx.insideTransaction) return ZERO;
    return ctx.block({ reason: 'wait', deadline, onTimeout: ZERO });
  },

  waitaof(ctx, argv) {
    const local = rangedArgument(argv[1]!, 0, 1);
    const replicas = positiveArgument(argv[2]!);
    const deadline = deadlineArgument(ctx, argv[3]!);
    if (local > 0 && !ctx.server.appendOnlyEnabled())
      throw new ReplyError(errors.waitAofWithoutAof);
    const synced = ctx.server.fsynced(ctx.client) ? 1 : 0;
    if ((synced >= local && replicas === 0) || ctx.insideTransaction)
      return array([integer(synced), ZERO]);
    return ctx.block({ reason: 'wait-aof', deadline, replicas });
  },
};

/** A timeout in milliseconds, as the instant when it ends; null if it is 0: for ever. */
function deadlineArgument(ctx: Context, word: ByteString): Micros | null {
  const timeout = integerArgument(word, errors.timeoutNotInteger);
  if (timeout < 0) throw new ReplyError(errors.timeoutNegative);
  return timeout === 0 ? null : ctx.now + timeout * 1000;
}
