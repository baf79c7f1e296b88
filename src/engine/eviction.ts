/**
 * Which key goes when memory is short (evict.c). Redis keeps a pool of the best candidates between samples; here the
 * best of one sample over all databases goes, so the choice is a little coarser than the real one's.
 */
import type { ByteString } from '../base/bytes.ts';
import { nextBelow } from '../base/random.ts';
import { secondsOfMicros, type Millis } from '../base/time.ts';
import type { Context } from './context.ts';
import type { Database } from './data/key-space.ts';
import { decayedCount, idleSeconds, type LfuSettings } from './data/usage.ts';
import type { Entry } from './data/value.ts';
import type { Unit } from './effects.ts';
import type { EngineState } from './engine-state.ts';
import { noteLatency, timed } from './latency-events.ts';

interface Candidate {
  readonly database: Database;
  readonly key: ByteString;
}

interface EvictionSettings extends LfuSettings {
  readonly maxmemoryPolicy: string;
  readonly maxmemorySamples: number;
}

const NO_UNITS: readonly Unit[] = [];

/** evict.c:performEvictions: keys go until the data set fits, each in a unit of its own. */
export function performEvictions(ctx: Context): readonly Unit[] {
  const { state, server, actor, now } = ctx;
  if (state.pause !== null) return NO_UNITS;
  const { config } = server;
  const { stats } = state;
  const units: Unit[] = [];
  const started = server.stopwatch();
  ctx.actor = null;
  while (server.usedMemory() > config.maxmemory) {
    const victim = nextVictim(state, config, ctx.nowMs);
    if (victim === undefined) {
      ctx.outOfMemory = true;
      break;
    }
    ctx.db = victim.database;
    timed(ctx, 'eviction-del', () => ctx.evict(victim.key));
    units.push({
      cause: { client: null, typed: null, kind: 'eviction' },
      commands: ctx.pending.splice(0),
    });
  }
  ctx.actor = actor;
  if (ctx.outOfMemory) stats.exceededSince ??= now;
  else if (stats.exceededSince !== null) {
    stats.exceededMicros += Math.max(0, now - stats.exceededSince);
    stats.exceededSince = null;
  }
  if (units.length > 0)
    noteLatency(
      state.latency,
      config.latencyMonitorThreshold,
      'eviction-cycle',
      Math.floor(server.elapsed(started) / 1000),
      secondsOfMicros(now),
    );
  return units;
}

/** The key to evict next; undefined when the policy leaves none. */
function nextVictim(
  state: EngineState,
  settings: EvictionSettings,
  now: Millis,
): Candidate | undefined {
  const { databases, random } = state;
  const [scope, rule] = settings.maxmemoryPolicy.split('-');
  if (rule === undefined) return undefined;
  if (rule === 'random') return anyKey(state, scope === 'volatile');
  let best: { candidate: Candidate; score: number } | undefined;
  for (const database of databases) {
    const entries = scope === 'volatile' ? database.space.expiring : database.space.entries;
    for (let i = 0; i < settings.maxmemorySamples && entries.length > 0; i++) {
      const entry = entries[nextBelow(random, entries.length)]!;
      const score = scoreOf(entry, rule, settings, now);
      if (best === undefined || score > best.score)
        best = { candidate: { database, key: entry.key }, score };
    }
  }
  return best?.candidate;
}

/** Database after database, so that none is emptied first. */
function anyKey(state: EngineState, volatileOnly: boolean): Candidate | undefined {
  const { databases, random } = state;
  for (let left = databases.length; left > 0; left--) {
    state.evictedFrom = (state.evictedFrom + 1) % databases.length;
    const database = databases[state.evictedFrom]!;
    const entries = volatileOnly ? database.space.expiring : database.space.entries;
    if (entries.length > 0)
      return { database, key: entries[nextBelow(random, entries.length)]!.key };
  }
  return undefined;
}

/** The higher, the sooner it goes. */
function scoreOf(entry: Entry, rule: string, settings: EvictionSettings, now: Millis): number {
  if (rule === 'ttl') return -Number(entry.expiry?.at ?? Infinity);
  if (rule === 'lfu') return 255 - decayedCount(entry.lru, now, settings);
  return idleSeconds(entry.lru, now);
}
