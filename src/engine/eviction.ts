/**
 * Which key goes when memory is short (evict.c). Redis keeps a pool of the best candidates between samples; here the
 * best of one sample over all databases goes, so the choice is a little coarser than the real one's.
 */
import type { ByteString } from '../base/bytes.ts';
import { nextBelow, type RandomState } from '../base/random.ts';
import type { Millis } from '../base/time.ts';
import type { Database, KeySpace } from './data/key-space.ts';
import { decayedCount, idleSeconds, type LfuSettings } from './data/usage.ts';
import type { Entry } from './data/value.ts';

export interface Candidate {
  readonly database: Database;
  readonly key: ByteString;
}

export interface EvictionSettings extends LfuSettings {
  readonly maxmemoryPolicy: string;
  readonly maxmemorySamples: number;
}

/** The key to evict next; undefined when the policy leaves none. */
export function nextVictim(
  databases: readonly Database[],
  settings: EvictionSettings,
  now: Millis,
  random: RandomState,
): Candidate | undefined {
  const [scope, rule] = settings.maxmemoryPolicy.split('-');
  if (rule === undefined) return undefined;
  let best: { candidate: Candidate; score: number } | undefined;
  for (const database of databases) {
    const keys = scope === 'volatile' ? database.space.expireOrder : database.space.order;
    const samples = rule === 'random' ? 1 : settings.maxmemorySamples;
    for (let i = 0; i < samples && keys.length > 0; i++) {
      const key = keys[nextBelow(random, keys.length)]!;
      const score = rule === 'random' ? 1 : scoreOf(database.space, key, rule, settings, now);
      if (best === undefined || score > best.score) best = { candidate: { database, key }, score };
    }
  }
  return best?.candidate;
}

/** The higher, the sooner it goes. */
function scoreOf(
  space: KeySpace,
  key: ByteString,
  rule: string,
  settings: EvictionSettings,
  now: Millis,
): number {
  const entry: Entry = space.keys.get(key)!;
  if (rule === 'ttl') return -(entry.expiry?.at ?? Infinity);
  if (rule === 'lfu') return 255 - decayedCount(entry.lru, now, settings);
  return idleSeconds(entry.lru, now);
}
