/** Taking the lowest or highest members away. t_zset.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatInteger } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { is, positiveArgument, rangedArgument, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  membersByRank,
  membersByRankDown,
  removeRanks,
  sortedSetSize,
  type ScoredMember,
} from '../data/sorted-set.ts';
import { errors } from '../errors.ts';
import { array, bulk, double, EMPTY_ARRAY, NULL_ARRAY } from '../replies.ts';

export const sortedSetPopCommands: Handlers = {
  zpopmin: (ctx, argv) => pop(ctx, argv, 'min'),
  zpopmax: (ctx, argv) => pop(ctx, argv, 'max'),

  zmpop(ctx, argv) {
    const asked = multiPopArguments(argv, 1);
    return popFromFirst(ctx, asked) ?? NULL_ARRAY;
  },
};

export type SortedSetEnd = 'min' | 'max';

export interface MultiPop {
  readonly keys: readonly ByteString[];
  readonly end: SortedSetEnd;
  readonly count: number;
}

export const sortedSetPopName = { min: ascii('ZPOPMIN'), max: ascii('ZPOPMAX') } as const;

/** `numkeys key … MIN|MAX [COUNT n]` from the word `at` on. */
export function multiPopArguments(argv: readonly ByteString[], at: number): MultiPop {
  const keyCount = rangedArgument(argv[at]!, 1, Number.MAX_SAFE_INTEGER, errors.numkeys);
  const where = at + 1 + keyCount;
  if (where >= argv.length) syntaxError();
  const end = is(argv[where], 'MIN') ? 'min' : is(argv[where], 'MAX') ? 'max' : syntaxError();
  let count: number | undefined;
  for (let i = where + 1; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (count !== undefined || !is(argv[i], 'COUNT') || value === undefined) syntaxError();
    count = rangedArgument(value, 1, Number.MAX_SAFE_INTEGER, errors.countPositive);
  }
  return { keys: argv.slice(at + 1, where), end, count: count ?? 1 };
}

/** ZMPOP and BZMPOP: the reply, and ZPOPMIN or ZPOPMAX for the log; undefined if there is nothing at any key. */
export function popFromFirst(ctx: Context, { keys, end, count }: MultiPop): Reply | undefined {
  for (const key of keys) {
    const members = popMembers(ctx, key, end, count);
    if (members === undefined) continue;
    ctx.propagate(sortedSetPopName[end], key, formatInteger(members.length));
    return array([
      bulk(key),
      array(members.map(({ member, score }) => array([bulk(member), double(score)]))),
    ]);
  }
  return undefined;
}

/** Takes up to `count` (1 or more) members from an end; undefined if there is no such key. */
export function popMembers(
  ctx: Context,
  key: ByteString,
  end: SortedSetEnd,
  count: number,
): ScoredMember[] | undefined {
  const zset = ctx.writeKind(key, 'zset');
  if (zset === undefined) return undefined;
  const size = sortedSetSize(zset);
  const taken = Math.min(count, size);
  const from = end === 'min' ? 0 : size - taken;
  const members =
    end === 'min' ? [...membersByRank(zset, 0, taken)] : [...membersByRankDown(zset, from, size)];
  removeRanks(zset, from, from + taken);
  ctx.notify('z', end === 'min' ? 'zpopmin' : 'zpopmax', key);
  if (taken === size) ctx.removeEmpty(key);
  ctx.touched(key);
  ctx.changed(taken);
  return members;
}

/** One flat array; pairs in RESP3 if a count was given. */
function pop(ctx: Context, argv: readonly ByteString[], end: SortedSetEnd): Reply {
  if (argv.length > 3) syntaxError();
  const count = argv[2] === undefined ? undefined : positiveArgument(argv[2]);
  const key = argv[1]!;
  if (count === 0) {
    ctx.writeKind(key, 'zset');
    return EMPTY_ARRAY;
  }
  const members = popMembers(ctx, key, end, count ?? 1) ?? [];
  const pairs = members.map(({ member, score }) => [bulk(member), double(score)]);
  return array(count !== undefined && ctx.client.protocol === 3 ? pairs.map(array) : pairs.flat());
}
