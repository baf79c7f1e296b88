/**
 * Changes of a consumer group that several commands make, and how each goes to the log: a delivery as the XCLAIM that
 * brings it about again, with the id up to which the group has read (spec of t_stream.c:streamPropagateXCLAIM).
 */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatInteger } from '../../base/integers.ts';
import type { Context } from '../context.ts';
import {
  newConsumer,
  type PendingEntry,
  type StreamConsumer,
  type StreamGroup,
} from '../data/stream-group.ts';
import { formatId } from '../data/stream-id.ts';

const word = {
  XCLAIM: ascii('XCLAIM'),
  XGROUP: ascii('XGROUP'),
  ZERO: ascii('0'),
  TIME: ascii('TIME'),
  RETRYCOUNT: ascii('RETRYCOUNT'),
  FORCE: ascii('FORCE'),
  JUSTID: ascii('JUSTID'),
  LASTID: ascii('LASTID'),
  SETID: ascii('SETID'),
  ENTRIESREAD: ascii('ENTRIESREAD'),
  CREATECONSUMER: ascii('CREATECONSUMER'),
} as const;

/** The consumer of that name, made if there is none. */
export function consumerOf(
  ctx: Context,
  key: ByteString,
  group: StreamGroup,
  name: ByteString,
): StreamConsumer {
  const known = group.consumers.get(name);
  if (known !== undefined) return known;
  const consumer = newConsumer(ctx.nowMs);
  group.consumers.set(name, consumer);
  ctx.changed();
  ctx.notify('t', 'xgroup-createconsumer', key);
  return consumer;
}

export function logClaim(
  ctx: Context,
  key: ByteString,
  groupName: ByteString,
  group: StreamGroup,
  id: ByteString,
  { consumer, deliveredAt, deliveries }: PendingEntry,
): void {
  ctx.propagate(
    ...[word.XCLAIM, key, groupName, consumer, word.ZERO, id],
    ...[word.TIME, formatInteger(deliveredAt), word.RETRYCOUNT, formatInteger(deliveries)],
    ...[word.FORCE, word.JUSTID, word.LASTID, formatId(group.lastId)],
  );
}

export function logGroupId(
  ctx: Context,
  key: ByteString,
  groupName: ByteString,
  { lastId, entriesRead }: StreamGroup,
): void {
  const read = formatInteger(entriesRead ?? -1);
  ctx.propagate(word.XGROUP, word.SETID, key, groupName, formatId(lastId), word.ENTRIESREAD, read);
}

export function logConsumer(
  ctx: Context,
  key: ByteString,
  groupName: ByteString,
  name: ByteString,
): void {
  ctx.propagate(word.XGROUP, word.CREATECONSUMER, key, groupName, name);
}
