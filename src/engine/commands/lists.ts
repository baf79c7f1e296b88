/** Lists: one list at a time. https://redis.io/docs/latest/commands/?group=list, t_list.c */
import type { ByteString } from '../../base/bytes.ts';
import { INT64_MIN } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, integerArgument, is, positiveArgument, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  elementAt,
  elements,
  expectElements,
  insertAt,
  keepRange,
  newList,
  pop,
  push,
  removeEqual,
  replaceAt,
  shrink,
  type End,
  type ListValue,
} from '../data/list.ts';
import { errors, ReplyError, wrongArity } from '../errors.ts';
import {
  array,
  bulk,
  bulks,
  EMPTY_ARRAY,
  integer,
  NULL,
  NULL_ARRAY,
  OK,
  ZERO,
} from '../replies.ts';

export const listCommands: Handlers = {
  lpush: (ctx, argv) => pushAll(ctx, argv, 'left', 'create'),
  rpush: (ctx, argv) => pushAll(ctx, argv, 'right', 'create'),
  lpushx: (ctx, argv) => pushAll(ctx, argv, 'left', 'if-present'),
  rpushx: (ctx, argv) => pushAll(ctx, argv, 'right', 'if-present'),
  lpop: (ctx, argv) => popSome(ctx, argv, 'left'),
  rpop: (ctx, argv) => popSome(ctx, argv, 'right'),

  llen: (ctx, argv) => integer(ctx.readKind(argv[1]!, 'list')?.length ?? 0),

  lindex(ctx, argv) {
    const list = ctx.readKind(argv[1]!, 'list');
    if (list === undefined) return NULL;
    const at = placeOf(list, integerArgument(argv[2]!));
    return at === undefined ? NULL : bulk(elementAt(list, at));
  },

  lrange(ctx, argv) {
    const start = integerArgument(argv[2]!);
    const end = integerArgument(argv[3]!);
    const list = ctx.readKind(argv[1]!, 'list');
    if (list === undefined) return EMPTY_ARRAY;
    const range = rangeIn(list, start, end);
    return bulks(elements(list, range.from, range.to));
  },

  lset(ctx, argv) {
    const [, key, word, element] = argv;
    const list = ctx.writeKind(key!, 'list');
    if (list === undefined) throw new ReplyError(errors.noSuchKey);
    const at = placeOf(list, integerArgument(word!));
    expectElements(list, [element!], ctx.server.config);
    if (at === undefined) throw new ReplyError(errors.indexOutOfRange);
    replaceAt(list, at, element!);
    shrink(list, ctx.server.config);
    ctx.modified(key!, 'l', 'lset');
    return OK;
  },

  linsert(ctx, argv) {
    const [, key, where, pivot, element] = argv;
    const after = is(where, 'AFTER');
    if (!after && !is(where, 'BEFORE')) syntaxError();
    const list = ctx.writeKind(key!, 'list');
    if (list === undefined) return ZERO;
    expectElements(list, [element!], ctx.server.config);
    const at = indexOf(list, pivot!);
    if (at < 0) return integer(-1);
    insertAt(list, after ? at + 1 : at, element!);
    ctx.modified(key!, 'l', 'linsert');
    return integer(list.length);
  },

  lrem(ctx, argv) {
    const [, key, countWord, element] = argv;
    const count = integerArgument(countWord!);
    const list = ctx.writeKind(key!, 'list');
    if (list === undefined) return ZERO;
    const most = count === 0 ? list.length : Math.abs(count);
    const removed = removeEqual(list, element!, count < 0 ? 'right' : 'left', most);
    if (removed === 0) return ZERO;
    ctx.notify('l', 'lrem', key!);
    ctx.changed(removed);
    afterRemoval(ctx, key!, list);
    return integer(removed);
  },

  ltrim(ctx, argv) {
    const key = argv[1]!;
    const start = integerArgument(argv[2]!);
    const end = integerArgument(argv[3]!);
    const list = ctx.writeKind(key, 'list');
    if (list === undefined) return OK;
    const { from, to } = rangeIn(list, start, end);
    ctx.changed(list.length - (to - from));
    keepRange(list, from, to);
    ctx.notify('l', 'ltrim', key);
    afterRemoval(ctx, key, list);
    return OK;
  },

  lpos(ctx, argv) {
    const { rank, count, most } = positionOptions(argv);
    const list = ctx.readKind(argv[1]!, 'list');
    if (list === undefined) return count === undefined ? NULL : EMPTY_ARRAY;
    const found = positions(list, argv[2]!, rank, count ?? 1, most);
    if (count !== undefined) return array(found.map(integer));
    return found.length === 0 ? NULL : integer(found[0]!);
  },
};

/** Where the element of that index stands; a negative one counts from the end. */
function placeOf(list: ListValue, index: number): number | undefined {
  const at = index < 0 ? list.length + index : index;
  return at < 0 || at >= list.length ? undefined : at;
}

/** The part of the list from `start` to `end`, which is included; empty: `from` is `to`. */
function rangeIn({ length }: ListValue, start: number, end: number): { from: number; to: number } {
  const from = start < 0 ? Math.max(0, length + start) : start;
  const to = Math.min(end < 0 ? length + end : end, length - 1) + 1;
  return from < to ? { from, to } : { from: 0, to: 0 };
}

function indexOf(list: ListValue, element: ByteString): number {
  for (let i = 0; i < list.length; i++) if (elementAt(list, i) === element) return i;
  return -1;
}

function pushAll(
  ctx: Context,
  argv: readonly ByteString[],
  end: End,
  mode: 'create' | 'if-present',
): Reply {
  const key = argv[1]!;
  const known = ctx.writeKind(key, 'list');
  if (known === undefined && mode === 'if-present') return ZERO;
  const list = known ?? newList();
  if (known === undefined) ctx.put(key, list);
  const added = argv.slice(2);
  expectElements(list, added, ctx.server.config);
  for (const element of added) push(list, end, element);
  ctx.touched(key);
  ctx.notify('l', end === 'left' ? 'lpush' : 'rpush', key);
  ctx.changed(added.length);
  return integer(list.length);
}

function popSome(ctx: Context, argv: readonly ByteString[], end: End): Reply {
  if (argv.length > 3) throw new ReplyError(wrongArity(ctx.command.facts.name));
  const key = argv[1]!;
  const count = argv[2] === undefined ? undefined : positiveArgument(argv[2]);
  const list = ctx.writeKind(key, 'list');
  if (list === undefined) return count === undefined ? NULL : NULL_ARRAY;
  if (count === 0) return EMPTY_ARRAY;
  const popped = popFrom(ctx, key, list, end, count ?? 1);
  return count === undefined ? bulk(popped[0]!) : bulks(popped);
}

/** Takes up to `count` elements, at least one, of a list that has some. */
export function popFrom(
  ctx: Context,
  key: ByteString,
  list: ListValue,
  end: End,
  count: number,
): ByteString[] {
  const popped: ByteString[] = [];
  while (popped.length < count && list.length > 0) popped.push(pop(list, end));
  afterPop(ctx, key, list, end, popped.length);
  return popped;
}

/** t_list.c:listElementsRemoved. */
export function afterPop(
  ctx: Context,
  key: ByteString,
  list: ListValue,
  end: End,
  count: number,
): void {
  ctx.notify('l', end === 'left' ? 'lpop' : 'rpop', key);
  ctx.changed(count);
  afterRemoval(ctx, key, list);
}

/** A list goes with its last element. */
function afterRemoval(ctx: Context, key: ByteString, list: ListValue): void {
  if (list.length === 0) {
    ctx.removeEmpty(key);
    return;
  }
  shrink(list, ctx.server.config);
  ctx.touched(key);
}

interface PositionOptions {
  /** Not 0; negative: from the end. */
  readonly rank: number;
  /** 0: all; undefined: the reply is one position, not a list of them. */
  readonly count: number | undefined;
  /** How many elements may be compared. */
  readonly most: number;
}

function positionOptions(argv: readonly ByteString[]): PositionOptions {
  let rank = 1;
  let count: number | undefined;
  let most = 0;
  for (let i = 3; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (value === undefined) syntaxError();
    if (is(argv[i], 'RANK')) {
      if (int64Argument(value) === INT64_MIN) throw new ReplyError(errors.countOutOfRange);
      rank = integerArgument(value);
      if (rank === 0) throw new ReplyError(errors.rankZero);
    } else if (is(argv[i], 'COUNT')) count = positiveArgument(value, errors.countNegative);
    else if (is(argv[i], 'MAXLEN')) most = positiveArgument(value, errors.maxlenNegative);
    else syntaxError();
  }
  return { rank, count, most: most === 0 ? Infinity : most };
}

function positions(
  list: ListValue,
  element: ByteString,
  rank: number,
  count: number,
  most: number,
): number[] {
  const found: number[] = [];
  let toSkip = Math.abs(rank) - 1;
  for (let i = 0; i < list.length && i < most; i++) {
    const at = rank > 0 ? i : list.length - 1 - i;
    if (elementAt(list, at) !== element || toSkip-- > 0) continue;
    found.push(at);
    if (found.length === count) break;
  }
  return found;
}
