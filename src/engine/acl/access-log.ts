/** ACL LOG: what was denied of late, the newest first; what repeats itself is counted (acl.c:addACLLogEntry). */
import type { ByteString } from '../../base/bytes.ts';
import type { Millis } from '../../base/time.ts';

export type DenialReason = 'auth' | 'command' | 'key' | 'channel';
export type DenialContext = 'toplevel' | 'multi' | 'lua';

export interface AccessLogEntry {
  readonly id: number;
  count: number;
  readonly reason: DenialReason;
  readonly context: DenialContext;
  /** What was denied: a command, a key, a channel, or the command that was to log in. */
  readonly object: ByteString;
  readonly user: ByteString;
  /** A line of CLIENT LIST. */
  client: ByteString;
  readonly createdAt: Millis;
  updatedAt: Millis;
}

export interface AccessLog {
  entries: AccessLogEntry[];
  nextId: number;
  /** What INFO counts. */
  denied: Record<DenialReason, number>;
}

const SAME_WITHIN_MS = 60_000;

export function newAccessLog(): AccessLog {
  return { entries: [], nextId: 0, denied: { auth: 0, command: 0, key: 0, channel: 0 } };
}

export function noteDenial(
  log: AccessLog,
  denied: Pick<AccessLogEntry, 'reason' | 'context' | 'object' | 'user' | 'client'>,
  now: Millis,
  most: number,
): void {
  log.denied[denied.reason]++;
  const known = log.entries.findIndex((entry) => isSame(entry, denied, now));
  if (known >= 0) {
    const [entry] = log.entries.splice(known, 1);
    if (entry === undefined) return;
    entry.count++;
    entry.updatedAt = now;
    entry.client = denied.client;
    log.entries.unshift(entry);
    return;
  }
  log.entries.unshift({ ...denied, id: log.nextId++, count: 1, createdAt: now, updatedAt: now });
  if (log.entries.length > most) log.entries.length = most;
}

function isSame(
  entry: AccessLogEntry,
  other: Pick<AccessLogEntry, 'reason' | 'context' | 'object' | 'user'>,
  now: Millis,
): boolean {
  return (
    entry.reason === other.reason &&
    entry.context === other.context &&
    entry.object === other.object &&
    entry.user === other.user &&
    Math.abs(now - entry.updatedAt) <= SAME_WITHIN_MS
  );
}
