/**
 * One backup as bytes: a header, the body, and the SHA-256 of both. The body is a piece of a log, perhaps compressed and
 * then encrypted. A backup file is one such part after the other; each names the one before it by its sum.
 *
 * ```
 * "AOFLABBK"  version u8  kind u8  flags u8  sequence u32  createdAt u64  parent [32]
 * iterations u32  salt [16]  iv [12]  checkIv [12]  check [16]
 * files u16 × (name u16 + bytes, size u64)   plainLength u64  plainSum [32]
 * bodyLength u64  body   sum [32]
 * ```
 * Numbers are big-endian; what is not encrypted has zeros for all that belongs to it.
 */
import { ascii, byteStringOf } from '../../base/bytes.ts';
import {
  appendByte,
  appendBytes,
  appendString,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../../base/growable-bytes.ts';
import { sha256 } from '../../base/sha256.ts';
import type { Seconds } from '../../base/time.ts';

export const MAGIC = ascii('AOFLABBK');
export const VERSION = 1;

/** A file of the log, and how much of it this backup and those before it hold. */
export interface LogFile {
  readonly name: string;
  readonly size: number;
}

export interface Encryption {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly iv: Uint8Array;
  /** With it nothing at all is encrypted, which tells a wrong password from damage. */
  readonly checkIv: Uint8Array;
  readonly check: Uint8Array;
}

export interface PartHeader {
  readonly kind: 'full' | 'incremental';
  readonly sequence: number;
  readonly createdAt: Seconds;
  /** The sum of the part before this one; zeros: there is none. */
  readonly parent: Uint8Array;
  readonly compressed: boolean;
  readonly encryption: Encryption | null;
  readonly files: readonly LogFile[];
  readonly plainLength: number;
  readonly plainSum: Uint8Array;
}

export interface Part {
  readonly header: PartHeader;
  readonly body: Uint8Array;
  readonly sum: Uint8Array;
  /** Where it stands in the file. */
  readonly start: number;
  readonly end: number;
}

export type PartProblem =
  | { readonly problem: 'no-backup' }
  | { readonly problem: 'version'; readonly version: number }
  /** The file ends inside this part. */
  | { readonly problem: 'short' }
  | { readonly problem: 'damaged' };

const SUM = 32;
const KINDS = { full: 1, incremental: 2 } as const;
const FLAGS = { compressed: 1, encrypted: 2 } as const;
export const SIZES = { salt: 16, iv: 12, tag: 16 } as const;

/** What the encryption vouches for besides the body: everything in front of it. */
export function headerBytes(header: PartHeader): Uint8Array {
  const sink = newGrowableBytes(256);
  appendString(sink, MAGIC);
  appendByte(sink, VERSION);
  appendByte(sink, KINDS[header.kind]);
  const { encryption } = header;
  const encrypted = encryption === null ? 0 : FLAGS.encrypted;
  appendByte(sink, (header.compressed ? FLAGS.compressed : 0) | encrypted);
  appendNumber(sink, header.sequence, 4);
  appendNumber(sink, header.createdAt, 8);
  appendBytes(sink, header.parent);
  appendNumber(sink, encryption?.iterations ?? 0, 4);
  appendBytes(sink, encryption?.salt ?? new Uint8Array(SIZES.salt));
  appendBytes(sink, encryption?.iv ?? new Uint8Array(SIZES.iv));
  appendBytes(sink, encryption?.checkIv ?? new Uint8Array(SIZES.iv));
  appendBytes(sink, encryption?.check ?? new Uint8Array(SIZES.tag));
  appendNumber(sink, header.files.length, 2);
  for (const { name, size } of header.files) {
    appendNumber(sink, name.length, 2);
    appendString(sink, ascii(name));
    appendNumber(sink, size, 8);
  }
  appendNumber(sink, header.plainLength, 8);
  appendBytes(sink, header.plainSum);
  return takenBytes(sink);
}

export function encodePart(header: PartHeader, body: Uint8Array): Uint8Array {
  const sink = newGrowableBytes(body.length + 512);
  appendBytes(sink, headerBytes(header));
  appendNumber(sink, body.length, 8);
  appendBytes(sink, body);
  appendBytes(sink, sha256(sink.bytes.subarray(0, sink.length)));
  return takenBytes(sink);
}

/** The part at `start`, whose sum is right; or what is wrong with it. Nothing is allocated by what it claims. */
export function decodePart(bytes: Uint8Array, start: number): Part | PartProblem {
  const read: Reader = { bytes, at: start, short: false };
  const magic = take(read, MAGIC.length);
  const version = number(read, 1);
  if (read.short) return { problem: start === 0 ? 'no-backup' : 'short' };
  if (byteStringOf(magic) !== MAGIC) return { problem: start === 0 ? 'no-backup' : 'damaged' };
  // A later version may have another header, but its file ends in its sum all the same.
  if (version !== VERSION)
    return isSumRight(bytes, start, bytes.length)
      ? { problem: 'version', version }
      : { problem: 'damaged' };
  const kindNumber = number(read, 1);
  const flags = number(read, 1);
  const sequence = number(read, 4);
  const createdAt = number(read, 8);
  const parent = take(read, SUM);
  const encryption: Encryption = {
    iterations: number(read, 4),
    salt: take(read, SIZES.salt),
    iv: take(read, SIZES.iv),
    checkIv: take(read, SIZES.iv),
    check: take(read, SIZES.tag),
  };
  const files: LogFile[] = [];
  for (let left = number(read, 2); left > 0 && !read.short; left--) {
    const name = byteStringOf(take(read, number(read, 2)));
    files.push({ name, size: number(read, 8) });
  }
  const plainLength = number(read, 8);
  const plainSum = take(read, SUM);
  const body = take(read, number(read, 8));
  const end = read.at + SUM;
  const sum = take(read, SUM);
  if (read.short) return { problem: 'short' };
  if (!isSumRight(bytes, start, end)) return { problem: 'damaged' };
  const kind = kindNumber === KINDS.full ? 'full' : 'incremental';
  const header: PartHeader = {
    ...{ kind, sequence, createdAt, parent, files, plainLength, plainSum },
    compressed: (flags & FLAGS.compressed) !== 0,
    encryption: (flags & FLAGS.encrypted) === 0 ? null : encryption,
  };
  return { header, body, sum, start, end };
}

function isSumRight(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - SUM < start || end > bytes.length) return false;
  const got = bytes.subarray(end - SUM, end);
  return sameBytes(got, sha256(bytes.subarray(start, end - SUM)));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function appendNumber(sink: GrowableBytes, n: number, width: number): void {
  let rest = n;
  const bytes = new Uint8Array(width);
  for (let i = width - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  appendBytes(sink, bytes);
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  short: boolean;
}

function take(read: Reader, length: number): Uint8Array {
  if (read.short || !(length <= read.bytes.length - read.at)) {
    read.short = true;
    return NOTHING;
  }
  read.at += length;
  return read.bytes.subarray(read.at - length, read.at);
}

const NOTHING = new Uint8Array(0);

function number(read: Reader, width: number): number {
  let n = 0;
  for (const byte of take(read, width)) n = n * 256 + byte;
  return n;
}

export function sumHex(sum: Uint8Array): string {
  let hex = '';
  for (const byte of sum) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

export function noParent(): Uint8Array {
  return new Uint8Array(SUM);
}
