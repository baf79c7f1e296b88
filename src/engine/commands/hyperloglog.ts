/** HyperLogLog. https://redis.io/docs/latest/commands/?group=hyperloglog, hyperloglog.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { newGrowableBytes, type GrowableBytes } from '../../base/growable-bytes.ts';
import { narrowed } from '../../base/integers.ts';
import { nextUint32 } from '../../base/random.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { registerAt, setRegister } from '../data/hyperloglog-registers.ts';
import { describeRuns } from '../data/hyperloglog-sparse.ts';
import {
  addElement,
  cacheCount,
  cachedCount,
  countElements,
  countMerged,
  DENSE_BYTES,
  emptyHyperLogLog,
  HEADER_BYTES,
  isDense,
  isHyperLogLog,
  makeDense,
  markStale,
  mergeInto,
  raiseRegister,
  REGISTERS,
  type Corrupted,
} from '../data/hyperloglog.ts';
import {
  asRawString,
  growableTo,
  newRawString,
  stringLength,
  stringSlice,
} from '../data/string.ts';
import type { StringValue } from '../data/value.ts';
import { errors, ReplyError, unknownPfdebug, wrongPfdebugArity } from '../errors.ts';
import { array, bulk, integer, OK, ONE, status, ZERO } from '../replies.ts';
import { changeable } from './strings.ts';

export const hyperLogLogCommands: Handlers = {
  pfadd(ctx, argv) {
    const key = argv[1]!;
    const { hll, created } = writeOrCreate(ctx, key);
    const { hllSparseMaxBytes } = ctx.server.config;
    let updated = created ? 1 : 0;
    for (let i = 2; i < argv.length; i++)
      if (sound(addElement(hll, argv[i]!, hllSparseMaxBytes))) updated++;
    if (updated === 0) return ZERO;
    markStale(hll);
    ctx.touched(key);
    ctx.notify('$', 'pfadd', key);
    ctx.changed(updated);
    return ONE;
  },

  pfcount(ctx, argv) {
    if (argv.length > 2) return integer(countMerged(merged(ctx, argv.slice(1)).registers));
    const key = argv[1]!;
    const value = checked(ctx.readString(key));
    if (value === undefined) return ZERO;
    const known = cachedCount(bytesToRead(value));
    if (known !== undefined) return integer(narrowed(known));
    const count = sound(countElements(bytesToRead(value)));
    // The count is kept in the value: a change, though the command is one that reads.
    cacheCount(bytesToWrite(ctx, key, ctx.writeString(key)!), count);
    ctx.touched(key);
    ctx.changed();
    return integer(count);
  },

  pfmerge(ctx, argv) {
    const key = argv[1]!;
    const { registers, dense } = merged(ctx, argv.slice(1));
    const { hll } = writeOrCreate(ctx, key);
    if (dense) sound(makeDense(hll));
    const { hllSparseMaxBytes } = ctx.server.config;
    for (let i = 0; i < REGISTERS; i++)
      if (registers[i]! > 0) raiseRegister(hll, i, registers[i]!, hllSparseMaxBytes);
    markStale(hll);
    ctx.modified(key, '$', 'pfadd');
    return OK;
  },

  pfdebug(ctx, argv) {
    const [, sub, key] = argv;
    const known = checked(ctx.writeString(key!));
    if (known === undefined) throw new ReplyError(errors.pfdebugNoKey);
    const hll = bytesToWrite(ctx, key!, known);
    const tell = debugSubcommands.get(sub!.toLowerCase());
    if (tell === undefined) throw new ReplyError(unknownPfdebug(sub!));
    if (argv.length !== 3) throw new ReplyError(wrongPfdebugArity(sub!));
    return tell(ctx, hll);
  },

  pfselftest(ctx) {
    checkRegisters(ctx);
    checkEstimates(ctx);
    return OK;
  },
};

/** What `work` found, unless it was that the value is corrupted. */
function sound<T extends number | boolean | undefined>(found: T | Corrupted): T {
  if (found === 'corrupted') throw new ReplyError(errors.corruptedHyperLogLog);
  return found;
}

function checked(value: StringValue | undefined): StringValue | undefined {
  if (value === undefined) return undefined;
  const length = stringLength(value);
  if (!isHyperLogLog(stringSlice(value, 0, Math.min(length, HEADER_BYTES)), length))
    throw new ReplyError(errors.notHyperLogLog);
  return value;
}

function bytesToRead(value: StringValue): GrowableBytes {
  return growableTo(asRawString(value), 0);
}

function bytesToWrite(ctx: Context, key: ByteString, value: StringValue): GrowableBytes {
  return growableTo(changeable(ctx, key, value), 0);
}

function writeOrCreate(ctx: Context, key: ByteString): { hll: GrowableBytes; created: boolean } {
  const known = checked(ctx.writeString(key));
  if (known !== undefined) return { hll: bytesToWrite(ctx, key, known), created: false };
  const raw = newRawString(emptyHyperLogLog());
  ctx.put(key, raw);
  return { hll: growableTo(raw, 0), created: true };
}

/** The registers of the union of all keys, a byte each. */
function merged(
  ctx: Context,
  keys: readonly ByteString[],
): { registers: Uint8Array; dense: boolean } {
  const registers = new Uint8Array(REGISTERS);
  let dense = false;
  for (const key of keys) {
    const value = checked(ctx.readString(key));
    if (value === undefined) continue;
    const hll = bytesToRead(value);
    if (isDense(hll)) dense = true;
    sound(mergeInto(registers, hll));
  }
  return { registers, dense };
}

type DebugSubcommand = (ctx: Context, hll: GrowableBytes) => ReturnType<typeof integer>;

const debugSubcommands: ReadonlyMap<string, DebugSubcommand> = new Map<string, DebugSubcommand>([
  [
    'getreg',
    (ctx, hll) => {
      toDense(ctx, hll);
      return array(Array.from({ length: REGISTERS }, (_, i) => integer(registerAt(hll.bytes, i))));
    },
  ],
  [
    'decode',
    (_ctx, hll) => {
      if (isDense(hll)) throw new ReplyError(errors.hyperLogLogNotSparse);
      return bulk(ascii(describeRuns(hll)));
    },
  ],
  ['encoding', (_ctx, hll) => status(isDense(hll) ? 'dense' : 'sparse')],
  ['todense', (ctx, hll) => (toDense(ctx, hll) ? ONE : ZERO)],
]);

function toDense(ctx: Context, hll: GrowableBytes): boolean {
  if (isDense(hll)) return false;
  sound(makeDense(hll));
  ctx.changed();
  return true;
}

/** Every register holds what was put into it, whatever its neighbours hold. */
function checkRegisters(ctx: Context): void {
  const bytes = new Uint8Array(DENSE_BYTES);
  for (let cycle = 0; cycle < 10; cycle++) {
    const values = Uint8Array.from(
      { length: REGISTERS },
      () => nextUint32(ctx.state.random) & 0x3f,
    );
    values.forEach((value, i) => setRegister(bytes, i, value));
    values.forEach((value, i) => {
      const found = registerAt(bytes, i);
      if (found !== value)
        throw new ReplyError(`ERR TESTFAILED Register ${i} should be ${value} but is ${found}`);
    });
  }
}

/** Both representations agree, and are not far from the truth: six standard errors. */
function checkEstimates(ctx: Context): void {
  const sparse = hyperLogLogOf(emptyHyperLogLog());
  const dense = hyperLogLogOf(emptyHyperLogLog());
  makeDense(dense);
  const salt = nextUint32(ctx.state.random);
  for (let count = 1, checkpoint = 1; count <= 10_000; count++) {
    const element = ascii(`${salt} ${count}`);
    addElement(sparse, element, ctx.server.config.hllSparseMaxBytes);
    addElement(dense, element, 0);
    if (count !== checkpoint) continue;
    const estimates = [countElements(sparse), countElements(dense)];
    if (estimates[0] !== estimates[1]) throw new ReplyError('ERR TESTFAILED dense/sparse disagree');
    const error = Math.abs(Number(estimates[1]) - count);
    if (error > Math.ceil((1.04 / Math.sqrt(REGISTERS)) * 6 * count)) {
      throw new ReplyError(`ERR TESTFAILED Too big error. card:${count} abserr:${error}`);
    }
    checkpoint *= 10;
  }
}

function hyperLogLogOf(text: ByteString): GrowableBytes {
  const hll = newGrowableBytes(DENSE_BYTES);
  for (let i = 0; i < text.length; i++) hll.bytes[i] = text.charCodeAt(i);
  hll.length = text.length;
  return hll;
}
