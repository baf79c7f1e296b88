/**
 * Which keys the active expire cycle finds now (expire.c:activeExpireCycle): it walks on through the keys that have
 * an expiry, 20 at a time, and goes on while more than a tenth of a batch had expired.
 */
import type { ByteString } from '../base/bytes.ts';
import type { Millis } from '../base/time.ts';
import type { KeySpace } from './data/key-space.ts';

const KEYS_PER_LOOP = 20;
const ACCEPTABLE_STALE_PERCENT = 10;

/** Keys that have expired, `maxKeys` looked at most. The caller deletes them before it asks again. */
export function nextExpired(space: KeySpace, now: Millis, maxKeys: number): ByteString[] {
  const found: ByteString[] = [];
  const size = space.expireOrder.length;
  if (size === 0) return found;
  let looked = 0;
  for (;;) {
    let expired = 0;
    const batch = Math.min(KEYS_PER_LOOP, size - looked);
    for (let i = 0; i < batch; i++) {
      if (space.expireCursor >= size) space.expireCursor = 0;
      const key = space.expireOrder[space.expireCursor++]!;
      if (now > space.keys.get(key)!.expiry!.at) {
        expired++;
        found.push(key);
      }
    }
    looked += batch;
    if (looked >= size || looked >= maxKeys || expired * 100 <= batch * ACCEPTABLE_STALE_PERCENT)
      return found;
  }
}
