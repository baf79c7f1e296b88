import { expect, test } from 'vitest';
import type { DiskPresetName } from '../../src/machine/devices.ts';
import { boot, MILLI } from './harness.ts';

function fsyncTimes(disk: DiskPresetName, seed: number, fsyncMs?: number): number[] {
  const machine = boot({ disk, seed, ...(fsyncMs === undefined ? {} : { fsyncMs }) });
  const fd = machine.append('/data/a');
  return Array.from({ length: 300 }, () => {
    machine.write(fd, 'x');
    const started = machine.now;
    machine.fsync(fd);
    return machine.now - started;
  });
}

test.each<[DiskPresetName, number, number]>([
  ['hdd', 12 * MILLI, 20 * MILLI],
  ['ssd', 4 * MILLI, 4 * MILLI],
  ['nvme', 300, 300],
  ['cloud', 5 * MILLI, 11 * MILLI],
  ['lying', 50, 50],
])('an fsync of a few bytes on %s lasts %i to %i µs', (disk, min, max) => {
  const times = fsyncTimes(disk, 7);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(min);
  expect(Math.max(...times)).toBeLessThanOrEqual(max);
  if (min === max) return;
  expect(Math.min(...times)).toBeLessThan(min + (max - min) / 10);
  expect(Math.max(...times)).toBeGreaterThan(max - (max - min) / 10);
  expect(
    Math.abs(times.reduce((sum, time) => sum + time) / times.length - (min + max) / 2),
  ).toBeLessThan((max - min) / 8);
});

test('the times of a disk follow from its seed', () => {
  expect(fsyncTimes('hdd', 1)).toEqual(fsyncTimes('hdd', 1));
  expect(fsyncTimes('hdd', 1)).not.toEqual(fsyncTimes('hdd', 2));
});

test('fsyncMs overrides the preset', () => {
  expect(new Set(fsyncTimes('hdd', 1, 2.5))).toEqual(new Set([2_500]));
});

test('a flush of many bytes takes longer, by the speed of the disk', () => {
  const machine = boot({ disk: 'ssd' });
  const fd = machine.append('/data/a');
  machine.do({ call: 'write', fd, bytes: new Uint8Array(50_000_000) });
  expect(machine.start({ call: 'fsync', fd }).endsAt - machine.now).toBe(4 * MILLI + 100 * MILLI);
});
