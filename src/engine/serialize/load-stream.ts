/** Streams out of an RDB file or a DUMP payload (rdb.c:rdbLoadObject, types 15, 19 and 21), checked to the last item. */
import { byteStringOf, bytesOf, type ByteString } from '../../base/bytes.ts';
import { addInt64, narrowed, parseInt64, type Integer } from '../../base/integers.ts';
import {
  addToNode,
  newNode,
  newStream,
  refreshFirstId,
  type StreamEntry,
  type StreamValue,
} from '../data/stream.ts';
import { newConsumer, newGroup, setPending, type StreamGroup } from '../data/stream-group.ts';
import { idMillis, idSequence, streamId, type StreamId } from '../data/stream-id.ts';
import { entriesUpTo } from '../data/stream-progress.ts';
import { readListpack } from './listpack.ts';
import { rdbType } from './rdb-format.ts';
import {
  failCorrupt,
  readBlob,
  readBytes,
  readInt64,
  readLength,
  readLength64,
  readText,
  type RdbInput,
} from './rdb-input.ts';
import { entryFlag } from './save-stream.ts';

const ID_BYTES = 16;

/** The stream of that type at `input.at`; undefined with `input.failure`. */
export function loadStream(input: RdbInput, type: number): StreamValue | undefined {
  const stream = newStream();
  const nodes = readLength(input);
  if (nodes === undefined) return undefined;
  for (let i = 0; i < nodes; i++) if (!loadNode(input, stream)) return undefined;
  if (!loadMetadata(input, stream, type)) return undefined;
  const groups = readLength(input);
  if (groups === undefined) return undefined;
  for (let i = 0; i < groups; i++) if (!loadGroup(input, stream, type)) return undefined;
  return stream;
}

function loadNode(input: RdbInput, stream: StreamValue): boolean {
  const masterId = readText(input);
  if (masterId === undefined) return false;
  if (masterId.length !== ID_BYTES)
    return fail(input, 'Stream node key entry is not the size of a stream ID');
  const blob = readBlob(input);
  if (blob === undefined) return false;
  input.sanitized++;
  const items = readListpack(typeof blob === 'string' ? bytesOf(blob) : blob);
  const entries = items === undefined ? undefined : entriesOf(items, masterId);
  if (entries === undefined) return fail(input, 'Stream listpack integrity check failed.');
  const last = stream.nodes[stream.nodes.length - 1];
  if (last !== undefined && last.masterId >= masterId)
    return fail(input, 'Listpack re-added with existing key');
  const node = newNode(
    stream,
    masterId,
    entries.masterFields.flatMap((field) => [field, field]),
  );
  for (const entry of entries.entries) addToNode(node, entry);
  return true;
}

interface NodeItems {
  readonly masterFields: readonly ByteString[];
  readonly entries: readonly StreamEntry[];
}

/** t_stream.c:streamValidateListpackIntegrity; undefined if the items are not those of a node. */
function entriesOf(items: readonly ByteString[], masterId: StreamId): NodeItems | undefined {
  let at = 0;
  const count = (): number | undefined => {
    const n = parseInt64(items[at++] ?? EMPTY_WORD);
    return typeof n === 'number' && n >= 0 ? n : undefined;
  };
  const live = count();
  const deleted = count();
  const fieldCount = count();
  if (
    live === undefined ||
    deleted === undefined ||
    fieldCount === undefined ||
    at + fieldCount > items.length
  )
    return undefined;
  const masterFields = items.slice(at, at + fieldCount);
  at += fieldCount;
  if (count() !== 0) return undefined;
  const entries: StreamEntry[] = [];
  while (at < items.length) {
    const start = at;
    const flags = count();
    const id = idAfter(masterId, items[at++], items[at++]);
    const same = flags !== undefined && (flags & entryFlag.sameFields) !== 0;
    const pairs = same ? fieldCount : count();
    if (flags === undefined || id === undefined || pairs === undefined) return undefined;
    const texts = items.slice(at, at + (same ? pairs : pairs * 2));
    at += texts.length;
    if (count() !== at - start - 1) return undefined;
    const fields = same ? masterFields.flatMap((field, i) => [field, texts[i]!]) : texts;
    entries.push({ id, fields, deleted: (flags & entryFlag.deleted) !== 0 });
  }
  const gone = entries.filter((entry) => entry.deleted).length;
  if (entries.length === 0 || gone !== deleted || entries.length - gone !== live) return undefined;
  return { masterFields, entries };
}

/** What is no number either. */
const EMPTY_WORD = byteStringOf(new Uint8Array());

/** The id that lies so far after the node's, with the wrap-around of 64 bits. */
function idAfter(
  masterId: StreamId,
  ms: ByteString | undefined,
  sequence: ByteString | undefined,
): StreamId | undefined {
  const byMillis = parseInt64(ms ?? EMPTY_WORD);
  const bySequence = parseInt64(sequence ?? EMPTY_WORD);
  if (byMillis === undefined || bySequence === undefined) return undefined;
  return streamId(sum(idMillis(masterId), byMillis), sum(idSequence(masterId), bySequence));
}

function sum(a: Integer, b: Integer): Integer {
  const small = typeof a === 'number' ? addInt64(a, b) : undefined;
  return small !== undefined && small >= 0
    ? small
    : narrowed(BigInt.asUintN(64, BigInt(a) + BigInt(b)));
}

function loadMetadata(input: RdbInput, stream: StreamValue, type: number): boolean {
  const length = readLength(input);
  const lastId = readId(input);
  if (length === undefined || lastId === undefined) return false;
  stream.length = length;
  stream.lastId = lastId;
  if (type >= rdbType.streamListpacks2) {
    const firstId = readId(input);
    const maxDeletedId = readId(input);
    const entriesAdded = readLength(input);
    if (firstId === undefined || maxDeletedId === undefined || entriesAdded === undefined)
      return false;
    Object.assign(stream, { firstId, maxDeletedId, entriesAdded });
  } else {
    stream.entriesAdded = length;
    refreshFirstId(stream);
  }
  return (
    length === 0 ||
    stream.nodes.length > 0 ||
    fail(input, 'Stream length inconsistent with rax entries')
  );
}

function loadGroup(input: RdbInput, stream: StreamValue, type: number): boolean {
  const name = readText(input);
  const lastId = readId(input);
  if (name === undefined || lastId === undefined) return false;
  let entriesRead = entriesUpTo(stream, lastId);
  if (type >= rdbType.streamListpacks2) {
    const read = readLength64(input);
    if (read === undefined) return false;
    entriesRead = BigInt.asIntN(64, BigInt(read)) < 0n ? null : Number(read);
  }
  if (stream.groups.has(name)) return fail(input, `Duplicated consumer group name ${name}`);
  const group = newGroup(lastId, entriesRead);
  stream.groups.set(name, group);
  const deliveries = loadDeliveries(input);
  if (deliveries === undefined) return false;
  const consumers = readLength(input);
  if (consumers === undefined) return false;
  for (let i = 0; i < consumers; i++)
    if (!loadConsumer(input, group, deliveries, type)) return false;
  return (
    deliveries.size === group.pending.entries.size ||
    fail(input, 'Stream CG PEL entry without consumer')
  );
}

interface Delivery {
  readonly deliveredAt: number;
  readonly deliveries: number;
}

/** What is pending for the group; to whom it was delivered is told by the consumers. */
function loadDeliveries(input: RdbInput): Map<StreamId, Delivery> | undefined {
  const size = readLength(input);
  if (size === undefined) return undefined;
  const found = new Map<StreamId, Delivery>();
  for (let i = 0; i < size; i++) {
    const id = readRawId(input);
    const deliveredAt = readInt64(input);
    const deliveries = readLength(input);
    if (id === undefined || deliveredAt === undefined || deliveries === undefined) return undefined;
    if (found.has(id))
      return failCorrupt(input, 'Duplicated global PEL entry loading stream consumer group');
    found.set(id, { deliveredAt: Number(deliveredAt), deliveries });
  }
  return found;
}

function loadConsumer(
  input: RdbInput,
  group: StreamGroup,
  deliveries: ReadonlyMap<StreamId, Delivery>,
  type: number,
): boolean {
  const name = readText(input);
  const seenAt = readInt64(input);
  const activeAt = type >= rdbType.streamListpacks3 ? readInt64(input) : seenAt;
  const size = readLength(input);
  if (name === undefined || seenAt === undefined || activeAt === undefined || size === undefined)
    return false;
  if (group.consumers.has(name)) return fail(input, 'Duplicate stream consumer detected');
  const consumer = newConsumer(Number(seenAt));
  consumer.activeAt = activeAt < 0n ? null : Number(activeAt);
  group.consumers.set(name, consumer);
  for (let i = 0; i < size; i++) {
    const id = readRawId(input);
    if (id === undefined) return false;
    const delivery = deliveries.get(id);
    if (delivery === undefined) return fail(input, 'Consumer entry not found in group global PEL');
    if (group.pending.entries.has(id))
      return fail(input, 'Duplicated consumer PEL entry loading a stream consumer group');
    setPending(group, id, { consumer: name, ...delivery });
  }
  return true;
}

function readId(input: RdbInput): StreamId | undefined {
  const ms = readLength64(input);
  const sequence = readLength64(input);
  return ms === undefined || sequence === undefined
    ? undefined
    : streamId(narrowed(BigInt(ms)), narrowed(BigInt(sequence)));
}

function readRawId(input: RdbInput): StreamId | undefined {
  const bytes = readBytes(input, ID_BYTES);
  return bytes === undefined ? undefined : byteStringOf(bytes);
}

function fail(input: RdbInput, reason: string): false {
  failCorrupt(input, reason);
  return false;
}
