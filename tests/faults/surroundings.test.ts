import { expect } from 'vitest';
import { byteStringOf } from '../../src/base/bytes.ts';
import { CONFIG_PATH, bootServer } from '../../src/lab/boot.ts';
import { Server } from '../../src/server/server.ts';
import { fault, newSaveLab, type SaveLab } from '../server/save-lab.ts';
import { words } from '../support/real-redis.ts';
import { cell } from './cells.ts';
import {
  INCR,
  MANIFEST,
  SLOW_CHILD,
  crash,
  keys,
  logging,
  remove,
  restart,
  signalChild,
  writeKeys,
} from './machine.ts';

const REFUSED =
  "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.";

cell('the clock jumps', 'back: the fsyncs of everysec stop', () => {
  const lab = logging();
  writeKeys(lab, 3, 1000);
  lab.lab.plan(fault('clock-jump', { value: -60_000 }));
  const { fsyncSamples } = lab.lab.lanes[0]!.state;
  const before = fsyncSamples.length;
  for (let i = 0; i < 50; i++) {
    lab.text(`SET later${i} 1`);
    lab.pass(1000);
  }
  expect(fsyncSamples.length).toBe(before);
  crash(lab, 'power-lost');
  restart(lab);
  // What the kernel wrote back by itself after half a minute is there.
  expect(keys(lab)).toBeLessThan(50);
});

cell('the clock jumps', 'forward: an fsync comes at once, and keys expire', () => {
  const lab = logging();
  lab.text('SET k 1 EX 100');
  lab.pass(1100);
  const { fsyncSamples } = lab.lab.lanes[0]!.state;
  lab.text('SET l 1');
  const before = fsyncSamples.length;
  lab.lab.plan(fault('clock-jump', { value: 200_000 }));
  lab.pass(200);
  expect(fsyncSamples.length).toBeGreaterThan(before);
  expect(lab.text('EXISTS k')).toBe('0');
});

cell('children', 'fork fails: BGREWRITEAOF is refused', () => {
  const lab = logging();
  lab.lab.plan(fault('fork-failure', { value: 'ENOMEM' }));
  expect(lab.text('BGREWRITEAOF')).toBe(REFUSED);
  expect(lab.log()).toMatch(
    /Can't rewrite append only file in background: fork: Cannot allocate memory$/m,
  );
  // The new incr file stays in the manifest, and is written on.
  lab.text('SET k 1');
  expect(lab.file(MANIFEST)).toContain('appendonly.aof.2.incr.aof seq 2 type i');
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(1);
});

cell('children', 'fork fails: BGSAVE is refused', () => {
  const lab = newSaveLab();
  lab.lab.plan(fault('fork-failure', { value: 'EAGAIN' }));
  expect(lab.text('BGSAVE')).toBe('ERR');
  expect(lab.log()).toContain("Can't save in background: fork: Resource temporarily unavailable");
});

cell('children', 'a child is killed: its work has failed, and leaves nothing', () => {
  const lab = logging(SLOW_CHILD);
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  signalChild(lab, 'SIGKILL');
  lab.pass(300);
  expect(lab.field('aof_last_bgrewrite_status')).toBe('err');
  expect(lab.field('aof_rewrites_consecutive_failures')).toBe('1');
  expect(lab.log()).toContain('Background AOF rewrite terminated by signal 9');
  expect(lab.files().filter((path) => path.includes('temp-rewriteaof'))).toEqual([]);
  expect(lab.file(MANIFEST)?.match(/type i/g)).toHaveLength(2);
});

cell('children', 'a child is slow: the parent goes on meanwhile', () => {
  const seconds = (factor: number): number => {
    const lab = logging({ rdbcompression: 'no' });
    lab.text('DEBUG POPULATE 2000 key 1000');
    lab.lab.plan(fault('child-slow', { value: factor }));
    const began = lab.lab.now;
    lab.text('BGREWRITEAOF');
    lab.text('SET meanwhile 1');
    lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
    return (lab.lab.now - began) / 1000;
  };
  expect(seconds(100)).toBeGreaterThan(seconds(1) + 1);
});

cell('children', 'a child cannot write: its work has failed, and it says why', () => {
  const lab = logging(SLOW_CHILD);
  writeKeys(lab, 3);
  lab.pass(1100);
  lab.text('BGREWRITEAOF');
  lab.pass(100);
  lab.lab.plan(fault('disk-full'));
  lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
  expect(lab.log()).toMatch(
    /:C .* # Write error writing append only file on disk: No space left on device$/m,
  );
  expect(lab.log()).toMatch(/:M .* # Background AOF rewrite terminated with error$/m);
  expect(lab.field('aof_last_bgrewrite_status')).toBe('err');
});

cell('the directory', 'rename is not durable: an fsync of the directory makes it so', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.lab.plan(fault('rename-not-durable'));
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
  lab.text('SET after 1');
  crash(lab, 'power-lost');
  restart(lab);
  expect(keys(lab)).toBe(4);
});

cell(
  'the directory',
  'deleted under the server: everything is acknowledged, and a restart finds nothing',
  () => {
    const deleted = (): SaveLab => {
      const lab = logging();
      lab.text('SET before 1');
      for (const path of lab.files()) remove(lab, path);
      expect(writeKeys(lab, 5, 500)).toEqual(['OK', 'OK', 'OK', 'OK', 'OK']);
      expect(lab.field('aof_last_write_status')).toBe('ok');
      return lab;
    };
    const lost = deleted();
    crash(lost, 'process-killed');
    restart(lost);
    expect(keys(lost)).toBe(0);
    const rescued = deleted();
    rescued.text('BGREWRITEAOF');
    rescued.until(() => rescued.field('aof_rewrite_in_progress') === '0');
    rescued.text('SET after 1');
    crash(rescued, 'process-killed');
    restart(rescued);
    expect(keys(rescued)).toBe(7);
  },
);

cell('the directory', 'two servers in one: they write into each other’s log', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.text('SET mine 1');
  const { kernel, state, now } = lab.lab.lanes[0]!;
  const other = bootServer(kernel, state, now);
  if (typeof other === 'string') throw new Error(other);
  const second = new Server(other, 'log-only');
  const session = second.connect(now, '127.0.0.1:5');
  // Nothing stops it, and no time passes for it.
  const run = (): void => {
    for (;;) {
      const wait = second.run(now);
      if (wait.wait === 'poll') return;
      if (wait.wait !== 'syscall') continue;
      const { result } = kernel.call({ pid: other.pid, thread: 'main' }, wait.call, now);
      second.complete('main', result, now);
    }
  };
  run();
  second.receive(session.id, words('SELECT', '3'));
  second.receive(session.id, words('SET', 'theirs', '1'));
  run();
  lab.text('SET mine 2');
  // The first server does not know that the other one has changed the database: its SET is replayed there.
  expect(lab.file(INCR)).toContain('theirs');
  crash(lab, 'process-killed');
  restart(lab);
  expect(lab.text('GET mine')).toBe('1');
  lab.text('SELECT 3');
  expect(lab.text('GET mine')).toBe('2');
  expect(lab.text('GET theirs')).toBe('1');
  expect(byteStringOf(kernel.readFile(CONFIG_PATH)!)).toContain('appendfsync always');
});
