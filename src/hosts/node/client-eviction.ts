/** maxmemory-clients: when clients take too much of memory, those that take most are dropped (networking.c:evictClients). */
import type { DirectiveValues } from '../../server/directives.ts';
import { directiveText } from '../../server/directives.ts';

export interface MeasuredClient {
  readonly bytes: number;
  /** CLIENT NO-EVICT. */
  readonly stays: boolean;
}

/** Bytes that all clients may take together; 0: no limit. A percentage is one of maxmemory. */
export function clientMemoryLimit(directives: DirectiveValues): number {
  const text = directiveText(directives, 'maxmemory-clients');
  if (!text.endsWith('%')) return Number(text);
  return Math.floor(
    (Number(directiveText(directives, 'maxmemory')) * Number(text.slice(0, -1))) / 100,
  );
}

/** The largest ones, until the others keep within the limit. */
export function clientsToEvict<T extends MeasuredClient>(
  clients: readonly T[],
  limit: number,
): T[] {
  let total = clients.reduce((sum, { bytes }) => sum + bytes, 0);
  const victims: T[] = [];
  for (const client of [...clients].sort((a, b) => b.bytes - a.bytes)) {
    if (total <= limit) break;
    if (client.stays) continue;
    total -= client.bytes;
    victims.push(client);
  }
  return victims;
}
