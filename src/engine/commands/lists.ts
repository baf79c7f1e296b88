/** Lists. https://redis.io/docs/latest/commands/?group=list, t_list.c */
import type { ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, positiveArgument } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { elementAt, elements, expectElements, newList, pop, push, shrink, type End } from '../data/list.ts';
import { ReplyError, wrongArity } from '../errors.ts';
import { bulk, bulks, EMPTY_ARRAY, integer, NULL, NULL_ARRAY, ZERO } from '../replies.ts';

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
    const index = integerArgument(argv[2]!);
    const at = index < 0 ? list.length + index : index;
    return at < 0 || at >= list.length ? NULL : bulk(elementAt(list, at));
  },

  lrange(ctx, argv) {
    let start = integerArgument(argv[2]!);
    let end = integerArgument(argv[3]!);
    const list = ctx.readKind(argv[1]!, 'list');
    if (list === undefined) return EMPTY_ARRAY;
    if (start < 0) start = Math.max(0, list.length + start);
    if (end < 0) end = list.length + end;
    return bulks(elements(list, start, Math.min(end + 1, list.length)));
  },
};

function pushAll(ctx: Context, argv: readonly ByteString[], end: End, mode: 'create' | 'if-present'): Reply {
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
  const popped: ByteString[] = [];
  while (popped.length < (count ?? 1) && list.length > 0) popped.push(pop(list, end));
  shrink(list, ctx.server.config);
  ctx.notify('l', end === 'left' ? 'lpop' : 'rpop', key);
  ctx.touched(key);
  ctx.changed(popped.length);
  if (list.length === 0) ctx.removeEmpty(key);
  return count === undefined ? bulk(popped[0]!) : bulks(popped);
}
