/** CLIENT. https://redis.io/docs/latest/commands/?group=connection, networking.c:clientCommand */
import { ascii, concatBytes, type ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import { drop } from '../acl/accounts.ts';
import { clientLine } from '../client-line.ts';
import type { Context } from '../context.ts';
import {
  errors,
  noSuchUser,
  ReplyError,
  unknownClientType,
  unknownSubcommandOrArity,
  unrecognizedOption,
} from '../errors.ts';
import { isListening } from '../pubsub.ts';
import { bulk, integer, NULL, OK, ONE, verbatim, ZERO } from '../replies.ts';
import type { Session } from '../session.ts';
import { helpOf } from './help.ts';

export const clientCommands: Handlers = {
  'client|id': (ctx) => integer(ctx.client.id),
  'client|info': (ctx) => verbatim(concatBytes(clientLine(ctx, ctx.client), NEWLINE)),
  'client|getname': (ctx) => (ctx.client.name === '' ? NULL : bulk(ctx.client.name)),
  'client|help': helpOf('client'),

  'client|setname'(ctx, argv) {
    ctx.client.name = checkedName(argv[2]!, errors.clientName);
    return OK;
  },

  'client|setinfo'(ctx, argv) {
    const [, , option, value] = argv;
    if (is(option, 'LIB-NAME')) ctx.client.libName = checkedName(value!, errors.libName);
    else if (is(option, 'LIB-VER')) ctx.client.libVersion = checkedName(value!, errors.libVersion);
    else throw new ReplyError(unrecognizedOption(option!));
    return OK;
  },

  'client|list'(ctx, argv) {
    return verbatim(
      concatBytes(...listed(ctx, argv).flatMap((session) => [clientLine(ctx, session), NEWLINE])),
    );
  },

  'client|reply'(ctx, argv) {
    if (is(argv[2], 'ON')) {
      ctx.client.replyMode = 'on';
      return OK;
    }
    if (is(argv[2], 'OFF')) ctx.client.replyMode = 'off';
    else if (is(argv[2], 'SKIP')) {
      if (ctx.client.replyMode === 'on') ctx.client.replyMode = 'skip';
    } else syntaxError();
    return undefined;
  },

  'client|no-evict'(ctx, argv) {
    ctx.client.noEvict = onOrOff(argv[2]!);
    return OK;
  },

  'client|no-touch'(ctx, argv) {
    ctx.client.noTouch = onOrOff(argv[2]!);
    return OK;
  },

  'client|kill'(ctx, argv) {
    return argv.length === 3 ? killByAddress(ctx, argv[2]!) : killByFilter(ctx, argv);
  },

  'client|unblock'(ctx, argv) {
    if (argv.length > 4) throw new ReplyError(unknownSubcommandOrArity('client', argv[1]!));
    let how: 'timeout' | 'error' = 'timeout';
    if (argv.length === 4) {
      if (is(argv[3], 'ERROR')) how = 'error';
      else if (!is(argv[3], 'TIMEOUT')) throw new ReplyError(errors.unblockReason);
    }
    const id = int64Argument(argv[2]!);
    const session = typeof id === 'number' ? ctx.state.sessions.get(id) : undefined;
    if (session === undefined || !mayEndByTime(session)) return ZERO;
    ctx.unblock(session, how);
    return ONE;
  },
};

const NEWLINE = ascii('\n');

/** Printable and without blanks, so that CLIENT LIST can be read by a program (networking.c:validateClientAttr). */
export function checkedName(name: ByteString, message: string): ByteString {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x21 || code > 0x7e) throw new ReplyError(message);
  }
  return name;
}

function onOrOff(word: ByteString): boolean {
  if (is(word, 'ON')) return true;
  if (is(word, 'OFF')) return false;
  return syntaxError();
}

/** Waiting that ends by the clock: what is held back by a pause does not wait for anything (blockedClientMayTimeout). */
function mayEndByTime({ blocked }: Session): boolean {
  return blocked !== null && blocked.reason !== 'server' && blocked.reason !== 'pause';
}

/** Replicas and masters are there in name only. */
const clientTypes = ['normal', 'master', 'replica', 'slave', 'pubsub'];

function typeOf(session: Session): string {
  return isListening(session) ? 'pubsub' : 'normal';
}

function checkedType(word: ByteString): string {
  const type = clientTypes.find((name) => is(word, name));
  if (type === undefined) throw new ReplyError(unknownClientType(word));
  return type;
}

function listed(ctx: Context, argv: readonly ByteString[]): Session[] {
  const all = [...ctx.state.sessions.values()].filter(({ loading }) => !loading);
  if (argv.length === 2) return all;
  if (argv.length === 4 && is(argv[2], 'TYPE')) {
    const type = checkedType(argv[3]!);
    return all.filter((session) => typeOf(session) === type);
  }
  if (argv.length > 3 && is(argv[2], 'ID')) {
    return argv.slice(3).flatMap((word) => {
      const id = int64Argument(word, errors.clientId);
      return all.filter((session) => session.id === id);
    });
  }
  return syntaxError();
}

function killByAddress(ctx: Context, address: ByteString): Reply {
  const session = [...ctx.state.sessions.values()].find(
    (known) => !known.loading && known.address === address,
  );
  if (session === undefined) throw new ReplyError(errors.noSuchClient);
  drop(ctx, session);
  return OK;
}

function killByFilter(ctx: Context, argv: readonly ByteString[]): Reply {
  let skipMe = true;
  const tests: ((session: Session) => boolean)[] = [];
  for (let i = 2; i < argv.length; i += 2) {
    const option = argv[i]!;
    const value = argv[i + 1];
    if (value === undefined) syntaxError();
    if (is(option, 'ID')) {
      const id = int64Argument(value, errors.clientIdPositive);
      if (id < 1) throw new ReplyError(errors.clientIdPositive);
      tests.push((session) => session.id === id);
    } else if (is(option, 'TYPE')) {
      const type = checkedType(value);
      tests.push((session) => typeOf(session) === type);
    } else if (is(option, 'ADDR')) tests.push((session) => session.address === value);
    else if (is(option, 'LADDR')) tests.push((session) => session.localAddress === value);
    else if (is(option, 'USER')) {
      if (!ctx.state.users.has(value)) throw new ReplyError(noSuchUser(value));
      tests.push((session) => session.user === value);
    } else if (is(option, 'SKIPME')) {
      if (is(value, 'YES')) skipMe = true;
      else if (is(value, 'NO')) skipMe = false;
      else syntaxError();
    } else syntaxError();
  }
  const victims = [...ctx.state.sessions.values()].filter(
    (session) =>
      !session.loading &&
      !(skipMe && session === ctx.client) &&
      tests.every((test) => test(session)),
  );
  for (const session of victims) drop(ctx, session);
  return integer(victims.length);
}
