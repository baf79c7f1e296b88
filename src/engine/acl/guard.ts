/** The gate in front of commands: who may not run one is told so, and it is noted in the log of denials. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { clientLine } from '../client-line.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { denied } from './acl-errors.ts';
import type { Session } from '../session.ts';
import { noteDenial, type DenialContext } from './access-log.ts';
import { denialOf, type Denial } from './permissions.ts';
import type { User } from './users.ts';

/** Undefined: the client's user may run the command; otherwise the denial was noted. */
export function guard(
  ctx: Context,
  session: Session,
  command: Command,
  argv: readonly ByteString[],
  context: DenialContext,
): Denial | undefined {
  const user = ctx.state.users.get(session.user);
  if (user === undefined || mayDoAll(user)) return undefined;
  const denial = denialOf(user, command, argv);
  if (denial === undefined) return undefined;
  const { reason, position } = denial;
  const object = reason === 'command' ? ascii(command.facts.name) : argv[position]!;
  note(ctx, session, { reason, context, object, user: user.name });
  return denial;
}

/** A login failed: the name that was given is noted. */
export function noteFailedLogin(ctx: Context, user: ByteString): void {
  const context = ctx.insideTransaction ? 'multi' : 'toplevel';
  note(ctx, ctx.client, { reason: 'auth', context, object: ctx.argv[0]!, user });
}

function note(
  ctx: Context,
  session: Session,
  what: Omit<Parameters<typeof noteDenial>[1], 'client'>,
): void {
  const client = clientLine(ctx, session);
  noteDenial(ctx.state.accessLog, { ...what, client }, ctx.nowMs, ctx.server.config.aclLogMaxLen);
}

/** What the client that is denied a command is told. */
export function denialText(
  { reason, position }: Denial,
  user: ByteString,
  { facts }: Command,
  argv: readonly ByteString[],
): string {
  return denied[reason](user, reason === 'command' ? facts.name : argv[position]!, 'terse');
}

/** Why the script's user may not run a command from it; undefined: it may. */
export function scriptDenial(
  ctx: Context,
  command: Command,
  argv: readonly ByteString[],
): string | undefined {
  const denial = guard(ctx, ctx.client, command, argv, 'lua');
  if (denial === undefined) return undefined;
  return `NOPERM ACL failure in script: ${denialText(denial, ctx.client.user, command, argv)}`;
}

/** redis.acl_check_cmd: whether the client's user may run the command; nothing is noted. */
export function mayRun(ctx: Context, command: Command, argv: readonly ByteString[]): boolean {
  const user = ctx.state.users.get(ctx.client.user);
  return user === undefined || denialOf(user, command, argv) === undefined;
}

function mayDoAll({ selectors: [root] }: User): boolean {
  return root !== undefined && root.commands === null && root.allKeys && root.allChannels;
}
