/**
 * The data set as a fork saw it. Taking one costs a list of keys a database; values are shared with the parent until
 * the parent changes them (see key-space.ts). One snapshot at a time, as Redis has one child at a time.
 */
import type { ByteString } from '../../base/bytes.ts';
import type { Millis } from '../../base/time.ts';
import type { Database, KeySpace, PreImage } from './key-space.ts';
import type { Value } from './value.ts';

export interface Snapshot {
  readonly databases: readonly SnapshotDatabase[];
}

export interface SnapshotDatabase {
  readonly id: number;
  readonly space: KeySpace;
  readonly preImages: Map<ByteString, PreImage>;
  readonly keys: readonly ByteString[];
  /** Keys with an expiry at the fork. */
  readonly expires: number;
}

export interface SnapshotEntry {
  readonly value: Value;
  readonly expireAt: Millis | undefined;
}

export function takeSnapshot(databases: readonly Database[]): Snapshot {
  return {
    databases: databases
      .filter(({ space }) => space.keys.size > 0)
      .map(({ id, space }) => {
        const preImages = new Map<ByteString, PreImage>();
        space.preImages = preImages;
        return { id, space, preImages, keys: space.order.slice(), expires: space.expireOrder.length };
      }),
  };
}

/** The child has ended: writes need not keep pre-images any more. */
export function releaseSnapshot(snapshot: Snapshot): void {
  for (const { space, preImages } of snapshot.databases) {
    if (space.preImages === preImages) space.preImages = null;
  }
}

export function snapshotEntry(database: SnapshotDatabase, key: ByteString): SnapshotEntry {
  const image = database.preImages.get(key);
  if (image?.value !== undefined) return { value: image.value, expireAt: image.expireAt };
  const { value, expiry } = database.space.keys.get(key)!;
  return { value, expireAt: expiry?.at };
}
