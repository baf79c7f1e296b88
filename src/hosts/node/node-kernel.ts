/**
 * The kernel's calls (machine/syscall.ts) on the real one: node:fs with real descriptors. The main thread makes them
 * synchronously, as redis-server does. `callInBackground` is for the bio threads and for a child's fsync: it waits in
 * libuv's thread pool, so that the event loop goes on.
 *
 * fork is the exception: a Node process cannot fork. The child gets a number and runs as a job of this process
 * (child.ts). So it does not survive `kill -9` of its parent, as a real child would; what it leaves behind, a
 * temp-rewriteaof file, is the same.
 */
import fs from 'node:fs';
import { unreachable } from '../../base/assert.ts';
import type { Micros } from '../../base/time.ts';
import {
  errnoText,
  type Caller,
  type Completion,
  type Errno,
  type Fd,
  type FileStat,
  type Kernel,
  type OpenMode,
  type Syscall,
  type SyscallResult,
} from '../../machine/syscall.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_DIRECTORY } = fs.constants;

const openFlags: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  write: O_RDWR,
  append: O_WRONLY | O_CREAT | O_APPEND,
  truncate: O_WRONLY | O_CREAT | O_TRUNC,
  directory: O_RDONLY | O_DIRECTORY,
};
const FILE_MODE = 0o644;

/** Linux gives no process a number above (PID_MAX_LIMIT), so no signal meant for a child can hit a stranger. */
const LARGEST_PID = 4_194_304;
/** Bytes per read(2); Node takes no more than 2 GiB at once. */
const READ_SIZE = 1 << 30;

const DONE: SyscallResult = { ok: true, value: 0 };

export class NodeKernel implements Kernel {
  private readonly clock: () => Micros;
  private forks = 0;

  constructor(clock: () => Micros) {
    this.clock = clock;
  }

  call(_caller: Caller, call: Syscall, _now: Micros): Completion {
    const result = attempt(() => this.carryOut(call));
    return { result, endsAt: this.clock() };
  }

  /** Ends later, never before this returns. */
  callInBackground(caller: Caller, call: Syscall, ended: (result: SyscallResult) => void): void {
    const settle = (error: NodeJS.ErrnoException | null): void =>
      ended(error === null ? DONE : { ok: false, errno: errnoOf(error) });
    switch (call.call) {
      case 'sync_file_range':
        if (call.wait === 'yes') return void setImmediate(ended, DONE);
        return void afterValidation(() => fs.fdatasync(descriptor(call.fd), settle), ended);
      case 'fsync':
        return void afterValidation(() => fs.fsync(descriptor(call.fd), settle), ended);
      case 'fdatasync':
        return void afterValidation(() => fs.fdatasync(descriptor(call.fd), settle), ended);
      case 'close':
        return void afterValidation(() => fs.close(descriptor(call.fd), settle), ended);
      case 'unlink':
        return fs.unlink(raw(call.path), settle);
      default: {
        const { result } = this.call(caller, call, this.clock());
        setImmediate(ended, result);
      }
    }
  }

  private carryOut(call: Syscall): SyscallResult {
    switch (call.call) {
      case 'open':
        return { ok: true, value: fs.openSync(raw(call.path), openFlags[call.mode], FILE_MODE) };
      case 'close':
        fs.closeSync(descriptor(call.fd));
        return DONE;
      case 'read':
        return read(descriptor(call.fd), call.length);
      case 'write':
        return { ok: true, value: fs.writeSync(descriptor(call.fd), call.bytes) };
      case 'ftruncate':
        fs.ftruncateSync(descriptor(call.fd), call.size);
        return DONE;
      case 'fsync':
        fs.fsyncSync(descriptor(call.fd));
        return DONE;
      case 'fdatasync':
        fs.fdatasyncSync(descriptor(call.fd));
        return DONE;
      // Node does not know it. Where a system does not, Redis does the same, and there is nothing left to wait for.
      case 'sync_file_range':
        if (call.wait === 'no') fs.fdatasyncSync(descriptor(call.fd));
        return DONE;
      case 'fstat':
        return { ok: true, value: 0, stat: fileStat(fs.fstatSync(descriptor(call.fd))) };
      case 'fork':
        this.forks++;
        return { ok: true, value: LARGEST_PID + this.forks };
      default:
        return byName(call);
    }
  }
}

type NameCall = Extract<Syscall, { readonly path: string } | { readonly from: string }>;

function byName(call: Exclude<NameCall, { readonly call: 'open' }>): SyscallResult {
  switch (call.call) {
    case 'stat':
      return { ok: true, value: 0, stat: fileStat(fs.statSync(raw(call.path))) };
    case 'rename':
      fs.renameSync(raw(call.from), raw(call.to));
      return DONE;
    case 'link':
      fs.linkSync(raw(call.from), raw(call.to));
      return DONE;
    case 'unlink':
      fs.unlinkSync(raw(call.path));
      return DONE;
    case 'rmdir':
      fs.rmdirSync(raw(call.path));
      return DONE;
    case 'readdir':
      return { ok: true, value: 0, names: fs.readdirSync(raw(call.path), 'latin1') };
    case 'statfs': {
      const { bavail, bsize } = fs.statfsSync(raw(call.path));
      return { ok: true, value: bavail * bsize };
    }
    case 'chdir':
      process.chdir(raw(call.path).toString());
      return DONE;
    case 'mkdir':
      fs.mkdirSync(raw(call.path), call.mode);
      return DONE;
    case 'chmod':
      fs.chmodSync(raw(call.path), call.mode);
      return DONE;
    default:
      return unreachable(call);
  }
}

/** What there is up to `length`: room is made for what the file holds, not for what was asked for. */
function read(fd: Fd, length: number): SyscallResult {
  const room = Math.min(length, fs.fstatSync(fd).size);
  const bytes = new Uint8Array(room);
  let filled = 0;
  while (filled < room) {
    const count = fs.readSync(fd, bytes, filled, Math.min(room - filled, READ_SIZE), null);
    if (count === 0) break;
    filled += count;
  }
  return { ok: true, value: filled, bytes: bytes.subarray(0, filled) };
}

/** Paths inside the server are one char a byte. */
function raw(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

function fileStat(stat: fs.Stats): FileStat {
  return {
    kind: stat.isDirectory() ? 'directory' : 'file',
    size: stat.size,
    mode: stat.mode & 0o7777,
    modifiedAt: Math.floor(stat.mtimeMs * 1000),
    inode: stat.ino,
  };
}

function attempt(work: () => SyscallResult): SyscallResult {
  try {
    return work();
  } catch (thrown) {
    return { ok: false, errno: errnoOf(thrown) };
  }
}

/** Node checks a descriptor's range before it asks the kernel, and throws at once where the kernel says EBADF. */
function afterValidation(start: () => void, ended: (result: SyscallResult) => void): void {
  const refused = attempt(() => {
    start();
    return DONE;
  });
  if (!refused.ok) setImmediate(ended, refused);
}

function descriptor(fd: Fd | string): Fd {
  if (typeof fd === 'number' && fd >= 0) return fd;
  throw Object.assign(new Error('bad file descriptor'), { code: 'EBADF' });
}

/** Errors that Redis has no special case for count as EIO; anything that is not the kernel's is our mistake. */
export function errnoOf(thrown: unknown): Errno {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw thrown;
  return isErrno(code) ? code : 'EIO';
}

function isErrno(code: string): code is Errno {
  return Object.hasOwn(errnoText, code);
}
