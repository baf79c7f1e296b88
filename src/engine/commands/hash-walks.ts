/** HSCAN and HRANDFIELD: fields of a hash a few at a time, and by chance. t_hash.c, db.c:scanGenericCommand */
import type { ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { formatInteger, INT64_MAX, INT64_MIN } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { fieldOrder, type HashValue } from '../data/hash.ts';
import { scanOrder } from '../data/member-order.ts';
import { errors, ReplyError } from '../errors.ts';
import { distinctPicks, picksWithRepeats } from '../random-picks.ts';
import { array, bulk, bulks, EMPTY_ARRAY, NULL } from '../replies.ts';
import { cursorArgument, scanOptions } from './scan.ts';

export const hashWalkCommands: Handlers = {
  hscan(ctx, argv) {
    const cursor = cursorArgument(argv[2]!);
    const hash = ctx.readKind(argv[1]!, 'hash');
    if (hash === undefined) return array([bulk(formatInteger(0)), EMPTY_ARRAY]);
    const { count, pattern } = scanOptions(argv, 3, 'elements');
    // A listpack is one piece: it is walked at once, whatever COUNT says.
    const step =
      hash.encoding === 'listpack'
        ? { members: [...hash.fields.keys()], cursor: 0 }
        : scanOrder(fieldOrder(hash), cursor, count);
    const found = step.members.filter(
      (field) => pattern === undefined || globMatch(pattern, field),
    );
    return array([
      bulk(formatInteger(step.cursor)),
      bulks(found.flatMap((field) => [field, hash.fields.get(field)!])),
    ]);
  },

  hrandfield(ctx, argv) {
    const [, key, countWord, option] = argv;
    if (countWord === undefined) {
      const hash = ctx.readKind(key!, 'hash');
      return hash === undefined ? NULL : bulk(pickedFields(ctx, hash, -1)[0]!);
    }
    const exact = int64Argument(countWord);
    if (exact === INT64_MIN) throw new ReplyError(errors.countOutOfRange);
    const count = Number(exact);
    if (argv.length > 4 || (option !== undefined && !is(option, 'WITHVALUES'))) syntaxError();
    const withValues = option !== undefined;
    if (withValues && (exact < -HALF_LONG_MAX || exact > HALF_LONG_MAX))
      throw new ReplyError(errors.outOfRange);
    const hash = ctx.readKind(key!, 'hash');
    if (hash === undefined) return EMPTY_ARRAY;
    return count === 0
      ? EMPTY_ARRAY
      : fieldsReply(ctx, hash, pickedFields(ctx, hash, count), withValues);
  },
};

const HALF_LONG_MAX = INT64_MAX / 2n;

function fieldsReply(
  ctx: Context,
  hash: HashValue,
  fields: readonly ByteString[],
  withValues: boolean,
): Reply {
  if (!withValues) return bulks(fields);
  const valueOf = (field: ByteString): Reply => bulk(hash.fields.get(field)!);
  if (ctx.client.protocol === 2)
    return array(fields.flatMap((field) => [bulk(field), valueOf(field)]));
  return array(fields.map((field) => array([bulk(field), valueOf(field)])));
}

/** `count` fields; negative: the same one may come again. Those of a listpack come in their order. */
function pickedFields(ctx: Context, hash: HashValue, count: number): ByteString[] {
  const { random } = ctx.state;
  const { list } = fieldOrder(hash);
  if (count < 0) return picksWithRepeats(random, list.length, -count).map((pick) => list[pick]!);
  if (count >= list.length) return [...hash.fields.keys()];
  const picks = new Set(distinctPicks(random, list.length, count).map((pick) => list[pick]!));
  return hash.encoding === 'hashtable'
    ? [...picks]
    : [...hash.fields.keys()].filter((field) => picks.has(field));
}
