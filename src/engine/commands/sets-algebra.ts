/** Intersections, unions and differences of sets, replied or stored. t_set.c */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { is, positiveArgument, rangedArgument, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  addMember,
  becomeIntset,
  deleteMember,
  hasMember,
  newSet,
  type SetLimits,
  type SetValue,
} from '../data/set.ts';
import { parseInt64 } from '../../base/integers.ts';
import { errors, ReplyError } from '../errors.ts';
import { EMPTY_SET, integer, setOf, ZERO } from '../replies.ts';

export const setAlgebraCommands: Handlers = {
  sinter(ctx, argv) {
    const sets = readSets(ctx, argv.slice(1));
    return everyPresent(sets) ? setOf(intersection(sets)) : EMPTY_SET;
  },

  sintercard(ctx, argv) {
    const { keys, limit } = cardinalityArguments(argv);
    const sets = readSets(ctx, keys);
    return everyPresent(sets) ? integer(intersection(sets, limit).length) : ZERO;
  },

  sinterstore(ctx, argv) {
    const sets = readSets(ctx, argv.slice(2));
    const result = everyPresent(sets) ? storedIntersection(sets, ctx.server.config) : undefined;
    return store(ctx, argv[1]!, result, 'sinterstore');
  },

  sunion: (ctx, argv) => setOf(union(readSets(ctx, argv.slice(1)), ctx.server.config).members),
  sunionstore(ctx, argv) {
    return store(
      ctx,
      argv[1]!,
      union(readSets(ctx, argv.slice(2)), ctx.server.config),
      'sunionstore',
    );
  },

  sdiff: (ctx, argv) => setOf(difference(readSets(ctx, argv.slice(1)), ctx.server.config).members),
  sdiffstore(ctx, argv) {
    return store(
      ctx,
      argv[1]!,
      difference(readSets(ctx, argv.slice(2)), ctx.server.config),
      'sdiffstore',
    );
  },
};

type MaybeSet = SetValue | undefined;

function readSets(ctx: Context, keys: readonly ByteString[]): MaybeSet[] {
  return keys.map((key) => ctx.readKind(key, 'set'));
}

function everyPresent(sets: readonly MaybeSet[]): sets is readonly SetValue[] {
  return sets.every((set) => set !== undefined);
}

/** `numkeys key … [LIMIT n]`; a limit of 0 is none. Shared with ZINTERCARD. */
export function cardinalityArguments(argv: readonly ByteString[]): {
  keys: readonly ByteString[];
  limit: number;
} {
  const count = rangedArgument(argv[1]!, 1, Number.MAX_SAFE_INTEGER, errors.numkeys);
  if (count > argv.length - 2) throw new ReplyError(errors.tooManyKeys);
  let limit = 0;
  for (let i = 2 + count; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (!is(argv[i], 'LIMIT') || value === undefined) syntaxError();
    limit = positiveArgument(value, errors.negativeLimit);
  }
  return { keys: argv.slice(2, 2 + count), limit: limit === 0 ? Infinity : limit };
}

/** Members of the smallest set that all others have, up to `limit` of them. */
function intersection(sets: readonly SetValue[], limit = Infinity): ByteString[] {
  const [smallest, ...others] = bySize(sets);
  const common: ByteString[] = [];
  for (const member of smallest!.members) {
    if (!others.every((set) => set === smallest || hasMember(set, member))) continue;
    common.push(member);
    if (common.length >= limit) break;
  }
  return common;
}

/** The result begins in the encoding of the smallest set, and is an intset if it can be. */
function storedIntersection(sets: readonly SetValue[], limits: SetLimits): SetValue {
  const members = intersection(sets);
  const result = newSet(bySize(sets)[0]!.encoding);
  for (const member of members) addMember(result, member, limits);
  if (members.every((member) => parseInt64(member) !== undefined)) becomeIntset(result, limits);
  return result;
}

function bySize(sets: readonly SetValue[]): SetValue[] {
  return sets.toSorted((a, b) => a.members.length - b.members.length);
}

function union(sets: readonly MaybeSet[], limits: SetLimits): SetValue {
  const result = newSet();
  for (const set of sets)
    for (const member of set?.members ?? []) addMember(result, member, limits);
  return result;
}

/** Two ways, as in Redis: ask all others about each member of the first, or take all their members away from it. */
function difference([first, ...rest]: readonly MaybeSet[], limits: SetLimits): SetValue {
  const result = newSet();
  const others = rest.filter((set) => set !== undefined);
  if (first === undefined || others.includes(first)) return result;
  const size = first.members.length;
  const lookUps = Math.floor((size * (others.length + 1)) / 2);
  const removals = others.reduce((sum, { members }) => sum + members.length, size);
  if (lookUps <= removals) {
    const largestFirst = bySize(others).reverse();
    for (const member of first.members) {
      if (!largestFirst.some((set) => hasMember(set, member))) addMember(result, member, limits);
    }
    return result;
  }
  for (const member of first.members) addMember(result, member, limits);
  for (const { members } of others) {
    for (const member of members) deleteMember(result, member);
    if (result.members.length === 0) break;
  }
  return result;
}

function store(ctx: Context, key: ByteString, result: SetValue | undefined, event: string): Reply {
  if (result === undefined || result.members.length === 0) {
    if (ctx.remove(key)) {
      ctx.notify('g', 'del', key);
      ctx.changed();
    }
    return ZERO;
  }
  ctx.expireIfDue(key);
  ctx.set(key, result);
  ctx.notify('s', event, key);
  ctx.changed();
  return integer(result.members.length);
}
