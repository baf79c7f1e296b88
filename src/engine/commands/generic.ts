/** Commands on keys of any type. https://redis.io/docs/latest/commands/?group=generic, db.c */
import type { ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { nextBelow } from '../../base/random.ts';
import type { Reply } from '../../resp/reply.ts';
import { is, rangedArgument, syntaxError } from '../arguments.ts';
import { signalReplaced } from '../blocking.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { copyValue } from '../data/copy.ts';
import { newKeySpace, type Database } from '../data/key-space.ts';
import { typeName, type ExpireTime, type Value } from '../data/value.ts';
import { errors, ReplyError } from '../errors.ts';
import { bulk, bulks, integer, NULL, OK, ONE, status, ZERO } from '../replies.ts';
import { invalidateAll } from '../tracking.ts';
import { touchAllWatchers } from '../transaction.ts';

const INT_MIN = -0x80000000;
const INT_MAX = 0x7fffffff;

export const genericCommands: Handlers = {
  del: (ctx, argv) =>
    remove(ctx, argv, ctx.server.config.lazyfreeLazyUserDel ? 'lazily' : 'at-once'),
  unlink: (ctx, argv) => remove(ctx, argv, 'lazily'),

  exists(ctx, argv) {
    let found = 0;
    for (let i = 1; i < argv.length; i++) if (ctx.peek(argv[i]!) !== undefined) found++;
    return integer(found);
  },

  touch(ctx, argv) {
    let found = 0;
    for (let i = 1; i < argv.length; i++) if (ctx.read(argv[i]!) !== undefined) found++;
    return integer(found);
  },

  type(ctx, argv) {
    const entry = ctx.peek(argv[1]!);
    return status(entry === undefined ? 'none' : typeName(entry.value));
  },

  rename(ctx, argv) {
    rename(ctx, argv, 'replace');
    return OK;
  },

  renamenx(ctx, argv) {
    return rename(ctx, argv, 'if-absent') ? ONE : ZERO;
  },

  move(ctx, argv) {
    const key = argv[1]!;
    const target = databaseArgument(ctx, argv[2]!);
    if (target === ctx.db) throw new ReplyError(errors.sameObject);
    const entry = ctx.write(key);
    if (entry === undefined) return ZERO;
    const { value, lru } = entry;
    const expiry = ctx.expiryOf(key);
    if (ctx.within(target, () => ctx.write(key)) !== undefined) return ZERO;
    ctx.within(target, () => place(ctx, key, value, expiry, lru));
    ctx.remove(key);
    ctx.touched(key, target);
    ctx.notify('g', 'move_from', key);
    ctx.within(target, () => ctx.notify('g', 'move_to', key));
    ctx.changed();
    return ONE;
  },

  copy(ctx, argv) {
    const [, source, target] = argv;
    const { db, replace } = copyOptions(ctx, argv);
    if (db === ctx.db && source === target) throw new ReplyError(errors.sameObject);
    const entry = ctx.read(source!);
    if (entry === undefined) return ZERO;
    const { value, lru } = entry;
    const expiry = ctx.expiryOf(source!);
    return ctx.within(db, () => {
      if (ctx.write(target!) !== undefined) {
        if (!replace) return ZERO;
        ctx.remove(target!);
      }
      place(ctx, target!, copyValue(value), expiry, lru);
      ctx.modified(target!, 'g', 'copy_to');
      return ONE;
    });
  },

  keys(ctx, argv) {
    const pattern = argv[1]!;
    const all = pattern === '*';
    return bulks(
      ctx.db.space.entries
        .map(({ key }) => key)
        .filter((key) => (all || globMatch(pattern, key)) && !ctx.hasExpired(key)),
    );
  },

  randomkey(ctx) {
    for (;;) {
      const { entries } = ctx.db.space;
      if (entries.length === 0) return NULL;
      const { key } = entries[nextBelow(ctx.state.random, entries.length)]!;
      if (!ctx.hasExpired(key)) return bulk(key);
      ctx.expire(key);
    }
  },

  dbsize(ctx) {
    return integer(ctx.db.space.entries.length);
  },

  select(ctx, argv) {
    const db = databaseArgument(ctx, argv[1]!);
    ctx.client.db = db.id;
    ctx.db = db;
    return OK;
  },

  swapdb(ctx, argv) {
    const firstId = rangedArgument(argv[1]!, INT_MIN, INT_MAX, errors.firstDb);
    const secondId = rangedArgument(argv[2]!, INT_MIN, INT_MAX, errors.secondDb);
    const first = database(ctx, firstId);
    const second = database(ctx, secondId);
    if (first !== second) {
      touchAllWatchers(ctx.state, first, second.space, ctx.nowMs);
      touchAllWatchers(ctx.state, second, first.space, ctx.nowMs);
      const { space } = first;
      first.space = second.space;
      second.space = space;
      signalReplaced(ctx.state, first, second.space);
      signalReplaced(ctx.state, second, first.space);
    }
    ctx.changed();
    return OK;
  },

  flushdb(ctx, argv) {
    checkFlushOption(argv);
    tellOfFlush(ctx);
    ctx.changed(empty(ctx, ctx.db, flushesLazily(ctx, argv)));
    ctx.forcePropagation();
    return OK;
  },

  flushall(ctx, argv) {
    checkFlushOption(argv);
    ctx.changed(emptyAll(ctx, flushesLazily(ctx, argv)));
    ctx.forcePropagation();
    ctx.ask({ kind: 'flushed-all' });
    return OK;
  },
};

/** Every database emptied, as FLUSHALL does; returns how many keys there were. */
export function emptyAll(ctx: Context, lazily = false): number {
  tellOfFlush(ctx);
  return ctx.state.databases.reduce((total, db) => total + empty(ctx, db, lazily), 0);
}

/** Clients that keep what they have read are told that all of it is gone, whichever database is flushed. */
function tellOfFlush(ctx: Context): void {
  if (ctx.state.tracking.clients.size > 0) ctx.served.push(...invalidateAll(ctx.state, ctx.actor));
}

function empty(ctx: Context, db: Database, lazily: boolean): number {
  touchAllWatchers(ctx.state, db, null, ctx.nowMs);
  const size = db.space.entries.length;
  if (lazily) ctx.state.stats.lazyFreed += size;
  // A snapshot that is being written keeps the old key space.
  if (size > 0) {
    const before = db.space;
    db.space = newKeySpace();
    signalReplaced(ctx.state, db, before);
  }
  return size;
}

function remove(ctx: Context, argv: readonly ByteString[], how: 'at-once' | 'lazily'): Reply {
  let removed = 0;
  for (let i = 1; i < argv.length; i++) {
    const key = argv[i]!;
    ctx.expireIfDue(key);
    if (!ctx.remove(key, how)) continue;
    ctx.notify('g', 'del', key);
    ctx.changed();
    removed++;
  }
  return integer(removed);
}

function rename(ctx: Context, argv: readonly ByteString[], mode: 'replace' | 'if-absent'): boolean {
  const [, source, target] = argv;
  const entry = ctx.write(source!);
  if (entry === undefined) throw new ReplyError(errors.noSuchKey);
  if (source === target) return false;
  const { value, lru } = entry;
  const expiry = ctx.expiryOf(source!);
  if (ctx.write(target!) !== undefined) {
    if (mode === 'if-absent') return false;
    ctx.remove(target!);
  }
  place(ctx, target!, value, expiry, lru);
  ctx.remove(source!);
  ctx.touched(target!);
  ctx.notify('g', 'rename_from', source!);
  ctx.notify('g', 'rename_to', target!);
  ctx.changed();
  return true;
}

/** A value with its expiry and its use, under a key that does not exist. */
function place(
  ctx: Context,
  key: ByteString,
  value: Value,
  expiry: ExpireTime | undefined,
  lru: number,
): void {
  ctx.put(key, value).lru = lru;
  if (expiry !== undefined) ctx.setExpiry(key, expiry);
}

function databaseArgument(ctx: Context, word: ByteString): Database {
  return database(ctx, rangedArgument(word, INT_MIN, INT_MAX));
}

function database(ctx: Context, id: number): Database {
  const db = ctx.state.databases[id];
  if (db === undefined) throw new ReplyError(errors.dbOutOfRange);
  return db;
}

function copyOptions(
  ctx: Context,
  argv: readonly ByteString[],
): { db: Database; replace: boolean } {
  let { db } = ctx;
  let replace = false;
  for (let i = 3; i < argv.length; i++) {
    if (is(argv[i], 'REPLACE')) replace = true;
    else if (is(argv[i], 'DB') && i + 1 < argv.length) db = databaseArgument(ctx, argv[++i]!);
    else syntaxError();
  }
  return { db, replace };
}

function flushesLazily({ server }: Context, argv: readonly ByteString[]): boolean {
  return argv.length === 2 ? is(argv[1], 'ASYNC') : server.config.lazyfreeLazyUserFlush;
}

function checkFlushOption(argv: readonly ByteString[]): void {
  if (argv.length > 2 || (argv.length === 2 && !is(argv[1], 'SYNC') && !is(argv[1], 'ASYNC')))
    syntaxError();
}
