/** What DUMP gives and RESTORE takes: type, value, version (u16), CRC-64 (cluster.c: createDumpPayload, verifyDumpPayload). */
import { byteStringOf, type ByteString } from '../../base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64 } from '../../base/crc64.ts';
import { appendByte, appendBytes, newGrowableBytes } from '../../base/growable-bytes.ts';
import type { Value } from '../data/value.ts';
import { loadValue, type ValueLimits } from './load-value.ts';
import { isValueType, RDB_VERSION } from './rdb-format.ts';
import { littleEndian, newRdbInput } from './rdb-input.ts';
import { appendLittleEndian } from './rdb-output.ts';
import { appendValue, typeOfValue, type SaveOptions } from './save-value.ts';

const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;

export function dumpPayload(value: Value, options: SaveOptions): ByteString {
  const sink = newGrowableBytes();
  appendByte(sink, typeOfValue(value));
  appendValue(sink, value, options);
  appendLittleEndian(sink, RDB_VERSION, VERSION_BYTES);
  appendBytes(sink, checksumOf(sink.bytes, sink.length));
  return byteStringOf(sink.bytes, 0, sink.length);
}

/** Whether version and sum are right. */
export function isPayload(bytes: Uint8Array): boolean {
  const footer = bytes.length - VERSION_BYTES - CHECKSUM_BYTES;
  if (footer < 0 || littleEndian(bytes, footer, VERSION_BYTES) > RDB_VERSION) return false;
  const sum = bytes.subarray(footer + VERSION_BYTES);
  const expected = checksumOf(bytes, footer + VERSION_BYTES);
  return sum.every((byte, i) => byte === expected[i]);
}

/**
 * The value of a payload whose version and sum are right, undefined when the bytes make no sense; and how many packings
 * were checked.
 */
export function restoredValue(
  bytes: Uint8Array,
  limits: ValueLimits,
): { readonly value: Value | undefined; readonly sanitized: number } {
  const input = newRdbInput(bytes, 1);
  const type = bytes[0] ?? -1;
  const value = isValueType(type) ? loadValue(input, type, limits) : undefined;
  return { value, sanitized: input.sanitized };
}

function checksumOf(bytes: Uint8Array, end: number): Uint8Array {
  const crc = newCrc64();
  updateCrc64(crc, bytes, 0, end);
  return crc64Bytes(crc);
}
