/** How many entries of a stream a group has read and has still to read, as far as that can be known. t_stream.c */
import type { StreamGroup } from './stream-group.ts';
import { SMALLEST_ID, type StreamId } from './stream-id.ts';
import type { StreamValue } from './stream.ts';

/** The group reads `id`, which is greater than its last one: how many entries it has read, if that can be known. */
export function countRead(stream: StreamValue, group: StreamGroup, id: StreamId): void {
  if (group.entriesRead !== null && !hasTombstonesFrom(stream, id)) group.entriesRead++;
  else if (stream.entriesAdded > 0) group.entriesRead = entriesUpTo(stream, id);
}

/** How many entries the group has still to read; null if that can't be known (t_stream.c:streamReplyWithCGLag). */
export function lagOf(stream: StreamValue, group: StreamGroup): number | null {
  if (stream.entriesAdded === 0) return 0;
  const read =
    group.entriesRead !== null && !hasTombstonesFrom(stream, group.lastId)
      ? group.entriesRead
      : entriesUpTo(stream, group.lastId);
  return read === null ? null : stream.entriesAdded - read;
}

/** Whether an entry at or after `start`, and not before the first that is left, may have been deleted by XDEL. */
function hasTombstonesFrom(
  { length, firstId, maxDeletedId }: StreamValue,
  start: StreamId,
): boolean {
  if (length === 0 || maxDeletedId === SMALLEST_ID || firstId > maxDeletedId) return false;
  return start <= maxDeletedId;
}

/** How many entries were ever added up to `id`; null if that can't be known (streamEstimateDistanceFromFirstEverEntry). */
export function entriesUpTo(
  { entriesAdded, length, lastId, firstId, maxDeletedId }: StreamValue,
  id: StreamId,
): number | null {
  if (entriesAdded === 0) return 0;
  if (length === 0 && id <= lastId) return entriesAdded;
  if (id === lastId) return entriesAdded;
  if (id > lastId) return null;
  if (maxDeletedId !== SMALLEST_ID && maxDeletedId >= firstId) return null;
  if (id < firstId) return entriesAdded - length;
  return id === firstId ? entriesAdded - length + 1 : null;
}
