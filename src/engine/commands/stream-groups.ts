/** XGROUP and XACK: consumer groups, and what they have done with. t_stream.c */
import type { ByteString } from '../../base/bytes.ts';
import { integerArgument, is } from '../arguments.ts';
import { signalReady } from '../blocking.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { newStream, type StreamValue } from '../data/stream.ts';
import { deleteConsumer, deletePending, newGroup, type StreamGroup } from '../data/stream-group.ts';
import { SMALLEST_ID, type StreamId } from '../data/stream-id.ts';
import { errors, noSuchGroup, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import { integer, OK, ONE, ZERO } from '../replies.ts';
import { helpOf } from './help.ts';
import { anyId, strictId } from './stream-arguments.ts';
import { consumerOf } from './stream-group-changes.ts';

export const streamGroupCommands: Handlers = {
  'xgroup|create'(ctx, argv) {
    const [, , key, name, idWord] = argv;
    const { createsStream, entriesRead } = groupOptions(argv, 'create');
    const known = ctx.writeKind(key!, 'stream');
    if (known === undefined && !createsStream) throw new ReplyError(errors.groupNeedsKey);
    const lastId = idWord === '$' ? (known?.lastId ?? SMALLEST_ID) : strictId(idWord!);
    const stream = known ?? createStream(ctx, key!);
    if (stream.groups.has(name!)) throw new ReplyError(errors.busyGroup);
    stream.groups.set(name!, newGroup(lastId, entriesRead));
    ctx.changed();
    ctx.notify('t', 'xgroup-create', key!);
    return OK;
  },

  'xgroup|setid'(ctx, argv) {
    const [, , key, name, idWord] = argv;
    const { entriesRead } = groupOptions(argv, 'setid');
    const { stream, group } = existingGroup(ctx, key!, name!);
    if (argv.length !== 5 && argv.length !== 7)
      throw new ReplyError(unknownSubcommandOrArity('xgroup', argv[1]!));
    group.lastId = setIdArgument(stream, idWord!);
    group.entriesRead = entriesRead;
    ctx.changed();
    ctx.notify('t', 'xgroup-setid', key!);
    return OK;
  },

  'xgroup|destroy'(ctx, argv) {
    const [, , key, name] = argv;
    const stream = ctx.writeKind(key!, 'stream');
    if (stream === undefined) throw new ReplyError(errors.groupNeedsKey);
    if (!stream.groups.delete(name!)) return ZERO;
    ctx.changed();
    ctx.notify('t', 'xgroup-destroy', key!);
    // Who waits to read as one of the group is told that there is none.
    signalReady(ctx.state, ctx.db.id, key!);
    return ONE;
  },

  'xgroup|createconsumer'(ctx, argv) {
    const [, , key, groupName, name] = argv;
    const { group } = existingGroup(ctx, key!, groupName!);
    if (group.consumers.has(name!)) return ZERO;
    consumerOf(ctx, key!, group, name!);
    return ONE;
  },

  'xgroup|delconsumer'(ctx, argv) {
    const [, , key, groupName, name] = argv;
    const { group } = existingGroup(ctx, key!, groupName!);
    if (!group.consumers.has(name!)) return ZERO;
    const pending = deleteConsumer(group, name!);
    ctx.changed();
    ctx.notify('t', 'xgroup-delconsumer', key!);
    return integer(pending);
  },

  'xgroup|help': helpOf('xgroup'),

  xack(ctx, argv) {
    const [, key, groupName] = argv;
    ctx.readKind(key!, 'stream');
    const group = ctx.writeKind(key!, 'stream')?.groups.get(groupName!);
    if (group === undefined) return ZERO;
    const ids = argv.slice(3).map((word) => strictId(word));
    const acknowledged = ids.filter((id) => deletePending(group, id)).length;
    ctx.changed(acknowledged);
    return integer(acknowledged);
  },
};

function createStream(ctx: Context, key: ByteString): StreamValue {
  const stream = newStream();
  ctx.put(key, stream);
  ctx.touched(key);
  return stream;
}

function setIdArgument(stream: StreamValue, word: ByteString): StreamId {
  return word === '$' ? stream.lastId : anyId(word);
}

function existingGroup(
  ctx: Context,
  key: ByteString,
  name: ByteString,
): { stream: StreamValue; group: StreamGroup } {
  const stream = ctx.writeKind(key, 'stream');
  if (stream === undefined) throw new ReplyError(errors.groupNeedsKey);
  const group = stream.groups.get(name);
  if (group === undefined) throw new ReplyError(noSuchGroup(name, key));
  return { stream, group };
}

function groupOptions(
  argv: readonly ByteString[],
  of: 'create' | 'setid',
): { createsStream: boolean; entriesRead: number | null } {
  let createsStream = false;
  let entriesRead: number | null = null;
  for (let i = 5; i < argv.length; i++) {
    if (of === 'create' && is(argv[i], 'MKSTREAM')) createsStream = true;
    else if (is(argv[i], 'ENTRIESREAD') && i + 1 < argv.length) {
      const given = integerArgument(argv[++i]!);
      if (given < -1) throw new ReplyError(errors.entriesReadNegative);
      entriesRead = given === -1 ? null : given;
    } else throw new ReplyError(unknownSubcommandOrArity('xgroup', argv[1]!));
  }
  return { createsStream, entriesRead };
}
