import { describe, expect, test } from 'vitest';
import { boot, bytes, MILLI, SECOND, START } from './harness.ts';

const AOF = '/data/a.aof';

describe('fsync', () => {
  test('bytes are durable when it ends, not when it starts', () => {
    const machine = boot({ disk: 'ssd' });
    const fd = machine.append(AOF);
    machine.write(fd, 'one');
    const { endsAt } = machine.start({ call: 'fdatasync', fd });
    expect(endsAt - machine.now).toBe(4 * MILLI);
    machine.runUntil(endsAt - 1);
    expect(machine.durable(AOF)).toBeUndefined();
    machine.runUntil(endsAt);
    expect(machine.durable(AOF)).toBe('one');
  });

  test('covers exactly what was written before it started', () => {
    const machine = boot({ fsyncMs: 100 });
    const fd = machine.append(AOF);
    machine.write(fd, 'before');
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.write(fd, ' after');
    machine.runUntil(endsAt);
    expect(machine.read(AOF)).toBe('before after');
    expect(machine.durable(AOF)).toBe('before');
    expect(machine.kernel.layersOf(AOF)).toMatchObject({
      size: 12,
      durableSize: 6,
      dirty: [6, 12],
    });
  });

  test('a later write to a page in flight does not change what that flight carries', () => {
    const machine = boot({ fsyncMs: 100 });
    const fd = machine.append(AOF);
    machine.write(fd, 'xxxx');
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    const other = machine.do({ call: 'open', path: AOF, mode: 'write' });
    machine.write(other, 'YY');
    machine.runUntil(endsAt);
    expect(machine.durable(AOF)).toBe('xxxx');
    expect(machine.read(AOF)).toBe('YYxx');
    machine.fsync(fd);
    expect(machine.durable(AOF)).toBe('YYxx');
  });

  test('a disk does one flush at a time: a second one waits, also for another file', () => {
    const machine = boot({ fsyncMs: 50 });
    const fds = [machine.append(AOF), machine.append('/data/b')];
    const started = machine.now;
    const ends = fds.map((fd) => machine.start({ call: 'fsync', fd }).endsAt - started);
    expect(ends).toEqual([50 * MILLI, 100 * MILLI]);
  });

  test('a truncation while it runs is not undone when it ends', () => {
    const machine = boot({ fsyncMs: 6_000 });
    const fd = machine.append(AOF);
    machine.write(fd, 'good torn');
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.do({ call: 'ftruncate', fd, size: 4 });
    machine.write(fd, '!');
    machine.runUntil(endsAt);
    expect(machine.durable(AOF)).toBe('good');
    machine.fsync(fd);
    expect(machine.durable(AOF)).toBe('good!');
  });

  test('a truncation while it runs leaves what was durable before until the truncation is durable too', () => {
    const machine = boot({ fsyncMs: 1_000 });
    const fd = machine.append(AOF);
    machine.write(fd, 'd'.repeat(100));
    machine.fsync(fd);
    machine.run(6 * SECOND);
    machine.write(fd, 'e'.repeat(50));
    const other = machine.do({ call: 'open', path: AOF, mode: 'write' });
    machine.write(other, 'E');
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.do({ call: 'ftruncate', fd, size: 10 });
    machine.runUntil(endsAt);
    expect(machine.durable(AOF)).toBe(`E${'d'.repeat(99)}`);
    machine.run(5 * SECOND);
    expect(machine.durable(AOF)).toBe(`E${'d'.repeat(9)}`);
  });

  test('goes on when its process is killed', () => {
    const machine = boot({ fsyncMs: 100 });
    const fd = machine.append(AOF);
    machine.write(fd, 'x');
    machine.start({ call: 'fsync', fd });
    machine.kernel.killProcess(machine.pid, 'KILL');
    machine.run(100 * MILLI);
    expect(machine.durable(AOF)).toBe('x');
  });

  test('a file that was unlinked goes on through its descriptor, and its space is free once that is closed', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.write(fd, 'some bytes');
    machine.do({ call: 'unlink', path: AOF });
    machine.write(fd, '!');
    machine.fsync(fd);
    expect(machine.read(AOF)).toBeUndefined();
    expect(machine.call({ call: 'fstat', fd })).toMatchObject({ stat: { size: 11 } });
    expect(machine.kernel.diskSpace(machine.now).used).toBe(11);
    machine.do({ call: 'close', fd });
    expect(machine.kernel.diskSpace(machine.now).used).toBe(0);
    machine.run(10 * SECOND);
    expect([...machine.kernel.state.platter.inodes.keys()].length).toBe(2);
  });
});

describe('names', () => {
  test('are committed by any later fsync, with those that came before it started and no other', () => {
    const machine = boot({ fsyncMs: 100 });
    const fd = machine.append(AOF);
    machine.do({ call: 'mkdir', path: '/data/dir', mode: 0o755 });
    const { endsAt } = machine.start({ call: 'fsync', fd });
    machine.do({ call: 'rename', from: AOF, to: '/data/dir/b.aof' });
    machine.runUntil(endsAt);
    expect([machine.durable(AOF), machine.durable('/data/dir/b.aof')]).toEqual(['', undefined]);
    machine.fsync(fd);
    expect([machine.durable(AOF), machine.durable('/data/dir/b.aof')]).toEqual([undefined, '']);
  });

  test('are committed five seconds after the first change, without their bytes', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    const created = machine.now;
    machine.write(fd, 'bytes');
    machine.run(1 * SECOND);
    machine.do({ call: 'chmod', path: AOF, mode: 0o600 });
    machine.runUntil(created + 5 * SECOND - machine.kernel.state.costs.syscallMicros - 1);
    expect(machine.durable(AOF)).toBeUndefined();
    machine.run(1);
    expect(machine.durable(AOF)).toBe('');
    machine.kernel.losePower('lost');
    expect(machine.kernel.files()).toEqual([
      { path: AOF, inode: 3, size: 0, durableSize: 0, mode: 0o600 },
    ]);
  });

  test('rename replaces a file at once for programs, and the old one stays on the platter until the commit', () => {
    const machine = boot();
    machine.kernel.writeFile('/data/manifest', bytes('old'));
    const fd = machine.append('/data/temp');
    machine.write(fd, 'new');
    machine.fsync(fd);
    machine.do({ call: 'rename', from: '/data/temp', to: '/data/manifest' });
    expect(machine.read('/data/manifest')).toBe('new');
    expect(machine.kernel.layersOf('/data/manifest')).toMatchObject({
      size: 3,
      durableSize: 0,
      dirty: [],
      name: 'not-durable',
    });
    const loss = machine.kernel.losePower('lost');
    expect(machine.read('/data/manifest')).toBe('old');
    expect(loss.files).toMatchObject([
      { path: '/data/manifest', sizeBefore: 3, sizeAfter: null, lost: [0, 3] },
    ]);
    expect(loss.returned).toEqual(['/data/temp']);
  });

  test('under rename-not-durable only an fsync of the directory commits its entries', () => {
    const machine = boot();
    expect(machine.kernel.plan({ kind: 'rename-not-durable' })).toMatchObject({ ok: true });
    machine.kernel.writeFile('/data/manifest', bytes('old'));
    machine.do({ call: 'mkdir', path: '/data/dir', mode: 0o755 });
    const fd = machine.append('/data/temp');
    machine.write(fd, 'new');
    machine.fsync(fd);
    machine.do({ call: 'rename', from: '/data/temp', to: '/data/manifest' });
    machine.do({ call: 'rename', from: '/data/manifest', to: '/data/dir/manifest' });
    machine.fsync(fd);
    machine.run(60 * SECOND);
    expect([machine.durable('/data/manifest'), machine.durable('/data/temp')]).toEqual([
      'old',
      undefined,
    ]);
    const inner = machine.do({ call: 'open', path: '/data/dir', mode: 'directory' });
    machine.fsync(inner);
    // The rename came after that of the temporary file and takes it along: nothing is there twice.
    expect([
      machine.durable('/data/dir/manifest'),
      machine.durable('/data/manifest'),
      machine.durable('/data/temp'),
    ]).toEqual([undefined, undefined, undefined]);
    const outer = machine.do({ call: 'open', path: '/data', mode: 'directory' });
    machine.fsync(outer);
    expect([
      machine.durable('/data/dir/manifest'),
      machine.durable('/data/manifest'),
      machine.durable('/data/temp'),
    ]).toEqual(['new', undefined, undefined]);
  });

  test('a flush that ends after its file is gone leaves nothing on the platter', () => {
    const machine = boot({ fsyncMs: 100 });
    machine.kernel.plan({ kind: 'rename-not-durable' });
    const fd = machine.append(AOF);
    machine.write(fd, 'x');
    const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.do({ call: 'unlink', path: AOF });
    machine.do({ call: 'close', fd });
    machine.runUntil(endsAt);
    expect([...machine.kernel.state.platter.inodes.keys()]).toEqual([1, 2]);
  });

  test('what rename-not-durable held back is committed once it is healed', () => {
    const machine = boot();
    machine.kernel.plan({ kind: 'rename-not-durable' });
    machine.fsync(machine.append(AOF));
    machine.run(7 * SECOND);
    expect(machine.durable(AOF)).toBeUndefined();
    machine.kernel.heal('rename-not-durable');
    machine.run(5 * SECOND);
    expect(machine.durable(AOF)).toBe('');
  });
});

describe('write-back', () => {
  /** Lets `phase` pass since the boot, writes, and tells after how many seconds the bytes are durable. */
  function secondsUntilDurable(phase: number): number {
    const machine = boot();
    machine.runUntil(START + phase);
    const fd = machine.append(AOF);
    machine.start({ call: 'write', fd, bytes: bytes('idle') });
    const written = machine.now;
    while (machine.durable(AOF) !== 'idle') machine.step();
    return (machine.now - written) / SECOND;
  }

  test('idle bytes reach the disk 31.5 s after their write if the flusher wakes 1.5 s after they expire', () => {
    expect(secondsUntilDurable(3.5 * SECOND - 3)).toBe(31.5);
  });

  test('never takes less than 30 s nor more than 35 s', () => {
    const times = Array.from({ length: 100 }, (_, i) => secondsUntilDurable(i * 50 * MILLI + i));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(30);
    expect(Math.min(...times)).toBeLessThan(30.2);
    expect(Math.max(...times)).toBeLessThanOrEqual(35);
    expect(Math.max(...times)).toBeGreaterThan(34.8);
  });

  test('the clock starts when the file first becomes dirty, and later bytes go along', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    for (let i = 0; i < 34; i++) {
      machine.start({ call: 'write', fd, bytes: bytes('x') });
      machine.run(1 * SECOND);
    }
    // First dirty at 0 s, expired at 30 s, the flusher woke at 35 s at the latest.
    expect(machine.durable(AOF)).toBe('');
    machine.run(1 * SECOND);
    expect(machine.durable(AOF)).toBe('x'.repeat(34));
  });

  test('an fsync makes the file clean, so that its age starts anew', () => {
    const machine = boot();
    const fd = machine.append(AOF);
    machine.write(fd, 'a');
    machine.run(20 * SECOND);
    machine.fsync(fd);
    machine.write(fd, 'b');
    machine.run(25 * SECOND);
    expect(machine.durable(AOF)).toBe('a');
    machine.run(11 * SECOND);
    expect(machine.durable(AOF)).toBe('ab');
  });

  test('leaves a file under fsync alone and comes back to it', () => {
    const machine = boot({ fsyncMs: 60_000 });
    const fd = machine.append(AOF);
    machine.write(fd, 'a');
    machine.start({ call: 'fsync', fd }, 'bio_aof');
    machine.write(fd, 'b');
    machine.run(59 * SECOND);
    expect(machine.durable(AOF)).toBe('');
    machine.run(7 * SECOND);
    expect(machine.durable(AOF)).toBe('ab');
  });

  test('an idle machine has nothing in its clock', () => {
    const machine = boot();
    machine.fsync(machine.append(AOF));
    machine.run(100 * SECOND);
    expect(machine.clock.next()).toBeUndefined();
  });
});
