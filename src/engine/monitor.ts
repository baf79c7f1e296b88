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

/** `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"` */
export function monitorLine(
  now: Micros,
  db: number,
  client: Session,
  argv: readonly ByteString[],
): Reply {
  const time = `${secondsOfMicros(now)}.${String(microsWithinSecond(now)).padStart(6, '0')}`;
  const from = client.address.startsWith('/') ? `unix:${client.localAddress}` : client.address;
  return status(ascii(`${time} [${db} ${from}] ${argv.map(quoteBytes).join(' ')}`));
}
