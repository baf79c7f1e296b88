import { crc32 } from '../base/crc32.ts';

/**
 * The bytes of a durable log, the same in every store, so that stores are compared and repaired byte
 * by byte.
 *
 * A log is one generation: a header frame, then a frame a record. A frame is
 *
 *     length u32 | crc u32 | payload       (little endian)
 *
 * and its CRC goes on from the CRC of the frame before it, over the four bytes of the length and the
 * payload. So the CRC of any frame vouches for everything up to there: a lost, swapped or foreign
 * frame shows, and two logs that agree in one frame's CRC agree in all that stands before it.
 */

export interface LogHeader {
  /** Counts up with every replacement of the whole log. */
  readonly generation: number;
  /** How many records the generation began with: with fewer it is not complete. */
  readonly initial: number;
}

export interface ParsedLog {
  /** Null if not even the header is intact. */
  readonly header: LogHeader | null;
  /** Written by a later version of this format: nothing in it may be touched. */
  readonly newer: boolean;
  /** The payloads before the first damage, as views on the parsed bytes. */
  readonly records: readonly Uint8Array[];
  /** Offset after the last intact frame. */
  readonly end: number;
  /** Offset of the last intact frame. */
  readonly lastFrameAt: number;
  /** CRC of the last intact frame: the seed of the next one. */
  readonly chain: number;
  /** Why the bytes after `end` are no record: cut short, or wrong. Null if there are none. */
  readonly damage: 'cut' | 'wrong' | null;
}

export interface Encoded {
  readonly bytes: Uint8Array;
  /** CRC of the last frame: the seed of the next one. */
  readonly chain: number;
}

const FRAME_HEAD = 8;
const FORMAT = 1;
const MAGIC = [0x41, 0x4f, 0x46, 0x4c, 0x41, 0x42];
const HEADER_LENGTH = MAGIC.length + 2 + 8 + 4;

/** Room that a record takes in a store. */
export function framedLength(record: Uint8Array): number {
  return FRAME_HEAD + record.length;
}

/** A whole generation: its header and its first records. */
export function encodeLog(generation: number, records: readonly Uint8Array[]): Encoded {
  return encodeFrames([headerPayload(generation, records.length), ...records], 0);
}

/** The frames of `records`, to stand behind a frame whose CRC is `chain`. */
export function encodeFrames(records: readonly Uint8Array[], chain: number): Encoded {
  let length = 0;
  for (const record of records) length += framedLength(record);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  let crc = chain;
  for (const record of records) {
    const end = at + framedLength(record);
    view.setUint32(at, record.length, true);
    bytes.set(record, at + FRAME_HEAD);
    crc = frameCrc(bytes, at, end, crc);
    view.setUint32(at + 4, crc, true);
    at = end;
  }
  return { bytes, chain: crc };
}

/** Reads a log up to its end or its first damage. Allocates nothing by a length that is merely claimed. */
export function parseLog(bytes: Uint8Array): ParsedLog {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let header: LogHeader | null = null;
  let at = 0;
  let lastFrameAt = 0;
  let chain = 0;
  let damage: ParsedLog['damage'] = null;
  while (at < bytes.length) {
    const end =
      bytes.length - at < FRAME_HEAD ? Infinity : at + FRAME_HEAD + view.getUint32(at, true);
    if (end > bytes.length) {
      damage = 'cut';
      break;
    }
    const crc = view.getUint32(at + 4, true);
    if (frameCrc(bytes, at, end, chain) !== crc) {
      damage = 'wrong';
      break;
    }
    const payload = bytes.subarray(at + FRAME_HEAD, end);
    if (header !== null) records.push(payload);
    else {
      const read = readHeader(payload);
      if (read === 'newer') return newerLog(bytes.length);
      if (read === null) {
        damage = 'wrong';
        break;
      }
      header = read;
    }
    lastFrameAt = at;
    chain = crc;
    at = end;
  }
  return { header, newer: false, records, end: at, lastFrameAt, chain, damage };
}

/** Whether all the intact frames of `part` also stand in `whole`, at the same places. */
export function isPrefix(part: ParsedLog, whole: ParsedLog, bytesOfWhole: Uint8Array): boolean {
  if (part.header === null || whole.header === null) return part.end === 0;
  if (part.end > whole.end) return false;
  const view = new DataView(
    bytesOfWhole.buffer,
    bytesOfWhole.byteOffset + part.lastFrameAt,
    FRAME_HEAD,
  );
  const sameLength = part.end - part.lastFrameAt === FRAME_HEAD + view.getUint32(0, true);
  return sameLength && view.getUint32(4, true) === part.chain;
}

function frameCrc(bytes: Uint8Array, at: number, end: number, chain: number): number {
  return crc32(bytes, at + FRAME_HEAD, end, crc32(bytes, at, at + 4, chain));
}

function headerPayload(generation: number, initial: number): Uint8Array {
  const payload = new Uint8Array(HEADER_LENGTH);
  payload.set(MAGIC);
  const view = new DataView(payload.buffer);
  view.setUint16(MAGIC.length, FORMAT, true);
  view.setFloat64(MAGIC.length + 2, generation, true);
  view.setUint32(MAGIC.length + 10, initial, true);
  return payload;
}

function readHeader(payload: Uint8Array): LogHeader | 'newer' | null {
  if (payload.length < MAGIC.length + 2 || MAGIC.some((byte, i) => payload[i] !== byte))
    return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const format = view.getUint16(MAGIC.length, true);
  if (format > FORMAT) return 'newer';
  if (format < FORMAT || payload.length !== HEADER_LENGTH) return null;
  const generation = view.getFloat64(MAGIC.length + 2, true);
  if (!Number.isSafeInteger(generation) || generation < 1) return null;
  return { generation, initial: view.getUint32(MAGIC.length + 10, true) };
}

function newerLog(length: number): ParsedLog {
  return {
    header: null,
    newer: true,
    records: [],
    end: length,
    lastFrameAt: 0,
    chain: 0,
    damage: null,
  };
}
