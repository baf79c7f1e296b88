/**
 * The one reader of RDB files, for the loader and for the checker: item by item, with where it stands and what it is
 * doing. It follows rdb.c:rdbLoadRioWithLoadingCtx; what a file means is up to whoever reads.
 */
import { byteStringOf, type ByteString } from '../base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64, type Crc64State } from '../base/crc64.ts';
import { narrowed } from '../base/integers.ts';
import type { Seconds } from '../base/time.ts';
import type { ExpireTime, Value } from '../engine/data/value.ts';
import { loadValue, moduleTypeName, type ValueLimits } from '../engine/serialize/load-value.ts';
import { RDB_VERSION, rdbOpcode } from '../engine/serialize/rdb-format.ts';
import {
  failCorrupt,
  newRdbInput,
  readByte,
  readBytes,
  readInt64,
  readLength,
  readLength64,
  readLittleEndian,
  readText,
  type RdbInput,
} from '../engine/serialize/rdb-input.ts';

export interface RdbReader {
  readonly input: RdbInput;
  readonly limits: ValueLimits;
  version: number;
  readonly crc: Crc64State;
  /** Bytes that the sum holds so far. */
  summed: number;
  /** For a checker's report: what is being read, and the key and type at hand. */
  doing: RdbActivity;
  key: ByteString | null;
  type: number;
}

/** As redis-check-rdb names them. */
export type RdbActivity =
  | 'start'
  | 'read-type'
  | 'read-expire'
  | 'read-key'
  | 'read-object-value'
  | 'check-sum'
  | 'read-len'
  | 'read-aux'
  | 'read-module-aux'
  | 'read-functions';

export interface RdbKey {
  readonly item: 'key';
  readonly key: ByteString;
  /** Null: a collection without elements, which is passed over. */
  readonly value: Value | null;
  readonly expireAt: ExpireTime | null;
  readonly idle: Seconds | null;
  readonly frequency: number | null;
}

export type RdbItem =
  | { readonly item: 'version'; readonly version: number }
  | { readonly item: 'aux'; readonly name: ByteString; readonly value: ByteString }
  | { readonly item: 'select'; readonly database: number }
  | { readonly item: 'resize'; readonly keys: number; readonly expires: number }
  /** The code of a function library, kept as it is. */
  | { readonly item: 'library'; readonly code: ByteString }
  /** What a module kept beside the keys: nobody here can take it; `skipModuleValue` goes past it. */
  | { readonly item: 'module-aux'; readonly module: string }
  | RdbKey
  | { readonly item: 'end'; readonly checksum: 'right' | 'absent' }
  | { readonly item: 'failed'; readonly failure: RdbReadFailure };

export type RdbReadFailure =
  | { readonly kind: 'signature' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'short' }
  | { readonly kind: 'corrupt'; readonly reason: string }
  /** What a module kept does not say when it is to be loaded. */
  | { readonly kind: 'when-opcode' }
  /** Both sums as Redis prints them, in hexadecimal without leading zeros. */
  | { readonly kind: 'checksum'; readonly expected: string; readonly got: string };

const SIGNATURE = 'REDIS';
const HEADER = 9;

export function isRdb(bytes: Uint8Array): boolean {
  return byteStringOf(bytes, 0, SIGNATURE.length) === SIGNATURE;
}

export function newRdbReader(bytes: Uint8Array, limits: ValueLimits): RdbReader {
  return {
    input: newRdbInput(bytes),
    limits,
    version: 0,
    crc: newCrc64(),
    summed: 0,
    doing: 'start',
    key: null,
    type: 0,
  };
}

/** What comes next. After `end` and `failed` there is nothing more; `input.at` stands behind the end. */
export function nextRdbItem(reader: RdbReader): RdbItem {
  const { input } = reader;
  const item = reader.version === 0 ? readHeader(reader) : readItem(reader);
  if (item === undefined) {
    const failure = input.failure;
    return failed(failure === null || failure.kind === 'empty' ? { kind: 'short' } : failure);
  }
  if (item.item !== 'end') takeIntoSum(reader, input.at);
  return item;
}

function failed(failure: RdbReadFailure): RdbItem {
  return { item: 'failed', failure };
}

function takeIntoSum(reader: RdbReader, end: number): void {
  updateCrc64(reader.crc, reader.input.bytes, reader.summed, end);
  reader.summed = end;
}

function readHeader(reader: RdbReader): RdbItem | undefined {
  const header = readBytes(reader.input, HEADER);
  if (header === undefined) return undefined;
  if (!isRdb(header)) return failed({ kind: 'signature' });
  // As atoi reads it: the digits at the front.
  const version = Number(/^\d*/.exec(byteStringOf(header, SIGNATURE.length))![0]);
  if (version < 1 || version > RDB_VERSION) return failed({ kind: 'version', version });
  reader.version = version;
  return { item: 'version', version };
}

function readItem(reader: RdbReader): RdbItem | undefined {
  const { input } = reader;
  const about: Mutable<Attributes> = { expireAt: null, idle: null, frequency: null };
  for (;;) {
    reader.doing = 'read-type';
    const type = readByte(input);
    if (type === undefined) return undefined;
    switch (type) {
      case rdbOpcode.expireSeconds:
      case rdbOpcode.expireMillis:
        reader.doing = 'read-expire';
        about.expireAt = readExpiry(input, type) ?? null;
        break;
      case rdbOpcode.frequency:
        about.frequency = readByte(input) ?? null;
        break;
      case rdbOpcode.idle:
        about.idle = readLength(input) ?? null;
        break;
      case rdbOpcode.eof:
        return readEnd(reader);
      case rdbOpcode.selectDb:
      case rdbOpcode.resizeDb:
        reader.doing = 'read-len';
        return readNumbers(input, type);
      case rdbOpcode.aux:
        reader.doing = 'read-aux';
        return readAux(input);
      case rdbOpcode.moduleAux:
        reader.doing = 'read-module-aux';
        return readModuleAux(input);
      case rdbOpcode.functionPreGa:
        return failCorrupt(input, 'Pre-release function format not supported.');
      case rdbOpcode.function2: {
        reader.doing = 'read-functions';
        const code = readText(input);
        return code === undefined ? undefined : { item: 'library', code };
      }
      default:
        return readKey(reader, type, about);
    }
    if (input.failure !== null) return undefined;
  }
}

type Attributes = Pick<RdbKey, 'expireAt' | 'idle' | 'frequency'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readExpiry(input: RdbInput, opcode: number): ExpireTime | undefined {
  if (opcode === rdbOpcode.expireMillis) {
    const millis = readInt64(input);
    return millis === undefined ? undefined : narrowed(millis);
  }
  const seconds = readLittleEndian(input, 4);
  // A signed number of 32 bits.
  return seconds === undefined ? undefined : (seconds | 0) * 1000;
}

function readNumbers(input: RdbInput, opcode: number): RdbItem | undefined {
  const first = readLength(input);
  if (first === undefined) return undefined;
  if (opcode === rdbOpcode.selectDb) return { item: 'select', database: first };
  const expires = readLength(input);
  return expires === undefined ? undefined : { item: 'resize', keys: first, expires };
}

function readAux(input: RdbInput): RdbItem | undefined {
  const name = readText(input);
  const value = name === undefined ? undefined : readText(input);
  return name === undefined || value === undefined ? undefined : { item: 'aux', name, value };
}

/** In the values of modules each part is led by one of these (module.c). */
const modulePart = { end: 0, signed: 1, unsigned: 2, float: 3, double: 4, string: 5 } as const;

function readModuleAux(input: RdbInput): RdbItem | undefined {
  const id = readLength64(input);
  const opcode = id === undefined ? undefined : readLength(input);
  const when = opcode === undefined ? undefined : readLength(input);
  if (id === undefined || when === undefined) return undefined;
  if (opcode !== modulePart.unsigned) return failed({ kind: 'when-opcode' });
  return { item: 'module-aux', module: moduleTypeName(id) };
}

/** rdb.c:rdbLoadCheckModuleValue; null: it came to its end. */
export function skipModuleValue({ input }: RdbReader): RdbReadFailure | null {
  if (skipParts(input)) return null;
  const { failure } = input;
  return failure === null || failure.kind === 'empty' ? { kind: 'short' } : failure;
}

function skipParts(input: RdbInput): boolean {
  for (;;) {
    const part = readLength(input);
    switch (part) {
      case undefined:
        return false;
      case modulePart.end:
        return true;
      case modulePart.signed:
      case modulePart.unsigned:
        if (readLength64(input) === undefined) return false;
        break;
      case modulePart.float:
        if (readBytes(input, 4) === undefined) return false;
        break;
      case modulePart.double:
        if (readBytes(input, 8) === undefined) return false;
        break;
      case modulePart.string:
        if (readText(input) === undefined) return false;
        break;
      default:
      // Whatever else it is, real Redis goes on with what follows it.
    }
  }
}

function readKey(reader: RdbReader, type: number, about: Attributes): RdbItem | undefined {
  const { input, limits } = reader;
  reader.doing = 'read-key';
  reader.type = type;
  reader.key = null;
  const key = readText(input);
  if (key === undefined) return undefined;
  reader.key = key;
  reader.doing = 'read-object-value';
  const value = loadValue(input, type, limits);
  if (value !== undefined) return { item: 'key', key, value, ...about };
  if (input.failure?.kind !== 'empty') return undefined;
  input.failure = null;
  return { item: 'key', key, value: null, ...about };
}

/** Versions before 5 had no sum; a sum of zero stands for none. */
function readEnd(reader: RdbReader): RdbItem | undefined {
  const { input } = reader;
  takeIntoSum(reader, input.at);
  if (reader.version < 5) return { item: 'end', checksum: 'absent' };
  reader.doing = 'check-sum';
  const sum = readBytes(input, 8);
  if (sum === undefined) return undefined;
  const got = printed(sum);
  if (got === '0') return { item: 'end', checksum: 'absent' };
  const expected = printed(crc64Bytes(reader.crc));
  if (got !== expected) return failed({ kind: 'checksum', expected, got });
  return { item: 'end', checksum: 'right' };
}

/** A sum, least significant byte first, as %llx prints it. */
function printed(sum: Uint8Array): string {
  let text = '';
  for (let i = sum.length - 1; i >= 0; i--) text += sum[i]!.toString(16).padStart(2, '0');
  return text.replace(/^0+(?=.)/, '');
}
