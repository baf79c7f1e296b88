import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NodeKernel } from '../../src/hosts/node/node-kernel.ts';
import { newWallClock } from '../../src/hosts/node/wall-clock.ts';
import type { Syscall, SyscallResult } from '../../src/machine/syscall.ts';
import { temporaryDirectories } from './host.ts';

const directory = temporaryDirectories();
const clock = newWallClock();
const kernel = new NodeKernel(clock);
const caller = { pid: 1, thread: 'main' };
const call = (what: Syscall): SyscallResult => kernel.call(caller, what, clock()).result;
const later = (what: Syscall): Promise<SyscallResult> =>
  new Promise((resolve) => kernel.callInBackground(caller, what, resolve));

function open(path: string, mode: 'read' | 'write' | 'append' | 'truncate' | 'directory'): number {
  const result = call({ call: 'open', path, mode });
  if (!result.ok) throw new Error(result.errno);
  return result.value;
}

test('a read of more than there is gives what there is, and then nothing', () => {
  const path = join(directory(), 'file');
  writeFileSync(path, 'hello');
  const fd = open(path, 'read');
  expect(call({ call: 'read', fd, length: 3 })).toEqual({
    ok: true,
    value: 3,
    bytes: Uint8Array.from([104, 101, 108]),
  });
  expect(call({ call: 'read', fd, length: 0x7fff_ffff })).toMatchObject({ ok: true, value: 2 });
  expect(call({ call: 'read', fd, length: 10 })).toMatchObject({ ok: true, value: 0 });
  expect(call({ call: 'close', fd })).toEqual({ ok: true, value: 0 });
});

test('an append goes to the end, wherever the file was cut', () => {
  const path = join(directory(), 'file');
  const fd = open(path, 'append');
  expect(call({ call: 'write', fd, bytes: Buffer.from('hello') })).toEqual({ ok: true, value: 5 });
  expect(call({ call: 'ftruncate', fd, size: 2 })).toMatchObject({ ok: true });
  expect(call({ call: 'write', fd, bytes: Buffer.from('y') })).toEqual({ ok: true, value: 1 });
  expect(readFileSync(path, 'latin1')).toBe('hey');
  expect(call({ call: 'fstat', fd })).toMatchObject({
    ok: true,
    stat: { kind: 'file', size: 3, mode: 0o644 },
  });
  call({ call: 'close', fd });
});

test('a directory can be opened and synced, as the manifest needs it', () => {
  const fd = open(directory(), 'directory');
  expect(call({ call: 'fdatasync', fd })).toEqual({ ok: true, value: 0 });
  expect(call({ call: 'fsync', fd })).toEqual({ ok: true, value: 0 });
  call({ call: 'close', fd });
});

test('errors come with the errno of the real kernel', async () => {
  const dir = directory();
  mkdirSync(join(dir, 'full'));
  writeFileSync(join(dir, 'full', 'file'), '');
  const errno = (what: Syscall): string => {
    const result = call(what);
    return result.ok ? 'ok' : result.errno;
  };
  expect(errno({ call: 'open', path: join(dir, 'none'), mode: 'read' })).toBe('ENOENT');
  expect(errno({ call: 'open', path: dir, mode: 'append' })).toBe('EISDIR');
  expect(errno({ call: 'open', path: join(dir, 'full', 'file'), mode: 'directory' })).toBe(
    'ENOTDIR',
  );
  expect(errno({ call: 'mkdir', path: join(dir, 'full'), mode: 0o755 })).toBe('EEXIST');
  expect(errno({ call: 'rmdir', path: join(dir, 'full') })).toBe('ENOTEMPTY');
  expect(errno({ call: 'stat', path: join(dir, 'x'.repeat(300)) })).toBe('ENAMETOOLONG');
  expect(errno({ call: 'fdatasync', fd: -1 })).toBe('EBADF');
  expect(errno({ call: 'write', fd: 9999, bytes: Buffer.from('x') })).toBe('EBADF');
  expect(await later({ call: 'fdatasync', fd: 9999 })).toEqual({ ok: false, errno: 'EBADF' });
  expect(await later({ call: 'close', fd: -1 })).toEqual({ ok: false, errno: 'EBADF' });
});

test('/dev/full is a disk without space', () => {
  const fd = open('/dev/full', 'write');
  expect(call({ call: 'write', fd, bytes: Buffer.from('x') })).toEqual({
    ok: false,
    errno: 'ENOSPC',
  });
  call({ call: 'close', fd });
});

test('paths are bytes: a name in UTF-8 is found under the same name', () => {
  const dir = directory();
  const name = Buffer.from('größe').toString('latin1');
  call({ call: 'close', fd: open(`${dir}/${name}`, 'truncate') });
  expect(readFileSync(join(dir, 'größe'), 'latin1')).toBe('');
  expect(call({ call: 'readdir', path: dir })).toMatchObject({ ok: true, names: [name] });
  expect(call({ call: 'rename', from: `${dir}/${name}`, to: `${dir}/b` })).toMatchObject({
    ok: true,
  });
  expect(call({ call: 'unlink', path: `${dir}/b` })).toMatchObject({ ok: true });
});

test('in the background an fsync ends later, and never before the call returns', async () => {
  const fd = open(join(directory(), 'file'), 'append');
  let ended = false;
  const sync = new Promise<SyscallResult>((resolve) => {
    kernel.callInBackground(caller, { call: 'fdatasync', fd }, (result) => {
      ended = true;
      resolve(result);
    });
  });
  expect(ended).toBe(false);
  expect(await sync).toEqual({ ok: true, value: 0 });
  expect(await later({ call: 'close', fd })).toEqual({ ok: true, value: 0 });
});

test('children have numbers that no process of Linux can have', () => {
  const pids = [1, 2].map(() => call({ call: 'fork', child: 'redis-aof-rewrite' }));
  const [first, second] = pids.map((result) => (result.ok ? result.value : 0));
  expect(first).toBeGreaterThan(4_194_304);
  expect(second).not.toBe(first);
});

test('the clock stays within a millisecond of the host’s and never goes back while that one goes on', () => {
  let last = clock();
  for (let i = 0; i < 20_000; i++) {
    const before = Date.now() * 1000;
    const now = clock();
    const after = Date.now() * 1000 + 1000;
    expect(now >= before && now < after && now >= last).toBe(true);
    last = now;
  }
});
