/** Sorted sets. https://redis.io/docs/latest/commands/?group=sorted-set, t_zset.c */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { doubleArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { newSortedSet, rankOf, removeMember, scoreOf, setScore, sortedSetSize, type SortedSetValue } from '../data/sorted-set.ts';
import { errors, ReplyError, wrongArity } from '../errors.ts';
import { array, double, integer, NULL, NULL_ARRAY, ZERO } from '../replies.ts';

export const sortedSetCommands: Handlers = {
  zadd: (ctx, argv) => add(ctx, argv, 'zadd'),
  zincrby: (ctx, argv) => add(ctx, argv, 'zincrby'),

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
};

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
function add(ctx: Context, argv: readonly ByteString[], name: 'zadd' | 'zincrby'): Reply {
  const key = argv[1]!;
  const options = addOptions(argv, name);
  const scores: number[] = [];
  for (let i = options.from; i < argv.length; i += 2) scores.push(doubleArgument(argv[i]!));
  const known = ctx.writeKind(key, 'zset');
  if (known === undefined && options.xx) return options.increment ? NULL : ZERO;
  const zset = known ?? newSortedSet();
  // With any option a new set gets its first member.
  if (known === undefined) ctx.put(key, zset);

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
  const options = { nx: false, xx: false, gt: false, lt: false, countChanged: false, increment: name === 'zincrby', from: 2 };
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
