/** XREAD and XREADGROUP: what comes after an id, of several streams, waiting for it if need be. t_stream.c:xreadCommand */
import type { ByteString } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, millisTimeout, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { entriesBetween, entryAt, lastEntryId, type StreamValue } from '../data/stream.ts';
import {
  pendingFrom,
  setPending,
  type StreamConsumer,
  type StreamGroup,
} from '../data/stream-group.ts';
import { countRead } from '../data/stream-progress.ts';
import { formatId, nextId, SMALLEST_ID, type StreamId } from '../data/stream-id.ts';
import { errors, noGroupToRead, ReplyError, unbalancedStreams } from '../errors.ts';
import { array, bulk, map, NULL_ARRAY } from '../replies.ts';
import { entryReply, idReply, strictId } from './stream-arguments.ts';
import { consumerOf, logClaim, logConsumer, logGroupId } from './stream-group-changes.ts';

export const streamReadCommands: Handlers = {
  xread(ctx, argv) {
    const asked = readOptions(ctx, argv, 'xread');
    const after = asked.keys.map((key, i) => startOf(ctx, key, asked.ids[i]!));
    const found: Found[] = [];
    asked.keys.forEach((key, i) => {
      const stream = ctx.readKind(key, 'stream');
      const start = nextId(after[i]!);
      if (stream === undefined || start === undefined || lastEntryId(stream) < start) return;
      found.push([bulk(key), entriesReply(stream, start, asked.count)]);
    });
    if (found.length > 0) return foundReply(ctx, found);
    if (asked.block === undefined) return NULL_ARRAY;
    // `$` is what comes from now on: when the command is run again it must not mean what has come since.
    ctx.argv = [...argv.slice(0, argv.length - after.length), ...after.map((id) => formatId(id))];
    return ctx.blockForKeys({
      type: 'stream',
      keys: asked.keys,
      deadline: asked.block,
      whenGone: false,
    });
  },

  xreadgroup(ctx, argv) {
    const asked = readOptions(ctx, argv, 'xreadgroup');
    const { group, consumer } = asked;
    if (group === undefined || consumer === undefined) throw new ReplyError(errors.groupMissing);
    // The change of what is pending goes to the log as the claims that it amounts to.
    ctx.propagateNothingElse();
    const after = asked.keys.map((key, i) => groupStartOf(ctx, key, group, asked.ids[i]!));
    const found: Found[] = [];
    asked.keys.forEach((key, i) => {
      const reply = readAsConsumer(ctx, { ...asked, key, group, consumer, after: after[i]! });
      if (reply !== undefined) found.push([bulk(key), reply]);
    });
    if (found.length > 0) return foundReply(ctx, found);
    if (asked.block === undefined) return NULL_ARRAY;
    return ctx.blockForKeys({
      type: 'stream',
      keys: asked.keys,
      deadline: asked.block,
      whenGone: true,
    });
  },
};

type Found = readonly [key: Reply, entries: Reply];

function foundReply(ctx: Context, found: readonly Found[]): Reply {
  return ctx.client.protocol === 2 ? array(found.map(array)) : map(found);
}

interface ReadOptions {
  /** When waiting ends; null: never; undefined: it does not wait. */
  readonly block: Micros | null | undefined;
  /** 0: all. */
  readonly count: number;
  readonly group: ByteString | undefined;
  readonly consumer: ByteString | undefined;
  readonly acknowledges: 'at-once' | 'later';
  readonly keys: readonly ByteString[];
  readonly ids: readonly ByteString[];
}

function readOptions(
  ctx: Context,
  argv: readonly ByteString[],
  name: 'xread' | 'xreadgroup',
): ReadOptions {
  const inGroup = name === 'xreadgroup';
  let block: Micros | null | undefined;
  let count = 0;
  let group: ByteString | undefined;
  let consumer: ByteString | undefined;
  let acknowledges: ReadOptions['acknowledges'] = 'later';
  let i = 1;
  for (; i < argv.length; i++) {
    const word = argv[i];
    const more = argv.length - 1 - i;
    if (is(word, 'BLOCK') && more > 0) block = millisTimeout(argv[++i]!, ctx.nowMs);
    else if (is(word, 'COUNT') && more > 0) count = Math.max(0, integerArgument(argv[++i]!));
    else if (is(word, 'STREAMS') && more > 0) break;
    else if (is(word, 'GROUP') && more >= 2) {
      if (!inGroup) throw new ReplyError(errors.groupInXread);
      group = argv[++i];
      consumer = argv[++i];
    } else if (is(word, 'NOACK')) {
      if (!inGroup) throw new ReplyError(errors.noackInXread);
      acknowledges = 'at-once';
    } else syntaxError();
  }
  const words = argv.slice(i + 1);
  if (i === argv.length) syntaxError();
  if (words.length % 2 !== 0)
    throw new ReplyError(unbalancedStreams(ctx.command.facts.name, inGroup ? '>' : '$'));
  const half = words.length / 2;
  return {
    block,
    count,
    group,
    consumer,
    acknowledges,
    keys: words.slice(0, half),
    ids: words.slice(half),
  };
}

/** The id after which XREAD reads. */
function startOf(ctx: Context, key: ByteString, word: ByteString): StreamId {
  const stream = ctx.readKind(key, 'stream');
  if (word === '$') return stream?.lastId ?? SMALLEST_ID;
  if (word === '>') throw new ReplyError(errors.newIdInXread);
  return strictId(word);
}

function groupStartOf(
  ctx: Context,
  key: ByteString,
  group: ByteString,
  word: ByteString,
): StreamId | 'new' {
  const stream = ctx.readKind(key, 'stream');
  if (stream?.groups.has(group) !== true) throw new ReplyError(noGroupToRead(key, group));
  if (word === '$') throw new ReplyError(errors.dollarInGroup);
  return word === '>' ? 'new' : strictId(word);
}

function entriesReply(stream: StreamValue, start: StreamId, count: number): Reply {
  const replies: Reply[] = [];
  for (const entry of entriesBetween(stream, start)) {
    replies.push(entryReply(entry));
    if (replies.length === count) break;
  }
  return array(replies);
}

interface GroupRead {
  readonly key: ByteString;
  readonly group: ByteString;
  readonly consumer: ByteString;
  readonly count: number;
  readonly acknowledges: ReadOptions['acknowledges'];
  readonly after: StreamId | 'new';
}

/** What a consumer gets of one stream; undefined: nothing new. */
function readAsConsumer(ctx: Context, read: GroupRead): Reply | undefined {
  const { key, group: groupName, consumer: name, acknowledges, after } = read;
  ctx.readKind(key, 'stream');
  const stream = ctx.writeKind(key, 'stream');
  const group = stream?.groups.get(groupName);
  if (stream === undefined || group === undefined) return undefined;
  const isNew = !group.consumers.has(name);
  const consumer = consumerOf(ctx, key, group, name);
  if (isNew && acknowledges === 'at-once') logConsumer(ctx, key, groupName, name);
  consumer.seenAt = ctx.nowMs;
  if (after !== 'new') {
    ctx.changed();
    return historyReply(ctx, stream, group, consumer, after, read.count);
  }
  if (stream.length === 0 || lastEntryId(stream) <= group.lastId) return undefined;
  ctx.changed();
  return deliver(ctx, stream, group, consumer, read);
}

/** New entries, each of which becomes pending for the consumer unless it is acknowledged at once. */
function deliver(
  ctx: Context,
  stream: StreamValue,
  group: StreamGroup,
  consumer: StreamConsumer,
  read: GroupRead,
): Reply {
  const { key, group: groupName, consumer: name, count, acknowledges } = read;
  const replies: Reply[] = [];
  for (const entry of entriesBetween(stream, nextId(group.lastId))) {
    const { id } = entry;
    countRead(stream, group, id);
    group.lastId = id;
    replies.push(entryReply(entry));
    if (acknowledges === 'later') {
      const pending = { consumer: name, deliveredAt: ctx.nowMs, deliveries: 1 };
      setPending(group, id, pending);
      consumer.activeAt = ctx.nowMs;
      logClaim(ctx, key, groupName, group, formatId(id), pending);
    }
    if (replies.length === count) break;
  }
  if (acknowledges === 'at-once') logGroupId(ctx, key, groupName, group);
  return array(replies);
}

/** What was delivered to this consumer before and not acknowledged; of a deleted entry only the id is left. */
function historyReply(
  ctx: Context,
  stream: StreamValue,
  group: StreamGroup,
  consumer: StreamConsumer,
  after: StreamId,
  count: number,
): Reply {
  const start = nextId(after) ?? SMALLEST_ID;
  const ids = pendingFrom(consumer.pending, start);
  return array(
    (count > 0 ? ids.slice(0, count) : ids).map((id) => {
      const entry = entryAt(stream, id);
      if (entry === undefined) return array([idReply(id), NULL_ARRAY]);
      const pending = group.pending.entries.get(id)!;
      group.pending.entries.set(id, {
        ...pending,
        deliveredAt: ctx.nowMs,
        deliveries: pending.deliveries + 1,
      });
      return entryReply(entry);
    }),
  );
}
