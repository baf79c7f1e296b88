/** Commands that take elements of one list among several, or move them: LMOVE, LMPOP and what came before. t_list.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatInteger } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { is, rangedArgument, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { expectElements, newList, pop, push, type End } from '../data/list.ts';
import { errors } from '../errors.ts';
import { array, bulk, bulks, NULL, NULL_ARRAY } from '../replies.ts';
import { afterPop, popFrom } from './lists.ts';

export const popName = { left: ascii('LPOP'), right: ascii('RPOP') } as const;

export const listMoveCommands: Handlers = {
  lmove(ctx, argv) {
    const from = endArgument(argv[3]!);
    const to = endArgument(argv[4]!);
    return move(ctx, argv[1]!, argv[2]!, from, to);
  },

  rpoplpush: (ctx, argv) => move(ctx, argv[1]!, argv[2]!, 'right', 'left'),

  lmpop(ctx, argv) {
    const options = multiPopOptions(argv, 1);
    return popManyOfFirst(ctx, options) ?? NULL_ARRAY;
  },
};

export function endArgument(word: ByteString): End {
  if (is(word, 'LEFT')) return 'left';
  if (is(word, 'RIGHT')) return 'right';
  return syntaxError();
}

/** t_list.c:lmoveGenericCommand. */
export function move(
  ctx: Context,
  source: ByteString,
  target: ByteString,
  from: End,
  to: End,
): Reply {
  const list = ctx.writeKind(source, 'list');
  if (list === undefined) return NULL;
  const known = ctx.writeKind(target, 'list');
  const element = pop(list, from);
  const targetList = known ?? newList();
  if (known === undefined) ctx.put(target, targetList);
  expectElements(targetList, [element], ctx.server.config);
  push(targetList, to, element);
  ctx.touched(target);
  ctx.notify('l', to === 'left' ? 'lpush' : 'rpush', target);
  afterPop(ctx, source, list, from, 1);
  return bulk(element);
}

export interface MultiPop {
  readonly keys: readonly ByteString[];
  readonly end: End;
  readonly count: number;
}

/** `numkeys key [key …] LEFT|RIGHT [COUNT count]`, from the word `at` on. */
export function multiPopOptions(argv: readonly ByteString[], at: number): MultiPop {
  const numkeys = rangedArgument(argv[at]!, 1, Number.MAX_SAFE_INTEGER, errors.numkeys);
  const where = argv[at + numkeys + 1];
  if (where === undefined) syntaxError();
  const end = endArgument(where);
  const [option, count, ...more] = argv.slice(at + numkeys + 2);
  const keys = argv.slice(at + 1, at + 1 + numkeys);
  if (option === undefined) return { keys, end, count: 1 };
  if (!is(option, 'COUNT') || count === undefined) syntaxError();
  const most = rangedArgument(count, 1, Number.MAX_SAFE_INTEGER, errors.countNotPositive);
  if (more.length > 0) syntaxError();
  return { keys, end, count: most };
}

/** Pops of the first of the keys that is there; undefined if there is none. */
export function popManyOfFirst(ctx: Context, { keys, end, count }: MultiPop): Reply | undefined {
  for (const key of keys) {
    const list = ctx.writeKind(key, 'list');
    if (list === undefined) continue;
    const popped = popFrom(ctx, key, list, end, count);
    ctx.propagate(popName[end], key, formatInteger(popped.length));
    return array([bulk(key), bulks(popped)]);
  }
  return undefined;
}
