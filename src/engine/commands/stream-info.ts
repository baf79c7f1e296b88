/** XINFO: what a stream, its groups and their consumers are like. t_stream.c:xinfoCommand */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { radixNodes } from '../data/radix-nodes.ts';
import {
  entriesBackwards,
  entriesBetween,
  type StreamEntry,
  type StreamValue,
} from '../data/stream.ts';
import { lagOf } from '../data/stream-progress.ts';
import {
  byName,
  pendingFrom,
  type StreamConsumer,
  type StreamGroup,
} from '../data/stream-group.ts';
import { errors, noSuchGroup, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import { array, bulk, integer, map, NULL } from '../replies.ts';
import { helpOf } from './help.ts';
import { entryReply, idReply } from './stream-arguments.ts';

export const streamInfoCommands: Handlers = {
  'xinfo|stream'(ctx, argv) {
    const stream = existing(ctx, argv[2]!);
    const most = fullCount(argv);
    return most === undefined ? summary(stream) : full(stream, most);
  },

  'xinfo|groups'(ctx, argv) {
    const stream = existing(ctx, argv[2]!);
    return array(
      byName(stream.groups).map(([name, group]) =>
        named({
          name: bulk(name),
          consumers: integer(group.consumers.size),
          pending: integer(group.pending.entries.size),
          ...progress(stream, group),
        }),
      ),
    );
  },

  'xinfo|consumers'(ctx, argv) {
    const [, , key, groupName] = argv;
    const group = existing(ctx, key!).groups.get(groupName!);
    if (group === undefined) throw new ReplyError(noSuchGroup(groupName!, key!));
    return array(
      byName(group.consumers).map(([name, { pending, seenAt, activeAt }]) =>
        named({
          name: bulk(name),
          pending: integer(pending.entries.size),
          idle: integer(Math.max(0, ctx.nowMs - seenAt)),
          inactive: integer(activeAt === null ? -1 : ctx.nowMs - activeAt),
        }),
      ),
    );
  },

  'xinfo|help': helpOf('xinfo'),
};

const DEFAULT_COUNT = 10;

/** `FULL [COUNT n]`: how many of everything, 0 for all; undefined: only the summary. */
function fullCount(argv: readonly ByteString[]): number | undefined {
  const [option, countWord, count, ...more] = argv.slice(3);
  if (option === undefined) return undefined;
  const fits =
    is(option, 'FULL') &&
    more.length === 0 &&
    (countWord === undefined || (is(countWord, 'COUNT') && count !== undefined));
  if (!fits) throw new ReplyError(unknownSubcommandOrArity('xinfo', argv[1]!));
  if (count === undefined) return DEFAULT_COUNT;
  const given = integerArgument(count);
  return given < 0 ? DEFAULT_COUNT : given;
}

function existing(ctx: Context, key: ByteString): StreamValue {
  const stream = ctx.readKind(key, 'stream');
  if (stream === undefined) throw new ReplyError(errors.noSuchKey);
  return stream;
}

function named(fields: Readonly<Record<string, Reply>>): Reply {
  return map(Object.entries(fields).map(([name, value]) => [bulk(ascii(name)), value]));
}

function general(stream: StreamValue): Record<string, Reply> {
  return {
    length: integer(stream.length),
    'radix-tree-keys': integer(stream.nodes.length),
    'radix-tree-nodes': integer(radixNodes(stream.nodes.map(({ masterId }) => masterId))),
    'last-generated-id': idReply(stream.lastId),
    'max-deleted-entry-id': idReply(stream.maxDeletedId),
    'entries-added': integer(stream.entriesAdded),
    'recorded-first-entry-id': idReply(stream.firstId),
  };
}

function summary(stream: StreamValue): Reply {
  return named({
    ...general(stream),
    groups: integer(stream.groups.size),
    'first-entry': firstOf(entriesBetween(stream)),
    'last-entry': firstOf(entriesBackwards(stream)),
  });
}

function firstOf(entries: Iterable<StreamEntry>): Reply {
  for (const entry of entries) return entryReply(entry);
  return NULL;
}

function full(stream: StreamValue, most: number): Reply {
  const entries: Reply[] = [];
  for (const entry of entriesBetween(stream)) {
    entries.push(entryReply(entry));
    if (entries.length === most) break;
  }
  const groups = byName(stream.groups).map(([name, group]) => fullGroup(stream, name, group, most));
  return named({ ...general(stream), entries: array(entries), groups: array(groups) });
}

function fullGroup(stream: StreamValue, name: ByteString, group: StreamGroup, most: number): Reply {
  const pending = first(pendingFrom(group.pending), most).map((id) => {
    const { consumer, deliveredAt, deliveries } = group.pending.entries.get(id)!;
    return array([idReply(id), bulk(consumer), integer(deliveredAt), integer(deliveries)]);
  });
  return named({
    name: bulk(name),
    ...progress(stream, group),
    'pel-count': integer(group.pending.entries.size),
    pending: array(pending),
    consumers: array(
      byName(group.consumers).map(([who, consumer]) => fullConsumer(group, who, consumer, most)),
    ),
  });
}

function fullConsumer(
  group: StreamGroup,
  name: ByteString,
  { seenAt, activeAt, pending }: StreamConsumer,
  most: number,
): Reply {
  const entries = first(pendingFrom(pending), most).map((id) => {
    const { deliveredAt, deliveries } = group.pending.entries.get(id)!;
    return array([idReply(id), integer(deliveredAt), integer(deliveries)]);
  });
  return named({
    name: bulk(name),
    'seen-time': integer(seenAt),
    'active-time': integer(activeAt ?? -1),
    'pel-count': integer(pending.entries.size),
    pending: array(entries),
  });
}

function progress(stream: StreamValue, group: StreamGroup): Record<string, Reply> {
  const lag = lagOf(stream, group);
  return {
    'last-delivered-id': idReply(group.lastId),
    'entries-read': group.entriesRead === null ? NULL : integer(group.entriesRead),
    lag: lag === null ? NULL : integer(lag),
  };
}

/** 0: all of them. */
function first<T>(items: readonly T[], most: number): readonly T[] {
  return most === 0 ? items : items.slice(0, most);
}
