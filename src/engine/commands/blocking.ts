/** Commands that take of the first list or sorted set that has something, and wait if none has. t_list.c, t_zset.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import { secondsTimeout } from '../arguments.ts';
import type { WaitedType } from '../blocking.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import type { End } from '../data/list.ts';
import { array, bulk, double, NULL } from '../replies.ts';
import { endArgument, move, multiPopOptions, popManyOfFirst, popName } from './list-moves.ts';
import { popFrom } from './lists.ts';
import {
  multiPopArguments,
  popFromFirst,
  popMembers,
  sortedSetPopName,
  type SortedSetEnd,
} from './sorted-set-pops.ts';

const LMOVE = ascii('LMOVE');
const RPOPLPUSH = ascii('RPOPLPUSH');

export const blockingCommands: Handlers = {
  blpop: (ctx, argv) => popElement(ctx, argv, 'left'),
  brpop: (ctx, argv) => popElement(ctx, argv, 'right'),

  blmpop(ctx, argv) {
    const asked = multiPopOptions(argv, 2);
    const deadline = secondsTimeout(argv[1]!, ctx.nowMs);
    return popManyOfFirst(ctx, asked) ?? wait(ctx, 'list', asked.keys, deadline);
  },

  blmove(ctx, argv) {
    const [, source, target, fromWord, toWord, timeout] = argv;
    const from = endArgument(fromWord!);
    const to = endArgument(toWord!);
    const deadline = secondsTimeout(timeout!, ctx.nowMs);
    return moveOrWait(ctx, source!, target!, from, to, deadline, [
      LMOVE,
      source!,
      target!,
      fromWord!,
      toWord!,
    ]);
  },

  brpoplpush(ctx, argv) {
    const [, source, target, timeout] = argv;
    const deadline = secondsTimeout(timeout!, ctx.nowMs);
    return moveOrWait(ctx, source!, target!, 'right', 'left', deadline, [
      RPOPLPUSH,
      source!,
      target!,
    ]);
  },

  bzpopmin: (ctx, argv) => popMember(ctx, argv, 'min'),
  bzpopmax: (ctx, argv) => popMember(ctx, argv, 'max'),

  bzmpop(ctx, argv) {
    const asked = multiPopArguments(argv, 2);
    const deadline = secondsTimeout(argv[1]!, ctx.nowMs);
    return popFromFirst(ctx, asked) ?? wait(ctx, 'zset', asked.keys, deadline);
  },
};

function wait(
  ctx: Context,
  type: WaitedType,
  keys: readonly ByteString[],
  deadline: Micros | null,
): Reply | undefined {
  return ctx.blockForKeys({ type, keys, deadline, whenGone: false });
}

/** `key [key …] timeout`; logged without the timeout, as the pop that it is. */
function popElement(ctx: Context, argv: readonly ByteString[], end: End): Reply | undefined {
  const keys = argv.slice(1, -1);
  const deadline = secondsTimeout(argv[argv.length - 1]!, ctx.nowMs);
  for (const key of keys) {
    const list = ctx.writeKind(key, 'list');
    if (list === undefined) continue;
    const [element] = popFrom(ctx, key, list, end, 1);
    ctx.propagate(popName[end], key);
    return array([bulk(key), bulk(element!)]);
  }
  return wait(ctx, 'list', keys, deadline);
}

function popMember(
  ctx: Context,
  argv: readonly ByteString[],
  end: SortedSetEnd,
): Reply | undefined {
  const keys = argv.slice(1, -1);
  const deadline = secondsTimeout(argv[argv.length - 1]!, ctx.nowMs);
  for (const key of keys) {
    const members = popMembers(ctx, key, end, 1);
    if (members === undefined) continue;
    ctx.propagate(sortedSetPopName[end], key);
    return array([
      bulk(key),
      ...members.flatMap(({ member, score }) => [bulk(member), double(score)]),
    ]);
  }
  return wait(ctx, 'zset', keys, deadline);
}

/** t_list.c:blmoveGenericCommand. */
function moveOrWait(
  ctx: Context,
  source: ByteString,
  target: ByteString,
  from: End,
  to: End,
  deadline: Micros | null,
  logged: readonly ByteString[],
): Reply | undefined {
  if (ctx.writeKind(source, 'list') === undefined) {
    return ctx.blockForKeys({ type: 'list', keys: [source], deadline, whenGone: false }, NULL);
  }
  const reply = move(ctx, source, target, from, to);
  ctx.propagate(...logged);
  return reply;
}
