import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { OpenMode, Syscall, SyscallResult } from '../../src/machine/syscall.ts';
import { boot, type Machine } from './harness.ts';

/** The same calls on a real Linux file system, through node:fs, with the process's root as its working folder. */
class RealFiles {
  readonly root: string;
  readonly fds = new Map<number, number>();
  constructor(root: string) {
    this.root = root;
  }

  call(call: Syscall): SyscallResult {
    try {
      return { ok: true, ...this.perform(call) };
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
      return { ok: false, errno: code as 'EIO' };
    }
  }

  private at(path: string): string {
    return `${this.root}${path}`;
  }

  private fd(fd: number | string): number {
    const real = this.fds.get(fd as number);
    if (real === undefined) throw Object.assign(new Error(), { code: 'EBADF' });
    return real;
  }

  private perform(call: Syscall): {
    value: number;
    bytes?: Uint8Array;
    names?: string[];
    size?: number;
  } {
    const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_DIRECTORY } = fs.constants;
    const flags: Record<OpenMode, number> = {
      read: O_RDONLY,
      write: O_RDWR,
      append: O_WRONLY | O_CREAT | O_APPEND,
      truncate: O_WRONLY | O_CREAT | O_TRUNC,
      directory: O_RDONLY | O_DIRECTORY,
    };
    switch (call.call) {
      case 'open': {
        const real = fs.openSync(this.at(call.path), flags[call.mode], 0o644);
        let fd = 3;
        while (this.fds.has(fd)) fd++;
        this.fds.set(fd, real);
        return { value: fd };
      }
      case 'close':
        fs.closeSync(this.fd(call.fd));
        this.fds.delete(call.fd as number);
        return { value: 0 };
      case 'read': {
        const bytes = new Uint8Array(call.length);
        const value = fs.readSync(this.fd(call.fd), bytes, 0, call.length, null);
        return { value, bytes: bytes.slice(0, value) };
      }
      case 'write':
        return { value: fs.writeSync(this.fd(call.fd), call.bytes) };
      case 'ftruncate':
        fs.ftruncateSync(this.fd(call.fd), call.size);
        return { value: 0 };
      case 'fsync':
        fs.fsyncSync(this.fd(call.fd));
        return { value: 0 };
      case 'fstat': {
        const stat = fs.fstatSync(this.fd(call.fd));
        return { value: 0, size: stat.isFile() ? stat.size : -1 };
      }
      case 'stat': {
        const stat = fs.statSync(this.at(call.path));
        return { value: 0, size: stat.isFile() ? stat.size : -1 };
      }
      case 'rename':
        fs.renameSync(this.at(call.from), this.at(call.to));
        return { value: 0 };
      case 'link':
        fs.linkSync(this.at(call.from), this.at(call.to));
        return { value: 0 };
      case 'unlink':
        fs.unlinkSync(this.at(call.path));
        return { value: 0 };
      case 'rmdir':
        fs.rmdirSync(this.at(call.path));
        return { value: 0 };
      case 'mkdir':
        fs.mkdirSync(this.at(call.path), call.mode);
        return { value: 0 };
      case 'readdir': {
        const names = fs.readdirSync(this.at(call.path)).sort();
        return { value: names.length, names };
      }
      default:
        throw new Error(call.call);
    }
  }

  close(): void {
    for (const fd of this.fds.values()) fs.closeSync(fd);
  }
}

/** What both can tell; Linux has an errno that Redis never meets, for which ours has no name. */
function visible(result: SyscallResult & { size?: number }): unknown {
  if (!result.ok) return result.errno === ('EPERM' as string) ? 'EACCES' : result.errno;
  const size =
    result.stat === undefined ? result.size : result.stat.kind === 'file' ? result.stat.size : -1;
  return {
    value: result.value,
    bytes: result.bytes && [...result.bytes],
    names: result.names && [...result.names].sort(),
    size,
  };
}

const path = fc.constantFrom(
  '/a',
  '/b',
  '/d',
  '/d/a',
  '/d/b',
  '/d/e',
  '/d/e/f',
  '/a/x',
  '/nowhere/x',
  '/d/',
);
const fd = fc.integer({ min: 3, max: 6 });
const call: fc.Arbitrary<Syscall> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant('open' as const),
      path,
      mode: fc.constantFrom<OpenMode>('read', 'write', 'append', 'truncate', 'directory'),
    }),
  },
  fc.record({ call: fc.constant('close' as const), fd }),
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constant('write' as const),
      fd,
      bytes: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(new Uint8Array(5000).fill(7))),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constant('read' as const),
      fd,
      length: fc.constantFrom(1, 3, 4096, 9000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constant('ftruncate' as const),
      fd,
      size: fc.constantFrom(0, 4, 4096, 4100, 9000),
    }),
  },
  fc.record({ call: fc.constant('fsync' as const), fd }),
  fc.record({ call: fc.constantFrom('fstat' as const), fd }),
  fc.record({ call: fc.constant('stat' as const), path }),
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constantFrom('rename' as const, 'rename' as const, 'link' as const),
      from: path,
      to: path,
    }),
  },
  fc.record({
    call: fc.constantFrom('unlink' as const, 'rmdir' as const, 'readdir' as const),
    path,
  }),
  {
    weight: 2,
    arbitrary: fc.record({ call: fc.constant('mkdir' as const), path, mode: fc.constant(0o755) }),
  },
);

describe('the kernel and Linux', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'aof-lab-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  let runs = 0;

  test('answer any sequence of calls alike: values, bytes, names, sizes and errors', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 40 }), (calls) => {
        const root = join(folder, String(runs++));
        fs.mkdirSync(root);
        const real = new RealFiles(root);
        const machine: Machine = boot();
        try {
          const told = calls.map((one) => [one, visible(machine.call(underData(one)))]);
          expect(told).toEqual(calls.map((one) => [one, visible(real.call(one))]));
        } finally {
          real.close();
        }
      }),
      { numRuns: 400 },
    );
  });
});

function underData(one: Syscall): Syscall {
  if ('path' in one) return { ...one, path: `/data${one.path}` };
  if ('from' in one) return { ...one, from: `/data${one.from}`, to: `/data${one.to}` };
  return one;
}
