import { describe, expect, test } from 'vitest';
import { boot, bytes } from './harness.ts';

const AOF = '/data/a.aof';

describe('a disk that is full', () => {
  test('takes as many bytes as fit, then none: a short write, then ENOSPC', () => {
    const machine = boot({ capacity: 27 });
    const fd = machine.append(AOF);
    expect(machine.write(fd, 'x'.repeat(20))).toBe(20);
    expect(machine.write(fd, 'y'.repeat(27))).toBe(7);
    expect(machine.errnoOf({ call: 'write', fd, bytes: bytes('z') })).toBe('ENOSPC');
    expect(machine.read(AOF)).toBe('x'.repeat(20) + 'y'.repeat(7));
    expect(machine.kernel.diskSpace(machine.now)).toEqual({ capacity: 27, used: 27, free: 0 });
  });

  test('still lets a file be overwritten in place, read, truncated, synced and created', () => {
    const machine = boot({ capacity: 4 });
    const fd = machine.do({ call: 'open', path: AOF, mode: 'truncate' });
    machine.write(fd, 'full');
    const again = machine.do({ call: 'open', path: AOF, mode: 'write' });
    expect(machine.write(again, 'FULLER')).toBe(4);
    machine.fsync(fd);
    expect(machine.durable(AOF)).toBe('FULL');
    const other = machine.append('/data/b');
    expect(machine.errnoOf({ call: 'write', fd: other, bytes: bytes('z') })).toBe('ENOSPC');
    expect(machine.errnoOf({ call: 'ftruncate', fd: other, size: 1 })).toBe('ENOSPC');
    machine.do({ call: 'ftruncate', fd, size: 3 });
    expect(machine.write(other, 'zz')).toBe(1);
  });

  test('has room again when a file is deleted and no descriptor holds it', () => {
    const machine = boot({ capacity: 10 });
    const fd = machine.append(AOF);
    machine.write(fd, 'x'.repeat(10));
    machine.do({ call: 'link', from: AOF, to: '/data/second' });
    machine.do({ call: 'unlink', path: AOF });
    expect(machine.kernel.diskSpace(machine.now).free).toBe(0);
    machine.do({ call: 'unlink', path: '/data/second' });
    expect(machine.kernel.diskSpace(machine.now).free).toBe(0);
    machine.do({ call: 'close', fd });
    expect(machine.kernel.diskSpace(machine.now).free).toBe(10);
  });

  test('a rename over a file frees what it replaces, an exit frees what only its process held', () => {
    const machine = boot({ capacity: 10 });
    machine.write(machine.append(AOF), '12345');
    machine.write(machine.append('/data/temp'), '678');
    machine.do({ call: 'rename', from: '/data/temp', to: AOF });
    expect(machine.kernel.diskSpace(machine.now).used).toBe(8);
    machine.kernel.exit(machine.pid, 0);
    expect(machine.kernel.diskSpace(machine.now).used).toBe(3);
    machine.spawn();
    machine.do({ call: 'close', fd: machine.append('/data/empty') });
    machine.do({ call: 'rename', from: '/data/empty', to: AOF });
    expect(machine.kernel.diskSpace(machine.now).used).toBe(0);
  });

  test('the fault disk-full leaves `value` bytes beyond what is in use when it starts, and deleting helps', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.write(fd, 'x'.repeat(100));
    expect(machine.kernel.plan({ kind: 'disk-full', value: 7 })).toMatchObject({ ok: true });
    expect(machine.write(fd, 'y'.repeat(27))).toBe(7);
    expect(machine.errnoOf({ call: 'write', fd, bytes: bytes('y') })).toBe('ENOSPC');
    expect(machine.do({ call: 'statfs', path: '/data' })).toBe(0);
    machine.do({ call: 'ftruncate', fd, size: 50 });
    expect(machine.do({ call: 'statfs', path: '/data' })).toBe(57);
    machine.kernel.heal();
    expect(machine.write(fd, 'y'.repeat(500))).toBe(500);
  });

  test('a disk-full planned for later counts from the instant at which it starts', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.kernel.plan({ kind: 'disk-full', at: machine.now + 1_000, until: machine.now + 2_000 });
    machine.start({ call: 'write', fd, bytes: new Uint8Array(30) });
    machine.run(1_000);
    expect(machine.kernel.diskSpace(machine.now)).toMatchObject({ used: 30, free: 0 });
    machine.run(1_000);
    expect(machine.kernel.diskSpace(machine.now).free).toBeGreaterThan(1_000);
  });
});
