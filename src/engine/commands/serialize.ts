/** DUMP and RESTORE. https://redis.io/docs/latest/commands/restore/, cluster.c */
import { ascii, bytesOf, type ByteString } from '../../base/bytes.ts';
import { addInt64, formatInteger, narrowed, type Integer } from '../../base/integers.ts';
import type { Millis } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { usedBefore, usedOften } from '../data/usage.ts';
import { errors, ReplyError } from '../errors.ts';
import { bulk, NULL, OK } from '../replies.ts';
import { dumpPayload, isPayload, restoredValue } from '../serialize/dump-payload.ts';
import { saveOptionsOf } from '../serialize/save-value.ts';

const DEL = ascii('DEL');
const UNLINK = ascii('UNLINK');
const ABSTTL = ascii('ABSTTL');
const MOST_FREQUENCY = 255;

export const serializeCommands: Handlers = {
  dump(ctx, argv) {
    const entry = ctx.read(argv[1]!);
    if (entry === undefined) return NULL;
    return bulk(dumpPayload(entry.value, saveOptionsOf(ctx.server.config)));
  },

  restore,
  'restore-asking': restore,
};

/** C's sum, which goes on below zero beyond the largest: such a key has expired already. */
function wrappedSum(a: Integer, b: Integer): Integer {
  return addInt64(a, b) ?? narrowed(BigInt.asIntN(64, BigInt(a) + BigInt(b)));
}

/** rdb.c:rdbLoadObject: whether a real server would look at what it restores to the last byte. */
function sanitizes({ server, state, client }: Context): boolean {
  const { sanitizeDumpPayload } = server.config;
  if (sanitizeDumpPayload !== 'clients') return sanitizeDumpPayload === 'yes';
  return !client.loading && state.users.get(client.user)?.sanitizePayload !== false;
}

/** The checks come in the order of restoreCommand: a client sees which one fails first. */
function restore(ctx: Context, argv: readonly ByteString[]): Reply {
  const [, key, , payload] = argv;
  const options = restoreOptions(argv);
  if (!options.replace && ctx.write(key!) !== undefined) throw new ReplyError(errors.busyKey);
  const ttl = int64Argument(argv[2]!);
  if (ttl < 0) throw new ReplyError(errors.restoreTtl);
  const bytes = bytesOf(payload!);
  if (!isPayload(bytes)) throw new ReplyError(errors.payloadChecksum);
  const { value, sanitized } = restoredValue(bytes, ctx.server.config);
  if (sanitizes(ctx)) ctx.state.stats.sanitizations += sanitized;
  if (value === undefined) throw new ReplyError(errors.payloadFormat);

  const relative = ttl !== 0 && !options.absolute;
  const at = ttl === 0 ? undefined : relative ? wrappedSum(ttl, ctx.nowMs) : ttl;
  const removed = options.replace && ctx.remove(key!);
  if (at !== undefined && ctx.effects && at <= ctx.nowMs) {
    if (removed) deleted(ctx, key!);
    return OK;
  }
  const entry = ctx.put(key!, value);
  if (at !== undefined) ctx.setExpiry(key!, at);
  if (at !== undefined && relative)
    ctx.propagate(argv[0]!, key!, formatInteger(at), ...argv.slice(3), ABSTTL);
  entry.lru = use(ctx, options) ?? entry.lru;
  ctx.modified(key!, 'g', 'restore');
  return OK;
}

/** What was restored had expired already: all that is left is that the old key is gone. */
function deleted(ctx: Context, key: ByteString): void {
  ctx.propagate(ctx.server.config.lazyfreeLazyServerDel ? UNLINK : DEL, key);
  ctx.modified(key, 'g', 'del');
}

interface RestoreOptions {
  readonly replace: boolean;
  readonly absolute: boolean;
  readonly idle: number | null;
  readonly frequency: number | null;
}

function restoreOptions(argv: readonly ByteString[]): RestoreOptions {
  let replace = false;
  let absolute = false;
  let idle: number | null = null;
  let frequency: number | null = null;
  for (let i = 4; i < argv.length; i++) {
    const more = i + 1 < argv.length;
    if (is(argv[i], 'REPLACE')) replace = true;
    else if (is(argv[i], 'ABSTTL')) absolute = true;
    else if (is(argv[i], 'IDLETIME') && more && frequency === null) {
      idle = integerArgument(argv[++i]!);
      if (idle < 0) throw new ReplyError(errors.restoreIdle);
    } else if (is(argv[i], 'FREQ') && more && idle === null) {
      frequency = integerArgument(argv[++i]!);
      if (frequency < 0 || frequency > MOST_FREQUENCY)
        throw new ReplyError(errors.restoreFrequency);
    } else syntaxError();
  }
  return { replace, absolute, idle, frequency };
}

/** What the policy has no use for is passed over. */
function use(ctx: Context, { idle, frequency }: RestoreOptions): number | undefined {
  const now: Millis = ctx.nowMs;
  if (ctx.server.config.maxmemoryPolicy.endsWith('lfu'))
    return frequency === null ? undefined : usedOften(frequency, now);
  return idle === null ? undefined : usedBefore(idle, now);
}
