/** Real files for the tools that check them. */
import fs from 'node:fs';
import { ascii, utf8Encode, type ByteString } from '../../base/bytes.ts';
import { microsOfMillis } from '../../base/time.ts';
import type { FileContent, OpenedFile, ToolFiles, ToolProcess } from '../../tools/tool-files.ts';
import { rawPath } from './configuration.ts';

/** Files stay open until `close`, and are opened anew when they were cut. */
export class CheckFiles implements ToolFiles {
  private readonly known = new Map<ByteString, FileContent & { readonly fd: number }>();

  open(path: ByteString, access: 'read' | 'update'): OpenedFile {
    try {
      const fd = fs.openSync(rawPath(path), access === 'read' ? 'r' : 'r+');
      const known = this.known.get(path);
      if (known !== undefined) {
        fs.closeSync(fd);
        return { kind: 'read', content: known };
      }
      const content = realFile(fd);
      if (content === undefined) {
        fs.closeSync(fd);
        return { kind: 'unreadable' };
      }
      this.known.set(path, content);
      return { kind: 'read', content };
    } catch (thrown) {
      return { kind: 'failed', reason: reasonOf(thrown) };
    }
  }

  truncate(path: ByteString, size: number): boolean {
    this.forget(path);
    try {
      fs.truncateSync(rawPath(path), size);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    for (const path of this.known.keys()) this.forget(path);
  }

  private forget(path: ByteString): void {
    const known = this.known.get(path);
    if (known !== undefined) fs.closeSync(known.fd);
    this.known.delete(path);
  }
}

/** Undefined: it is a directory. */
export function realFile(fd: number): (FileContent & { readonly fd: number }) | undefined {
  const status = fs.fstatSync(fd);
  return status.isDirectory() ? undefined : new RealFile(fd, status.size);
}

/**
 * Pieces share one buffer, which stays in the processor's cache. That makes reading several times as fast as into
 * fresh memory.
 */
class RealFile implements FileContent {
  readonly fd: number;
  readonly size: number;
  private buffer = Buffer.alloc(0);

  constructor(fd: number, size: number) {
    this.fd = fd;
    this.size = size;
  }

  /** Where the file was cut meanwhile, zeros stand in for what is gone: they are no log. */
  piece(at: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - at));
    // All of it is read over, or zeroed below.
    if (this.buffer.length < wanted) this.buffer = Buffer.allocUnsafeSlow(wanted);
    let read = 0;
    while (read < wanted) {
      const room = Math.min(LARGEST_READ, wanted - read);
      const count = fs.readSync(this.fd, this.buffer, read, room, at + read);
      if (count === 0) break;
      read += count;
    }
    return this.buffer.fill(0, read, wanted).subarray(0, wanted);
  }

  find(piece: Uint8Array, word: string, from: number): number {
    return Buffer.from(piece.buffer, piece.byteOffset, piece.length).indexOf(word, from);
  }
}

/** One read(2) gives no more than 2 GiB. */
const LARGEST_READ = 2 ** 30;

export function toolProcess(): ToolProcess {
  return { id: process.pid, now: microsOfMillis(Date.now()) };
}

/** The arguments of the program as bytes. */
export function toolWords(): ByteString[] {
  return process.argv.slice(2).map(utf8Encode);
}

/** As strerror(3) words what users run into. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  ECONNREFUSED: 'Connection refused',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ETXTBSY: 'Text file busy',
};

export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'))
    throw thrown;
  return ascii(REASONS[thrown.code] ?? thrown.code);
}
