/** Unions, intersections and differences of sorted sets; plain sets count as scored 1. t_zset.c:zunionInterDiffGenericCommand */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import {
  doubleArgument,
  integerArgument,
  is,
  positiveArgument,
  syntaxError,
} from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { hasMember, type SetValue } from '../data/set.ts';
import {
  membersByRank,
  scoreOf,
  sortedSetOf,
  sortedSetSize,
  type ScoredMember,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import { errors, noInputKey, ReplyError } from '../errors.ts';
import { integer } from '../replies.ts';
import { storeSortedSet } from './sorted-set-ranges.ts';
import { membersReply } from './sorted-sets.ts';

export const sortedSetAlgebraCommands: Handlers = {
  zunion: (ctx, argv) => tell(ctx, argv, 'union'),
  zinter: (ctx, argv) => tell(ctx, argv, 'inter'),
  zdiff: (ctx, argv) => tell(ctx, argv, 'diff'),
  zunionstore: (ctx, argv) => store(ctx, argv, 'union'),
  zinterstore: (ctx, argv) => store(ctx, argv, 'inter'),
  zdiffstore: (ctx, argv) => store(ctx, argv, 'diff'),

  zintercard(ctx, argv) {
    const { sources, limit } = sourcesOf(ctx, argv, 1, { operation: 'inter', purpose: 'count' });
    return integer(intersection(sources, 'sum', limit).size);
  },
};

type Operation = 'union' | 'inter' | 'diff';
type Aggregate = 'sum' | 'min' | 'max';

interface Source {
  readonly value: SortedSetValue | SetValue | undefined;
  readonly size: number;
  readonly weight: number;
}

interface Asked {
  readonly operation: Operation;
  readonly purpose: 'reply' | 'store' | 'count';
}

interface Sources {
  readonly sources: readonly Source[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
  readonly limit: number;
}

function tell(ctx: Context, argv: readonly ByteString[], operation: Operation): Reply {
  const asked = sourcesOf(ctx, argv, 1, { operation, purpose: 'reply' });
  return membersReply(ctx, sorted(combined(asked, operation)), asked.withScores);
}

function store(ctx: Context, argv: readonly ByteString[], operation: Operation): Reply {
  const asked = sourcesOf(ctx, argv, 2, { operation, purpose: 'store' });
  const result = sortedSetOf(sorted(combined(asked, operation)), ctx.server.config);
  return storeSortedSet(ctx, argv[1]!, result, `z${operation}store`);
}

/** `numkeys key … [WEIGHTS w …] [AGGREGATE SUM|MIN|MAX] [WITHSCORES] [LIMIT n]` from the word `at` on. */
function sourcesOf(
  ctx: Context,
  argv: readonly ByteString[],
  at: number,
  { operation, purpose }: Asked,
): Sources {
  const count = integerArgument(argv[at]!);
  if (count < 1) throw new ReplyError(noInputKey(ctx.command.facts.name));
  if (count > argv.length - at - 1) syntaxError();
  const first = at + 1 + count;
  const values = argv.slice(at + 1, first).map((key) => readSource(ctx, key));
  const mayAggregate = operation !== 'diff' && purpose !== 'count';
  let weights: number[] | undefined;
  let aggregate: Aggregate = 'sum';
  let withScores = false;
  let limit = 0;
  for (let i = first; i < argv.length; i++) {
    const word = argv[i]!;
    const left = argv.length - i;
    if (mayAggregate && left > count && is(word, 'WEIGHTS')) {
      weights = argv
        .slice(i + 1, i + 1 + count)
        .map((weight) => doubleArgument(weight, errors.weightNotFloat));
      i += count;
    } else if (mayAggregate && left >= 2 && is(word, 'AGGREGATE'))
      aggregate = aggregateArgument(argv[++i]!);
    else if (purpose === 'reply' && is(word, 'WITHSCORES')) withScores = true;
    else if (purpose === 'count' && left >= 2 && is(word, 'LIMIT'))
      limit = positiveArgument(argv[++i]!, errors.negativeLimit);
    else syntaxError();
  }
  const sources = values.map((value, i) => ({
    value,
    size: sizeOf(value),
    weight: weights?.[i] ?? 1,
  }));
  return { sources, aggregate, withScores, limit: limit === 0 ? Infinity : limit };
}

function aggregateArgument(word: ByteString): Aggregate {
  if (is(word, 'SUM')) return 'sum';
  if (is(word, 'MIN')) return 'min';
  return is(word, 'MAX') ? 'max' : syntaxError();
}

function readSource(ctx: Context, key: ByteString): SortedSetValue | SetValue | undefined {
  const value = ctx.read(key)?.value;
  if (value === undefined) return undefined;
  if (typeof value === 'object' && (value.kind === 'zset' || value.kind === 'set')) return value;
  throw new ReplyError(errors.wrongType);
}

function sizeOf(value: Source['value']): number {
  if (value === undefined) return 0;
  return value.kind === 'zset' ? sortedSetSize(value) : value.members.length;
}

function* membersOf(value: Source['value']): Generator<ScoredMember> {
  if (value === undefined) return;
  if (value.kind === 'zset') yield* membersByRank(value);
  else for (const member of value.members) yield { member, score: 1 };
}

function find(value: Source['value'], member: ByteString): number | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'zset') return scoreOf(value, member);
  return hasMember(value, member) ? 1 : undefined;
}

function combined({ sources, aggregate }: Sources, operation: Operation): Map<ByteString, number> {
  if (operation === 'union') return union(sources, aggregate);
  return operation === 'inter' ? intersection(sources, aggregate) : difference(sources);
}

/** The sum of infinities that cancel each other is 0, and so is a weight of 0 times infinity. */
function withoutNaN(score: number): number {
  return Number.isNaN(score) ? 0 : score;
}

function aggregated(a: number, b: number, how: Aggregate): number {
  if (how === 'sum') return withoutNaN(a + b);
  return (how === 'min' ? b < a : b > a) ? b : a;
}

/** The order of additions is that of Redis: from the smallest set to the largest. */
function bySize(sources: readonly Source[]): Source[] {
  return sources.toSorted((a, b) => a.size - b.size);
}

function union(sources: readonly Source[], aggregate: Aggregate): Map<ByteString, number> {
  const result = new Map<ByteString, number>();
  for (const { value, weight } of bySize(sources)) {
    for (const { member, score } of membersOf(value)) {
      const weighted = withoutNaN(weight * score);
      const known = result.get(member);
      result.set(member, known === undefined ? weighted : aggregated(known, weighted, aggregate));
    }
  }
  return result;
}

function intersection(
  sources: readonly Source[],
  aggregate: Aggregate,
  limit = Infinity,
): Map<ByteString, number> {
  const result = new Map<ByteString, number>();
  const [smallest, ...others] = bySize(sources);
  for (const { member, score } of membersOf(smallest!.value)) {
    let total: number | undefined = withoutNaN(smallest!.weight * score);
    for (const { value, weight } of others) {
      const found = find(value, member);
      total = found === undefined ? undefined : aggregated(total, weight * found, aggregate);
      if (total === undefined) break;
    }
    if (total === undefined) continue;
    result.set(member, total);
    if (result.size >= limit) break;
  }
  return result;
}

/** As with sets: ask all others about each member of the first, or take all their members away from it. */
function difference([first, ...others]: readonly Source[]): Map<ByteString, number> {
  const result = new Map<ByteString, number>();
  if (first!.value === undefined || others.some(({ value }) => value === first!.value))
    return result;
  const lookUps = (first!.size * (others.length + 1)) / 2;
  const removals = others.reduce((sum, { size }) => sum + size, first!.size);
  const byLookUp = Math.floor(lookUps) <= removals;
  for (const { member, score } of membersOf(first!.value)) {
    if (!byLookUp || !others.some(({ value }) => find(value, member) !== undefined))
      result.set(member, score);
  }
  if (!byLookUp)
    for (const { value } of others)
      for (const { member } of membersOf(value)) result.delete(member);
  return result;
}

function sorted(scores: ReadonlyMap<ByteString, number>): ScoredMember[] {
  return Array.from(scores, ([member, score]) => ({ member, score })).sort(
    (a, b) => a.score - b.score || (a.member < b.member ? -1 : 1),
  );
}
