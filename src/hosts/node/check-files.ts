/** Real files for the tools that check them. */
import fs from 'node:fs';
import { ascii, utf8Encode, type ByteString } from '../../base/bytes.ts';
import { microsOfMillis } from '../../base/time.ts';
import type { OpenedFile, ToolFiles, ToolProcess } from '../../tools/tool-files.ts';
import { rawPath } from './configuration.ts';

/** Files are read once, and again only when they were cut. */
export class CheckFiles implements ToolFiles {
  private readonly known = new Map<ByteString, OpenedFile>();

  open(path: ByteString, access: 'read' | 'update'): OpenedFile {
    try {
      const fd = fs.openSync(rawPath(path), access === 'read' ? 'r' : 'r+');
      try {
        const known = this.known.get(path);
        if (known !== undefined) return known;
        const file = readWhole(fd);
        this.known.set(path, file);
        return file;
      } finally {
        fs.closeSync(fd);
      }
    } catch (thrown) {
      return { kind: 'failed', reason: reasonOf(thrown) };
    }
  }

  truncate(path: ByteString, size: number): boolean {
    this.known.delete(path);
    try {
      fs.truncateSync(rawPath(path), size);
      return true;
    } catch {
      return false;
    }
  }
}

export function toolProcess(): ToolProcess {
  return { id: process.pid, now: microsOfMillis(Date.now()) };
}

/** The arguments of the program as bytes. */
export function toolWords(): ByteString[] {
  return process.argv.slice(2).map(utf8Encode);
}

/** One read(2) gives no more than 2 GiB. */
const LARGEST_READ = 2 ** 30;

export function readWhole(fd: number): OpenedFile {
  const status = fs.fstatSync(fd);
  if (status.isDirectory()) return { kind: 'unreadable' };
  // All of it is read over, or cut off below.
  const bytes = Buffer.allocUnsafeSlow(status.size);
  let at = 0;
  while (at < bytes.length) {
    const read = fs.readSync(fd, bytes, at, Math.min(LARGEST_READ, bytes.length - at), at);
    if (read === 0) break;
    at += read;
  }
  return { kind: 'read', bytes: at === bytes.length ? bytes : bytes.subarray(0, at) };
}

/** As strerror(3) words what users run into. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
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
