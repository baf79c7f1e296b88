/**
 * The RDB file of an empty data set: 88 bytes under 7.2.4, the base that every new server starts with (spec §6.1).
 */
import { ascii, byteStringOf, type ByteString } from '../base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64 } from '../base/crc64.ts';
import {
  appendByte,
  appendBytes,
  appendString,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../base/growable-bytes.ts';
import type { Seconds } from '../base/time.ts';

const RDB_VERSION = '0011';
const OPCODE_AUX = 0xfa;
const OPCODE_EOF = 0xff;

export interface RdbHeader {
  readonly redisVersion: string;
  readonly createdAt: Seconds;
  readonly usedMemory: number;
  /** This snapshot is the base of an append only log. */
  readonly aofBase: boolean;
}

export function emptyRdb(header: RdbHeader): Uint8Array {
  const sink = newGrowableBytes(128);
  appendString(sink, `REDIS${RDB_VERSION}`);
  appendAux(sink, 'redis-ver', header.redisVersion);
  appendAux(sink, 'redis-bits', 64);
  appendAux(sink, 'ctime', header.createdAt);
  appendAux(sink, 'used-mem', header.usedMemory);
  appendAux(sink, 'aof-base', header.aofBase ? 1 : 0);
  appendByte(sink, OPCODE_EOF);
  const crc = newCrc64();
  updateCrc64(crc, sink.bytes, 0, sink.length);
  appendBytes(sink, crc64Bytes(crc));
  return takenBytes(sink);
}

function appendAux(sink: GrowableBytes, name: string, value: string | number): void {
  appendByte(sink, OPCODE_AUX);
  appendText(sink, name);
  if (typeof value === 'string') appendText(sink, value);
  else appendInteger(sink, value);
}

function appendText(sink: GrowableBytes, text: string): void {
  appendByte(sink, text.length);
  appendString(sink, text);
}

/** An integer as a specially encoded string: 8, 16 or 32 bits, little endian. */
function appendInteger(sink: GrowableBytes, value: number): void {
  if (value >= -128 && value <= 127) {
    appendByte(sink, 0xc0);
    appendByte(sink, value & 0xff);
    return;
  }
  const width = value >= -32768 && value <= 32767 ? 2 : 4;
  appendByte(sink, width === 2 ? 0xc1 : 0xc2);
  for (let i = 0; i < width; i++) appendByte(sink, (value >> (8 * i)) & 0xff);
}

export type EmptyRdbCheck =
  | {
      readonly kind: 'empty';
      readonly end: number;
      readonly aux: ReadonlyMap<ByteString, ByteString>;
    }
  | { readonly kind: 'not-rdb' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'holds-data' }
  | { readonly kind: 'short' }
  | { readonly kind: 'checksum'; readonly expected: string; readonly got: string };

export function isRdb(bytes: Uint8Array): boolean {
  return byteStringOf(bytes, 0, 5) === 'REDIS';
}

/** Reads an RDB up to its end if it has no keys; what follows `end` is a RESP tail. */
export function readEmptyRdb(bytes: Uint8Array): EmptyRdbCheck {
  if (!isRdb(bytes)) return { kind: 'not-rdb' };
  if (bytes.length < 9) return { kind: 'short' };
  const version = Number(byteStringOf(bytes, 5, 9));
  if (!(version >= 1 && version <= 11)) return { kind: 'version', version };
  const aux = new Map<ByteString, ByteString>();
  let at = 9;
  while (bytes[at] === OPCODE_AUX) {
    const name = readString(bytes, at + 1);
    const value = name === undefined ? undefined : readString(bytes, name.end);
    if (name === undefined || value === undefined) return { kind: 'short' };
    aux.set(name.text, value.text);
    at = value.end;
  }
  if (at >= bytes.length) return { kind: 'short' };
  if (bytes[at] !== OPCODE_EOF) return { kind: 'holds-data' };
  const end = at + 1 + (version >= 5 ? 8 : 0);
  if (end > bytes.length) return { kind: 'short' };
  if (version >= 5) {
    const crc = newCrc64();
    updateCrc64(crc, bytes, 0, at + 1);
    const expected = hex(crc64Bytes(crc));
    const got = hex(bytes.subarray(at + 1, end));
    if (got !== '0000000000000000' && got !== expected) return { kind: 'checksum', expected, got };
  }
  return { kind: 'empty', end, aux };
}

function readString(bytes: Uint8Array, at: number): { text: ByteString; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first >> 6 === 0) {
    const end = at + 1 + first;
    return end > bytes.length ? undefined : { text: byteStringOf(bytes, at + 1, end), end };
  }
  if (first >= 0xc0 && first <= 0xc2) {
    const width = 1 << (first - 0xc0);
    const end = at + 1 + width;
    if (end > bytes.length) return undefined;
    let value = 0;
    for (let i = 0; i < width; i++) value |= bytes[at + 1 + i]! << (8 * i);
    if (width < 4) value = (value << (32 - 8 * width)) >> (32 - 8 * width);
    return { text: ascii(String(value)), end };
  }
  return undefined;
}

/** Most significant byte first, as Redis prints a checksum. */
function hex(bytes: Uint8Array): string {
  let text = '';
  for (let i = bytes.length - 1; i >= 0; i--) text += bytes[i]!.toString(16).padStart(2, '0');
  return text;
}
