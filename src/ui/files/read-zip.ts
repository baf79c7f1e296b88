/**
 * A zip file's entries, by its central directory. Nothing is believed that can be counted: output stops
 * at a limit whatever sizes are claimed, names cannot leave the folder, checksums are compared. The work
 * gives way to the page between pieces and can be stopped.
 */
import { Inflate } from 'fflate';

export interface ZipLimits {
  /** Of all entries together, unpacked. */
  readonly bytes: number;
  readonly entries: number;
}
export const zipLimits: ZipLimits = { bytes: 512 * 1024 * 1024, entries: 4096 };

export type ZipProblem =
  | 'not-a-zip'
  | 'truncated'
  | 'encrypted'
  | 'method'
  | 'too-big'
  | 'too-many'
  | 'name'
  | 'twice'
  | 'damaged'
  | 'stopped';

/** What is wrong, and with which entry. */
export class ZipError extends Error {
  readonly problem: ZipProblem;
  readonly entry: string;

  constructor(problem: ZipProblem, entry = '') {
    super(entry === '' ? problem : `${problem}: ${entry}`);
    this.problem = problem;
    this.entry = entry;
  }
}

export interface ZipProgress {
  /** Bytes of the archive that have been read, of how many. */
  readonly done: number;
  readonly total: number;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/**
 * Deflate makes up to 1,032 bytes of one, and a piece comes out whole: small ones keep a bomb within the limit, and the
 * page alive.
 */
const PIECES = { stored: 1 << 18, deflated: 1 << 10 } as const;
/** Between two pauses for the page. */
const SLICE_MS = 12;

/** The files in a zip, by their path. Throws ZipError; a `signal` that is aborted stops it. */
export async function readZip(
  bytes: Uint8Array,
  options: {
    readonly limits?: ZipLimits;
    readonly signal?: AbortSignal;
    readonly progress?: (progress: ZipProgress) => void;
  } = {},
): Promise<Map<string, Uint8Array>> {
  const limits = options.limits ?? zipLimits;
  const entries = centralDirectory(bytes, limits);
  const files = new Map<string, Uint8Array>();
  const pace = pacer(options.signal);
  let unpacked = 0;
  let read = 0;
  let told = 0;
  for (const entry of entries) {
    if (entry.name.endsWith('/')) continue;
    const parts: Uint8Array[] = [];
    let size = 0;
    let crc = NO_CRC;
    const take = (part: Uint8Array): void => {
      size += part.length;
      unpacked += part.length;
      if (unpacked > limits.bytes) throw new ZipError('too-big', entry.name);
      crc = moreCrc(crc, part);
      parts.push(part);
    };
    await unpack(bytes, entry, take, async (done) => {
      if (read + done - told >= PIECES.stored || done === entry.packed) {
        told = read + done;
        options.progress?.({ done: told, total: bytes.length });
      }
      await pace();
    });
    read += entry.packed;
    if (size !== entry.size || (crc ^ NO_CRC) >>> 0 !== entry.crc)
      throw new ZipError('damaged', entry.name);
    files.set(entry.name, await joined(parts, size, pace));
  }
  return files;
}

async function unpack(
  bytes: Uint8Array,
  entry: Entry,
  take: (part: Uint8Array) => void,
  between: (done: number) => Promise<void>,
): Promise<void> {
  const start = dataStart(bytes, entry);
  const end = start + entry.packed;
  if (end > bytes.length) throw new ZipError('truncated', entry.name);
  const inflate = entry.method === 8 ? new Inflate(take) : null;
  const size = inflate === null ? PIECES.stored : PIECES.deflated;
  for (let at = start; at < end || at === start; at += size) {
    const piece = bytes.subarray(at, Math.min(end, at + size));
    if (inflate === null) take(piece.slice());
    else push(inflate, piece, at + size >= end, entry);
    await between(Math.min(end, at + size) - start);
  }
}

function push(inflate: Inflate, piece: Uint8Array, last: boolean, entry: Entry): void {
  try {
    inflate.push(piece, last);
  } catch (error) {
    throw error instanceof ZipError ? error : new ZipError('damaged', entry.name);
  }
}

/** Where an entry's bytes start: behind its local header, whose own lengths count. */
function dataStart(bytes: Uint8Array, entry: Entry): number {
  const view = viewOf(bytes);
  if (entry.at + 30 > bytes.length || view.getUint32(entry.at, true) !== 0x04034b50) {
    throw new ZipError('truncated', entry.name);
  }
  return entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
}

function centralDirectory(bytes: Uint8Array, limits: ZipLimits): Entry[] {
  const view = viewOf(bytes);
  const end = endRecord(bytes, view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  // 0xffff and 0xffffffff mean zip64: nothing of ours is that big.
  if (count > limits.entries) throw new ZipError('too-many');
  if (at === 0xffffffff) throw new ZipError('too-big');

  const entries: Entry[] = [];
  const names = new Set<string>();
  let claimed = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw new ZipError('truncated');
    const nameLength = view.getUint16(at + 28, true);
    const next =
      at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const entry = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    checkEntry(entry, names);
    claimed += entry.size;
    if (claimed > limits.bytes) throw new ZipError('too-big', entry.name);
    entries.push(entry);
    at = next;
  }
  return entries;
}

function checkEntry(entry: Entry, names: Set<string>): void {
  if (!isSafePath(entry.name)) throw new ZipError('name', entry.name);
  if (names.has(entry.name)) throw new ZipError('twice', entry.name);
  if ((entry.flags & 1) !== 0) throw new ZipError('encrypted', entry.name);
  if (entry.method !== 0 && entry.method !== 8) throw new ZipError('method', entry.name);
  names.add(entry.name);
}

/** Whether a path from outside stays within the folder that it is unpacked into. */
export function isSafePath(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes('\0'))
    return false;
  if (/^[A-Za-z]:/.test(path)) return false;
  const folders = path.endsWith('/') ? path.slice(0, -1).split('/') : path.split('/');
  return folders.every((part) => part !== '' && part !== '.' && part !== '..');
}

/** The end of central directory record: within the last 64 KB, since a comment may follow it. */
function endRecord(bytes: Uint8Array, view: DataView): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  const starts = bytes.length >= 4 && view.getUint32(0, true) === 0x04034b50;
  throw new ZipError(starts ? 'truncated' : 'not-a-zip');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function joined(
  parts: readonly Uint8Array[],
  size: number,
  pace: () => Promise<void>,
): Promise<Uint8Array> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
    await pace();
  }
  return whole;
}

/** Lets the page breathe when a slice of time is used up; throws when stopped. */
function pacer(signal: AbortSignal | undefined): () => Promise<void> {
  const stopped = (): boolean => signal?.aborted ?? false;
  let until = performance.now() + SLICE_MS;
  return async () => {
    if (!stopped() && performance.now() >= until) {
      await new Promise((resolve) => setTimeout(resolve));
      until = performance.now() + SLICE_MS;
    }
    if (stopped()) throw new ZipError('stopped');
  };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

const NO_CRC = 0xffffffff;

function moreCrc(crc: number, bytes: Uint8Array): number {
  let c = crc;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return c;
}
