/** Streams: adding, reading by ids, removing. https://redis.io/docs/latest/commands/?group=stream, t_stream.c */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { formatInteger, UINT64_MAX } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { signalReady } from '../blocking.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  appendEntry,
  deleteEntry,
  entriesBackwards,
  entriesBetween,
  LARGEST_LISTPACK,
  lastEntryId,
  newStream,
  refreshFirstId,
  textBytes,
  trimStream,
  type StreamValue,
  type Trim,
} from '../data/stream.ts';
import {
  formatId,
  GREATEST_ID,
  idMillis,
  idSequence,
  nextId,
  parseId,
  SMALLEST_ID,
  streamId,
  type StreamId,
} from '../data/stream-id.ts';
import { errors, ReplyError, wrongArity } from '../errors.ts';
import { array, bulk, EMPTY_ARRAY, integer, NULL, NULL_ARRAY, OK, ZERO } from '../replies.ts';
import {
  addOrTrimOptions,
  entryReply,
  intervalEnd,
  intervalStart,
  strictId,
  type AddOrTrim,
} from './stream-arguments.ts';

const EXACTLY = ascii('=');

export const streamCommands: Handlers = {
  xadd(ctx, argv) {
    const key = argv[1]!;
    const options = addOrTrimOptions(ctx, argv, 'xadd');
    const fields = argv.slice(options.end + 1);
    if (fields.length < 2 || fields.length % 2 !== 0)
      throw new ReplyError(wrongArity(ctx.command.facts.name));
    const asked = parseId(argv[options.end]!);
    if (asked?.ms === 0 && (asked.sequence ?? 0) === 0) throw new ReplyError(errors.idZero);
    const known = ctx.writeKind(key, 'stream');
    if (known === undefined && !options.createsStream) return NULL;
    if (known?.lastId === GREATEST_ID) throw new ReplyError(errors.streamExhausted);
    const id = newId(known?.lastId ?? SMALLEST_ID, asked, ctx.nowMs);
    if (textBytes(fields) > LARGEST_LISTPACK) throw new ReplyError(errors.entryTooLarge);
    const stream = ctx.writeOrCreate(key, 'stream', newStream);
    appendEntry(stream, id, fields, ctx.server.config);
    ctx.modified(key, 't', 'xadd');

    const logged = [...argv];
    if (options.trim !== undefined)
      trimAfterAdding(ctx, key, stream, options.trim, options, logged);
    const chosen = asked === undefined || asked.sequence === '*';
    if (chosen) logged[options.end] = formatId(id);
    if (chosen || options.trim?.approximate === true) ctx.propagate(...logged);
    signalReady(ctx.state, ctx.db.id, key);
    return bulk(formatId(id));
  },

  xtrim(ctx, argv) {
    const key = argv[1]!;
    const { trim, trimAt } = addOrTrimOptions(ctx, argv, 'xtrim');
    const stream = ctx.writeKind(key, 'stream');
    if (stream === undefined || trim === undefined) return ZERO;
    const deleted = trimStream(stream, trim);
    if (deleted === 0) return ZERO;
    ctx.notify('t', 'xtrim', key);
    if (trim.approximate) {
      const logged = [...argv];
      writeOutcome(stream, trim, trimAt, logged);
      ctx.propagate(...logged);
    }
    ctx.touched(key);
    ctx.changed(deleted);
    return integer(deleted);
  },

  xlen: (ctx, argv) => integer(ctx.readKind(argv[1]!, 'stream')?.length ?? 0),
  xrange: (ctx, argv) => range(ctx, argv, argv[2]!, argv[3]!, 'forwards'),
  xrevrange: (ctx, argv) => range(ctx, argv, argv[3]!, argv[2]!, 'backwards'),

  xdel(ctx, argv) {
    const key = argv[1]!;
    const stream = ctx.writeKind(key, 'stream');
    if (stream === undefined) return ZERO;
    const ids = argv.slice(2).map((word) => strictId(word));
    let deleted = 0;
    for (const id of ids) {
      if (!deleteEntry(stream, id)) continue;
      if (id > stream.maxDeletedId) stream.maxDeletedId = id;
      deleted++;
    }
    if (deleted === 0) return ZERO;
    refreshFirstId(stream);
    ctx.touched(key);
    ctx.notify('t', 'xdel', key);
    ctx.changed(deleted);
    return integer(deleted);
  },

  xsetid(ctx, argv) {
    const key = argv[1]!;
    const id = strictId(argv[2]!);
    const { entriesAdded, maxDeletedId } = setIdOptions(argv, id);
    const stream = ctx.writeKind(key, 'stream');
    if (stream === undefined) throw new ReplyError(errors.noSuchKey);
    if (id < stream.maxDeletedId) throw new ReplyError(errors.setIdBelowDeleted);
    if (stream.length > 0) {
      if (id < lastEntryId(stream)) throw new ReplyError(errors.setIdBelowTop);
      if (entriesAdded !== undefined && entriesAdded < stream.length)
        throw new ReplyError(errors.setIdBelowLength);
    }
    stream.lastId = id;
    if (entriesAdded !== undefined) stream.entriesAdded = entriesAdded;
    if (maxDeletedId !== SMALLEST_ID) stream.maxDeletedId = maxDeletedId;
    ctx.changed();
    ctx.notify('t', 'xsetid', key);
    return OK;
  },
};

/** The id of a new entry: after the last one, and as asked for as far as anything is asked for. */
function newId(last: StreamId, asked: ReturnType<typeof parseId>, now: number): StreamId {
  let id: StreamId | undefined;
  if (asked === undefined) id = now > idMillis(last) ? streamId(now, 0) : nextId(last);
  else if (asked.sequence !== '*') id = streamId(asked.ms, asked.sequence ?? 0);
  else if (asked.ms !== idMillis(last)) id = streamId(asked.ms, 0);
  else id = idSequence(last) === UINT64_MAX ? undefined : nextId(last);
  if (id === undefined || id <= last) throw new ReplyError(errors.idTooSmall);
  return id;
}

function trimAfterAdding(
  ctx: Context,
  key: ByteString,
  stream: StreamValue,
  trim: Trim,
  { trimAt }: AddOrTrim,
  logged: ByteString[],
): void {
  if (trimStream(stream, trim) > 0) ctx.notify('t', 'xtrim', key);
  if (trim.approximate) writeOutcome(stream, trim, trimAt, logged);
}

/** How far an approximate trim went depends on the nodes, so the log says what came of it. */
function writeOutcome(stream: StreamValue, { by }: Trim, at: number, logged: ByteString[]): void {
  logged[at - 1] = EXACTLY;
  const [first] = stream.nodes;
  logged[at] =
    'maxLength' in by
      ? formatInteger(stream.length)
      : formatId(first?.entries[0]?.id ?? GREATEST_ID);
}

function range(
  ctx: Context,
  argv: readonly ByteString[],
  startWord: ByteString,
  endWord: ByteString,
  way: 'forwards' | 'backwards',
): Reply {
  const start = intervalStart(startWord);
  const end = intervalEnd(endWord);
  let count = Infinity;
  for (let i = 4; i < argv.length; i += 2) {
    if (!is(argv[i], 'COUNT') || i + 1 >= argv.length) syntaxError();
    const given = integerArgument(argv[i + 1]!);
    count = given === -1 ? 0 : Math.max(0, given);
  }
  const stream = ctx.readKind(argv[1]!, 'stream');
  if (stream === undefined) return EMPTY_ARRAY;
  if (count === 0) return NULL_ARRAY;
  const replies: Reply[] = [];
  for (const entry of way === 'forwards'
    ? entriesBetween(stream, start, end)
    : entriesBackwards(stream, start, end)) {
    replies.push(entryReply(entry));
    if (replies.length === count) break;
  }
  return array(replies);
}

function setIdOptions(
  argv: readonly ByteString[],
  id: StreamId,
): { entriesAdded: number | undefined; maxDeletedId: StreamId } {
  let entriesAdded: number | undefined;
  let maxDeletedId = SMALLEST_ID;
  for (let i = 3; i < argv.length; i += 2) {
    const value = argv[i + 1] ?? EMPTY;
    if (i + 1 < argv.length && is(argv[i], 'ENTRIESADDED')) {
      entriesAdded = integerArgument(value);
      if (entriesAdded < 0) throw new ReplyError(errors.entriesAddedNegative);
    } else if (i + 1 < argv.length && is(argv[i], 'MAXDELETEDID')) {
      maxDeletedId = strictId(value);
      if (id < maxDeletedId) throw new ReplyError(errors.setIdBelowGivenDeleted);
    } else syntaxError();
  }
  return { entriesAdded, maxDeletedId };
}
