import { expect, test } from 'vitest';
import { formatCall, formatTraceEntry } from '../../src/machine/strace-format.ts';
import { boot, bytes, START } from './harness.ts';

test('calls are told as strace tells them', () => {
  const machine = boot({ traceCapacity: 100, capacity: 60 });
  const fd = machine.append('a.aof');
  machine.write(fd, '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n');
  machine.call({ call: 'write', fd, bytes: bytes('\0' + '1"\\\t\xff' + 'x'.repeat(40)) });
  machine.call({ call: 'write', fd, bytes: bytes('y') });
  machine.call({ call: 'ftruncate', fd, size: 23 });
  machine.call({ call: 'fdatasync', fd });
  machine.call({ call: 'close', fd });
  machine.call({ call: 'stat', path: 'a.aof' });
  machine.call({ call: 'rename', from: 'a.aof', to: 'dir/"b"' });
  machine.call({ call: 'chmod', path: 'a.aof', mode: 0o600 });
  machine.call({ call: 'open', path: 'a.aof', mode: 'read' });
  machine.call({ call: 'read', fd, length: 4 });
  machine.call({ call: 'fork', child: 'redis-aof-rewrite' });
  expect(machine.kernel.trace().map(formatCall)).toEqual([
    'openat(AT_FDCWD, "a.aof", O_WRONLY|O_CREAT|O_APPEND, 0644) = 3',
    'write(3, "*2\\r\\n$6\\r\\nSELECT\\r\\n$1\\r\\n0\\r\\n", 23) = 23',
    'write(3, "\\0001\\"\\\\\\t\\377xxxxxxxxxxxxxxxxxxxxxxxxxx"..., 46) = 37',
    'write(3, "y", 1) = -1 ENOSPC (No space left on device)',
    'ftruncate(3, 23) = 0',
    'fdatasync(3) = 0',
    'close(3) = 0',
    'stat("a.aof", {st_size=23, ...}) = 0',
    'rename("a.aof", "dir/\\"b\\"") = -1 ENOENT (No such file or directory)',
    'chmod("a.aof", 0600) = 0',
    'openat(AT_FDCWD, "a.aof", O_RDONLY) = 3',
    'read(3, "*2\\r\\n", 4) = 4',
    'fork() = 2',
  ]);
});

test('a line has the process, the thread, the time and how long it took', () => {
  const machine = boot({ traceCapacity: 3, firstPid: 12, costs: { syscallMicros: 5 } });
  const fd = machine.append('a');
  machine.run(2_000_205);
  machine.start({ call: 'fdatasync', fd }, 'bio_aof');
  const [, entry] = machine.kernel.trace();
  expect(formatTraceEntry(entry!, START)).toBe(
    '[pid 12 bio_aof] 2.000210 fdatasync(3) = 0 <0.004000>',
  );
});

test('the trace keeps the last calls only, in order, and none unless asked', () => {
  const machine = boot({ traceCapacity: 3 });
  for (const path of ['a', 'b', 'c', 'd', 'e']) machine.call({ call: 'stat', path });
  expect(machine.kernel.trace().map(({ number, subject }) => [number, subject])).toEqual([
    [3, 'c'],
    [4, 'd'],
    [5, 'e'],
  ]);
  const quiet = boot();
  quiet.append('a');
  expect(quiet.kernel.trace()).toEqual([]);
});
