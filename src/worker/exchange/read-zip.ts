/**
 * A zip file's entries, by its central directory. Nothing is believed that can be counted: output stops
 * at a limit whatever sizes are claimed, names cannot leave the folder, checksums are compared. The file is read
 * in slices and never as a whole; the work gives way to the worker's other work between pieces and can be stopped.
 */
import { Inflate } from 'fflate';
import { crc32 } from '../../base/crc32.ts';

export interface ZipLimits {
  /** Of all entries together, unpacked. */
  readonly bytes: number;
  readonly entries: number;
}
export const zipLimits: ZipLimits = { bytes: 256 * 1024 * 1024, entries: 4096 };

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
  | 'lies'
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

export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  /** As the directory claims it. */
  readonly size: number;
  readonly at: number;
}

export interface UnpackOptions {
  readonly limits?: ZipLimits;
  readonly signal?: AbortSignal;
  /** Bytes that have come out so far. */
  readonly progress?: (unpacked: number) => void;
}

/**
 * Deflate makes up to 1,032 bytes of one, and a piece comes out whole: small ones keep a bomb within the limit, and the
 * worker alive.
 */
const PIECES = { stored: 1 << 18, deflated: 1 << 10 } as const;
/** What is read from the file at a time. */
const BLOCK = 1 << 20;
/** A directory is read whole: more than this is not one of a backup. */
const DIRECTORY_BYTES = 8 * 1024 * 1024;
/** Between two pauses for whatever else the worker does. */
const SLICE_MS = 25;

/** All files in a zip, by their path. Throws ZipError; a `signal` that is aborted stops it. */
export async function readZip(
  file: Blob,
  options: UnpackOptions = {},
): Promise<Map<string, Uint8Array>> {
  const entries = await listZip(file, options.limits);
  return unpackZip(file, entries, options);
}

/** The bytes of some of its entries, by their names. */
export async function unpackZip(
  file: Blob,
  entries: readonly ZipEntry[],
  { limits = zipLimits, signal, progress }: UnpackOptions = {},
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const pace = pacer(signal);
  let claimed = 0;
  for (const { name, size } of entries) {
    claimed += size;
    if (claimed > limits.bytes) throw new ZipError('too-big', name);
  }
  let unpacked = 0;
  for (const entry of entries) {
    const parts: Uint8Array[] = [];
    let size = 0;
    let crc = 0;
    const take = (part: Uint8Array): void => {
      size += part.length;
      unpacked += part.length;
      // An entry that grows past what it claims is not unpacked to its end.
      if (size > entry.size) throw new ZipError('lies', entry.name);
      if (unpacked > limits.bytes) throw new ZipError('too-big', entry.name);
      crc = crc32(part, 0, part.length, crc);
      parts.push(part);
    };
    await unpack(file, entry, take, async () => {
      progress?.(unpacked);
      await pace();
    });
    if (size !== entry.size || crc !== entry.crc) throw new ZipError('damaged', entry.name);
    files.set(entry.name, await joined(parts, size, pace));
  }
  return files;
}

async function unpack(
  file: Blob,
  entry: ZipEntry,
  take: (part: Uint8Array) => void,
  between: () => Promise<void>,
): Promise<void> {
  const start = await dataStart(file, entry);
  const end = start + entry.packed;
  if (end > file.size) throw new ZipError('truncated', entry.name);
  const inflate = entry.method === 8 ? new Inflate(take) : null;
  const size = inflate === null ? PIECES.stored : PIECES.deflated;
  for (let from = start; from < end || from === start; from += BLOCK) {
    const to = Math.min(end, from + BLOCK);
    const block = await bytesFrom(file, from, to);
    for (let at = 0; at < block.length || at === 0; at += size) {
      const piece = block.subarray(at, at + size);
      if (inflate === null) take(piece);
      else push(inflate, piece, to === end && at + size >= block.length, entry);
      await between();
    }
  }
}

async function bytesFrom(file: Blob, from: number, to: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}

function push(inflate: Inflate, piece: Uint8Array, last: boolean, entry: ZipEntry): void {
  try {
    inflate.push(piece, last);
  } catch (error) {
    throw error instanceof ZipError ? error : new ZipError('damaged', entry.name);
  }
}

/** Where an entry's bytes start: behind its local header, whose own lengths count. */
async function dataStart(file: Blob, entry: ZipEntry): Promise<number> {
  const header = await bytesFrom(file, entry.at, entry.at + 30);
  const view = viewOf(header);
  if (header.length < 30 || view.getUint32(0, true) !== 0x04034b50)
    throw new ZipError('truncated', entry.name);
  return entry.at + 30 + view.getUint16(26, true) + view.getUint16(28, true);
}

/** The files of an archive, folders aside, by its directory at the end. Throws ZipError. */
export async function listZip(file: Blob, limits: ZipLimits = zipLimits): Promise<ZipEntry[]> {
  const tailAt = Math.max(0, file.size - 22 - 0xffff);
  const tail = await bytesFrom(file, tailAt, file.size);
  const end = await endRecord(file, tail);
  const record = viewOf(tail.subarray(end));
  const count = record.getUint16(10, true);
  const size = record.getUint32(12, true);
  const start = record.getUint32(16, true);
  // 0xffff and 0xffffffff mean zip64: nothing of ours is that big.
  if (count > limits.entries) throw new ZipError('too-many');
  if (start === 0xffffffff) throw new ZipError('too-big');
  if (size > DIRECTORY_BYTES) throw new ZipError('too-many');
  if (start + size > tailAt + end) throw new ZipError('truncated');
  return readDirectory(await bytesFrom(file, start, start + size), count);
}

function readDirectory(bytes: Uint8Array, count: number): ZipEntry[] {
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw new ZipError('truncated');
    const nameLength = view.getUint16(at + 28, true);
    const next =
      at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > bytes.length) throw new ZipError('truncated');
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
    if (!entry.name.endsWith('/')) entries.push(entry);
    at = next;
  }
  return entries;
}

function checkEntry(entry: ZipEntry, names: Set<string>): void {
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

/** The end of central directory record in a file's tail: within the last 64 KB, since a comment may follow it. */
async function endRecord(file: Blob, tail: Uint8Array): Promise<number> {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  const head = await bytesFrom(file, 0, 4);
  const starts = head.length === 4 && viewOf(head).getUint32(0, true) === 0x04034b50;
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
