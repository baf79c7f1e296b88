/**
 * The commands that rebuild a stream (aof.c:rewriteStreamObject): its entries, the ids that it remembers, and its
 * groups with what is pending for each consumer.
 */
import { ascii, type ByteString } from '../base/bytes.ts';
import type { GrowableBytes } from '../base/growable-bytes.ts';
import { formatInteger } from '../base/integers.ts';
import { entriesBetween, type StreamValue } from '../engine/data/stream.ts';
import {
  byName,
  pendingFrom,
  type StreamConsumer,
  type StreamGroup,
} from '../engine/data/stream-group.ts';
import { formatId, streamId } from '../engine/data/stream-id.ts';
import { encodeCommand } from '../resp/command-encoder.ts';

const ZERO = ascii('0');
/** An empty stream is made by adding an entry that does not stay. */
const ENTRY_THAT_GOES = streamId(0, 1);

export function encodeStream(key: ByteString, stream: StreamValue, sink: GrowableBytes): void {
  const write = (...words: (string | ByteString)[]): void =>
    encodeCommand(
      words.map((word) => ascii(word)),
      sink,
    );
  for (const { id, fields } of entriesBetween(stream)) write('XADD', key, formatId(id), ...fields);
  if (stream.length === 0) write('XADD', key, 'MAXLEN', ZERO, formatId(ENTRY_THAT_GOES), 'x', 'y');
  write(
    ...['XSETID', key, formatId(stream.lastId)],
    ...[
      'ENTRIESADDED',
      formatInteger(stream.entriesAdded),
      'MAXDELETEDID',
      formatId(stream.maxDeletedId),
    ],
  );
  for (const [name, group] of byName(stream.groups)) {
    const { lastId, entriesRead, consumers } = group;
    write(
      'XGROUP',
      'CREATE',
      key,
      name,
      formatId(lastId),
      'ENTRIESREAD',
      formatInteger(entriesRead ?? -1),
    );
    for (const [consumerName, consumer] of byName(consumers)) {
      if (consumer.pending.entries.size === 0)
        write('XGROUP', 'CREATECONSUMER', key, name, consumerName);
      else encodePending(write, key, name, group, consumerName, consumer);
    }
  }
}

function encodePending(
  write: (...words: (string | ByteString)[]) => void,
  key: ByteString,
  groupName: ByteString,
  group: StreamGroup,
  name: ByteString,
  consumer: StreamConsumer,
): void {
  for (const id of pendingFrom(consumer.pending)) {
    const { deliveredAt, deliveries } = group.pending.entries.get(id)!;
    write(
      ...['XCLAIM', key, groupName, name, ZERO, formatId(id), 'TIME', formatInteger(deliveredAt)],
      ...['RETRYCOUNT', formatInteger(deliveries), 'JUSTID', 'FORCE'],
    );
  }
}
