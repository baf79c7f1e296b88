import { describe, expect, test } from 'vitest';
import { boot, bytes, START } from './harness.ts';

describe('processes', () => {
  test("fork enters a child that has its parent's folder and none of its descriptors", () => {
    const machine = boot({ firstPid: 100 });
    const fd = machine.append('a.aof');
    const pid = machine.do({ call: 'fork', child: 'redis-aof-rewrite' });
    expect(machine.kernel.process(pid)).toMatchObject({
      pid: 101,
      parent: 100,
      program: 'redis-aof-rewrite',
      cwd: '/data',
      state: 'running',
    });
    const child = { pid, thread: 'main' };
    expect(machine.kernel.call(child, { call: 'close', fd }, machine.now).result).toEqual({
      ok: false,
      errno: 'EBADF',
    });
    const opened = machine.kernel.call(
      child,
      { call: 'open', path: 'temp.aof', mode: 'truncate' },
      machine.now,
    );
    expect(opened.result).toEqual({ ok: true, value: 3 });
    expect(machine.read('/data/temp.aof')).toBe('');
  });

  test('fork takes longer the more memory the parent has', () => {
    const machine = boot();
    const quick = machine.start({ call: 'fork', child: 'x' }).endsAt - machine.now;
    machine.kernel.process(machine.pid)!.memoryBytes = 2 ** 31;
    expect(machine.start({ call: 'fork', child: 'x' }).endsAt - machine.now - quick).toBe(
      2 * 12_000,
    );
  });

  test('a child outlives its parent, and tells how it ended once', () => {
    const machine = boot();
    const pid = machine.do({ call: 'fork', child: 'redis-rdb-bgsave' });
    machine.kernel.killProcess(machine.pid, 'KILL');
    expect(machine.kernel.process(pid)?.state).toBe('running');
    expect(machine.kernel.reap(pid)).toBeNull();
    machine.kernel.exit(pid, 1);
    expect(machine.kernel.reap(pid)).toEqual({ by: 'exit', status: 1 });
    expect(machine.kernel.reap(pid)).toBeNull();
    expect(machine.kernel.reap(machine.pid)).toEqual({ by: 'signal', signal: 'KILL' });
  });

  test('kill closes descriptors: an unlinked file that only it held is freed; the page cache stays', () => {
    const machine = boot();
    machine.write(machine.append('gone'), 'gone');
    machine.do({ call: 'unlink', path: 'gone' });
    machine.write(machine.append('stays'), 'stays');
    machine.kernel.killProcess(machine.pid, 'KILL');
    expect(machine.kernel.diskSpace(machine.now).used).toBe(5);
    expect(machine.read('/data/stays')).toBe('stays');
    expect(() => machine.start({ call: 'close', fd: 3 })).toThrow('does not run');
  });

  test('the lowest free descriptor is used again', () => {
    const machine = boot();
    expect(['a', 'b', 'c'].map((path) => machine.append(path))).toEqual([3, 4, 5]);
    machine.do({ call: 'close', fd: 4 });
    expect(machine.append('d')).toBe(4);
  });

  test('two descriptors of a file have their own positions; O_APPEND always writes at the end', () => {
    const machine = boot();
    const append = machine.append('f');
    const other = machine.do({ call: 'open', path: 'f', mode: 'write' });
    machine.write(append, 'aaaa');
    machine.write(other, 'bb');
    machine.write(append, 'cc');
    expect(machine.read('/data/f')).toBe('bbaacc');
    expect(machine.call({ call: 'read', fd: other, length: 3 })).toMatchObject({
      bytes: bytes('aac'),
    });
  });

  test('a container has its own root and its volume on the same disk', () => {
    const machine = boot();
    machine.kernel.makeDirectory('/var/volumes/redis');
    machine.kernel.makeDirectory('/containers/1/etc');
    const { pid } = machine.kernel.spawn({
      program: 'redis-server',
      cwd: '/data',
      root: '/containers/1',
      volumes: [{ at: '/data', from: '/var/volumes/redis' }],
    });
    const caller = { pid, thread: 'main' };
    for (const path of ['a.aof', '/etc/redis.conf', '../../data/../etc/hosts']) {
      expect(
        machine.kernel.call(caller, { call: 'open', path, mode: 'append' }, machine.now).result.ok,
      ).toBe(true);
    }
    expect(machine.kernel.files().map(({ path }) => path)).toEqual([
      '/containers/1/etc/hosts',
      '/containers/1/etc/redis.conf',
      '/var/volumes/redis/a.aof',
    ]);
  });

  test('permissions are those of the owner, and root has all', () => {
    const machine = boot();
    machine.kernel.writeFile('/data/f', bytes('x'), 0o000);
    machine.do({ call: 'mkdir', path: 'locked', mode: 0o600 });
    machine.do({ call: 'mkdir', path: 'readonly', mode: 0o500 });
    const tries = (): string[] => [
      machine.errnoOf({ call: 'open', path: 'f', mode: 'read' }),
      machine.errnoOf({ call: 'open', path: 'f', mode: 'append' }),
      machine.errnoOf({ call: 'stat', path: 'locked/x' }),
      machine.errnoOf({ call: 'open', path: 'readonly/x', mode: 'append' }),
      machine.errnoOf({ call: 'rename', from: 'f', to: 'readonly/f' }),
    ];
    expect(tries()).toEqual(['EACCES', 'EACCES', 'EACCES', 'EACCES', 'EACCES']);
    machine.pid = machine.kernel.spawn({ program: 'bash', cwd: '/data', user: 'root' }).pid;
    expect(tries()).toEqual(['ok', 'ok', 'ENOENT', 'ok', 'ok']);
  });

  test('renaming a file or a full folder to itself, or to its other name, changes nothing', () => {
    const machine = boot();
    machine.do({ call: 'mkdir', path: 'full', mode: 0o755 });
    machine.append('full/f');
    machine.do({ call: 'link', from: 'full/f', to: 'second' });
    expect(machine.errnoOf({ call: 'rename', from: 'full', to: 'full' })).toBe('ok');
    expect(machine.errnoOf({ call: 'rename', from: 'second', to: 'full/f' })).toBe('ok');
    expect(machine.kernel.files().map(({ path }) => path)).toEqual([
      '/data/full/f',
      '/data/second',
    ]);
  });

  test('stat tells kind, size, mode, inode and when it was written', () => {
    const machine = boot({ costs: { syscallMicros: 10 } });
    const fd = machine.append('f');
    machine.do({ call: 'chmod', path: 'f', mode: 0o640 });
    machine.run(1_000);
    machine.write(fd, 'abc');
    const stat = { kind: 'file', size: 3, mode: 0o640, modifiedAt: START + 1_020, inode: 3 };
    expect(machine.call({ call: 'stat', path: '/data/f' })).toEqual({ ok: true, value: 0, stat });
    machine.fsync(fd);
    machine.kernel.losePower('lost');
    machine.spawn();
    expect(machine.call({ call: 'stat', path: '/data/f' })).toEqual({ ok: true, value: 0, stat });
  });

  test('a descriptor of a directory can be synced and not read or written', () => {
    const machine = boot();
    const fd = machine.do({ call: 'open', path: '/data', mode: 'directory' });
    expect(machine.errnoOf({ call: 'fsync', fd })).toBe('ok');
    expect(machine.errnoOf({ call: 'read', fd, length: 1 })).toBe('EISDIR');
    expect(machine.errnoOf({ call: 'write', fd, bytes: bytes('x') })).toBe('EBADF');
  });

  test('what makes no sense to Linux is EINVAL', () => {
    const machine = boot();
    const fd = machine.append('f');
    expect(machine.errnoOf({ call: 'ftruncate', fd, size: -1 })).toBe('EINVAL');
    expect(machine.errnoOf({ call: 'ftruncate', fd, size: 1.5 })).toBe('EINVAL');
    expect(machine.errnoOf({ call: 'stat', path: 'a\0b' })).toBe('EINVAL');
    expect(machine.errnoOf({ call: 'rmdir', path: '/' })).toBe('EINVAL');
    expect(machine.errnoOf({ call: 'fsync', fd: 'never opened' })).toBe('EBADF');
  });
});

describe('the side door', () => {
  test('writeFile is durable at once, makes folders, and an open descriptor sees the new bytes', () => {
    const machine = boot();
    const fd = machine.append('/data/f');
    machine.write(fd, 'unsynced old bytes');
    machine.start({ call: 'fsync', fd });
    machine.kernel.writeFile('/data/f', bytes('new'));
    machine.kernel.writeFile('/etc/redis/redis.conf', bytes('port 6379'), 0o640);
    expect(machine.kernel.files()).toMatchObject([
      { path: '/data/f', size: 3, durableSize: 3 },
      { path: '/etc/redis/redis.conf', size: 9, durableSize: 9, mode: 0o640 },
    ]);
    machine.run(1_000_000);
    machine.write(fd, '!');
    machine.kernel.losePower('lost');
    expect([machine.read('/data/f'), machine.read('/etc/redis/redis.conf')]).toEqual([
      'new',
      'port 6379',
    ]);
    expect(machine.kernel.diskSpace(machine.now).used).toBe(12);
  });

  test('writeFile says why it can not', () => {
    const machine = boot({ capacity: 5 });
    machine.kernel.writeFile('/data/f', bytes('x'));
    expect(machine.kernel.writeFile('/data/', bytes('x'))).toEqual({
      ok: false,
      error: '/data/: Is a directory',
    });
    expect(machine.kernel.writeFile('/data', bytes('x'))).toEqual({
      ok: false,
      error: '/data: Is a directory',
    });
    expect(machine.kernel.writeFile('/data/f/g', bytes('x'))).toEqual({
      ok: false,
      error: 'f: Not a directory',
    });
    expect(machine.kernel.writeFile('/data/g', bytes('12345'))).toEqual({
      ok: false,
      error: '/data/g: No space left on device',
    });
    expect(machine.kernel.writeFile('/data/f', bytes('12345'))).toMatchObject({ ok: true });
  });

  test('removeFile is durable at once', () => {
    const machine = boot();
    machine.kernel.writeFile('/data/f', bytes('x'));
    expect(machine.kernel.removeFile('/data/f')).toBe(true);
    expect(machine.kernel.removeFile('/data/f')).toBe(false);
    machine.kernel.losePower('lost');
    expect(machine.kernel.files()).toEqual([]);
  });

  test('writeFile on a lying drive is not undone by what that drive had still to write', () => {
    const machine = boot({ disk: 'lying' });
    const fd = machine.append('/data/f');
    machine.write(fd, 'old');
    machine.fsync(fd);
    machine.do({ call: 'unlink', path: '/data/f' });
    machine.kernel.writeFile('/data/f', bytes('new'));
    machine.run(60_000_000);
    machine.kernel.losePower('lost');
    expect(machine.read('/data/f')).toBe('new');
  });
});
