/** What changes users do to the connections that are theirs, and to logging in. */
import { bytesOf, type ByteString } from '../../base/bytes.ts';
import { sha256Hex } from '../../base/sha256.ts';
import type { Context } from '../context.ts';
import type { EngineState } from '../engine-state.ts';
import { forgetSession } from '../farewell.ts';
import type { Session } from '../session.ts';
import { permitsChannel } from './permissions.ts';
import { applyRule } from './rules.ts';
import { ascii } from '../../base/bytes.ts';
import { DEFAULT_USER, type User, type Users } from './users.ts';

/** Whether a new connection is logged in by itself, as the default user. */
export function needsNoLogin(users: Users): boolean {
  const user = users.get(DEFAULT_USER);
  return user !== undefined && user.noPassword && user.enabled;
}

export function passwordFits(user: User | undefined, password: ByteString): user is User {
  if (user === undefined || !user.enabled) return false;
  return user.noPassword || user.passwords.includes(sha256Hex(bytesOf(password)));
}

/** acl.c:ACLUpdateDefaultUserPassword, for `requirepass`. */
export function setDefaultPassword(
  { users }: Pick<EngineState, 'users'>,
  password: ByteString,
): void {
  const user = users.get(DEFAULT_USER);
  if (user === undefined) return;
  user.passwords = [];
  user.noPassword = password === '';
  if (password !== '') applyRule(user, ascii(`>${password}`), 'resetchannels');
}

/** The clients of a user that is no more. */
export function dropClientsOf(ctx: Context, name: ByteString): void {
  for (const session of [...ctx.state.sessions.values()]) {
    if (session.loading || session.user !== name) continue;
    session.user = DEFAULT_USER;
    session.authenticated = false;
    drop(ctx, session);
  }
}

/** The client that runs the command is answered first. */
export function drop(ctx: Context, session: Session): void {
  session.closing = true;
  if (session === ctx.client) return;
  forgetSession(ctx.state, session);
  ctx.server.disconnect(session);
}

/** acl.c:ACLKillPubsubClientsIfNeeded: those who listen to what their user may not any more. */
export function dropListeners(ctx: Context, before: User, after: User): void {
  if (after.selectors.some(({ allChannels }) => allChannels)) return;
  const permitted = after.selectors.flatMap(({ channels }) => channels);
  const had = before.selectors.flatMap(({ channels }) => channels);
  const hadAll = before.selectors.some(({ allChannels }) => allChannels);
  if (!hadAll && had.every((channel) => permitted.includes(channel))) return;
  for (const session of [...ctx.state.sessions.values()]) {
    if (session.user !== after.name || session.loading) continue;
    const { channels, patterns, shardChannels } = session.subscriptions;
    const mayStay =
      [...patterns].every((name) => permitsChannel(permitted, name, 'pattern')) &&
      [...channels, ...shardChannels].every((name) => permitsChannel(permitted, name, 'literal'));
    if (!mayStay) drop(ctx, session);
  }
}
