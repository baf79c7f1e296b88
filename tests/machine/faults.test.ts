import { describe, expect, test } from 'vitest';
import { faultKinds } from '../../src/machine/fault-plan.ts';
import { boot, bytes, MILLI, SECOND } from './harness.ts';

const AOF = '/data/a.aof';

describe('planning', () => {
  test.each([
    [{ kind: 'fsync-tim', value: 3 }, /^unknown fault 'fsync-tim': the faults are fsync-time, /],
    [{ kind: '__proto__' }, /^unknown fault '__proto__'/],
    [
      { kind: 'fsync-time' },
      /^fault fsync-time: 'value' must be a time in milliseconds, 0 or more$/,
    ],
    [{ kind: 'fsync-time', value: -1 }, /0 or more, not -1$/],
    [{ kind: 'fsync-time', value: NaN }, /not NaN$/],
    [{ kind: 'fsync-time', value: '1800ms' }, /not '1800ms'$/],
    [{ kind: 'fsync-error', value: 'EBADF' }, /'value' must be EIO or ENOSPC, not 'EBADF'$/],
    [{ kind: 'write-error', value: 5 }, /not 5$/],
    [{ kind: 'short-write', value: 1.5 }, /a number of bytes/],
    [{ kind: 'disk-full', value: -3 }, /bytes that still fit/],
    [{ kind: 'lying-drive', value: 1 }, /takes no value/],
    [{ kind: 'child-slow', value: 0 }, /a factor above 0/],
    [{ kind: 'bit-rot', value: 3 }, /needs a 'path'/],
    [{ kind: 'bit-rot', path: AOF, value: 3 }, /no file \/data\/a.aof on the disk/],
    [{ kind: 'fork-failure', value: 'EIO' }, /ENOMEM or EAGAIN/],
    [{ kind: 'clock-jump', value: Infinity }, /below 0 for backwards/],
    [{ kind: 'disk-full', at: NaN }, /'at' must be a time/],
    [{ kind: 'disk-full', at: 10, until: 10 }, /'until' must be a time after 'at'/],
  ])('refuses %j and says why', (request, error) => {
    const { kernel } = boot();
    const result = kernel.plan(request);
    expect(result).toEqual({ ok: false, error: expect.stringMatching(error) as string });
    expect(kernel.faults()).toEqual([]);
  });

  test('an unknown kind is told all the known ones', () => {
    const result = boot().kernel.plan({ kind: 'flood' });
    for (const kind of faultKinds) expect(result.ok ? '' : result.error).toContain(kind);
    expect(faultKinds.length).toBe(12);
  });

  test('a fault is in force from `at` until before `until`', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    const { now } = machine;
    machine.kernel.plan({ kind: 'write-error', at: now + 100, until: now + 200 });
    const errnos = [0, 99, 100, 199, 200].map((at) => {
      machine.runUntil(now + at);
      const { result } = machine.start({ call: 'write', fd, bytes: bytes('x') });
      return result.ok ? 'ok' : result.errno;
    });
    expect(errnos).toEqual(['ok', 'ok', 'EIO', 'EIO', 'ok']);
  });

  test('a path limits a fault to a file, by whatever name it was opened, or to what lies in a folder', () => {
    const machine = boot();
    machine.do({ call: 'mkdir', path: '/data/dir', mode: 0o755 });
    const a = machine.append('/data/dir/a');
    const b = machine.append('/data/dir-b');
    machine.kernel.plan({ kind: 'write-error', path: 'dir', value: 'ENOSPC' });
    const tryWrite = (fd: number): string =>
      machine.errnoOf({ call: 'write', fd, bytes: bytes('x') });
    expect([tryWrite(a), tryWrite(b)]).toEqual(['ENOSPC', 'ok']);
    machine.do({ call: 'rename', from: '/data/dir-b', to: '/data/dir/b' });
    expect(tryWrite(b)).toBe('ENOSPC');
    machine.kernel.heal();
    expect([tryWrite(a), tryWrite(b)]).toEqual(['ok', 'ok']);
  });
});

describe('slow and blocking', () => {
  test('fsync-time: every fsync takes that long, however much it carries', () => {
    const machine = boot({ disk: 'hdd' });
    const fd = machine.append(AOF);
    machine.kernel.plan({ kind: 'fsync-time', value: 1800 });
    machine.do({ call: 'write', fd, bytes: new Uint8Array(3_000_000) });
    expect(machine.start({ call: 'fdatasync', fd }).endsAt - machine.now).toBe(1800 * MILLI);
  });

  test('without write-blocks-during-fsync a write goes on while an fsync runs', () => {
    const machine = boot({ fsyncMs: 500 });
    const fd = machine.append(AOF);
    machine.start({ call: 'fsync', fd }, 'bio_aof');
    expect(
      machine.start({ call: 'write', fd, bytes: bytes('x') }).endsAt - machine.now,
    ).toBeLessThan(MILLI);
  });

  test('write-blocks-during-fsync: a write to that file ends when the fsync ends, one to another goes on', () => {
    const machine = boot({ fsyncMs: 500 });
    const fd = machine.append(AOF);
    const other = machine.append('/data/b');
    machine.kernel.plan({ kind: 'write-blocks-during-fsync' });
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.run(100 * MILLI);
    expect(machine.start({ call: 'write', fd, bytes: bytes('x') }).endsAt).toBe(endsAt);
    expect(machine.start({ call: 'write', fd: other, bytes: bytes('x') }).endsAt).toBeLessThan(
      endsAt,
    );
    machine.runUntil(endsAt);
    expect(machine.durable(AOF)).toBe('');
    expect(
      machine.start({ call: 'write', fd, bytes: bytes('x') }).endsAt - machine.now,
    ).toBeLessThan(MILLI);
  });

  test('child-slow divides what a child turns out', () => {
    const machine = boot();
    const before = machine.kernel.childBytesPerSecond(machine.now);
    machine.kernel.plan({ kind: 'child-slow', value: 4 });
    expect(machine.kernel.childBytesPerSecond(machine.now)).toBe(before / 4);
  });

  test('clock-jump moves the wall clock and not the time that passes', () => {
    const machine = boot();
    machine.kernel.plan({ kind: 'clock-jump', value: -3_600_000 });
    expect(machine.kernel.wallClock(machine.now)).toBe(machine.now - 3_600 * SECOND);
    machine.run(SECOND);
    expect(machine.kernel.wallClock(machine.now)).toBe(machine.now - 3_600 * SECOND);
    machine.kernel.heal();
    expect(machine.kernel.wallClock(machine.now)).toBe(machine.now);
  });
});

describe('errors', () => {
  test('fsync-error: it fails when it ends, its bytes count as clean, and a later fsync does not bring them back', () => {
    const machine = boot({ fsyncMs: 10 });
    const fd = machine.append(AOF);
    machine.write(fd, 'a'.repeat(5000));
    machine.fsync(fd);
    machine.write(fd, 'b'.repeat(5000));
    machine.kernel.plan({ kind: 'fsync-error' });
    const { result, endsAt } = machine.start({ call: 'fsync', fd });
    expect([result, endsAt - machine.now]).toEqual([{ ok: false, errno: 'EIO' }, 10 * MILLI]);
    machine.runUntil(endsAt);
    machine.kernel.heal();
    machine.fsync(fd);
    machine.run(60 * SECOND);
    expect(machine.durable(AOF)).toBe('a'.repeat(5000));
    expect(machine.read(AOF)?.length).toBe(10_000);
    expect(machine.kernel.layersOf(AOF)).toMatchObject({
      size: 10_000,
      durableSize: 5000,
      dirty: [5000, 10_000],
      abandoned: [5000, 10_000],
    });
    expect(machine.kernel.losePower('kept').files).toMatchObject([
      { sizeAfter: 5000, lost: [5000, 10_000], abandoned: [5000, 10_000] },
    ]);
  });

  test('after a failed fsync a new write on the same page brings that page back, and no other', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.write(fd, 'b'.repeat(5000));
    machine.kernel.plan({ kind: 'fsync-error' });
    expect(machine.errnoOf({ call: 'fsync', fd })).toBe('EIO');
    machine.kernel.heal();
    machine.write(fd, 'c');
    machine.fsync(fd);
    expect(machine.durable(AOF)).toBe('\0'.repeat(4096) + 'b'.repeat(904) + 'c');
    expect(machine.kernel.layersOf(AOF)).toMatchObject({ durableSize: 0, abandoned: [0, 4096] });
  });

  test('bytes that are written anew after a failed fsync, or while it runs, are dirty again', () => {
    const machine = boot({ fsyncMs: 100 });
    const fd = machine.append(AOF);
    machine.write(fd, 'abcdef');
    machine.kernel.plan({ kind: 'fsync-error' });
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    const other = machine.do({ call: 'open', path: AOF, mode: 'write' });
    machine.write(other, 'AB');
    machine.runUntil(endsAt);
    machine.write(other, 'C');
    expect(machine.kernel.layersOf(AOF)).toMatchObject({
      durableSize: 0,
      dirty: [0, 6],
      abandoned: [3, 6],
    });
    machine.kernel.losePower('kept');
    expect(machine.read(AOF)).toBe('ABC');
  });

  test('a flush that is about to fail keeps nothing when the power goes', () => {
    const machine = boot({ fsyncMs: 100 });
    const fd = machine.append(AOF);
    machine.write(fd, 'abc');
    machine.kernel.plan({ kind: 'fsync-error' });
    machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.write(fd, 'def');
    machine.kernel.losePower('kept');
    expect(machine.read(AOF)).toBe('\0\0\0def');
  });

  test('what a failed fsync gave up stays lost when an older flush reaches the platter later', () => {
    const machine = boot();
    machine.kernel.plan({ kind: 'lying-drive' });
    const fd = machine.append(AOF);
    machine.write(fd, 'old');
    machine.fsync(fd);
    machine.kernel.plan({ kind: 'fsync-error' });
    machine.write(fd, 'new');
    expect(machine.errnoOf({ call: 'fsync', fd })).toBe('EIO');
    machine.kernel.heal();
    machine.run(20 * SECOND);
    expect(machine.durable(AOF)).toBe('old');
    expect(machine.kernel.layersOf(AOF)).toMatchObject({
      durableSize: 3,
      dirty: [3, 6],
      abandoned: [3, 6],
    });
  });

  test('short-write: that many bytes are taken, the write that reaches them is short, later ones find no space', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.kernel.plan({ kind: 'short-write', value: 7 });
    expect(machine.write(fd, 'x'.repeat(27))).toBe(7);
    expect(machine.errnoOf({ call: 'write', fd, bytes: bytes('x') })).toBe('ENOSPC');
    machine.kernel.heal();
    expect(machine.write(fd, 'yy')).toBe(2);
  });

  test('fork-failure: fork returns ENOMEM, and after healing a child', () => {
    const machine = boot();
    machine.kernel.plan({ kind: 'fork-failure' });
    expect(machine.errnoOf({ call: 'fork', child: 'redis-rdb-bgsave' })).toBe('ENOMEM');
    machine.kernel.heal();
    expect(machine.errnoOf({ call: 'fork', child: 'redis-rdb-bgsave' })).toBe('ok');
  });
});

describe('a lying drive', () => {
  test('says 0.05 ms and success, keeps nothing over a loss of power, and writes by itself after ten seconds', () => {
    const machine = boot({ disk: 'lying' });
    const fd = machine.append(AOF);
    machine.write(fd, 'promised');
    const { result, endsAt } = machine.start({ call: 'fsync', fd });
    expect([result, endsAt - machine.now]).toEqual([{ ok: true, value: 0 }, 50]);
    machine.run(9 * SECOND);
    expect(machine.kernel.layersOf(AOF)).toMatchObject({
      size: 8,
      durableSize: 0,
      claimedSize: 8,
      dirty: [0, 8],
      inDrive: [0, 8],
    });
    expect(machine.durable(AOF)).toBeUndefined();
    machine.run(2 * SECOND);
    expect(machine.durable(AOF)).toBe('promised');
    machine.write(fd, ', and this');
    machine.fsync(fd);
    const loss = machine.kernel.losePower('lost');
    expect(loss.files).toMatchObject([
      { sizeBefore: 18, sizeAfter: 8, lost: [8, 18], lostByDrive: [8, 18] },
    ]);
  });

  test('a flush that is honoured after healing brings everything, in order', () => {
    const machine = boot();
    machine.kernel.plan({ kind: 'lying-drive' });
    const fd = machine.append(AOF);
    machine.write(fd, 'one');
    const started = machine.now;
    machine.fsync(fd);
    expect(machine.now - started).toBe(50);
    machine.do({ call: 'ftruncate', fd, size: 0 });
    machine.write(fd, 'two');
    machine.fsync(fd);
    machine.do({ call: 'rename', from: AOF, to: '/data/b.aof' });
    machine.kernel.heal();
    expect(machine.durable(AOF)).toBeUndefined();
    machine.fsync(machine.append('/data/other'));
    expect([machine.durable(AOF), machine.durable('/data/b.aof')]).toEqual([undefined, 'two']);
    machine.run(30 * SECOND);
    expect(machine.durable('/data/b.aof')).toBe('two');
  });
});

describe('bit-rot', () => {
  test('flips a bit of one byte on the platter, and programs read it once the page is clean', () => {
    const machine = boot();
    machine.kernel.writeFile(AOF, bytes('*1\r\n$4\r\nPING\r\n'));
    expect(machine.kernel.plan({ kind: 'bit-rot', path: 'a.aof', value: 8 })).toMatchObject({
      ok: true,
    });
    expect(machine.durable(AOF)).toBe('*1\r\n$4\r\nQING\r\n');
    expect(machine.read(AOF)).toBe('*1\r\n$4\r\nQING\r\n');
    expect(machine.kernel.faults()).toEqual([]);
    expect(machine.kernel.plan({ kind: 'bit-rot', path: AOF, value: 14 })).toMatchObject({
      error: expect.stringContaining('has 14 bytes') as string,
    });
  });

  test('does not reach a page that the page cache has changed, and can be planned for later', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.write(fd, 'AAAA');
    machine.fsync(fd);
    machine.kernel.plan({ kind: 'bit-rot', path: AOF, value: 0, at: machine.now + 100 });
    machine.write(fd, 'B');
    machine.run(100);
    expect([machine.durable(AOF), machine.read(AOF)]).toEqual(['@AAA', 'AAAAB']);
    machine.fsync(fd);
    expect(machine.durable(AOF)).toBe('AAAAB');
  });
});
