/** Sorted sets. https://redis.io/docs/latest/commands/?group=sorted-set, t_zset.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatDouble17g, formatDoubleShortest } from '../../base/doubles.ts';
import { globMatch } from '../../base/glob.ts';
import { formatInteger, INT64_MAX } from '../../base/integers.ts';
import { nextBelow } from '../../base/random.ts';
import type { Reply } from '../../resp/reply.ts';
import { doubleArgument, int64Argument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  expectMembers,
  membersByRank,
  newSortedSet,
  rankOf,
  removeMember,
  scanMembers,
  scoreOf,
  setScore,
  sortedSetSize,
  type ScoredMember,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import { errors, ReplyError, wrongArity } from '../errors.ts';
import { distinctPicks, picksWithRepeats } from '../random-picks.ts';
import {
  array,
  bulk,
  bulks,
  double,
  EMPTY_ARRAY,
  integer,
  NULL,
  NULL_ARRAY,
  ZERO,
} from '../replies.ts';
import { cursorArgument, scanOptions } from './scan.ts';
import { countArgument } from './sets.ts';

export const sortedSetCommands: Handlers = {
  zadd: (ctx, argv) => addScores(ctx, argv, 'zadd'),
  zincrby: (ctx, argv) => addScores(ctx, argv, 'zincrby'),

  zrem(ctx, argv) {
    const key = argv[1]!;
    const zset = ctx.writeKind(key, 'zset');
    if (zset === undefined) return ZERO;
    const removed = argv.slice(2).filter((member) => removeMember(zset, member)).length;
    if (removed === 0) return ZERO;
    ctx.notify('z', 'zrem', key);
    ctx.touched(key);
    ctx.changed(removed);
    if (sortedSetSize(zset) === 0) ctx.removeEmpty(key);
    return integer(removed);
  },

  zcard(ctx, argv) {
    const zset = ctx.readKind(argv[1]!, 'zset');
    return integer(zset === undefined ? 0 : sortedSetSize(zset));
  },

  zscore(ctx, argv) {
    return scoreReply(ctx.readKind(argv[1]!, 'zset'), argv[2]!);
  },

  zmscore(ctx, argv) {
    const zset = ctx.readKind(argv[1]!, 'zset');
    return array(argv.slice(2).map((member) => scoreReply(zset, member)));
  },

  zrank: (ctx, argv) => rank(ctx, argv, 'up'),
  zrevrank: (ctx, argv) => rank(ctx, argv, 'down'),

  zrandmember(ctx, argv) {
    const options = argv.length > 2 ? randomOptions(argv) : undefined;
    const zset = ctx.readKind(argv[1]!, 'zset');
    if (zset === undefined) return options === undefined ? NULL : EMPTY_ARRAY;
    const size = sortedSetSize(zset);
    const { random } = ctx.state;
    if (options === undefined) return bulk(memberAt(zset, nextBelow(random, size)).member);
    const { count, withScores } = options;
    const picks =
      count < 0 ? picksWithRepeats(random, size, -count) : distinctPicks(random, size, count);
    return membersReply(
      ctx,
      picks.map((pick) => memberAt(zset, pick)),
      withScores,
    );
  },

  zscan(ctx, argv) {
    const cursor = cursorArgument(argv[2]!);
    const zset = ctx.readKind(argv[1]!, 'zset');
    if (zset === undefined) return array([bulk(ascii('0')), EMPTY_ARRAY]);
    const { count, pattern } = scanOptions(argv, 3, 'elements');
    const step = scanMembers(zset, cursor, count);
    // A listpack holds the text of a score, a hash table the score, which is written in 17 digits here (db.c).
    const text = zset.order.encoding === 'listpack' ? formatDoubleShortest : formatDouble17g;
    const found: ByteString[] = [];
    for (const { member, score } of step.members) {
      if (pattern === undefined || globMatch(pattern, member)) found.push(member, text(score));
    }
    return array([bulk(formatInteger(step.cursor)), bulks(found)]);
  },
};

/** Members, with their scores if asked for: pairs in RESP3, one flat array in RESP2. */
export function membersReply(
  ctx: Context,
  members: Iterable<ScoredMember>,
  withScores: boolean,
): Reply {
  const replies: Reply[] = [];
  for (const { member, score } of members) {
    if (!withScores) replies.push(bulk(member));
    else if (ctx.client.protocol === 2) replies.push(bulk(member), double(score));
    else replies.push(array([bulk(member), double(score)]));
  }
  return array(replies);
}

function memberAt(zset: SortedSetValue, rank: number): ScoredMember {
  const [found] = membersByRank(zset, rank, rank + 1);
  return found!;
}

const MOST_WITH_SCORES = INT64_MAX / 2n;

function randomOptions(argv: readonly ByteString[]): { count: number; withScores: boolean } {
  const count = countArgument(argv[2]!);
  const withScores = argv.length === 4 && is(argv[3], 'WITHSCORES');
  if (argv.length > 3 && !withScores) syntaxError();
  const exact = BigInt(int64Argument(argv[2]!));
  if (withScores && (exact > MOST_WITH_SCORES || exact < -MOST_WITH_SCORES))
    throw new ReplyError(errors.outOfRange);
  return { count, withScores };
}

function scoreReply(zset: SortedSetValue | undefined, member: ByteString): Reply {
  const score = zset === undefined ? undefined : scoreOf(zset, member);
  return score === undefined ? NULL : double(score);
}

function rank(ctx: Context, argv: readonly ByteString[], direction: 'up' | 'down'): Reply {
  const [, key, member, option] = argv;
  if (argv.length > 4) throw new ReplyError(wrongArity(ctx.command.facts.name));
  if (option !== undefined && !is(option, 'WITHSCORE')) syntaxError();
  const zset = ctx.readKind(key!, 'zset');
  const up = zset === undefined ? undefined : rankOf(zset, member!);
  if (zset === undefined || up === undefined) return option === undefined ? NULL : NULL_ARRAY;
  const reply = integer(direction === 'up' ? up : sortedSetSize(zset) - 1 - up);
  return option === undefined ? reply : array([reply, double(scoreOf(zset, member!)!)]);
}

interface AddOptions {
  readonly nx: boolean;
  readonly xx: boolean;
  readonly gt: boolean;
  readonly lt: boolean;
  readonly countChanged: boolean;
  readonly increment: boolean;
  /** Where scores and members begin. */
  readonly from: number;
}

/** t_zset.c:zaddGenericCommand; `ZINCRBY key by member` is ZADD with INCR and without options. */
export function addScores(
  ctx: Context,
  argv: readonly ByteString[],
  name: 'zadd' | 'zincrby',
): Reply {
  const key = argv[1]!;
  const options = addOptions(argv, name);
  const scores: number[] = [];
  for (let i = options.from; i < argv.length; i += 2) scores.push(doubleArgument(argv[i]!));
  const known = ctx.writeKind(key, 'zset');
  if (known === undefined && options.xx) return options.increment ? NULL : ZERO;
  const zset = known ?? newSortedSet();
  // With any option a new set gets its first member.
  if (known === undefined) ctx.put(key, zset);
  expectMembers(zset, scores.length, ctx.server.config);

  let added = 0;
  let moved = 0;
  let last: number | undefined;
  scores.forEach((score, i) => {
    const done = addOne(ctx, zset, argv[options.from + i * 2 + 1]!, score, options);
    if (done.outcome === 'added') added++;
    if (done.outcome === 'moved') moved++;
    last = done.score;
  });
  if (added + moved > 0) {
    ctx.touched(key);
    ctx.notify('z', options.increment ? 'zincr' : 'zadd', key);
    ctx.changed(added + moved);
  }
  if (options.increment) return last === undefined ? NULL : double(last);
  return integer(options.countChanged ? added + moved : added);
}

function addOptions(argv: readonly ByteString[], name: 'zadd' | 'zincrby'): AddOptions {
  const options = {
    nx: false,
    xx: false,
    gt: false,
    lt: false,
    countChanged: false,
    increment: name === 'zincrby',
    from: 2,
  };
  for (; name === 'zadd' && options.from < argv.length; options.from++) {
    const word = argv[options.from]!;
    if (is(word, 'NX')) options.nx = true;
    else if (is(word, 'XX')) options.xx = true;
    else if (is(word, 'GT')) options.gt = true;
    else if (is(word, 'LT')) options.lt = true;
    else if (is(word, 'CH')) options.countChanged = true;
    else if (is(word, 'INCR')) options.increment = true;
    else break;
  }
  const words = argv.length - options.from;
  if (words === 0 || words % 2 !== 0) syntaxError();
  const { nx, xx, gt, lt } = options;
  if (nx && xx) throw new ReplyError(errors.nxXx);
  if ((nx && (gt || lt)) || (gt && lt)) throw new ReplyError(errors.gtLtNx);
  if (options.increment && words > 2) throw new ReplyError(errors.incrSingle);
  return options;
}

/** `score` is undefined if the options kept the member from being touched. */
function addOne(
  ctx: Context,
  zset: SortedSetValue,
  member: ByteString,
  given: number,
  { nx, xx, gt, lt, increment }: AddOptions,
): { outcome: 'added' | 'moved' | 'same'; score: number | undefined } {
  const current = scoreOf(zset, member);
  if (current === undefined ? xx : nx) return { outcome: 'same', score: undefined };
  const score = increment && current !== undefined ? current + given : given;
  if (Number.isNaN(score)) throw new ReplyError(errors.nanScore);
  if (current !== undefined && ((lt && score >= current) || (gt && score <= current))) {
    return { outcome: 'same', score: undefined };
  }
  return { outcome: setScore(zset, member, score, ctx.server.config), score };
}
