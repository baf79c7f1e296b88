/** Strings as rows of bits. https://redis.io/docs/latest/commands/?group=bitmap, bitops.c */
import {
  bytesOf,
  byteStringOf,
  LONGEST_BYTE_STRING,
  sliceBytes,
  type ByteString,
} from '../../base/bytes.ts';
import type { GrowableBytes } from '../../base/growable-bytes.ts';
import { parseInt64 } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { growableTo, newRawString, stringLength, stringSlice, stringText } from '../data/string.ts';
import type { StringValue } from '../data/value.ts';
import { errors, ReplyError } from '../errors.ts';
import { integer, ONE, ZERO } from '../replies.ts';
import { changeable } from './strings.ts';

export const bitmapCommands: Handlers = {
  setbit(ctx, argv) {
    const key = argv[1]!;
    const offset = bitOffsetArgument(ctx, argv[2]!);
    const on = integerArgument(argv[3]!, errors.bit);
    if (on !== 0 && on !== 1) throw new ReplyError(errors.bit);
    const { bytes, grown } = bytesUpToBit(ctx, key, offset);
    const at = Math.floor(offset / 8);
    const mask = 0x80 >> (offset % 8);
    const old = (bytes.bytes[at]! & mask) === 0 ? 0 : 1;
    if (grown || old !== on) {
      if (on === 1) bytes.bytes[at]! |= mask;
      else bytes.bytes[at]! &= ~mask;
      ctx.modified(key, '$', 'setbit');
    }
    return old === 1 ? ONE : ZERO;
  },

  getbit(ctx, argv) {
    const offset = bitOffsetArgument(ctx, argv[2]!);
    const value = ctx.readString(argv[1]!);
    const at = Math.floor(offset / 8);
    if (value === undefined || at >= stringLength(value)) return ZERO;
    return (stringSlice(value, at, at + 1).charCodeAt(0) & (0x80 >> (offset % 8))) === 0
      ? ZERO
      : ONE;
  },

  bitcount(ctx, argv) {
    if (argv.length === 3 || argv.length > 5) syntaxError();
    const start = argv.length > 2 ? integerArgument(argv[2]!) : 0;
    const end = argv.length > 2 ? integerArgument(argv[3]!) : -1;
    const unit = argv[4] === undefined ? 'byte' : unitArgument(argv[4]);
    const value = ctx.readString(argv[1]!);
    if (value === undefined || (start < 0 && end < 0 && start > end)) return ZERO;
    const bits = bitRange(value, start, end, unit);
    return integer(bits === undefined ? 0 : countBits(value, bits));
  },

  bitpos(ctx, argv) {
    const bit = integerArgument(argv[2]!);
    if (bit !== 0 && bit !== 1) throw new ReplyError(errors.bitArgument);
    if (argv.length > 6) syntaxError();
    const start = argv[3] === undefined ? 0 : integerArgument(argv[3]);
    const unit = argv[5] === undefined ? 'byte' : unitArgument(argv[5]);
    const end = argv[4] === undefined ? -1 : integerArgument(argv[4]);
    const value = ctx.readString(argv[1]!);
    if (value === undefined) return integer(bit === 1 ? -1 : 0);
    const bits = bitRange(value, start, end, unit);
    if (bits === undefined) return integer(-1);
    const found = findBit(value, bits, bit);
    // What follows the string is zeros, unless the range was told to end.
    if (found === undefined && bit === 0 && argv[4] === undefined)
      return integer(stringLength(value) * 8);
    return integer(found ?? -1);
  },

  bitop(ctx, argv) {
    const [, name, target] = argv;
    const operation = operations.find(({ word }) => is(name, word));
    if (operation === undefined) syntaxError();
    if (operation.word === 'NOT' && argv.length !== 4) throw new ReplyError(errors.bitopNot);
    const sources = argv.slice(3).map((key) => {
      const value = ctx.readString(key);
      return value === undefined ? new Uint8Array() : bytesOfText(value);
    });
    return storeBits(ctx, target!, combined(sources, operation));
  },
};

type Unit = 'byte' | 'bit';

/** Bits `first` to `last`, both included. */
interface BitRange {
  readonly first: number;
  readonly last: number;
}

/** An offset in bits, as `#n` in fields of `width` bits if they may be so given (getBitOffsetFromArgument). */
export function bitOffsetArgument(ctx: Context, word: ByteString, width?: number): number {
  const inFields = width !== undefined && word.startsWith('#');
  const given = parseInt64(inFields ? sliceBytes(word, 1) : word);
  if (given === undefined) throw new ReplyError(errors.bitOffset);
  // The product wraps, as it does in Redis.
  const offset = inFields ? BigInt.asIntN(64, BigInt(given) * BigInt(width)) : BigInt(given);
  const most = BigInt(ctx.server.config.protoMaxBulkLength);
  if (offset < 0n || (!ctx.client.loading && offset >> 3n >= most))
    throw new ReplyError(errors.bitOffset);
  return Number(offset);
}

/** The string at `key`, created or grown so that it has the bit `last`. */
export function bytesUpToBit(
  ctx: Context,
  key: ByteString,
  last: number,
): { bytes: GrowableBytes; grown: boolean } {
  const needed = Math.floor(last / 8) + 1;
  if (needed > LONGEST_BYTE_STRING) throw new ReplyError(errors.stringTooLong);
  const known = ctx.writeString(key);
  if (known === undefined) {
    const raw = newRawString();
    const bytes = growableTo(raw, needed);
    ctx.put(key, raw);
    return { bytes, grown: true };
  }
  const grown = stringLength(known) < needed;
  return { bytes: growableTo(changeable(ctx, key, known), needed), grown };
}

function unitArgument(word: ByteString): Unit {
  return is(word, 'BIT') ? 'bit' : is(word, 'BYTE') ? 'byte' : syntaxError();
}

/** The bits from `start` to `end`; negative ones count from the end. Undefined if there are none. */
function bitRange(
  value: StringValue,
  start: number,
  end: number,
  unit: Unit,
): BitRange | undefined {
  const size = unit === 'bit' ? stringLength(value) * 8 : stringLength(value);
  const first = Math.max(0, start < 0 ? size + start : start);
  const last = Math.min(size - 1, Math.max(0, end < 0 ? size + end : end));
  if (first > last) return undefined;
  return unit === 'bit' ? { first, last } : { first: first * 8, last: last * 8 + 7 };
}

/** The bytes of a range, with the bits outside of it set to zero or, `inverted`, all bits the other way round. */
function* bytesIn(
  value: StringValue,
  { first, last }: BitRange,
  inverted: 'inverted' | 'plain',
): Generator<number> {
  const from = Math.floor(first / 8);
  const to = Math.floor(last / 8);
  const text = stringSlice(value, from, to + 1);
  for (let at = from; at <= to; at++) {
    let byte = text.charCodeAt(at - from);
    if (inverted === 'inverted') byte ^= 0xff;
    if (at === from) byte &= 0xff >> (first % 8);
    if (at === to) byte &= 0xff << (7 - (last % 8));
    yield byte;
  }
}

function countBits(value: StringValue, range: BitRange): number {
  let count = 0;
  for (const byte of bytesIn(value, range, 'plain')) {
    let bits = byte - ((byte >> 1) & 0x55);
    bits = (bits & 0x33) + ((bits >> 2) & 0x33);
    count += (bits + (bits >> 4)) & 0xf;
  }
  return count;
}

function findBit(value: StringValue, range: BitRange, bit: 0 | 1): number | undefined {
  let at = Math.floor(range.first / 8) * 8;
  for (const byte of bytesIn(value, range, bit === 0 ? 'inverted' : 'plain')) {
    if (byte !== 0) return at + Math.clz32(byte) - 24;
    at += 8;
  }
  return undefined;
}

interface Operation {
  readonly word: 'AND' | 'OR' | 'XOR' | 'NOT';
  readonly combine: (a: number, b: number) => number;
}

const operations: readonly Operation[] = [
  { word: 'AND', combine: (a, b) => a & b },
  { word: 'OR', combine: (a, b) => a | b },
  { word: 'XOR', combine: (a, b) => a ^ b },
  { word: 'NOT', combine: (a) => ~a },
];

/** As long as the longest source; shorter ones are followed by zeros. */
function combined(sources: readonly Uint8Array[], { word, combine }: Operation): Uint8Array {
  const result = new Uint8Array(
    sources.reduce((longest, { length }) => Math.max(longest, length), 0),
  );
  result.set(sources[0]!);
  if (word === 'NOT') return result.map((byte) => combine(byte, 0));
  for (const source of sources.slice(1)) {
    for (let i = 0; i < result.length; i++) result[i] = combine(result[i]!, source[i] ?? 0);
  }
  return result;
}

function storeBits(ctx: Context, key: ByteString, result: Uint8Array): Reply {
  if (result.length > 0) {
    ctx.expireIfDue(key);
    ctx.set(key, newRawString(byteStringOf(result)));
    ctx.notify('$', 'set', key);
    ctx.changed();
  } else if (ctx.remove(key)) {
    ctx.notify('g', 'del', key);
    ctx.changed();
  }
  return integer(result.length);
}

function bytesOfText(value: StringValue): Uint8Array {
  if (typeof value === 'object' && typeof value.content !== 'string') {
    return value.content.bytes.subarray(0, value.content.length);
  }
  return bytesOf(stringText(value));
}
