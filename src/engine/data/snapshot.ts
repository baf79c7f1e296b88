/**
 * The data set as a fork saw it. Taking one costs a list of entries a database; values are shared with the parent until
 * the parent changes them (see key-space.ts). One snapshot at a time, as Redis has one child at a time.
 */
import type { ByteString } from '../../base/bytes.ts';
import { unshareAll, type Database, type KeySpace, type PreImage } from './key-space.ts';
import type { Entry, ExpireTime, Value } from './value.ts';

export interface Snapshot {
  readonly databases: readonly SnapshotDatabase[];
  /** The code of function libraries. */
  readonly libraries: readonly ByteString[];
}

export interface SnapshotDatabase {
  readonly id: number;
  readonly space: KeySpace;
  readonly preImages: Map<ByteString, PreImage>;
  /** The keys, and what each is if there is no pre-image of it. */
  readonly entries: readonly Entry[];
  /** Keys with an expiry at the fork. */
  readonly expires: number;
}

export interface SnapshotEntry {
  readonly value: Value;
  readonly expireAt: ExpireTime | undefined;
  /** When, or how often, it was used: see usage.ts. Reads after the fork may have made it later. */
  readonly lru: number;
}

/** For a child: what the parent changes from now on is kept as it was. */
export function takeSnapshot(
  databases: readonly Database[],
  libraries: readonly ByteString[] = [],
): Snapshot {
  // What reads note at an entry later is in what the child writes: it must be the entry that they know.
  for (const { space } of databases) unshareAll(space);
  const snapshot = presentState(databases, libraries);
  for (const { space, preImages } of snapshot.databases) space.preImages = preImages;
  return snapshot;
}

/** The data set as it is, for whoever lets nothing change it until he is done. */
export function presentState(
  databases: readonly Database[],
  libraries: readonly ByteString[] = [],
): Snapshot {
  const filled = databases.filter(({ space }) => space.entries.length > 0);
  return {
    databases: filled.map(({ id, space }) => ({
      id,
      space,
      preImages: new Map<ByteString, PreImage>(),
      entries: space.entries.slice(),
      expires: space.expiring.length,
    })),
    libraries: libraries.slice(),
  };
}

/** The child has ended: writes need not keep pre-images any more. */
export function releaseSnapshot(snapshot: Snapshot): void {
  for (const { space, preImages } of snapshot.databases) {
    if (space.preImages === preImages) space.preImages = null;
  }
}

/** What the key at that place was at the fork. */
export function snapshotEntry(database: SnapshotDatabase, index: number): SnapshotEntry {
  const { preImages, entries } = database;
  const entry = entries[index]!;
  const image = preImages.size === 0 ? undefined : preImages.get(entry.key);
  if (image?.value !== undefined) {
    const { value, expireAt, lru } = image;
    return { value, expireAt, lru };
  }
  const { value, expiry, lru } = entry;
  return { value, expireAt: expiry?.at, lru };
}
