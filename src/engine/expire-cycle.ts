/**
 * The active expire cycle (expire.c:activeExpireCycle): it walks on through the keys that have an expiry, 20 at a
 * time, and goes on while more than a tenth of a batch had expired.
 */
import { secondsOfMicros } from '../base/time.ts';
import type { ByteString } from '../base/bytes.ts';
import type { Millis } from '../base/time.ts';
import type { Context } from './context.ts';
import type { KeySpace } from './data/key-space.ts';
import type { Unit } from './effects.ts';
import { noteLatency } from './latency-events.ts';

const KEYS_PER_LOOP = 20;
const ACCEPTABLE_STALE_PERCENT = 10;
/** What one cycle weighs in the average share of keys that were expired when it looked at them. */
const STALE_WEIGHT = 0.05;

/** Deletes expired keys as the cron does; each deletion is a unit of its own, born of no client. */
export function activeExpireCycle(ctx: Context, maxKeys: number): readonly Unit[] {
  const { state, server } = ctx;
  const started = server.stopwatch();
  const units: Unit[] = [];
  let looked = 0;
  let capped = false;
  for (const db of state.databases) {
    ctx.db = db;
    const batch = nextExpired(db.space, ctx.nowMs, maxKeys);
    looked += batch.looked;
    capped ||= batch.capped;
    for (const key of batch.expired) {
      ctx.expire(key);
      units.push({
        cause: { client: null, typed: null, kind: 'expiry' },
        commands: ctx.pending.splice(0),
      });
    }
  }
  const micros = server.elapsed(started);
  const { stats } = state;
  stats.expireMicros += micros;
  if (capped) stats.expireCapReached++;
  const share = looked === 0 ? 0 : units.length / looked;
  stats.staleShare = share * STALE_WEIGHT + stats.staleShare * (1 - STALE_WEIGHT);
  noteLatency(
    state.latency,
    server.config.latencyMonitorThreshold,
    'expire-cycle',
    Math.floor(micros / 1000),
    secondsOfMicros(ctx.now),
  );
  return units;
}

/** Keys that have expired, `maxKeys` looked at most. The caller deletes them before it asks again. */
function nextExpired(
  space: KeySpace,
  now: Millis,
  maxKeys: number,
): { readonly expired: readonly ByteString[]; readonly looked: number; readonly capped: boolean } {
  const found: ByteString[] = [];
  const size = space.expiring.length;
  let looked = 0;
  while (looked < size && looked < maxKeys) {
    let expired = 0;
    const batch = Math.min(KEYS_PER_LOOP, size - looked);
    for (let i = 0; i < batch; i++) {
      if (space.expireCursor >= size) space.expireCursor = 0;
      const entry = space.expiring[space.expireCursor++]!;
      if (now > entry.expiry!.at) {
        expired++;
        found.push(entry.key);
      }
    }
    looked += batch;
    if (expired * 100 <= batch * ACCEPTABLE_STALE_PERCENT)
      return { expired: found, looked, capped: false };
  }
  return { expired: found, looked, capped: looked < size };
}
