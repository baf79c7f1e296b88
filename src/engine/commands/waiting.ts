/** WAIT and WAITAOF: until what this client wrote is safe elsewhere. replication.c; WAITAOF is of 7.2. */
import { integerArgument, millisTimeout, positiveArgument, rangedArgument } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, integer, ZERO } from '../replies.ts';

export const waitingCommands: Handlers = {
  /** There are no replicas: none has acknowledged anything, and none ever will. */
  wait(ctx, argv) {
    const replicas = integerArgument(argv[1]!);
    const deadline = millisTimeout(argv[2]!, ctx.nowMs);
    if (replicas <= 0 || ctx.insideTransaction) return ZERO;
    return ctx.block({ reason: 'wait', deadline, onTimeout: ZERO });
  },

  waitaof(ctx, argv) {
    const local = rangedArgument(argv[1]!, 0, 1);
    const replicas = positiveArgument(argv[2]!);
    const deadline = millisTimeout(argv[3]!, ctx.nowMs);
    if (local > 0 && !ctx.server.appendOnlyEnabled())
      throw new ReplyError(errors.waitAofWithoutAof);
    const synced = ctx.server.fsynced(ctx.client) ? 1 : 0;
    if ((synced >= local && replicas === 0) || ctx.insideTransaction)
      return array([integer(synced), ZERO]);
    return ctx.block({ reason: 'wait-aof', deadline, replicas });
  },
};
