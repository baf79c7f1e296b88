import { expect } from 'vitest';
import { fault, newSaveLab } from '../server/save-lab.ts';
import { words } from '../support/real-redis.ts';
import { cell } from './cells.ts';
import {
  FOLDER,
  INCR,
  MANIFEST,
  SLOW_CHILD,
  crash,
  keys,
  logging,
  record,
  restart,
  restartWith,
  signalChild,
  status,
  writeKeys,
} from './machine.ts';

const SELECT = record('SELECT', '0');

cell('process killed', 'always: loses nothing', () => {
  const lab = logging({ appendfsync: 'always' });
  writeKeys(lab, 20);
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(20);
});

cell('process killed', 'everysec: loses nothing while fsyncs are fast', () => {
  const lab = logging();
  writeKeys(lab, 100, 25);
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(100);
});

cell('process killed', 'everysec: loses what is postponed behind a slow fsync', () => {
  const lab = logging();
  lab.pass(2000);
  lab.lab.plan(fault('fsync-time', { value: 5000 }));
  expect(writeKeys(lab, 40, 10)).toEqual(Array<string>(40).fill('OK'));
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(1);
});

cell('process killed', 'no: loses nothing', () => {
  const lab = logging({ appendfsync: 'no' });
  writeKeys(lab, 20);
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(20);
});

cell('process killed', 'snapshots only: loses what came after the last one had begun', () => {
  const lab = newSaveLab({ ...SLOW_CHILD });
  writeKeys(lab, 3);
  lab.text('BGSAVE');
  lab.text('SET after 1');
  lab.until(() => lab.field('rdb_bgsave_in_progress') === '0');
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(3);
});

cell('process killed', 'no persistence: loses everything', () => {
  const lab = newSaveLab();
  writeKeys(lab, 3);
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(0);
});

cell(
  'stopped cleanly',
  'SIGTERM: nothing is lost under any policy, even while writes are postponed',
  () => {
    for (const appendfsync of ['always', 'everysec', 'no']) {
      const lab = logging({ appendfsync });
      lab.pass(2000);
      lab.lab.plan(fault('fsync-time', { value: appendfsync === 'always' ? 20 : 3000 }));
      writeKeys(lab, 20, 10);
      if (appendfsync === 'everysec') expect(lab.field('aof_buffer_length')).not.toBe('0');
      lab.lab.signal('TERM', undefined);
      lab.until(() => status(lab) === 'stopped');
      expect(lab.log()).toContain('Received SIGTERM scheduling shutdown...');
      expect(lab.log()).toMatch(/Redis is now ready to exit, bye bye\.\.\.$/);
      expect(lab.lab.crash('power-lost', 'lost', undefined)).toBeUndefined();
      restart(lab);
      expect(keys(lab)).toBe(20);
    }
  },
);

cell('stopped cleanly', 'SHUTDOWN NOSAVE: the log is flushed and fsynced all the same', () => {
  const lab = logging({ save: '3600 1' });
  writeKeys(lab, 5);
  expect(lab.text('SHUTDOWN NOSAVE')).toBe('(closed)');
  expect(lab.files()).not.toContain('/data/dump.rdb');
  lab.lab.crash('power-lost', 'lost', undefined);
  restart(lab);
  expect(keys(lab)).toBe(5);
});

cell('stopped cleanly', 'SHUTDOWN ABORT: there is nothing to abort', () => {
  expect(logging().text('SHUTDOWN ABORT')).toBe('ERR No shutdown in progress.');
});

cell('stopped cleanly', 'SHUTDOWN FORCE: leaves although the snapshot cannot be saved', () => {
  const lab = newSaveLab({ save: '3600 1' });
  writeKeys(lab, 5);
  lab.lab.plan(fault('write-error', { value: 'EIO' }));
  expect(lab.text('SHUTDOWN')).toBe('ERR Errors trying to SHUTDOWN. Check logs.');
  expect(lab.text('SHUTDOWN FORCE')).toBe('(closed)');
  expect(lab.log()).toContain('Error trying to save the DB. Exit anyway.');
  expect(status(lab)).toBe('stopped');
});

cell('stopped cleanly', 'a second SIGINT: leaves at once, with code 1', () => {
  const lab = logging();
  lab.lab.signal('INT', undefined);
  lab.lab.signal('INT', undefined);
  lab.pass(200);
  expect(lab.log()).toMatch(/You insist\.\.\. exiting now\.$/);
  expect(status(lab)).toBe('stopped');
});

cell('power lost', 'always: loses nothing that was acknowledged', () => {
  const lab = logging({ appendfsync: 'always' });
  writeKeys(lab, 20);
  crash(lab, 'power-lost');
  restart(lab);
  expect(keys(lab)).toBe(20);
});

cell('power lost', 'everysec: loses what no fsync has covered', () => {
  const lab = logging();
  lab.text('SET early 1');
  lab.pass(2100);
  lab.text('SET late 1');
  crash(lab, 'power-lost');
  expect(lab.lab.lanes[0]!.state.crash).toMatchObject({ lost: 1 });
  restart(lab);
  expect(lab.text('EXISTS early')).toBe('1');
  expect(lab.text('EXISTS late')).toBe('0');
});

cell('power lost', 'no: loses what the kernel has not written back', () => {
  const lab = logging({ appendfsync: 'no' });
  lab.text('SET early 1');
  lab.pass(36_000);
  lab.text('SET late 1');
  lab.pass(20_000);
  crash(lab, 'power-lost');
  restart(lab);
  expect(lab.text('EXISTS early')).toBe('1');
  expect(lab.text('EXISTS late')).toBe('0');
});

cell('power lost', 'snapshots only: loses what came after the last one that is on the disk', () => {
  const lab = newSaveLab();
  lab.text('SET saved 1');
  lab.text('SAVE');
  lab.text('SET later 1');
  crash(lab, 'power-lost');
  restart(lab);
  expect(lab.text('EXISTS saved')).toBe('1');
  expect(lab.text('EXISTS later')).toBe('0');
});

cell('power lost', 'always with no-appendfsync-on-rewrite: a rewrite suspends the promise', () => {
  for (const [suspend, survivors] of [
    ['yes', 3],
    ['no', 4],
  ] as const) {
    const config = { appendfsync: 'always', 'no-appendfsync-on-rewrite': suspend, ...SLOW_CHILD };
    const lab = logging(config);
    writeKeys(lab, 3);
    lab.text('BGREWRITEAOF');
    expect(lab.text('SET during 1')).toBe('OK');
    crash(lab, 'power-lost');
    restart(lab);
    expect(keys(lab)).toBe(survivors);
  }
});

cell('power lost', 'always: an unanswered write may be there', () => {
  const lab = logging({ appendfsync: 'always' });
  const lane = lab.lab.lanes[0]!;
  lab.lab.plan(fault('fsync-time', { value: 50 }));
  lab.lab.send(words('SET', 'k', 'v'), 'other', undefined, 1);
  lab.until(() => lane.state.fsync !== null);
  expect(lane.state.answers).toEqual([]);
  crash(lab, 'power-lost', 'kept');
  expect(lane.state.answers.splice(0)).toMatchObject([{ outcome: { outcome: 'closed' } }]);
  restart(lab);
  expect(lab.text('EXISTS k')).toBe('1');
});

cell('the unsynced tail', 'kept: everything is there', () => {
  const lab = logging();
  writeKeys(lab, 20);
  crash(lab, 'power-lost', 'kept');
  restart(lab);
  expect(keys(lab)).toBe(20);
});

cell('the unsynced tail', 'cut at any byte: a whole number of commands is there', () => {
  const log = `${SELECT}${[0, 1, 2].map((i) => record('SET', `k${i}`, 'v')).join('')}`;
  const ends = [0, 1, 2, 3].map((n) => SELECT.length + n * record('SET', 'k0', 'v').length);
  for (let cutAt = 0; cutAt <= log.length; cutAt++) {
    const lab = logging({ appendfsync: 'no' });
    for (let i = 0; i < 3; i++) lab.text(`SET k${i} v`);
    crash(lab, 'power-lost', { cutAt });
    expect(lab.file(INCR)).toBe(log.slice(0, cutAt));
    restart(lab);
    expect(keys(lab)).toBe(ends.filter((end) => end <= cutAt).length - (cutAt >= ends[0]! ? 1 : 0));
    const torn = cutAt > 0 && !ends.includes(cutAt);
    expect(lab.log().includes('!!! Truncating the AOF')).toBe(torn);
  }
});

cell('the unsynced tail', 'zero-filled: the start is refused, and redis-check-aof repairs', () => {
  const lab = logging();
  lab.text('SET early 1');
  lab.pass(2100);
  lab.text('SET late 1');
  crash(lab, 'power-lost', 'zero-filled');
  const log = lab.file(INCR)!;
  expect(log.endsWith('\0\0\0\0')).toBe(true);
  restart(lab);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toContain('Bad file format reading the append only file');
  restartWith(lab, log.slice(0, log.indexOf('\0')));
  expect(keys(lab)).toBe(1);
});

cell('the unsynced tail', 'lost pages or pages out of order: the start is refused', () => {
  const lab = logging({ appendfsync: 'no' });
  for (let i = 0; i < 400; i++) lab.text(`SET key:${i} ${'x'.repeat(40)}`);
  crash(lab, 'power-lost', 'holes');
  // The first page is missing: zeros stand where commands were, and later ones are there.
  expect(lab.file(INCR)!.startsWith('\0')).toBe(true);
  expect(lab.file(INCR)).toMatch(/key:\d+/);
  restart(lab);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toContain('Bad file format reading the append only file');
});

cell('a crash in a rewrite', 'after the new incr file was made: the old manifest holds', () => {
  const lab = logging();
  writeKeys(lab, 3);
  const kernel = lab.lab.lanes[0]!.kernel;
  lab.lab.send(words('BGREWRITEAOF'), 'other', undefined, 1);
  stepUntil(lab, () => kernel.readFile(`${FOLDER}/appendonly.aof.2.incr.aof`) !== undefined);
  expect(lab.file(MANIFEST)).not.toContain('appendonly.aof.2.incr.aof');
  crash(lab, 'process-killed');
  lab.lab.lanes[0]!.state.answers.length = 0;
  restart(lab);
  expect(keys(lab)).toBe(3);
  lab.text('BGREWRITEAOF');
  lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
  expect(lab.file(MANIFEST)).toContain('appendonly.aof.2.incr.aof seq 2 type i');
});

cell(
  'a crash in a rewrite',
  'while the child writes: everything is loaded, its file stays for ever',
  () => {
    const lab = logging(SLOW_CHILD);
    writeKeys(lab, 3);
    lab.text('BGREWRITEAOF');
    lab.text('SET during 1');
    crash(lab, 'power-lost', 'kept');
    restart(lab);
    expect(keys(lab)).toBe(4);
    expect(lab.files().filter((path) => path.includes('temp-rewriteaof-'))).toHaveLength(1);
    expect(lab.file(MANIFEST)?.match(/type i/g)).toHaveLength(2);
  },
);

cell('a crash in a rewrite', 'after the child has ended: as before', () => {
  const lab = logging();
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  stepUntil(lab, () => lab.files().some((path) => path.includes('temp-rewriteaof-bg-')));
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(3);
  expect(lab.files().filter((path) => path.includes('temp-rewriteaof-bg-'))).toHaveLength(1);
});

cell('a crash in a rewrite', 'after the base was renamed: the old manifest holds', () => {
  const lab = logging();
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  stepUntil(lab, () => lab.files().includes(`${FOLDER}/appendonly.aof.2.base.rdb`));
  expect(lab.file(MANIFEST)).not.toContain('appendonly.aof.2.base.rdb');
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(3);
});

cell('a crash in a rewrite', 'before the history was removed: the start removes it', () => {
  const lab = logging();
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  stepUntil(lab, () => lab.file(MANIFEST)?.includes('type h') === true);
  expect(lab.files()).toContain(INCR);
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(3);
  expect(lab.file(MANIFEST)).not.toContain('type h');
  expect(lab.files()).not.toContain(INCR);
});

cell('children', 'a child is told to stop: nothing has failed', () => {
  const lab = logging(SLOW_CHILD);
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  signalChild(lab, 'SIGUSR1');
  lab.pass(300);
  expect(lab.field('aof_last_bgrewrite_status')).toBe('ok');
  expect(lab.field('aof_rewrites_consecutive_failures')).toBe('0');
  expect(lab.log()).toContain('Background AOF rewrite terminated by signal 10');
});

/** Runs event by event until that holds. */
function stepUntil(lab: ReturnType<typeof logging>, holds: () => boolean): void {
  for (let i = 0; i < 100_000; i++) {
    if (holds()) return;
    lab.lab.runUntil(lab.lab.clock.next() ?? Infinity, 1);
  }
  throw new Error('waited in vain');
}
