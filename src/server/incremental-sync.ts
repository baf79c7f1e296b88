/**
 * Writing a large file without leaving all of it to the fsync at its end: after every four megabytes the kernel is told
 * to begin writing them back, and those before have to have arrived (rio.c:rioFileWrite; spec §1.6).
 */
import type { GrowableBytes } from '../base/growable-bytes.ts';
import type { PlannedCall } from '../machine/plan.ts';
import type { Fd } from '../machine/syscall.ts';

/** rio.h: REDIS_AUTOSYNC_BYTES. */
const SYNC_EVERY = 4 * 1024 * 1024;

export interface SyncedFile {
  /** What is encoded and not written yet. */
  readonly pending: GrowableBytes;
  readonly incremental: boolean;
  /** Bytes written; all but those since the last multiple of `SYNC_EVERY` are on their way. */
  written: number;
  synced: number;
}

/** The next write(2): what is pending, but not across a place where there is something to sync. */
export function takePiece(file: SyncedFile): Uint8Array {
  const { pending } = file;
  const room = file.incremental ? SYNC_EVERY - (file.written % SYNC_EVERY) : pending.length;
  const size = Math.min(room, pending.length);
  const piece = pending.bytes.slice(0, size);
  pending.bytes.copyWithin(0, size, pending.length);
  pending.length -= size;
  file.written += size;
  return piece;
}

/** What has to be done before the next write; empty: nothing. */
export function dueSyncs(file: SyncedFile, fd: Fd): readonly PlannedCall[] {
  const { incremental, written, synced } = file;
  if (!incremental || written === synced || written % SYNC_EVERY !== 0) return [];
  file.synced = written;
  const begin = { call: 'sync_file_range', fd, length: SYNC_EVERY } as const;
  const calls: PlannedCall[] = [{ ...begin, offset: written - SYNC_EVERY, wait: 'no' }];
  if (written >= 2 * SYNC_EVERY)
    calls.push({ ...begin, offset: written - 2 * SYNC_EVERY, wait: 'yes' });
  return calls;
}
