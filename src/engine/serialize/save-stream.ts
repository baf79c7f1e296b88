/** A stream as an RDB file has it (rdb.c:rdbSaveObject, type 21): its nodes as they are, then its groups. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { appendString, type GrowableBytes } from '../../base/growable-bytes.ts';
import { formatInteger, UINT64_MAX } from '../../base/integers.ts';
import { difference, hasMasterFields, type StreamNode, type StreamValue } from '../data/stream.ts';
import { byName, pendingFrom, type StreamGroup } from '../data/stream-group.ts';
import { idMillis, idSequence, type StreamId } from '../data/stream-id.ts';
import { encodeListpack } from './listpack.ts';
import {
  appendBlob,
  appendLength,
  appendMillis,
  appendText,
  type Compression,
} from './rdb-output.ts';

/** What stands in front of each entry of a node (stream.h). */
export const entryFlag = { deleted: 1, sameFields: 2 } as const;

const ZERO = ascii('0');

export function appendStream(
  sink: GrowableBytes,
  stream: StreamValue,
  compression: Compression,
): void {
  appendLength(sink, stream.nodes.length);
  for (const node of stream.nodes) {
    appendText(sink, node.masterId, compression);
    appendBlob(sink, encodeListpack(itemsOf(node)), compression);
  }
  appendLength(sink, stream.length);
  appendId(sink, stream.lastId);
  appendId(sink, stream.firstId);
  appendId(sink, stream.maxDeletedId);
  appendLength(sink, stream.entriesAdded);
  appendLength(sink, stream.groups.size);
  for (const [name, group] of byName(stream.groups)) {
    appendText(sink, name, compression);
    appendGroup(sink, group, compression);
  }
}

/** The counters, the first entry's fields, and each entry with its own number of items at its end. */
function* itemsOf(node: StreamNode): Generator<ByteString> {
  const { masterId, masterFields, entries, live } = node;
  yield formatInteger(live);
  yield formatInteger(entries.length - live);
  yield formatInteger(masterFields.length);
  yield* masterFields;
  yield ZERO;
  for (const entry of entries) {
    const { id, fields, deleted } = entry;
    const same = hasMasterFields(node, entry);
    const count = fields.length / 2;
    yield formatInteger((deleted ? entryFlag.deleted : 0) | (same ? entryFlag.sameFields : 0));
    yield formatInteger(difference(idMillis(id), idMillis(masterId)));
    yield formatInteger(difference(idSequence(id), idSequence(masterId)));
    if (same) yield* fields.filter((_, i) => i % 2 === 1);
    else {
      yield formatInteger(count);
      yield* fields;
    }
    yield formatInteger(same ? count + 3 : count * 2 + 4);
  }
}

function appendGroup(sink: GrowableBytes, group: StreamGroup, compression: Compression): void {
  appendId(sink, group.lastId);
  // Not known is −1, as a number without sign.
  appendLength(sink, group.entriesRead ?? UINT64_MAX);
  appendLength(sink, group.pending.entries.size);
  for (const id of pendingFrom(group.pending)) {
    const { deliveredAt, deliveries } = group.pending.entries.get(id)!;
    appendString(sink, id);
    appendMillis(sink, deliveredAt);
    appendLength(sink, deliveries);
  }
  appendLength(sink, group.consumers.size);
  for (const [name, { seenAt, activeAt, pending }] of byName(group.consumers)) {
    appendText(sink, name, compression);
    appendMillis(sink, seenAt);
    appendMillis(sink, activeAt ?? -1);
    appendLength(sink, pending.entries.size);
    for (const id of pendingFrom(pending)) appendString(sink, id);
  }
}

function appendId(sink: GrowableBytes, id: StreamId): void {
  appendLength(sink, idMillis(id));
  appendLength(sink, idSequence(id));
}
