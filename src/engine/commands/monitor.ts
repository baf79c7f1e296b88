/** MONITOR. https://redis.io/docs/latest/commands/monitor/, replication.c:monitorCommand */
import type { Handlers } from '../command.ts';
import { errors, ReplyError } from '../errors.ts';
import { OK } from '../replies.ts';

export const monitorCommands: Handlers = {
  monitor(ctx) {
    if (ctx.mayNotWait()) throw new ReplyError(errors.monitorDenied);
    if (ctx.state.monitors.has(ctx.client.id)) return undefined;
    ctx.state.monitors.add(ctx.client.id);
    return OK;
  },
};
