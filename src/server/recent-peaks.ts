/** The largest buffers of clients in the last seconds, as INFO tells them (server.c:clientsCronTrackExpansiveClients). */
import type { Seconds } from '../base/time.ts';
import type { ServerPort } from '../engine/server-port.ts';
import type { Session } from '../engine/session.ts';

export interface RecentPeaks {
  /** One place a second. */
  readonly input: number[];
  readonly output: number[];
}

const SECONDS_KEPT = 8;

export function newRecentPeaks(): RecentPeaks {
  const none = (): number[] => new Array<number>(SECONDS_KEPT).fill(0);
  return { input: none(), output: none() };
}

/** To be called once a second. */
export function notePeaks(
  { input, output }: RecentPeaks,
  sessions: Iterable<Session>,
  port: ServerPort,
  now: Seconds,
): void {
  const place = now % SECONDS_KEPT;
  input[place] = 0;
  output[place] = 0;
  for (const session of sessions) {
    if (session.loading) continue;
    const { inputBytes, inputRoom, replyBytes, queuedBytes } = port.connection(session);
    input[place] = Math.max(input[place] ?? 0, inputBytes + inputRoom);
    output[place] = Math.max(output[place] ?? 0, replyBytes + queuedBytes);
  }
}
