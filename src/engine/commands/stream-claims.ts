/** XCLAIM, XAUTOCLAIM and XPENDING: what was delivered and not acknowledged, and who takes it over. t_stream.c */
import { EMPTY, type ByteString } from '../../base/bytes.ts';
import { formatInteger } from '../../base/integers.ts';
import type { Millis } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, rangedArgument, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { entryAt, type StreamEntry, type StreamValue } from '../data/stream.ts';
import {
  byName,
  deletePending,
  pendingFrom,
  setPending,
  type PendingEntry,
  type StreamGroup,
} from '../data/stream-group.ts';
import { formatId, SMALLEST_ID, type StreamId } from '../data/stream-id.ts';
import { errors, invalidOption, noGroup, ReplyError, unrecognizedClaimOption } from '../errors.ts';
import { array, bulk, EMPTY_ARRAY, integer, NULL, NULL_ARRAY } from '../replies.ts';
import {
  entryReply,
  idReply,
  intervalEnd,
  intervalStart,
  strictId,
  strictIdOrNone,
} from './stream-arguments.ts';
import { consumerOf, logClaim, logGroupId } from './stream-group-changes.ts';

/** XAUTOCLAIM looks at no more than so many pending entries for each that it may claim. */
const ATTEMPTS_FACTOR = 10;
const MOST_AUTO_CLAIMED = 576460752303423487;

export const streamClaimCommands: Handlers = {
  xclaim(ctx, argv) {
    const [, key, groupName, consumer] = argv;
    readGroup(ctx, key!, groupName!);
    const options = claimOptions(ctx, argv);
    const { stream, group } = changedGroup(ctx, key!, groupName!);
    // Each claim goes to the log by itself, with the outcome.
    ctx.propagateNothingElse();
    let tellsLastId = options.lastId > group.lastId;
    if (tellsLastId) group.lastId = options.lastId;
    const claimer = consumerOf(ctx, key!, group, consumer!);
    claimer.seenAt = ctx.nowMs;
    const replies: Reply[] = [];
    for (const { id, word } of options.ids) {
      const claimed = claim(ctx, {
        key: key!,
        groupName: groupName!,
        stream,
        group,
        consumer: consumer!,
        id,
        word,
        ...options,
      });
      if (claimed !== 'untouched') tellsLastId = false;
      if (typeof claimed === 'object')
        replies.push(options.justId ? idReply(id) : entryReply(claimed));
    }
    if (tellsLastId) {
      logGroupId(ctx, key!, groupName!, group);
      ctx.changed();
    }
    return array(replies);
  },

  xautoclaim(ctx, argv) {
    const [, key, groupName, consumer] = argv;
    // The key is looked up before the words are read: it is a hit even if they are wrong.
    ctx.read(key!);
    const minIdle = Math.max(
      0,
      integerArgument(argv[4]!, invalidOption('min-idle-time argument', 'XAUTOCLAIM')),
    );
    const start = intervalStart(argv[5]!);
    const options = autoClaimOptions(argv);
    const { stream, group } = changedGroup(ctx, key!, groupName!);
    ctx.propagateNothingElse();
    consumerOf(ctx, key!, group, consumer!).seenAt = ctx.nowMs;

    const claimed: Reply[] = [];
    const gone: Reply[] = [];
    const ids = pendingFrom(group.pending, start);
    let at = 0;
    let left = options.count;
    for (; at < ids.length && at < options.count * ATTEMPTS_FACTOR && left > 0; at++) {
      const id = ids[at]!;
      const taken = claim(ctx, {
        ...{
          key: key!,
          groupName: groupName!,
          stream,
          group,
          consumer: consumer!,
          id,
          word: formatId(id),
          minIdle,
        },
        ...{ deliveredAt: ctx.nowMs, deliveries: undefined, force: false, justId: options.justId },
      });
      if (taken === 'untouched') continue;
      left--;
      if (taken === 'gone') gone.push(idReply(id));
      else claimed.push(options.justId ? idReply(id) : entryReply(taken));
    }
    return array([idReply(ids[at] ?? SMALLEST_ID), array(claimed), array(gone)]);
  },

  xpending(ctx, argv) {
    if (argv.length !== 3 && (argv.length < 6 || argv.length > 9)) syntaxError();
    const asked = argv.length === 3 ? undefined : pendingOptions(argv);
    const { group } = readGroup(ctx, argv[1]!, argv[2]!);
    return asked === undefined ? pendingSummary(group) : pendingList(ctx, group, asked);
  },
};

interface FoundGroup {
  readonly stream: StreamValue;
  readonly group: StreamGroup;
}

function readGroup(ctx: Context, key: ByteString, name: ByteString): FoundGroup {
  return groupIn(ctx.readKind(key, 'stream'), key, name);
}

/** The group ready to be changed: what it was is kept for a snapshot. */
function changedGroup(ctx: Context, key: ByteString, name: ByteString): FoundGroup {
  return groupIn(ctx.writeKind(key, 'stream'), key, name);
}

function groupIn(stream: StreamValue | undefined, key: ByteString, name: ByteString): FoundGroup {
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) throw new ReplyError(noGroup(key, name));
  return { stream, group };
}

interface Claim extends FoundGroup {
  readonly key: ByteString;
  readonly groupName: ByteString;
  readonly consumer: ByteString;
  readonly id: StreamId;
  /** The id as it was typed. */
  readonly word: ByteString;
  readonly minIdle: Millis;
  readonly deliveredAt: Millis;
  /** Undefined: one more, unless only ids are asked for. */
  readonly deliveries: number | undefined;
  /** Also what was never delivered. */
  readonly force: boolean;
  readonly justId: boolean;
}

/** The entry, if it was claimed; `gone` if it was pending and is no more, since the stream has no such entry. */
function claim(ctx: Context, asked: Claim): StreamEntry | 'gone' | 'untouched' {
  const { key, groupName, stream, group, consumer, id, word, minIdle, deliveredAt, force, justId } =
    asked;
  const known = group.pending.entries.get(id);
  const entry = entryAt(stream, id);
  if (entry === undefined) {
    if (known === undefined) return 'untouched';
    logClaim(ctx, key, groupName, group, word, known);
    ctx.changed();
    deletePending(group, id);
    return 'gone';
  }
  if (known === undefined && !force) return 'untouched';
  if (known !== undefined && minIdle > 0 && ctx.nowMs - known.deliveredAt < minIdle)
    return 'untouched';
  const before = known?.deliveries ?? 1;
  const deliveries = asked.deliveries ?? (justId ? before : before + 1);
  const pending: PendingEntry = { consumer, deliveredAt, deliveries };
  setPending(group, id, pending);
  group.consumers.get(consumer)!.activeAt = ctx.nowMs;
  logClaim(ctx, key, groupName, group, word, pending);
  ctx.changed();
  return entry;
}

interface ClaimOptions {
  readonly minIdle: Millis;
  readonly ids: readonly { readonly id: StreamId; readonly word: ByteString }[];
  readonly deliveredAt: Millis;
  readonly deliveries: number | undefined;
  readonly lastId: StreamId;
  readonly force: boolean;
  readonly justId: boolean;
}

/** `min-idle-time id [id …]` and options, which begin where a word is no id. */
function claimOptions(ctx: Context, argv: readonly ByteString[]): ClaimOptions {
  const minIdle = Math.max(
    0,
    integerArgument(argv[4]!, invalidOption('min-idle-time argument', 'XCLAIM')),
  );
  const ids: { id: StreamId; word: ByteString }[] = [];
  let i = 5;
  for (; i < argv.length; i++) {
    const id = strictIdOrNone(argv[i]!);
    if (id === undefined) break;
    ids.push({ id, word: argv[i]! });
  }
  let deliveredAt: Millis | undefined;
  let deliveries: number | undefined;
  let lastId = SMALLEST_ID;
  let force = false;
  let justId = false;
  for (; i < argv.length; i++) {
    const word = argv[i]!;
    const hasMore = i + 1 < argv.length;
    const number = (name: string): number =>
      integerArgument(argv[++i] ?? EMPTY, invalidOption(`${name} option argument`, 'XCLAIM'));
    if (is(word, 'FORCE')) force = true;
    else if (is(word, 'JUSTID')) justId = true;
    else if (hasMore && is(word, 'IDLE')) deliveredAt = ctx.nowMs - number('IDLE');
    else if (hasMore && is(word, 'TIME')) deliveredAt = number('TIME');
    else if (hasMore && is(word, 'RETRYCOUNT')) deliveries = number('RETRYCOUNT');
    else if (hasMore && is(word, 'LASTID')) lastId = strictId(argv[++i]!);
    else throw new ReplyError(unrecognizedClaimOption(word));
  }
  // A time that can't be (−1 stands for none) is taken for now: clients may do sums with clocks of their own.
  const sane =
    deliveredAt !== undefined && deliveredAt >= 0 && deliveredAt <= ctx.nowMs
      ? deliveredAt
      : ctx.nowMs;
  const given = deliveries === undefined || deliveries < 0 ? undefined : deliveries;
  return { minIdle, ids, deliveredAt: sane, deliveries: given, lastId, force, justId };
}

function autoClaimOptions(argv: readonly ByteString[]): { count: number; justId: boolean } {
  let count = 100;
  let justId = false;
  for (let i = 6; i < argv.length; i++) {
    if (is(argv[i], 'COUNT') && i + 1 < argv.length) {
      count = rangedArgument(argv[++i]!, 1, MOST_AUTO_CLAIMED, errors.autoClaimCount);
    } else if (is(argv[i], 'JUSTID')) justId = true;
    else syntaxError();
  }
  return { count, justId };
}

interface PendingOptions {
  readonly minIdle: Millis;
  readonly start: StreamId;
  readonly end: StreamId;
  readonly count: number;
  readonly consumer: ByteString | undefined;
}

/** `[IDLE min-idle-time] start end count [consumer]` */
function pendingOptions(argv: readonly ByteString[]): PendingOptions {
  let at = 3;
  let minIdle = 0;
  if (is(argv[3], 'IDLE')) {
    minIdle = integerArgument(argv[4]!);
    if (argv.length < 8) syntaxError();
    at = 5;
  }
  const count = Math.max(0, integerArgument(argv[at + 2]!));
  return {
    minIdle,
    start: intervalStart(argv[at]!),
    end: intervalEnd(argv[at + 1]!),
    count,
    consumer: argv[at + 3],
  };
}

function pendingSummary(group: StreamGroup): Reply {
  const ids = pendingFrom(group.pending);
  const [first] = ids;
  const last = ids[ids.length - 1];
  if (first === undefined || last === undefined) return array([integer(0), NULL, NULL, NULL_ARRAY]);
  const consumers = byName(group.consumers)
    .filter(([, { pending }]) => pending.entries.size > 0)
    .map(([name, { pending }]) => array([bulk(name), bulk(formatInteger(pending.entries.size))]));
  return array([integer(ids.length), idReply(first), idReply(last), array(consumers)]);
}

function pendingList(
  ctx: Context,
  group: StreamGroup,
  { minIdle, start, end, count, consumer }: PendingOptions,
): Reply {
  const pending = consumer === undefined ? group.pending : group.consumers.get(consumer)?.pending;
  if (pending === undefined) return EMPTY_ARRAY;
  const replies: Reply[] = [];
  for (const id of pendingFrom(pending, start)) {
    if (replies.length >= count || id > end) break;
    const { consumer: owner, deliveredAt, deliveries } = group.pending.entries.get(id)!;
    const idle = ctx.nowMs - deliveredAt;
    if (minIdle > 0 && idle < minIdle) continue;
    replies.push(
      array([idReply(id), bulk(owner), integer(Math.max(0, idle)), integer(deliveries)]),
    );
  }
  return array(replies);
}
