/** Hashes. https://redis.io/docs/latest/commands/?group=hash, t_hash.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { addInt64, formatInteger, parseInt64 } from '../../base/integers.ts';
import { addLongDoubles, formatLongDouble, parseLongDouble } from '../../base/long-double.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { deleteField, expectFields, newHash, setField } from '../data/hash.ts';
import { errors, ReplyError, wrongArity } from '../errors.ts';
import { array, bulk, bulkOrNull, bulks, integer, map, OK, ONE, ZERO } from '../replies.ts';

const HSET = ascii('HSET');

export const hashCommands: Handlers = {
  hset: (ctx, argv) => integer(setFields(ctx, argv)),

  hmset(ctx, argv) {
    setFields(ctx, argv);
    return OK;
  },

  hsetnx(ctx, argv) {
    const [, key, field, value] = argv;
    if (ctx.writeKind(key!, 'hash')?.fields.has(field!) === true) return ZERO;
    const hash = ctx.writeOrCreate(key!, 'hash', newHash);
    setField(hash, field!, value!, ctx.server.config);
    ctx.modified(key!, 'h', 'hset');
    return ONE;
  },

  hincrby(ctx, argv) {
    const [, key, field] = argv;
    const by = int64Argument(argv[3]!);
    const known = ctx.writeKind(key!, 'hash')?.fields.get(field!);
    const old = known === undefined ? 0 : parseInt64(known);
    if (old === undefined) throw new ReplyError(errors.hashNotInteger);
    const sum = addInt64(old, by);
    if (sum === undefined) throw new ReplyError(errors.overflow);
    const hash = ctx.writeOrCreate(key!, 'hash', newHash);
    setField(hash, field!, formatInteger(sum), ctx.server.config);
    ctx.modified(key!, 'h', 'hincrby');
    return integer(sum);
  },

  hincrbyfloat(ctx, argv) {
    const [, key, field] = argv;
    const by = parseLongDouble(argv[3]!);
    if (by === undefined) throw new ReplyError(errors.notFloat);
    if (by.kind !== 'finite') throw new ReplyError(errors.valueNanOrInfinity);
    const known = ctx.writeKind(key!, 'hash')?.fields.get(field!);
    const old = parseLongDouble(known ?? ascii('0'));
    if (old === undefined) throw new ReplyError(errors.hashNotFloat);
    const sum = addLongDoubles(old, by);
    if (sum.kind !== 'finite') throw new ReplyError(errors.nanOrInfinity);
    const text = formatLongDouble(sum);
    setField(ctx.writeOrCreate(key!, 'hash', newHash), field!, text, ctx.server.config);
    ctx.modified(key!, 'h', 'hincrbyfloat');
    // The result, since another machine's arithmetic could differ.
    ctx.propagate(HSET, key!, field!, text);
    return bulk(text);
  },

  hget: (ctx, argv) => bulkOrNull(ctx.readKind(argv[1]!, 'hash')?.fields.get(argv[2]!)),

  hmget(ctx, argv) {
    const fields = ctx.readKind(argv[1]!, 'hash')?.fields;
    return array(argv.slice(2).map((field) => bulkOrNull(fields?.get(field))));
  },

  hdel(ctx, argv) {
    const key = argv[1]!;
    const hash = ctx.writeKind(key, 'hash');
    if (hash === undefined) return ZERO;
    const removed = argv.slice(2).filter((field) => deleteField(hash, field)).length;
    if (removed === 0) return ZERO;
    ctx.touched(key);
    ctx.notify('h', 'hdel', key);
    ctx.changed(removed);
    if (hash.fields.size === 0) ctx.removeEmpty(key);
    return integer(removed);
  },

  hlen: (ctx, argv) => integer(ctx.readKind(argv[1]!, 'hash')?.fields.size ?? 0),
  hexists: (ctx, argv) =>
    ctx.readKind(argv[1]!, 'hash')?.fields.has(argv[2]!) === true ? ONE : ZERO,
  hstrlen: (ctx, argv) =>
    integer(ctx.readKind(argv[1]!, 'hash')?.fields.get(argv[2]!)?.length ?? 0),
  hkeys: (ctx, argv) => bulks(ctx.readKind(argv[1]!, 'hash')?.fields.keys() ?? []),
  hvals: (ctx, argv) => bulks(ctx.readKind(argv[1]!, 'hash')?.fields.values() ?? []),
  hgetall: (ctx, argv) =>
    pairs(ctx.readKind(argv[1]!, 'hash')?.fields ?? new Map<ByteString, ByteString>()),
};

function pairs(fields: ReadonlyMap<ByteString, ByteString>): Reply {
  return map(Array.from(fields, ([field, value]) => [bulk(field), bulk(value)] as const));
}

/** Returns how many of the fields are new. */
function setFields(ctx: Context, argv: readonly ByteString[]): number {
  if (argv.length % 2 !== 0) throw new ReplyError(wrongArity(ctx.command.facts.name));
  const key = argv[1]!;
  const hash = ctx.writeOrCreate(key, 'hash', newHash);
  const { config } = ctx.server;
  const pairsGiven = (argv.length - 2) / 2;
  expectFields(hash, pairsGiven, config);
  let added = 0;
  for (let i = 2; i < argv.length; i += 2)
    if (setField(hash, argv[i]!, argv[i + 1]!, config)) added++;
  ctx.touched(key);
  ctx.notify('h', 'hset', key);
  ctx.changed(pairsGiven);
  return added;
}
