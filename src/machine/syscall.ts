/**
 * What a process may ask of a kernel, as plain data, and what it gets back.
 * The simulated kernel and the Node host answer the same calls, so the server cannot tell which one it runs on.
 */
import type { Micros } from '../base/time.ts';

export type Fd = number;
export type Pid = number;

export type Errno =
  | 'EACCES'
  | 'EAGAIN'
  | 'EBADF'
  | 'EBUSY'
  | 'EDQUOT'
  | 'EEXIST'
  | 'EFBIG'
  | 'EINVAL'
  | 'EIO'
  | 'EISDIR'
  | 'ELOOP'
  | 'EMFILE'
  | 'ENAMETOOLONG'
  | 'ENFILE'
  | 'ENOENT'
  | 'ENOMEM'
  | 'ENOSPC'
  | 'ENOTDIR'
  | 'ENOTEMPTY'
  | 'EPERM'
  | 'EROFS'
  | 'ETXTBSY'
  | 'EXDEV';

/** strerror(3) of glibc: what Redis logs and replies for an errno. */
export const errnoText: Readonly<Record<Errno, string>> = {
  EACCES: 'Permission denied',
  EAGAIN: 'Resource temporarily unavailable',
  EBADF: 'Bad file descriptor',
  EBUSY: 'Device or resource busy',
  EDQUOT: 'Disk quota exceeded',
  EEXIST: 'File exists',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENFILE: 'Too many open files in system',
  ENOENT: 'No such file or directory',
  ENOMEM: 'Cannot allocate memory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ETXTBSY: 'Text file busy',
  EXDEV: 'Invalid cross-device link',
};

/** open(2): `read` O_RDONLY, `truncate` O_WRONLY|O_CREAT|O_TRUNC, `append` O_WRONLY|O_CREAT|O_APPEND, `write` O_RDWR. */
export type OpenMode = 'read' | 'write' | 'append' | 'truncate' | 'directory';

/** A descriptor, or the name under which an earlier `open` of the same plan keeps its own. */
export type FdRef = Fd | string;

export type Syscall =
  | { readonly call: 'open'; readonly path: string; readonly mode: OpenMode; readonly as?: string }
  | { readonly call: 'close'; readonly fd: FdRef }
  | { readonly call: 'read'; readonly fd: FdRef; readonly length: number }
  | { readonly call: 'write'; readonly fd: FdRef; readonly bytes: Uint8Array }
  | { readonly call: 'ftruncate'; readonly fd: FdRef; readonly size: number }
  | { readonly call: 'fsync' | 'fdatasync'; readonly fd: FdRef }
  /**
   * Begins to write a range back (SYNC_FILE_RANGE_WRITE); with `wait` it ends when that range has arrived. Neither makes
   * a name durable, nor a promise of what it brings.
   */
  | {
      readonly call: 'sync_file_range';
      readonly fd: FdRef;
      readonly offset: number;
      readonly length: number;
      readonly wait: 'no' | 'yes';
    }
  | { readonly call: 'fstat'; readonly fd: FdRef }
  | { readonly call: 'stat'; readonly path: string }
  | { readonly call: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly call: 'unlink' | 'rmdir' | 'readdir' | 'statfs' | 'chdir'; readonly path: string }
  | { readonly call: 'mkdir' | 'chmod'; readonly path: string; readonly mode: number }
  | { readonly call: 'fork'; readonly child: string };

export type SyscallName = Syscall['call'];

export interface FileStat {
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly mode: number;
  readonly modifiedAt: Micros;
  readonly inode: number;
}

/**
 * `value` is the call's return value: a descriptor, bytes written, a pid, or 0.
 * `read` fills `bytes` (empty at end of file), `stat`/`fstat` fill `stat`, `readdir` fills `names`.
 */
export type SyscallResult =
  | {
      readonly ok: true;
      readonly value: number;
      readonly bytes?: Uint8Array;
      readonly stat?: FileStat;
      readonly names?: readonly string[];
    }
  | { readonly ok: false; readonly errno: Errno };

/** The answer to a call, and the instant at which the calling thread may go on. */
export interface Completion {
  readonly result: SyscallResult;
  readonly endsAt: Micros;
}

export interface Caller {
  readonly pid: Pid;
  /** `main`, `bio_aof`, `bio_close_file`, `bio_lazy_free`: as a process monitor would show it. */
  readonly thread: string;
}

export interface Kernel {
  /** Starts `call` at `now`. Calls come in order of time; a thread makes its next one after `endsAt`. */
  call(caller: Caller, call: Syscall, now: Micros): Completion;
}
