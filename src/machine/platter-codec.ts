import {
  utf8Decode,
  utf8Encode,
  byteStringOf,
  writeBytes,
  type ByteString,
} from '../base/bytes.ts';
import { assert, unreachable } from '../base/assert.ts';
import type { FileKind, PlatterChange } from './platter.ts';

/**
 * A batch of platter changes as bytes:
 *
 *     "AOFP"  version (1 byte)  count  payload length  CRC-32 of the payload  (4 bytes each, little endian)
 *     payload: for each change its length (4 bytes), its kind (1 byte) and its fields
 *
 * Numbers are in groups of seven bits, low ones first; names are UTF-8 behind their length.
 */
export function encodePlatterChanges(changes: readonly PlatterChange[]): Uint8Array {
  let length = HEADER_BYTES;
  for (const change of changes) length += sizeBound(change);
  const writer: Writer = { bytes: new Uint8Array(length), at: HEADER_BYTES };
  for (const change of changes) {
    const start = writer.at;
    writer.at += 4;
    putChange(writer, change);
    putUint32(writer.bytes, start, writer.at - start - 4);
  }
  const { bytes, at } = writer;
  writeBytes(MAGIC, bytes, 0);
  bytes[4] = VERSION;
  putUint32(bytes, 5, changes.length);
  putUint32(bytes, 9, at - HEADER_BYTES);
  putUint32(bytes, 13, crc32(bytes, HEADER_BYTES, at));
  return bytes.slice(0, at);
}

export type DecodedChanges =
  | { readonly ok: true; readonly changes: PlatterChange[] }
  | { readonly ok: false; readonly error: string };

/** The changes, or why these bytes are none. Never throws, and allocates nothing by a length it has not checked. */
export function decodePlatterChanges(bytes: Uint8Array): DecodedChanges {
  if (bytes.length < HEADER_BYTES)
    return refuse(`${bytes.length} bytes are too few for a batch of disk changes`);
  if (byteStringOf(bytes, 0, 4) !== MAGIC) return refuse('not a batch of disk changes');
  if (bytes[4] !== VERSION)
    return refuse(`disk changes of version ${bytes[4]!}, this program reads version ${VERSION}`);
  const count = uint32At(bytes, 5);
  const end = HEADER_BYTES + uint32At(bytes, 9);
  if (end !== bytes.length) return refuse(`a batch of ${end} bytes is ${bytes.length} bytes long`);
  if (crc32(bytes, HEADER_BYTES, end) !== uint32At(bytes, 13))
    return refuse('the checksum of the disk changes is wrong');
  const changes: PlatterChange[] = [];
  let at = HEADER_BYTES;
  while (at < end) {
    const next = at + 4 + (end - at >= 4 ? uint32At(bytes, at) : end);
    if (next > end) return refuse(`disk change ${changes.length} goes beyond the end`);
    const change = takeChange({ bytes, at: at + 4, end: next, isBroken: false });
    if (change === undefined) return refuse(`disk change ${changes.length} is malformed`);
    changes.push(change);
    at = next;
  }
  if (changes.length !== count)
    return refuse(`${changes.length} disk changes where ${count} were announced`);
  return { ok: true, changes };
}

const MAGIC = utf8Encode('AOFP');
const VERSION = 1;
const HEADER_BYTES = 17;

/** Position in the list is the kind's byte: append only. */
const kinds = ['create', 'link', 'unlink', 'rename', 'data', 'size', 'mode', 'free'] as const;
const fileKinds: readonly FileKind[] = ['file', 'directory'];

/** The most bytes that one number takes, and the most that a change takes apart from its names and data. */
const NUMBER_BYTES = 8;
const FIXED_BYTES = 5 + 6 * NUMBER_BYTES;

function sizeBound(change: PlatterChange): number {
  switch (change.kind) {
    case 'data':
      return FIXED_BYTES + change.bytes.length;
    case 'link':
    case 'unlink':
      return FIXED_BYTES + 3 * change.name.length;
    case 'rename':
      return FIXED_BYTES + 3 * (change.fromName.length + change.toName.length);
    default:
      return FIXED_BYTES;
  }
}

interface Writer {
  readonly bytes: Uint8Array;
  at: number;
}

function putChange(writer: Writer, change: PlatterChange): void {
  writer.bytes[writer.at++] = kinds.indexOf(change.kind);
  putNumber(
    writer,
    change.kind === 'link' || change.kind === 'unlink' ? change.parent : change.inode,
  );
  switch (change.kind) {
    case 'create':
      putNumber(writer, fileKinds.indexOf(change.type));
      putNumber(writer, change.mode);
      putNumber(writer, change.modifiedAt);
      return;
    case 'link':
    case 'unlink':
      putNumber(writer, change.inode);
      putName(writer, change.name);
      return;
    case 'rename':
      putNumber(writer, change.fromParent);
      putName(writer, change.fromName);
      putNumber(writer, change.toParent);
      putName(writer, change.toName);
      return;
    case 'data':
      putNumber(writer, change.offset);
      writer.bytes.set(change.bytes, writer.at);
      writer.at += change.bytes.length;
      return;
    case 'size':
      putNumber(writer, change.size);
      putNumber(writer, change.modifiedAt);
      return;
    case 'mode':
      putNumber(writer, change.mode);
      return;
    case 'free':
      return;
    default:
      unreachable(change);
  }
}

function putNumber(writer: Writer, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, `${value} is no number of a disk change`);
  let rest = value;
  while (rest >= 0x80) {
    writer.bytes[writer.at++] = 0x80 | (rest % 0x80);
    rest = Math.floor(rest / 0x80);
  }
  writer.bytes[writer.at++] = rest;
}

function putName(writer: Writer, name: string): void {
  const encoded: ByteString = utf8Encode(name);
  putNumber(writer, encoded.length);
  writer.at = writeBytes(encoded, writer.bytes, writer.at);
}

function putUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = value >>> (8 * i);
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  isBroken: boolean;
}

/** A change that fills its bytes to the end; undefined for anything else. */
function takeChange(reader: Reader): PlatterChange | undefined {
  const kind = reader.at < reader.end ? kinds[reader.bytes[reader.at++]!] : undefined;
  if (kind === undefined) return undefined;
  const change = takeFields(reader, kind);
  return reader.isBroken || reader.at !== reader.end ? undefined : change;
}

function takeFields(reader: Reader, kind: PlatterChange['kind']): PlatterChange {
  const first = takeNumber(reader);
  switch (kind) {
    case 'create': {
      const type = fileKinds[takeNumber(reader)] ?? broken(reader);
      return { kind, inode: first, type, mode: takeNumber(reader), modifiedAt: takeNumber(reader) };
    }
    case 'link':
    case 'unlink':
      return { kind, parent: first, inode: takeNumber(reader), name: takeName(reader) };
    case 'rename': {
      const fromParent = takeNumber(reader);
      const fromName = takeName(reader);
      const toParent = takeNumber(reader);
      return { kind, inode: first, fromParent, fromName, toParent, toName: takeName(reader) };
    }
    case 'data': {
      const offset = takeNumber(reader);
      const bytes = reader.bytes.slice(reader.at, reader.end);
      reader.at = reader.end;
      return { kind, inode: first, offset, bytes };
    }
    case 'size':
      return { kind, inode: first, size: takeNumber(reader), modifiedAt: takeNumber(reader) };
    case 'mode':
      return { kind, inode: first, mode: takeNumber(reader) };
    case 'free':
      return { kind, inode: first };
    default:
      return unreachable(kind);
  }
}

function broken(reader: Reader): FileKind {
  reader.isBroken = true;
  return 'file';
}

function takeNumber(reader: Reader): number {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < NUMBER_BYTES && reader.at < reader.end; i++) {
    const byte = reader.bytes[reader.at++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (!Number.isSafeInteger(value)) reader.isBroken = true;
      return value;
    }
    scale *= 0x80;
  }
  reader.isBroken = true;
  return 0;
}

function takeName(reader: Reader): string {
  const length = takeNumber(reader);
  if (reader.isBroken || length > reader.end - reader.at) {
    reader.isBroken = true;
    return '';
  }
  const name = utf8Decode(byteStringOf(reader.bytes, reader.at, reader.at + length));
  reader.at += length;
  return name;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}

function refuse(error: string): DecodedChanges {
  return { ok: false, error };
}

/** CRC-32 (IEEE 802.3) of bytes `start` up to `end`. */
function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff_ffff;
  for (let i = start; i < end; i++) crc = crcTable[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const crcTable = buildCrcTable();

function buildCrcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let word = i;
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? 0xedb8_8320 ^ (word >>> 1) : word >>> 1;
    table[i] = word;
  }
  return table;
}
