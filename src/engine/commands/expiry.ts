/** Expiry of keys. https://redis.io/docs/latest/commands/expire/, expire.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import {
  addInt64,
  formatInteger,
  multiplyInt64,
  narrowed,
  subtractInt64,
  type Integer,
} from '../../base/integers.ts';
import type { Millis } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, is } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExpireTime } from '../data/value.ts';
import { errors, invalidExpire, ReplyError, unsupportedOption } from '../errors.ts';
import { integer, ONE, ZERO } from '../replies.ts';

const DEL = ascii('DEL');
const UNLINK = ascii('UNLINK');
const PEXPIREAT = ascii('PEXPIREAT');

export const expiryCommands: Handlers = {
  expire: (ctx, argv) => expire(ctx, argv, 1000, ctx.nowMs),
  pexpire: (ctx, argv) => expire(ctx, argv, 1, ctx.nowMs),
  expireat: (ctx, argv) => expire(ctx, argv, 1000, 0),
  pexpireat: (ctx, argv) => expire(ctx, argv, 1, 0),

  ttl: (ctx, argv) => timeOf(ctx, argv[1]!, (at) => inSeconds(left(ctx, at))),
  pttl: (ctx, argv) => timeOf(ctx, argv[1]!, (at) => left(ctx, at)),
  expiretime: (ctx, argv) => timeOf(ctx, argv[1]!, inSeconds),
  pexpiretime: (ctx, argv) => timeOf(ctx, argv[1]!, (at) => at),

  persist(ctx, argv) {
    const key = argv[1]!;
    if (ctx.write(key) === undefined || !ctx.clearExpiry(key)) return ZERO;
    ctx.modified(key, 'g', 'persist');
    return ONE;
  },
};

function timeOf(ctx: Context, key: ByteString, show: (at: ExpireTime) => Integer): Reply {
  if (ctx.peek(key) === undefined) return integer(-2);
  const at = ctx.expiryOf(key);
  return integer(at === undefined ? -1 : show(at));
}

function left(ctx: Context, at: ExpireTime): Integer {
  return typeof at === 'number' && at <= ctx.nowMs ? 0 : (subtractInt64(at, ctx.nowMs) ?? 0);
}

function inSeconds(millis: Integer): Integer {
  return typeof millis === 'number'
    ? Math.floor((millis + 500) / 1000)
    : narrowed((millis + 500n) / 1000n);
}

/** `base` is 0 for an absolute time. expire.c:expireGenericCommand. */
function expire(
  ctx: Context,
  argv: readonly ByteString[],
  unitMillis: 1 | 1000,
  base: Millis,
): Reply {
  const key = argv[1]!;
  const options = expireOptions(argv);
  const millis = multiplyInt64(int64Argument(argv[2]!), unitMillis);
  const at = millis === undefined ? undefined : addInt64(millis, base);
  if (at === undefined) throw new ReplyError(invalidExpire(ctx.command.facts.name));

  if (ctx.write(key) === undefined) return ZERO;
  if (!allowed(ctx.expiryOf(key), at, options)) return ZERO;

  if (ctx.effects && at <= ctx.nowMs) {
    ctx.remove(key);
    ctx.propagate(ctx.server.config.lazyfreeLazyExpire ? UNLINK : DEL, key);
    ctx.notify('g', 'del', key);
    ctx.changed();
    return ONE;
  }
  ctx.setExpiry(key, at);
  if (base !== 0 || unitMillis !== 1)
    ctx.propagate(PEXPIREAT, key, formatInteger(at), ...argv.slice(3));
  ctx.modified(key, 'g', 'expire');
  return ONE;
}

interface ExpireOptions {
  readonly nx: boolean;
  readonly xx: boolean;
  readonly gt: boolean;
  readonly lt: boolean;
}

function expireOptions(argv: readonly ByteString[]): ExpireOptions {
  const options = { nx: false, xx: false, gt: false, lt: false };
  for (const word of argv.slice(3)) {
    if (is(word, 'NX')) options.nx = true;
    else if (is(word, 'XX')) options.xx = true;
    else if (is(word, 'GT')) options.gt = true;
    else if (is(word, 'LT')) options.lt = true;
    else throw new ReplyError(unsupportedOption(word));
  }
  if (options.nx && (options.xx || options.gt || options.lt))
    throw new ReplyError(errors.expireNxOthers);
  if (options.gt && options.lt) throw new ReplyError(errors.expireGtLt);
  return options;
}

/** A key without an expiry counts as one that lives for ever. */
function allowed(
  current: ExpireTime | undefined,
  at: ExpireTime,
  { nx, xx, gt, lt }: ExpireOptions,
): boolean {
  if (nx && current !== undefined) return false;
  if (xx && current === undefined) return false;
  if (gt && (current === undefined || at <= current)) return false;
  return !(lt && current !== undefined && at >= current);
}
