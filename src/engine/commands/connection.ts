/** The connection itself. https://redis.io/docs/latest/commands/?group=connection, networking.c, acl.c */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { needsNoLogin, passwordFits } from '../acl/accounts.ts';
import { noteFailedLogin } from '../acl/guard.ts';
import { DEFAULT_USER } from '../acl/users.ts';
import { int64Argument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { errors, helloSyntax, ReplyError, wrongArity } from '../errors.ts';
import { isListening, unsubscribeAll } from '../pubsub.ts';
import { array, bulk, bulks, integer, map, OK, PONG, status } from '../replies.ts';
import type { Session } from '../session.ts';
import { disableTracking } from '../tracking.ts';
import { discardTransaction, unwatchAll } from '../transaction.ts';
import { redisVersion } from '../version.ts';
import { checkedName } from './client.ts';

export const connectionCommands: Handlers = {
  ping(ctx, argv) {
    if (argv.length > 2) throw new ReplyError(wrongArity(ctx.command.facts.name));
    // To a client that listens in RESP2 everything looks like a message.
    if (ctx.client.protocol === 2 && isListening(ctx.client))
      return bulks([ascii('pong'), argv[1] ?? EMPTY]);
    return argv.length === 1 ? PONG : bulk(argv[1]!);
  },

  echo(_ctx, argv) {
    return bulk(argv[1]!);
  },

  quit(ctx) {
    ctx.client.closing = true;
    return OK;
  },

  reset(ctx) {
    resetSession(ctx, ctx.client);
    return status('RESET');
  },

  auth(ctx, argv) {
    if (argv.length > 3) syntaxError();
    const [user, password] = argv.length === 2 ? [DEFAULT_USER, argv[1]!] : [argv[1]!, argv[2]!];
    if (argv.length === 2 && ctx.state.users.get(DEFAULT_USER)?.noPassword === true)
      throw new ReplyError(errors.authWithoutPassword);
    authenticate(ctx, user, password);
    return OK;
  },

  hello(ctx, argv) {
    const { protocol, login, name } = helloOptions(argv);
    if (login !== undefined) authenticate(ctx, login.user, login.password);
    if (!ctx.client.authenticated) throw new ReplyError(errors.helloNoAuth);
    if (name !== undefined) ctx.client.name = name;
    if (protocol !== undefined) ctx.client.protocol = protocol;
    return greeting(ctx.client);
  },
};

function authenticate(ctx: Context, name: ByteString, password: ByteString): void {
  const user = ctx.state.users.get(name);
  if (!passwordFits(user, password)) {
    noteFailedLogin(ctx, name);
    throw new ReplyError(errors.wrongPassword);
  }
  ctx.client.user = user.name;
  ctx.client.authenticated = true;
}

interface HelloOptions {
  readonly protocol: 2 | 3 | undefined;
  readonly login: { readonly user: ByteString; readonly password: ByteString } | undefined;
  readonly name: ByteString | undefined;
}

function helloOptions(argv: readonly ByteString[]): HelloOptions {
  let protocol: 2 | 3 | undefined;
  let login: HelloOptions['login'];
  let name: ByteString | undefined;
  if (argv.length > 1) {
    const version = int64Argument(argv[1]!, errors.protocolVersion);
    if (version !== 2 && version !== 3) throw new ReplyError(errors.noProto);
    protocol = version;
  }
  for (let i = 2; i < argv.length; i++) {
    if (is(argv[i], 'AUTH') && i + 2 < argv.length)
      login = { user: argv[++i]!, password: argv[++i]! };
    else if (is(argv[i], 'SETNAME') && i + 1 < argv.length)
      name = checkedName(argv[++i]!, errors.clientName);
    else throw new ReplyError(helloSyntax(argv[i]!));
  }
  return { protocol, login, name };
}

function greeting(session: Session): Reply {
  return map([
    [text('server'), text('redis')],
    [text('version'), text(redisVersion)],
    [text('proto'), integer(session.protocol)],
    [text('id'), integer(session.id)],
    [text('mode'), text('standalone')],
    [text('role'), text('master')],
    [text('modules'), array([])],
  ]);
}

function text(literal: string): Reply {
  return bulk(ascii(literal));
}

/** networking.c:resetCommand: as a connection that was just opened. */
function resetSession(ctx: Context, session: Session): void {
  discardTransaction(ctx.state, session);
  unwatchAll(ctx.state, session);
  unsubscribeAll(ctx.state, session);
  disableTracking(ctx.state, session);
  ctx.state.monitors.delete(session.id);
  session.db = 0;
  ctx.db = ctx.state.databases[0]!;
  session.protocol = 2;
  session.name = EMPTY;
  session.user = DEFAULT_USER;
  session.authenticated = needsNoLogin(ctx.state.users);
  session.replyMode = 'on';
  session.noEvict = false;
  session.noTouch = false;
}
