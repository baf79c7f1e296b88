/** Ranges of sorted sets by rank, score and member: told, stored, counted and removed. t_zset.c */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { lexRange, lexRanks, type LexRange } from '../data/sorted-set-lex.ts';
import { scoreRange, scoreRanks, type ScoreRange } from '../data/sorted-set-scores.ts';
import {
  expectMembers,
  membersByRank,
  membersByRankDown,
  newSortedSet,
  removeRanks,
  setScore,
  sortedSetSize,
  type ScoredMember,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import { errors, ReplyError } from '../errors.ts';
import { EMPTY_ARRAY, integer, ZERO } from '../replies.ts';
import { membersReply } from './sorted-sets.ts';

export const sortedSetRangeCommands: Handlers = {
  zrange: (ctx, argv) => range(ctx, argv, undefined, undefined),
  zrevrange: (ctx, argv) => range(ctx, argv, 'rank', 'down'),
  zrangebyscore: (ctx, argv) => range(ctx, argv, 'score', 'up'),
  zrevrangebyscore: (ctx, argv) => range(ctx, argv, 'score', 'down'),
  zrangebylex: (ctx, argv) => range(ctx, argv, 'lex', 'up'),
  zrevrangebylex: (ctx, argv) => range(ctx, argv, 'lex', 'down'),

  zrangestore(ctx, argv) {
    const target = argv[1]!;
    const asked = rangeArguments(argv.slice(1), 'store', undefined, undefined);
    const source = ctx.readKind(argv[2]!, 'zset');
    const found = source === undefined ? [] : [...membersIn(source, asked)];
    const result = newSortedSet();
    // How many there will be is known beforehand of a range of ranks only.
    if (asked.wanted.by === 'rank') expectMembers(result, found.length, ctx.server.config);
    for (const { member, score } of found) setScore(result, member, score, ctx.server.config);
    return storeSortedSet(ctx, target, result, 'zrangestore');
  },

  zcount(ctx, argv) {
    const wanted = scoreRangeArgument(argv[2]!, argv[3]!);
    return count(ctx, argv[1]!, { by: 'score', range: wanted });
  },

  zlexcount(ctx, argv) {
    const wanted = lexRangeArgument(argv[2]!, argv[3]!);
    return count(ctx, argv[1]!, { by: 'lex', range: wanted });
  },

  zremrangebyrank(ctx, argv) {
    const wanted = { start: integerArgument(argv[2]!), end: integerArgument(argv[3]!) };
    return removeRange(ctx, argv[1]!, { by: 'rank', range: wanted });
  },

  zremrangebyscore(ctx, argv) {
    return removeRange(ctx, argv[1]!, {
      by: 'score',
      range: scoreRangeArgument(argv[2]!, argv[3]!),
    });
  },

  zremrangebylex(ctx, argv) {
    return removeRange(ctx, argv[1]!, { by: 'lex', range: lexRangeArgument(argv[2]!, argv[3]!) });
  },
};

type Direction = 'up' | 'down';

interface RankRange {
  /** Both included; negative ones count from the end. */
  readonly start: number;
  readonly end: number;
}

type Range =
  | { readonly by: 'rank'; readonly range: RankRange }
  | { readonly by: 'score'; readonly range: ScoreRange }
  | { readonly by: 'lex'; readonly range: LexRange };

interface AskedRange {
  readonly wanted: Range;
  readonly direction: Direction;
  readonly withScores: boolean;
  readonly offset: number;
  /** Negative: all. */
  readonly limit: number;
}

/** Puts a result where ZRANGESTORE and its like want it; an empty one deletes what is there. */
export function storeSortedSet(
  ctx: Context,
  key: ByteString,
  result: SortedSetValue,
  event: string,
): Reply {
  const size = sortedSetSize(result);
  if (size === 0) {
    if (ctx.remove(key)) {
      ctx.notify('g', 'del', key);
      ctx.changed();
    }
    return ZERO;
  }
  ctx.expireIfDue(key);
  ctx.set(key, result);
  ctx.notify('z', event, key);
  ctx.changed();
  return integer(size);
}

function range(
  ctx: Context,
  argv: readonly ByteString[],
  by: Range['by'] | undefined,
  direction: Direction | undefined,
): Reply {
  const asked = rangeArguments(argv, 'reply', by, direction);
  const zset = ctx.readKind(argv[1]!, 'zset');
  return zset === undefined
    ? EMPTY_ARRAY
    : membersReply(ctx, membersIn(zset, asked), asked.withScores);
}

/** t_zset.c:zrangeGenericCommand: `[name, key, min, max, …]`. What a command's name says cannot be said by an option. */
function rangeArguments(
  argv: readonly ByteString[],
  purpose: 'reply' | 'store',
  namedBy: Range['by'] | undefined,
  namedDirection: Direction | undefined,
): AskedRange {
  let by = namedBy;
  let direction = namedDirection;
  let withScores = false;
  let offset = 0;
  let limit = -1;
  for (let i = 4; i < argv.length; i++) {
    const word = argv[i]!;
    if (purpose === 'reply' && is(word, 'WITHSCORES')) withScores = true;
    else if (is(word, 'LIMIT') && i + 2 < argv.length) {
      offset = integerArgument(argv[++i]!);
      limit = integerArgument(argv[++i]!);
    } else if (direction === undefined && is(word, 'REV')) direction = 'down';
    else if (by === undefined && is(word, 'BYLEX')) by = 'lex';
    else if (by === undefined && is(word, 'BYSCORE')) by = 'score';
    else syntaxError();
  }
  by ??= 'rank';
  direction ??= 'up';
  if (limit !== -1 && by === 'rank') throw new ReplyError(errors.limitByRank);
  if (withScores && by === 'lex') throw new ReplyError(errors.scoresByLex);
  return {
    wanted: rangeOf(by, direction, argv[2]!, argv[3]!),
    direction,
    withScores,
    offset,
    limit,
  };
}

/** Downwards, scores and members are given from the highest to the lowest. */
function rangeOf(
  by: Range['by'],
  direction: Direction,
  first: ByteString,
  last: ByteString,
): Range {
  if (by === 'rank')
    return { by, range: { start: integerArgument(first), end: integerArgument(last) } };
  const [min, max] = direction === 'up' ? [first, last] : [last, first];
  return by === 'score'
    ? { by, range: scoreRangeArgument(min, max) }
    : { by, range: lexRangeArgument(min, max) };
}

function scoreRangeArgument(min: ByteString, max: ByteString): ScoreRange {
  const wanted = scoreRange(min, max);
  if (wanted === undefined) throw new ReplyError(errors.notValidFloat);
  return wanted;
}

function lexRangeArgument(min: ByteString, max: ByteString): LexRange {
  const wanted = lexRange(min, max);
  if (wanted === undefined) throw new ReplyError(errors.notLexRange);
  return wanted;
}

/** The ranks of a range, counted from `direction`'s end when they are asked for by rank. */
function ranksOf(
  zset: SortedSetValue,
  { by, range: wanted }: Range,
  direction: Direction,
): { from: number; to: number } {
  if (by === 'score') return scoreRanks(zset, wanted);
  if (by === 'lex') return lexRanks(zset, wanted, direction);
  const size = sortedSetSize(zset);
  const start = Math.max(0, wanted.start < 0 ? size + wanted.start : wanted.start);
  const end = Math.min(size - 1, wanted.end < 0 ? size + wanted.end : wanted.end);
  if (start > end) return { from: 0, to: 0 };
  return direction === 'up'
    ? { from: start, to: end + 1 }
    : { from: size - 1 - end, to: size - start };
}

function membersIn(
  zset: SortedSetValue,
  { wanted, direction, offset, limit }: AskedRange,
): Iterable<ScoredMember> {
  const { from, to } = ranksOf(zset, wanted, direction);
  if (offset < 0) return [];
  const most = limit < 0 ? Infinity : limit;
  if (direction === 'up')
    return membersByRank(zset, from + offset, Math.min(to, from + offset + most));
  return membersByRankDown(zset, Math.max(from, to - offset - most), to - offset);
}

function count(ctx: Context, key: ByteString, wanted: Range): Reply {
  const zset = ctx.readKind(key, 'zset');
  if (zset === undefined) return ZERO;
  const { from, to } = ranksOf(zset, wanted, 'up');
  return integer(to - from);
}

function removeRange(ctx: Context, key: ByteString, wanted: Range): Reply {
  const zset = ctx.writeKind(key, 'zset');
  if (zset === undefined) return ZERO;
  const { from, to } = ranksOf(zset, wanted, 'up');
  if (from === to) return ZERO;
  removeRanks(zset, from, to);
  ctx.touched(key);
  ctx.notify('z', `zremrangeby${wanted.by}`, key);
  ctx.changed(to - from);
  if (sortedSetSize(zset) === 0) ctx.removeEmpty(key);
  return integer(to - from);
}
