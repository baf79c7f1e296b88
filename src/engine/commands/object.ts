/** OBJECT: how a value is kept. https://redis.io/docs/latest/commands/object-encoding/, object.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { encodingOf } from '../data/encoding.ts';
import { decayedCount, idleSeconds } from '../data/usage.ts';
import type { Entry, Value } from '../data/value.ts';
import { errors, ReplyError } from '../errors.ts';
import { bulk, integer, NULL } from '../replies.ts';
import { helpOf } from './help.ts';

export const objectCommands: Handlers = {
  'object|encoding'(ctx, argv) {
    const entry = lookUp(ctx, argv[2]!);
    return entry === undefined ? NULL : bulk(ascii(encodingOf(entry.value)));
  },

  'object|refcount'(ctx, argv) {
    const entry = lookUp(ctx, argv[2]!);
    return entry === undefined ? NULL : integer(referenceCount(ctx, entry.value));
  },

  'object|idletime'(ctx, argv) {
    const entry = lookUp(ctx, argv[2]!);
    if (entry === undefined) return NULL;
    if (usesLfu(ctx)) throw new ReplyError(errors.lruOnly);
    return integer(idleSeconds(entry.lru, ctx.nowMs));
  },

  'object|freq'(ctx, argv) {
    const entry = lookUp(ctx, argv[2]!);
    if (entry === undefined) return NULL;
    if (!usesLfu(ctx)) throw new ReplyError(errors.lfuOnly);
    return integer(decayedCount(entry.lru, ctx.nowMs, ctx.server.config));
  },

  'object|help': helpOf('object'),
};

const SHARED = 0x7fffffff;
const SHARED_INTEGERS = 10_000;

/** Small integers are one object for all keys, unless eviction needs to know the use of each. */
export function referenceCount(ctx: Context, value: Value): number {
  const { maxmemory, maxmemoryPolicy } = ctx.server.config;
  const separate =
    maxmemory > 0 && (maxmemoryPolicy.endsWith('lru') || maxmemoryPolicy.endsWith('lfu'));
  const small = typeof value === 'number' && value >= 0 && value < SHARED_INTEGERS;
  return small && !separate ? SHARED : 1;
}

function usesLfu(ctx: Context): boolean {
  return ctx.server.config.maxmemoryPolicy.endsWith('lfu');
}

function lookUp(ctx: Context, key: ByteString): Entry | undefined {
  return ctx.peek(key);
}
