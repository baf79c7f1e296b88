/** SORT of lists, sets and sorted sets. https://redis.io/docs/latest/commands/sort/, sort.c */
import { ascii, concatBytes, EMPTY, sliceBytes, type ByteString } from '../../base/bytes.ts';
import { parseDoubleLoosely } from '../../base/doubles.ts';
import { partialSort } from '../../base/partial-sort.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { elements, expectElements, newList, push, type ListValue } from '../data/list.ts';
import type { SetValue } from '../data/set.ts';
import {
  becomeSkipList,
  membersByRank,
  membersByRankDown,
  sortedSetSize,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import { isString, stringText } from '../data/string.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, bulk, bulkOrNull, integer } from '../replies.ts';

export const sortCommands: Handlers = {
  sort: (ctx, argv) => sort(ctx, argv, 'store-or-reply'),
  sort_ro: (ctx, argv) => sort(ctx, argv, 'reply'),
};

interface SortOptions {
  readonly descending: boolean;
  readonly alpha: boolean;
  /** Undefined: by the elements themselves. */
  readonly by: ByteString | undefined;
  readonly get: readonly ByteString[];
  readonly offset: number;
  /** Negative: all. */
  readonly count: number;
  readonly target: ByteString | undefined;
}

type Sortable = ListValue | SetValue | SortedSetValue;

function sort(
  ctx: Context,
  argv: readonly ByteString[],
  purpose: 'reply' | 'store-or-reply',
): Reply {
  const options = sortOptions(argv, purpose);
  const source = sourceOf(ctx, argv[1]!);
  const range = rangeOf(source, options);
  const picked = source === undefined ? [] : pick(ctx, source, options, range);
  const { get, target } = options;
  if (target === undefined) {
    if (get.length === 0) return array(picked.map(bulk));
    return array(
      picked.flatMap((element) => get.map((pattern) => bulkOrNull(lookUp(ctx, pattern, element)))),
    );
  }
  if (get.length === 0) return store(ctx, target, picked);
  return store(
    ctx,
    target,
    picked.flatMap((element) => get.map((pattern) => lookUp(ctx, pattern, element) ?? EMPTY)),
  );
}

function sortOptions(
  argv: readonly ByteString[],
  purpose: 'reply' | 'store-or-reply',
): SortOptions {
  let descending = false;
  let alpha = false;
  let by: ByteString | undefined;
  const get: ByteString[] = [];
  let offset = 0;
  let count = -1;
  let target: ByteString | undefined;
  for (let i = 2; i < argv.length; i++) {
    const word = argv[i]!;
    const left = argv.length - i - 1;
    if (is(word, 'ASC')) descending = false;
    else if (is(word, 'DESC')) descending = true;
    else if (is(word, 'ALPHA')) alpha = true;
    else if (is(word, 'LIMIT') && left >= 2) {
      offset = integerArgument(argv[++i]!);
      count = integerArgument(argv[++i]!);
    } else if (purpose === 'store-or-reply' && is(word, 'STORE') && left >= 1) target = argv[++i]!;
    else if (is(word, 'BY') && left >= 1) by = argv[++i]!;
    else if (is(word, 'GET') && left >= 1) get.push(argv[++i]!);
    else syntaxError();
  }
  return { descending, alpha, by, get, offset, count, target };
}

function sourceOf(ctx: Context, key: ByteString): Sortable | undefined {
  const value = ctx.read(key)?.value;
  if (value === undefined) return undefined;
  if (
    typeof value !== 'object' ||
    (value.kind !== 'list' && value.kind !== 'set' && value.kind !== 'zset')
  ) {
    throw new ReplyError(errors.wrongType);
  }
  if (value.kind === 'zset') becomeSkipList(value);
  return value;
}

interface IndexRange {
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

function sizeOf(source: Sortable): number {
  if (source.kind === 'list') return source.length;
  return source.kind === 'set' ? source.members.length : sortedSetSize(source);
}

function rangeOf(source: Sortable | undefined, { offset, count }: SortOptions): IndexRange {
  const size = source === undefined ? 0 : sizeOf(source);
  const start = Math.min(Math.max(offset, 0), size);
  return { start, end: count < 0 ? size : Math.min(size, start + count) };
}

/** The elements of the range in their order. */
function pick(
  ctx: Context,
  source: Sortable,
  options: SortOptions,
  { start, end }: IndexRange,
): ByteString[] {
  const { by, target, descending } = options;
  // A pattern without a star names no key: nothing is to be sorted. A set has no order of its own, though, so that
  // what is stored of one is sorted all the same.
  const unsorted = by !== undefined && starIn(by) < 0;
  if (!unsorted) return sorted(ctx, source, options, { start, end });
  if (source.kind === 'set' && target !== undefined) {
    return sorted(ctx, source, { ...options, by: undefined, alpha: true }, { start, end });
  }
  const size = sizeOf(source);
  if (source.kind === 'set') return source.members.slice(start, end);
  if (source.kind === 'zset') {
    const members = descending
      ? membersByRankDown(source, size - end, size - start)
      : membersByRank(source, start, end);
    return Array.from(members, ({ member }) => member);
  }
  return descending
    ? [...elements(source, size - end, size - start)].reverse()
    : [...elements(source, start, end)];
}

function elementsOf(source: Sortable): ByteString[] {
  if (source.kind === 'list') return [...elements(source)];
  return source.kind === 'set'
    ? source.members.slice()
    : Array.from(membersByRank(source), ({ member }) => member);
}

interface Weighed {
  readonly element: ByteString;
  readonly score: number;
  /** What is compared by ALPHA; undefined if the key that BY names does not exist. */
  readonly text: ByteString | undefined;
}

function sorted(
  ctx: Context,
  source: Sortable,
  options: SortOptions,
  { start, end }: IndexRange,
): ByteString[] {
  const { by, alpha, target } = options;
  let refused = false;
  const items = elementsOf(source).map((element): Weighed => {
    const text = by === undefined ? element : lookUp(ctx, by, element);
    if (alpha || text === undefined) return { element, score: 0, text };
    const number = parseDoubleLoosely(text);
    if (number === undefined || number.outOfRange) refused = true;
    return { element, score: number?.value ?? 0, text };
  });
  const ascending = alpha ? byText(target === undefined ? 'as-c-strings' : 'as-bytes') : byScore;
  const compare = options.descending ? (a: Weighed, b: Weighed) => -ascending(a, b) : ascending;
  // Equal elements differ only if BY weighs them: their order then is that of the algorithm that Redis uses.
  if (by !== undefined && start < end && end - start < items.length)
    partialSort(items, compare, start, end - 1);
  else items.sort(compare);
  if (refused) throw new ReplyError(errors.sortNotDouble);
  return items.slice(start, end).map(({ element }) => element);
}

function byScore(a: Weighed, b: Weighed): number {
  if (a.score !== b.score) return a.score > b.score ? 1 : -1;
  return order(a.element, b.element);
}

/** Replies are sorted by the C locale's strcoll, which ends at a NUL; what is stored, by all bytes. */
function byText(how: 'as-c-strings' | 'as-bytes'): (a: Weighed, b: Weighed) => number {
  return ({ text: a }, { text: b }) => {
    if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
    return how === 'as-bytes' ? order(a, b) : order(cString(a), cString(b));
  };
}

function order(a: string, b: string): number {
  return a === b ? 0 : a > b ? 1 : -1;
}

function cString(text: ByteString): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Where the star stands that an element is put for; −1 if there is none. */
function starIn(pattern: ByteString): number {
  return cString(pattern).indexOf('*');
}

const ELEMENT_ITSELF = ascii('#');

/** What the key holds that a pattern names for an element, as `weight_*` or `object_*->field` (lookupKeyByPattern). */
function lookUp(ctx: Context, pattern: ByteString, element: ByteString): ByteString | undefined {
  if (pattern === ELEMENT_ITSELF) return element;
  const star = starIn(pattern);
  if (star < 0) return undefined;
  const arrow = cString(pattern).indexOf('->', star + 1);
  const hasField = arrow >= 0 && arrow + 2 < pattern.length && pattern.charAt(arrow + 2) !== '\0';
  const end = hasField ? arrow : pattern.length;
  const key = concatBytes(
    sliceBytes(pattern, 0, star),
    element,
    sliceBytes(pattern, star + 1, end),
  );
  const value = ctx.read(key)?.value;
  if (value === undefined) return undefined;
  if (!hasField) return isString(value) ? stringText(value) : undefined;
  return typeof value === 'object' && value.kind === 'hash'
    ? value.fields.get(sliceBytes(pattern, arrow + 2))
    : undefined;
}

function store(ctx: Context, target: ByteString, found: readonly ByteString[]): Reply {
  if (found.length > 0) {
    const list = newList();
    for (const element of found) push(list, 'right', element);
    expectElements(list, [], ctx.server.config);
    ctx.expireIfDue(target);
    ctx.set(target, list);
    ctx.notify('l', 'sortstore', target);
    ctx.changed(found.length);
  } else if (ctx.remove(target)) {
    ctx.notify('g', 'del', target);
    ctx.changed();
  }
  return integer(found.length);
}
