/** What commands mean for the clients that keep what they have read (CLIENT TRACKING). */
import type { ByteString } from '../base/bytes.ts';
import { commandFlag, type Command } from './command.ts';
import type { Context } from './context.ts';
import { keysOf } from './key-positions.ts';
import type { Session } from './session.ts';
import { limitReaders, rememberReads, takePending } from './tracking.ts';

/** Scripts that only read are tracked by the commands that they run. */
const readOnlyScripts = new Set(['eval_ro', 'evalsha_ro', 'fcall_ro']);

/** A command has run: what it has read is remembered for its client. */
export function noteReads(
  { state, client }: Context,
  command: Command,
  argv: readonly ByteString[],
): void {
  if (client.tracking === null || (command.flags & commandFlag.readonly) === 0) return;
  if (readOnlyScripts.has(command.facts.name)) return;
  rememberReads(state, client, keysOf(command, argv) ?? []);
}

/** What the client that ran a command hears of keys; CLIENT CACHING is for one command only. */
export function endTracking(ctx: Context, session: Session, { facts }: Command): void {
  const { state, server, served } = ctx;
  served.push(...takePending(state, session));
  served.push(...limitReaders(state, server.config.trackingTableMaxKeys));
  const { tracking, transaction } = session;
  if (tracking !== null && transaction === null && !facts.name.startsWith('client|'))
    tracking.caching = false;
}
