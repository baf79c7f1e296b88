/** What MONITOR shows of a command (replication.c:replicationFeedMonitors). */
import { ascii, type ByteString } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { microsWithinSecond, secondsOfMicros, type Micros } from '../base/time.ts';
import { commandFlag, type Command } from './command.ts';
import type { EngineState } from './engine-state.ts';
import type { ClientId, Session } from './session.ts';

/**
 * Stands among the monitors for somebody outside of the machine who looks on. It is no client: nothing is sent to it
 * and nothing that the server does depends on it, so a run that is looked at goes as one that is not.
 */
export const ONLOOKER: ClientId = -1;

/** A command as MONITOR shows it, and who sent it. */
export interface ShownCommand {
  readonly client: ClientId | 'lua';
  readonly line: ByteString;
}

/** An onlooker who does not come back finds the last of them only. */
const MOST_SHOWN = 4096;

export function noteShown(
  { shown }: EngineState,
  client: ClientId | 'lua',
  line: ByteString,
): void {
  if (shown.length >= MOST_SHOWN) shown.splice(0, MOST_SHOWN / 2);
  shown.push({ client, line });
}

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
): ByteString {
  const time = `${secondsOfMicros(now)}.${String(microsWithinSecond(now)).padStart(6, '0')}`;
  const from = client === 'lua' ? client : addressOf(client);
  return ascii(`${time} [${db} ${from}] ${argv.map(quoteBytes).join(' ')}`);
}

function addressOf({ address, localAddress }: Session): string {
  return address.startsWith('/') ? `unix:${localAddress}` : address;
}
