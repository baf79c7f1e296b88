/** What MONITOR shows of a command (replication.c:replicationFeedMonitors). */
import { ascii, type ByteString } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { microsWithinSecond, secondsOfMicros, type Micros } from '../base/time.ts';
import type { Reply } from '../resp/reply.ts';
import { commandFlag, type Command } from './command.ts';
import { status } from './replies.ts';
import type { Session } from './session.ts';

/** Commands of administration are too dangerous to be shown, and some ask not to be. */
export function isShown({ flags }: Command): boolean {
  return (flags & (commandFlag.skip_monitor | commandFlag.admin)) === 0;
}

/** `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`; what a script runs has `lua` for an address. */
export function monitorLine(
  now: Micros,
  db: number,
  client: Session | 'lua',
  argv: readonly ByteString[],
): Reply {
  const time = `${secondsOfMicros(now)}.${String(microsWithinSecond(now)).padStart(6, '0')}`;
  const from = client === 'lua' ? client : addressOf(client);
  return status(ascii(`${time} [${db} ${from}] ${argv.map(quoteBytes).join(' ')}`));
}

function addressOf({ address, localAddress }: Session): string {
  return address.startsWith('/') ? `unix:${localAddress}` : address;
}
