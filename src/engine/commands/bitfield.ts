/** BITFIELD: integers of any width within a string. https://redis.io/docs/latest/commands/bitfield/, bitops.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { narrowed, parseInt64 } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { stringLength, stringSlice } from '../data/string.ts';
import type { StringValue } from '../data/value.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, integer, NULL } from '../replies.ts';
import { bitOffsetArgument, bytesUpToBit } from './bitmaps.ts';

export const bitFieldCommands: Handlers = {
  bitfield: (ctx, argv) => bitField(ctx, argv, 'any'),
  bitfield_ro: (ctx, argv) => bitField(ctx, argv, 'reads'),
};

type Overflow = 'wrap' | 'saturate' | 'fail';

interface FieldType {
  readonly signed: boolean;
  readonly width: number;
}

interface Operation {
  readonly name: 'GET' | 'SET' | 'INCRBY';
  readonly type: FieldType;
  /** In bits. */
  readonly offset: number;
  readonly operand: bigint;
  readonly overflow: Overflow;
}

function bitField(ctx: Context, argv: readonly ByteString[], allowed: 'any' | 'reads'): Reply {
  const operations = operationsOf(ctx, argv);
  const writes = operations.filter(({ name }) => name !== 'GET');
  if (writes.length === 0) {
    const value = ctx.readString(argv[1]!);
    return array(
      operations.map(({ type, offset }) => integer(narrowed(readField(value, offset, type)))),
    );
  }
  if (allowed === 'reads') throw new ReplyError(errors.bitfieldReadOnly);
  const last = Math.max(...writes.map(({ offset, type }) => offset + type.width - 1));
  const { bytes, grown } = bytesUpToBit(ctx, argv[1]!, last);
  let changes = 0;
  const replies = operations.map((operation) => {
    const { name, type, offset } = operation;
    const old = fieldIn(bytes.bytes, bytes.length, offset, type);
    if (name === 'GET') return integer(narrowed(old));
    const value = newValue(old, operation);
    if (value === undefined) return NULL;
    writeField(bytes.bytes, offset, type.width, value);
    if (grown || value !== old) changes++;
    return integer(narrowed(name === 'SET' ? old : value));
  });
  if (changes > 0) {
    ctx.touched(argv[1]!);
    ctx.notify('$', 'setbit', argv[1]!);
    ctx.changed(changes);
  }
  return array(replies);
}

function operationsOf(ctx: Context, argv: readonly ByteString[]): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = 'wrap';
  for (let i = 2; i < argv.length;) {
    const left = argv.length - i - 1;
    if (is(argv[i], 'OVERFLOW') && left >= 1) {
      overflow = overflowArgument(argv[i + 1]!);
      i += 2;
      continue;
    }
    const name = operationName(argv[i]!, left);
    const type = typeArgument(argv[i + 1]!);
    const offset = bitOffsetArgument(ctx, argv[i + 2]!, type.width);
    const operand = name === 'GET' ? 0n : BigInt(int64Argument(argv[i + 3]!));
    operations.push({ name, type, offset, operand, overflow });
    i += name === 'GET' ? 3 : 4;
  }
  return operations;
}

function operationName(word: ByteString, left: number): Operation['name'] {
  if (is(word, 'GET') && left >= 2) return 'GET';
  if (is(word, 'SET') && left >= 3) return 'SET';
  return is(word, 'INCRBY') && left >= 3 ? 'INCRBY' : syntaxError();
}

function overflowArgument(word: ByteString): Overflow {
  if (is(word, 'WRAP')) return 'wrap';
  if (is(word, 'SAT')) return 'saturate';
  if (is(word, 'FAIL')) return 'fail';
  throw new ReplyError(errors.bitfieldOverflow);
}

/** `i1` to `i64`, `u1` to `u63`: an unsigned one of 64 bits could not be replied. */
function typeArgument(word: ByteString): FieldType {
  const [digits = ''] = word.slice(1).split('\0', 1);
  const signed = word.startsWith('i');
  const width = parseInt64(ascii(digits));
  const fits = typeof width === 'number' && width >= 1 && width <= (signed ? 64 : 63);
  if (!fits || (!signed && !word.startsWith('u'))) throw new ReplyError(errors.bitfieldType);
  return { signed, width };
}

/** What a write puts into a field; undefined if it does not fit and the overflow is to fail. */
function newValue(old: bigint, { name, type, operand, overflow }: Operation): bigint | undefined {
  const base = name === 'SET' ? (type.signed ? operand : BigInt.asUintN(64, operand)) : old;
  const by = name === 'SET' ? 0n : operand;
  const direction = type.signed
    ? signedOverflow(base, by, type.width)
    : unsignedOverflow(base, by, type.width);
  if (direction === 'none') return base + by;
  if (overflow === 'fail') return undefined;
  if (overflow === 'wrap') return inRange(base + by, type);
  if (direction === 'above') return (1n << BigInt(type.signed ? type.width - 1 : type.width)) - 1n;
  return type.signed ? -(1n << BigInt(type.width - 1)) : 0n;
}

type Direction = 'above' | 'below' | 'none';

function unsignedOverflow(value: bigint, by: bigint, width: number): Direction {
  const max = (1n << BigInt(width)) - 1n;
  if (value > max || value + by > max) return 'above';
  return value + by < 0n ? 'below' : 'none';
}

/** checkSignedBitfieldOverflow, where the room above a value far below the range overflows itself. */
function signedOverflow(value: bigint, by: bigint, width: number): Direction {
  const max = (1n << BigInt(width - 1)) - 1n;
  const min = -max - 1n;
  const above = BigInt.asIntN(64, max - value);
  const below = BigInt.asIntN(64, min - value);
  const narrow = width !== 64;
  if (value > max || (narrow && by > above) || (value >= 0n && by > 0n && by > above))
    return 'above';
  return value < min || (narrow && by < below) || (value < 0n && by < 0n && by < below)
    ? 'below'
    : 'none';
}

function inRange(value: bigint, { signed, width }: FieldType): bigint {
  return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}

function readField(value: StringValue | undefined, offset: number, type: FieldType): bigint {
  const from = Math.floor(offset / 8);
  const length = value === undefined ? 0 : stringLength(value);
  if (value === undefined || from >= length) return 0n;
  const text = stringSlice(value, from, Math.min(length, from + 9));
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  return fieldIn(bytes, bytes.length, offset % 8, type);
}

/** The highest bit comes first; what lies beyond `length` is zeros. */
function fieldIn(bytes: Uint8Array, length: number, offset: number, type: FieldType): bigint {
  const from = Math.floor(offset / 8);
  const end = Math.ceil((offset + type.width) / 8);
  let bits = 0n;
  for (let at = from; at < end; at++) bits = (bits << 8n) | BigInt(at < length ? bytes[at]! : 0);
  return inRange(bits >> BigInt(end * 8 - offset - type.width), type);
}

function writeField(bytes: Uint8Array, offset: number, width: number, value: bigint): void {
  const end = Math.ceil((offset + width) / 8);
  const shift = BigInt(end * 8 - offset - width);
  let mask = ((1n << BigInt(width)) - 1n) << shift;
  let bits = BigInt.asUintN(width, value) << shift;
  for (let at = end - 1; mask > 0n; at--, mask >>= 8n, bits >>= 8n) {
    bytes[at] = (bytes[at]! & ~Number(mask & 0xffn)) | Number(bits & 0xffn);
  }
}
