/** SLOWLOG. https://redis.io/docs/latest/commands/slowlog-get/, slowlog.c */
import { integerArgument } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import { errors, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import { array, bulk, bulks, integer, OK } from '../replies.ts';
import { ascii } from '../../base/bytes.ts';
import { helpOf } from './help.ts';

const SHOWN_BY_DEFAULT = 10;

export const slowLogCommands: Handlers = {
  'slowlog|get'(ctx, argv) {
    if (argv.length > 3) throw new ReplyError(unknownSubcommandOrArity('slowlog', argv[1]!));
    const { entries } = ctx.state.slowLog;
    let count = SHOWN_BY_DEFAULT;
    if (argv[2] !== undefined) {
      count = integerArgument(argv[2], errors.slowLogCount);
      if (count < -1) throw new ReplyError(errors.slowLogCount);
    }
    return array(
      entries
        .slice(0, count === -1 ? entries.length : count)
        .map(({ id, at, micros, argv: words, address, clientName }) =>
          array([
            integer(id),
            integer(at),
            integer(micros),
            bulks(words),
            bulk(ascii(address)),
            bulk(clientName),
          ]),
        ),
    );
  },

  'slowlog|len': (ctx) => integer(ctx.state.slowLog.entries.length),

  'slowlog|reset'(ctx) {
    ctx.state.slowLog.entries.length = 0;
    return OK;
  },

  'slowlog|help': helpOf('slowlog'),
};
