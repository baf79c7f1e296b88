/** Strings but for their bits. https://redis.io/docs/latest/commands/?group=string, t_string.c */
import { ascii, EMPTY, LONGEST_BYTE_STRING, type ByteString } from '../../base/bytes.ts';
import {
  addInt64,
  formatInteger,
  INT64_MIN,
  parseInt64,
  subtractInt64,
  type Integer,
} from '../../base/integers.ts';
import { addLongDoubles, formatLongDouble, parseLongDouble } from '../../base/long-double.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  appendText,
  asRawString,
  isString,
  overwriteText,
  stringLength,
  stringOf,
  stringSlice,
  stringText,
} from '../data/string.ts';
import type { ExpireTime, RawString, StringValue } from '../data/value.ts';
import { errors, ReplyError, wrongArity } from '../errors.ts';
import { array, bulk, integer, NULL, OK, ONE, ZERO } from '../replies.ts';
import { asString } from '../kinds.ts';
import { expireMillis, type ExpireOption } from './expire-time.ts';

const DEL = ascii('DEL');
const UNLINK = ascii('UNLINK');
const SET = ascii('SET');
const PXAT = ascii('PXAT');
const KEEPTTL = ascii('KEEPTTL');
const PEXPIREAT = ascii('PEXPIREAT');
const PERSIST = ascii('PERSIST');

export const stringCommands: Handlers = {
  get(ctx, argv) {
    return textOrNull(ctx.readString(argv[1]!));
  },

  set(ctx, argv) {
    return set(ctx, argv, argv[2]!, setOptions(argv));
  },

  setnx(ctx, argv) {
    const [, key, text] = argv;
    if (ctx.write(key!) !== undefined) return ZERO;
    ctx.set(key!, stringOf(text!));
    ctx.changed();
    ctx.notify('$', 'set', key!);
    return ONE;
  },

  setex(ctx, argv) {
    return set(ctx, argv, argv[3]!, { ...noOptions, expire: { unit: 'EX', amount: argv[2]! } });
  },

  psetex(ctx, argv) {
    return set(ctx, argv, argv[3]!, { ...noOptions, expire: { unit: 'PX', amount: argv[2]! } });
  },

  getset(ctx, argv) {
    const [, key, text] = argv;
    const old = textOrNull(ctx.readString(key!));
    ctx.set(key!, stringOf(text!));
    ctx.changed();
    ctx.notify('$', 'set', key!);
    ctx.propagate(SET, key!, text!);
    return old;
  },

  getdel(ctx, argv) {
    const key = argv[1]!;
    const old = textOrNull(ctx.readString(key));
    if (ctx.remove(key)) {
      ctx.propagate(DEL, key);
      ctx.notify('g', 'del', key);
      ctx.changed();
    }
    return old;
  },

  getex(ctx, argv) {
    const key = argv[1]!;
    const options = getexOptions(argv);
    const value = ctx.readString(key);
    if (value === undefined) return NULL;
    const at = options.expire === undefined ? undefined : expireMillis(ctx, options.expire);
    const reply = bulk(stringText(value));
    if (at !== undefined) setOrEndLife(ctx, key, at, options.expire!.unit);
    else if (options.persist && ctx.clearExpiry(key)) {
      ctx.propagate(PERSIST, key);
      ctx.modified(key, 'g', 'persist');
    }
    return reply;
  },

  mget(ctx, argv) {
    return array(
      argv.slice(1).map((key) => {
        const value = ctx.read(key)?.value;
        return value !== undefined && isString(value) ? bulk(stringText(value)) : NULL;
      }),
    );
  },

  mset(ctx, argv) {
    setAll(ctx, argv);
    return OK;
  },

  msetnx(ctx, argv) {
    checkPairs(ctx, argv);
    for (let i = 1; i < argv.length; i += 2) if (ctx.write(argv[i]!) !== undefined) return ZERO;
    setAll(ctx, argv);
    return ONE;
  },

  append(ctx, argv) {
    const [, key, text] = argv;
    const known = ctx.writeString(key!);
    let length = text!.length;
    if (known === undefined) {
      ctx.put(key!, stringOf(text!));
    } else {
      checkLength(ctx, stringLength(known), text!.length);
      length = appendText(changeable(ctx, key!, known), text!);
    }
    ctx.modified(key!, '$', 'append');
    return integer(length);
  },

  strlen(ctx, argv) {
    const value = ctx.readString(argv[1]!);
    return integer(value === undefined ? 0 : stringLength(value));
  },

  incr(ctx, argv) {
    return increment(ctx, argv[1]!, 1, 'add');
  },

  decr(ctx, argv) {
    return increment(ctx, argv[1]!, 1, 'subtract');
  },

  incrby(ctx, argv) {
    return increment(ctx, argv[1]!, int64Argument(argv[2]!), 'add');
  },

  decrby(ctx, argv) {
    const by = int64Argument(argv[2]!);
    if (by === INT64_MIN) throw new ReplyError(errors.decrementOverflow);
    return increment(ctx, argv[1]!, by, 'subtract');
  },

  incrbyfloat(ctx, argv) {
    const key = argv[1]!;
    const known = ctx.writeString(key);
    const old = parseLongDouble(known === undefined ? ascii('0') : stringText(known));
    const by = old === undefined ? undefined : parseLongDouble(argv[2]!);
    if (old === undefined || by === undefined) throw new ReplyError(errors.notFloat);
    const sum = addLongDoubles(old, by);
    if (sum.kind !== 'finite') throw new ReplyError(errors.nanOrInfinity);
    const text = formatLongDouble(sum);
    ctx.put(key, text);
    ctx.modified(key, '$', 'incrbyfloat');
    // The result, since another machine's arithmetic could differ.
    ctx.propagate(SET, key, text, KEEPTTL);
    return bulk(text);
  },

  setrange(ctx, argv) {
    const key = argv[1]!;
    const text = argv[3]!;
    const offset = integerArgument(argv[2]!);
    if (offset < 0) throw new ReplyError(errors.offsetOutOfRange);
    const known = ctx.writeString(key);
    if (text.length === 0) return integer(known === undefined ? 0 : stringLength(known));
    checkLength(ctx, offset, text.length);
    const length = overwriteText(changeable(ctx, key, known ?? EMPTY), offset, text);
    ctx.modified(key, '$', 'setrange');
    return integer(length);
  },

  getrange: range,
  substr: range,
};

export interface SetOptions {
  readonly when: 'always' | 'NX' | 'XX';
  readonly get: boolean;
  readonly keepTtl: boolean;
  readonly expire: ExpireOption | undefined;
}

const noOptions: SetOptions = { when: 'always', get: false, keepTtl: false, expire: undefined };

/** t_string.c:parseExtendedStringArgumentsOrReply for SET. */
function setOptions(argv: readonly ByteString[]): SetOptions {
  if (argv.length === 3) return noOptions;
  let { when, get, keepTtl, expire }: { -readonly [K in keyof SetOptions]: SetOptions[K] } =
    noOptions;
  for (let i = 3; i < argv.length; i++) {
    const word = argv[i]!;
    const unit = expireUnit(word);
    if (is(word, 'NX') && when !== 'XX') when = 'NX';
    else if (is(word, 'XX') && when !== 'NX') when = 'XX';
    else if (is(word, 'GET')) get = true;
    else if (is(word, 'KEEPTTL') && expire === undefined) keepTtl = true;
    else if (
      unit !== undefined &&
      !keepTtl &&
      (expire === undefined || expire.unit === unit) &&
      i + 1 < argv.length
    ) {
      expire = { unit, amount: argv[++i]! };
    } else syntaxError();
  }
  return { when, get, keepTtl, expire };
}

function getexOptions(argv: readonly ByteString[]): {
  persist: boolean;
  expire: ExpireOption | undefined;
} {
  let persist = false;
  let expire: ExpireOption | undefined;
  for (let i = 2; i < argv.length; i++) {
    const word = argv[i]!;
    const unit = expireUnit(word);
    if (is(word, 'PERSIST') && expire === undefined) persist = true;
    else if (
      unit !== undefined &&
      !persist &&
      (expire === undefined || expire.unit === unit) &&
      i + 1 < argv.length
    ) {
      expire = { unit, amount: argv[++i]! };
    } else syntaxError();
  }
  return { persist, expire };
}

function expireUnit(word: ByteString): ExpireOption['unit'] | undefined {
  if (is(word, 'EX')) return 'EX';
  if (is(word, 'PX')) return 'PX';
  if (is(word, 'EXAT')) return 'EXAT';
  if (is(word, 'PXAT')) return 'PXAT';
  return undefined;
}

/** t_string.c:setGenericCommand. */
function set(
  ctx: Context,
  argv: readonly ByteString[],
  text: ByteString,
  options: SetOptions,
): Reply {
  const key = argv[1]!;
  const { when, get, keepTtl, expire } = options;
  const at = expire === undefined ? undefined : expireMillis(ctx, expire);
  const old = get ? textOrNull(ctx.readString(key)) : undefined;
  const held = when === 'always' ? (ctx.expireIfDue(key) ?? null) : undefined;
  if (when !== 'always' && (ctx.write(key) !== undefined) === (when === 'NX')) return old ?? NULL;

  ctx.set(key, stringOf(text), keepTtl || at !== undefined ? 'keep' : 'drop', held);
  ctx.changed();
  ctx.notify('$', 'set', key);
  if (at !== undefined) {
    ctx.setExpiry(key, at);
    if (expire!.unit !== 'PXAT') ctx.propagate(SET, key, text, PXAT, formatInteger(at));
    ctx.notify('g', 'expire', key);
  } else if (get) {
    ctx.propagate(...argv.filter((word, i) => i < 3 || !is(word, 'GET')));
  }
  return old ?? OK;
}

/** GETEX with a time: a time that has passed ends the key's life. */
function setOrEndLife(
  ctx: Context,
  key: ByteString,
  at: ExpireTime,
  unit: ExpireOption['unit'],
): void {
  if ((unit === 'EXAT' || unit === 'PXAT') && ctx.effects && at <= ctx.nowMs) {
    ctx.remove(key);
    ctx.propagate(ctx.server.config.lazyfreeLazyExpire ? UNLINK : DEL, key);
    ctx.notify('g', 'del', key);
    ctx.changed();
    return;
  }
  ctx.setExpiry(key, at);
  ctx.propagate(PEXPIREAT, key, formatInteger(at));
  ctx.modified(key, 'g', 'expire');
}

function setAll(ctx: Context, argv: readonly ByteString[]): void {
  checkPairs(ctx, argv);
  for (let i = 1; i < argv.length; i += 2) {
    const key = argv[i]!;
    ctx.expireIfDue(key);
    ctx.set(key, stringOf(argv[i + 1]!));
    ctx.notify('$', 'set', key);
  }
  ctx.changed((argv.length - 1) / 2);
}

function checkPairs(ctx: Context, argv: readonly ByteString[]): void {
  if (argv.length % 2 === 0) throw new ReplyError(wrongArity(ctx.command.facts.name));
}

function increment(ctx: Context, key: ByteString, by: Integer, how: 'add' | 'subtract'): Reply {
  const entry = ctx.write(key);
  const known = asString(entry);
  const old = known === undefined ? 0 : integerOf(known);
  if (old === undefined) throw new ReplyError(errors.notInteger);
  const value = how === 'add' ? addInt64(old, by) : subtractInt64(old, by);
  if (value === undefined) throw new ReplyError(errors.overflow);
  ctx.put(key, value, entry ?? null);
  ctx.modified(key, '$', 'incrby');
  return integer(value);
}

function integerOf(value: StringValue): Integer | undefined {
  return typeof value === 'number' || typeof value === 'bigint'
    ? value
    : parseInt64(stringText(value));
}

function range(ctx: Context, argv: readonly ByteString[]): Reply {
  let start = integerArgument(argv[2]!);
  let end = integerArgument(argv[3]!);
  const value = ctx.readString(argv[1]!);
  if (value === undefined || (start < 0 && end < 0 && start > end)) return bulk(EMPTY);
  const length = stringLength(value);
  start = Math.max(0, start < 0 ? length + start : start);
  end = Math.max(0, end < 0 ? length + end : end);
  end = Math.min(end, length - 1);
  return bulk(start > end ? EMPTY : stringSlice(value, start, end + 1));
}

/** The string at `key` as one that can be changed in place; it is stored if it was not one yet. */
export function changeable(ctx: Context, key: ByteString, known: StringValue): RawString {
  if (typeof known === 'object') return known;
  const raw = asRawString(known);
  ctx.put(key, raw);
  return raw;
}

/** t_string.c:checkStringLength. */
export function checkLength(ctx: Context, size: number, extra: number): void {
  const longest = ctx.client.loading ? LONGEST_BYTE_STRING : ctx.server.config.protoMaxBulkLength;
  if (size + extra > Math.min(longest, LONGEST_BYTE_STRING))
    throw new ReplyError(errors.stringTooLong);
}

function textOrNull(value: StringValue | undefined): Reply {
  return value === undefined ? NULL : bulk(stringText(value));
}
