/** What the words of stream commands mean: ids, intervals, and how a stream is to be trimmed. t_stream.c */
import { sliceBytes, type ByteString } from '../../base/bytes.ts';
import { UINT64_MAX, type Integer } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { StreamEntry, Trim } from '../data/stream.ts';
import {
  formatId,
  GREATEST_ID,
  nextId,
  parseId,
  previousId,
  SMALLEST_ID,
  streamId,
  type StreamId,
} from '../data/stream-id.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, bulk, bulks } from '../replies.ts';

/** An id as such: neither `-` nor `+`. Without a sequence number it has that of `missing`. */
export function strictId(word: ByteString, missing: Integer = 0): StreamId {
  const id = strictIdOrNone(word, missing);
  if (id === undefined) throw new ReplyError(errors.streamId);
  return id;
}

export function strictIdOrNone(word: ByteString, missing: Integer = 0): StreamId | undefined {
  const parsed = parseId(word);
  if (parsed === undefined || parsed.sequence === '*') return undefined;
  return streamId(parsed.ms, parsed.sequence ?? missing);
}

/** As `strictId`; `-` and `+` are the smallest and the greatest. */
export function anyId(word: ByteString, missing: Integer = 0): StreamId {
  if (word === '-') return SMALLEST_ID;
  return word === '+' ? GREATEST_ID : strictId(word, missing);
}

/** Where an interval begins; `(` leaves the id itself out. */
export function intervalStart(word: ByteString): StreamId {
  if (!isExclusive(word)) return anyId(word);
  const after = nextId(strictId(sliceBytes(word, 1)));
  if (after === undefined) throw new ReplyError(errors.intervalStart);
  return after;
}

export function intervalEnd(word: ByteString): StreamId {
  if (!isExclusive(word)) return anyId(word, UINT64_MAX);
  const before = previousId(strictId(sliceBytes(word, 1), UINT64_MAX));
  if (before === undefined) throw new ReplyError(errors.intervalEnd);
  return before;
}

function isExclusive(word: ByteString): boolean {
  return word.length > 1 && word.startsWith('(');
}

export function idReply(id: StreamId): Reply {
  return bulk(formatId(id));
}

export function entryReply({ id, fields }: StreamEntry): Reply {
  return array([idReply(id), bulks(fields)]);
}

export interface AddOrTrim {
  readonly trim: Trim | undefined;
  /** Where its argument stands: what is approximate is logged as what came of it. */
  readonly trimAt: number;
  readonly createsStream: boolean;
  /** Where the id stands, or where the words end. */
  readonly end: number;
}

/** t_stream.c:streamParseAddOrTrimArgsOrReply; XADD's options end at its id, which has been checked. */
export function addOrTrimOptions(
  ctx: Context,
  argv: readonly ByteString[],
  of: 'xadd' | 'xtrim',
): AddOrTrim {
  let by: Trim['by'] | undefined;
  let approximate = false;
  let limit: number | undefined;
  let trimAt = 0;
  let createsStream = true;
  let i = 2;
  for (; i < argv.length; i++) {
    const word = argv[i];
    const more = argv.length - 1 - i;
    if (of === 'xadd' && word === '*') break;
    if ((is(word, 'MAXLEN') || is(word, 'MINID')) && more > 0) {
      if (by !== undefined) throw new ReplyError(errors.twoTrims);
      approximate = more >= 2 && argv[i + 1] === '~';
      if (approximate || (more >= 2 && argv[i + 1] === '=')) i++;
      trimAt = ++i;
      by = is(word, 'MAXLEN')
        ? { maxLength: maxLengthArgument(argv[i]!) }
        : { minId: strictId(argv[i]!) };
    } else if (is(word, 'LIMIT') && more > 0) {
      limit = integerArgument(argv[++i]!);
      if (limit < 0) throw new ReplyError(errors.limitNegative);
    } else if (of === 'xadd' && is(word, 'NOMKSTREAM')) createsStream = false;
    else if (of === 'xadd') {
      if (parseId(word!) === undefined) throw new ReplyError(errors.streamId);
      break;
    } else syntaxError();
  }
  if (by === undefined) {
    if (limit !== undefined && limit > 0) throw new ReplyError(errors.limitWithoutTrim);
    if (of === 'xtrim') throw new ReplyError(errors.trimMissing);
    limitOf(ctx, false, limit);
    return { trim: undefined, trimAt, createsStream, end: i };
  }
  const trim = { by, approximate, limit: limitOf(ctx, approximate, limit) };
  return { trim, trimAt, createsStream, end: i };
}

function maxLengthArgument(word: ByteString): number {
  const length = integerArgument(word);
  if (length < 0) throw new ReplyError(errors.maxlenStreamNegative);
  return length;
}

const NODES_A_TRIM = 100;
const LIMIT_WITHOUT_NODES = 10_000;
const GREATEST_LIMIT = 1_000_000;

/** A log says how much was trimmed, so its client has no limits. */
function limitOf(ctx: Context, approximate: boolean, given: number | undefined): number {
  if (ctx.client.loading) return 0;
  if (given !== undefined) {
    if (!approximate) throw new ReplyError(errors.limitExact);
    return given;
  }
  if (!approximate) return 0;
  const nodes = NODES_A_TRIM * ctx.server.config.streamNodeMaxEntries;
  return nodes <= 0 ? LIMIT_WITHOUT_NODES : Math.min(nodes, GREATEST_LIMIT);
}
