import { describe, expect, test } from 'vitest';
import type { TailMode } from '../../src/machine/power-loss.ts';
import { boot, type Machine, SECOND } from './harness.ts';

const AOF = '/data/a.aof';
const PAGE = 4096;

/** 5,000 durable bytes `d`, then 15,000 unsynced bytes `u`; the name is durable. */
function machineWithTail(seed = 1): Machine {
  const machine = boot({ seed });
  const fd = machine.append(AOF);
  machine.write(fd, 'd'.repeat(5000));
  machine.fsync(fd);
  machine.write(fd, 'u'.repeat(15_000));
  return machine;
}

function afterwards(
  tail: TailMode,
  machine = machineWithTail(),
): { text: string; machine: Machine } {
  machine.kernel.losePower(tail);
  const text = machine.read(AOF) ?? '(none)';
  expect(machine.durable(AOF)).toBe(text);
  return { text, machine };
}

describe('losePower', () => {
  test('lost: unsynced bytes vanish', () => {
    expect(afterwards('lost').text).toBe('d'.repeat(5000));
  });

  test('kept: everything in the page cache reached the platter, also what was being flushed', () => {
    const machine = machineWithTail();
    machine.start({ call: 'fsync', fd: 3 });
    machine.write(3, 'late');
    expect(afterwards('kept', machine).text).toBe('d'.repeat(5000) + 'u'.repeat(15_000) + 'late');
  });

  test.each([
    [4_000, 5_000],
    [5_000, 5_000],
    [5_001, 5_001],
    [8_192, 8_192],
    [19_999, 19_999],
    [20_000, 20_000],
    [90_000, 20_000],
  ])('cutAt %i: kept up to that byte, and never less than what was durable', (cutAt, size) => {
    expect(afterwards({ cutAt, path: AOF }).text).toBe('d'.repeat(5000) + 'u'.repeat(size - 5000));
  });

  test('cutAt keeps the rest of the machine as it was on the platter', () => {
    const machine = machineWithTail();
    const other = machine.append('/data/other');
    machine.write(other, 'unsynced');
    expect(afterwards({ cutAt: 6000, path: AOF }, machine).text.length).toBe(6000);
    expect(machine.read('/data/other')).toBe('');
  });

  test('zero-filled: the right length, unsynced bytes are zero', () => {
    expect(afterwards('zero-filled').text).toBe('d'.repeat(5000) + '\0'.repeat(15_000));
  });

  test('holes: of the unsynced pages the first is missing, each later one is whole or missing', () => {
    const fates = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const { text } = afterwards('holes', machineWithTail(seed));
      expect(text.length).toBe(20_000);
      expect(text.slice(0, 2 * PAGE)).toBe('d'.repeat(5000) + '\0'.repeat(2 * PAGE - 5000));
      let fate = '';
      for (let start = 2 * PAGE; start < 20_000; start += PAGE) {
        const page = text.slice(start, start + PAGE);
        expect([0, 1].map((i) => (i === 0 ? '\0' : 'u').repeat(page.length))).toContain(page);
        fate += page[0] === 'u' ? 'u' : '-';
      }
      fates.add(fate);
    }
    // Three pages lie behind the first one: chance has had each of the eight outcomes.
    expect([...fates].sort()).toEqual(['---', '--u', '-u-', '-uu', 'u--', 'u-u', 'uu-', 'uuu']);
  });

  test('reordered: the later pages and every name are there, the first unsynced page is not', () => {
    const machine = machineWithTail();
    machine.write(machine.append('/data/other'), 'unsynced');
    const { text } = afterwards('reordered', machine);
    expect(text).toBe(
      'd'.repeat(5000) + '\0'.repeat(2 * PAGE - 5000) + 'u'.repeat(20_000 - 2 * PAGE),
    );
    expect(machine.read('/data/other')).toBe('\0'.repeat(8));
  });

  test.each<[TailMode, string]>([
    ['kept', 'abcdef'],
    ['zero-filled', '\0\0\0\0\0\0'],
    ['holes', '\0\0\0\0\0\0'],
    ['reordered', '\0\0\0\0\0\0'],
    [{ cutAt: 3, path: AOF }, 'abc'],
  ])('%j has the journal: a new name is there', (tail, text) => {
    const machine = boot();
    machine.write(machine.append(AOF), 'abcdef');
    machine.kernel.losePower(tail);
    expect(machine.read(AOF)).toBe(text);
  });

  test('lost takes a name that no commit has brought to the platter', () => {
    const machine = boot();
    machine.write(machine.append(AOF), 'abc');
    const loss = machine.kernel.losePower('lost');
    expect(machine.read(AOF)).toBeUndefined();
    expect(loss.files).toMatchObject([{ path: AOF, sizeBefore: 3, sizeAfter: null, lost: [0, 3] }]);
  });

  test('tells of each file what it lost', () => {
    const machine = machineWithTail();
    machine.kernel.writeFile('/data/untouched', new Uint8Array(9));
    const loss = machine.kernel.losePower({ cutAt: 6000, path: AOF });
    expect(loss).toEqual({
      at: machine.now,
      returned: [],
      files: [
        {
          path: AOF,
          inode: 3,
          sizeBefore: 20_000,
          sizeAfter: 6000,
          lost: [6000, 20_000],
          lostByDrive: [],
          abandoned: [],
        },
      ],
    });
  });

  test('a truncation that was not durable is undone, one that the journal had is not', () => {
    const machine = machineWithTail();
    machine.do({ call: 'ftruncate', fd: 3, size: 10 });
    expect(machine.kernel.layersOf(AOF)).toMatchObject({ size: 10, durableSize: 10, dirty: [] });
    expect(afterwards('lost', machine).text.length).toBe(5000);
    const later = machineWithTail();
    later.do({ call: 'ftruncate', fd: 3, size: 10 });
    later.run(5 * SECOND);
    expect(afterwards('lost', later).text.length).toBe(10);
  });

  test('takes processes, descriptors and whatever was under way, and the machine runs on', () => {
    const machine = machineWithTail();
    machine.start({ call: 'fsync', fd: 3 });
    const { pid } = machine;
    machine.kernel.losePower('lost');
    expect(machine.clock.next()).toBeUndefined();
    expect(machine.kernel.process(pid)).toBeUndefined();
    expect(() => machine.start({ call: 'close', fd: 3 })).toThrow('does not run');
    machine.spawn();
    expect(machine.pid).toBeGreaterThan(pid);
    expect(machine.errnoOf({ call: 'close', fd: 3 })).toBe('EBADF');
    const fd = machine.append(AOF);
    machine.write(fd, '!');
    machine.fsync(fd);
    expect(machine.durable(AOF)).toBe(`${'d'.repeat(5000)}!`);
    expect(machine.kernel.diskSpace(machine.now).used).toBe(5001);
  });

  test('an unlinked file that was held open is gone, and the platter has nothing of it', () => {
    const machine = machineWithTail();
    machine.do({ call: 'unlink', path: AOF });
    machine.fsync(3);
    machine.kernel.losePower('kept');
    expect(machine.kernel.files()).toEqual([]);
    expect(machine.kernel.state.platter.inodes.size).toBe(2);
  });

  test('an unlink that was not durable is undone', () => {
    const machine = machineWithTail();
    machine.do({ call: 'unlink', path: AOF });
    machine.do({ call: 'close', fd: 3 });
    const loss = machine.kernel.losePower('lost');
    expect(loss.returned).toEqual([AOF]);
    expect(machine.read(AOF)).toBe('d'.repeat(5000));
  });
});
