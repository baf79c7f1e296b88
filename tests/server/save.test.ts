/** Snapshots of a server in virtual time: who writes them, when, what is told, and what a failure leaves (spec §6.2). */
import { describe, expect, test } from 'vitest';
import { killChild } from '../../src/lab/lane-children.ts';
import { bytesOf, type ByteString } from '../../src/base/bytes.ts';
import { loadRdb } from '../persistence/rdb-files.ts';
import { boot, DUMP, fault, keysOf, newSaveLab, SLOW, type SaveLab } from './save-lab.ts';
import { entryOf } from '../../src/engine/data/key-space.ts';

describe('SAVE', () => {
  test('writes the data set, and a start without a log brings it back', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    lab.text('RPUSH l x y');
    lab.text('SET gone v PX 100');
    // Two elements are two changes.
    expect(lab.field('rdb_changes_since_last_save')).toBe('4');
    expect(lab.text('SAVE')).toBe('OK');
    expect(lab.field('rdb_changes_since_last_save')).toBe('0');
    expect(lab.field('rdb_saves')).toBe('1');
    expect(lab.log()).toMatch(/:M .* \* DB saved on disk$/m);
    expect(lab.files()).toEqual([DUMP]);
    const digest = lab.text('DEBUG DIGEST');
    lab.text('SET later 1');
    lab.pass(200);

    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.log()).toContain('Done loading RDB, keys loaded: 2, keys expired: 1.');
    expect(lab.log()).toMatch(/DB loaded from disk: 0\.\d{3} seconds/);
    expect(lab.field('rdb_last_load_keys_loaded')).toBe('2');
    expect(lab.field('rdb_last_load_keys_expired')).toBe('1');
    expect(lab.text('EXISTS a l gone later')).toBe('2');
    expect(digest).not.toBe(lab.text('DEBUG DIGEST'));
  });

  test('survives a loss of power: file and name are on the platter', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    lab.lab.plan(fault('rename-not-durable'));
    expect(lab.text('SAVE')).toBe('OK');
    lab.lab.crash('power-lost', 'lost', undefined);
    boot(lab);
    expect(lab.text('GET a')).toBe('1');
  });

  test.each([
    [
      'write-error',
      'EIO',
      'Write error while saving DB to the disk(rdbSaveRio): Input/output error',
    ],
    [
      'write-error',
      'ENOSPC',
      'Write error while saving DB to the disk(rdbSaveRio): No space left on device',
    ],
    ['fsync-error', 'EIO', 'Write error while saving DB to the disk(fsync): Input/output error'],
    [
      'short-write',
      10,
      'Write error while saving DB to the disk(rdbSaveRio): No space left on device',
    ],
  ])(
    'fails on %s %s: the reply is ERR, the old file stays, no temporary one does',
    (kind, value, line) => {
      const lab = newSaveLab();
      lab.text('SET old 1');
      lab.text('SAVE');
      lab.text('SET new 1');
      lab.lab.plan(fault(kind, { value }));
      expect(lab.text('SAVE')).toBe('ERR');
      expect(lab.log()).toContain(line);
      expect(lab.files()).toEqual([DUMP]);
      expect(keysOf(lab)).toEqual(['old']);
      expect(lab.field('rdb_changes_since_last_save')).toBe('1');
      lab.lab.plan(null);
      expect(lab.text('SAVE')).toBe('OK');
      expect(keysOf(lab)).toEqual(['new', 'old']);
    },
  );

  test('many keys go out in several writes, and come back all', () => {
    const lab = newSaveLab();
    lab.text('DEBUG POPULATE 5000 key 100');
    const digest = lab.text('DEBUG DIGEST');
    expect(lab.text('SAVE')).toBe('OK');
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('DEBUG DIGEST')).toBe(digest);
  });
});

describe('BGSAVE', () => {
  test('a child writes the data set as of the fork, while the parent goes on', () => {
    const lab = newSaveLab(SLOW);
    lab.text('MSET a 1 b 1 c 1');
    lab.text('RPUSH list 1');
    expect(lab.text('BGSAVE')).toBe('Background saving started');
    expect(lab.field('rdb_bgsave_in_progress')).toBe('1');
    lab.text('SET a 2');
    lab.text('RPUSH list 2');
    lab.text('DEL b');
    lab.text('SET d 1');
    expect(lab.files()).toEqual([expect.stringMatching(/^\/data\/temp-\d+\.rdb$/)]);
    lab.until(() => lab.field('rdb_bgsave_in_progress') === '0');
    expect(lab.log()).toMatch(/:M .* \* Background saving started by pid \d+$/m);
    expect(lab.log()).toMatch(/:C .* \* DB saved on disk$/m);
    expect(lab.log()).toMatch(/:M .* \* Background saving terminated with success$/m);
    expect(lab.files()).toEqual([DUMP]);
    expect(keysOf(lab)).toEqual(['a', 'b', 'c', 'list']);
    // What has changed since the fork is not in the file.
    expect(lab.field('rdb_changes_since_last_save')).toBe('4');
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('GET a')).toBe('1');
    expect(lab.text('LLEN list')).toBe('1');
  });

  test('is refused or scheduled while another child is at work', () => {
    const lab = newSaveLab({ ...SLOW, 'aof-use-rdb-preamble': 'yes' });
    lab.text('MSET a 1 b 1 c 1');
    lab.text('BGREWRITEAOF');
    expect(lab.text('BGSAVE')).toBe(
      "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
    );
    expect(lab.text('BGSAVE SCHEDULE')).toBe('Background saving scheduled');
    expect(lab.text('BGSAVE NOW')).toBe('ERR syntax error');
    lab.until(() => lab.field('rdb_bgsave_in_progress') === '1');
    expect(lab.text('BGSAVE')).toBe('ERR Background save already in progress');
    expect(lab.text('SAVE')).toBe('ERR Background save already in progress');
    expect(lab.text('BGREWRITEAOF')).toBe('Background append only file rewriting scheduled');
    lab.until(() => lab.field('aof_rewrite_in_progress') === '1');
    expect(lab.field('rdb_saves')).toBe('1');
    expect(keysOf(lab)).toEqual(['a', 'b', 'c']);
  });

  test('SAVE goes on beside a rewrite, and disturbs neither its snapshot nor its file', () => {
    const lab = newSaveLab({ ...SLOW, appendonly: 'yes' });
    lab.text('MSET a 1 b 1 c 1');
    lab.text('BGREWRITEAOF');
    lab.text('SET a 2');
    expect(lab.text('SAVE')).toBe('OK');
    lab.text('SET a 3');
    lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
    const base = '/data/appendonlydir/appendonly.aof.2.base.rdb';
    const loaded = loadRdb(bytesOf(lab.file(base)! as ByteString), { kind: 'aof-base' });
    expect(entryOf(loaded.engine.databases[0]!.space, 'a' as ByteString)!.value).toBe(1);
    expect(keysOf(lab)).toEqual(['a', 'b', 'c']);
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('GET a')).toBe('3');
  });

  test('a child that outlives its parent puts its file in place', () => {
    const lab = newSaveLab(SLOW);
    lab.text('MSET a 1 b 1 c 1');
    lab.text('BGSAVE');
    lab.lab.crash('process-killed', 'lost', undefined);
    expect(lab.files()).not.toContain(DUMP);
    lab.pass(3000);
    expect(lab.files()).toEqual([DUMP]);
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('3');
  });

  test('a loss of power in the middle leaves the old file, and the temporary one', () => {
    const lab = newSaveLab(SLOW);
    lab.text('SET old 1');
    lab.text('SAVE');
    lab.text('MSET a 1 b 1 c 1');
    lab.text('BGSAVE');
    const temp = lab.files().find((path) => path.startsWith('/data/temp-'));
    expect(temp).toBeDefined();
    lab.lab.crash('power-lost', 'kept', undefined);
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('1');
    // Nobody ever takes it away.
    expect(lab.files()).toEqual([DUMP, temp]);
  });

  test('a fork that fails is a failed save', () => {
    const lab = newSaveLab();
    lab.lab.plan(fault('fork-failure', { value: 'ENOMEM' }));
    expect(lab.text('BGSAVE')).toBe('ERR');
    expect(lab.log()).toContain("Can't save in background: fork: Cannot allocate memory");
    expect(lab.field('rdb_last_bgsave_status')).toBe('err');
  });

  test('a child that is killed has failed, unless it was told to stop', () => {
    for (const [signal, number, status] of [
      ['SIGKILL', 9, 'err'],
      ['SIGUSR1', 10, 'ok'],
    ] as const) {
      const lab = newSaveLab(SLOW);
      lab.text('MSET a 1 b 1 c 1');
      lab.text('BGSAVE');
      const lane = lab.lab.lanes[0]!;
      killChild(lane, lane.state.children[0]!.pid, signal);
      lab.pass(300);
      expect(lab.log()).toContain(`Background saving terminated by signal ${number}`);
      expect(lab.field('rdb_last_bgsave_status')).toBe(status);
      expect(lab.files()).toEqual([]);
    }
  });
});

describe('a save that failed', () => {
  const failing = (config: Record<string, string> = {}): SaveLab => {
    const lab = newSaveLab({ save: '3600 1', ...config });
    lab.text('SET a 1');
    lab.lab.plan(fault('write-error', { value: 'EIO', path: '/data' }));
    lab.text('BGSAVE');
    lab.pass(500);
    expect(lab.log()).toMatch(
      /:C .* # Write error while saving DB to the disk\(rdbSaveRio\): Input\/output error$/m,
    );
    expect(lab.log()).toMatch(/:M .* # Background saving error$/m);
    expect(lab.field('rdb_last_bgsave_status')).toBe('err');
    return lab;
  };
  const refused =
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

  test('refuses writes and PING while there are save points, and reads on', () => {
    const lab = failing();
    expect(lab.text('SET b 1')).toBe(refused);
    expect(lab.text('PING')).toBe(refused);
    expect(lab.text('GET a')).toBe('1');
  });

  test('refuses no more once SAVE succeeds, or nobody wants it, or there are no save points', () => {
    const saved = failing();
    saved.lab.plan(null);
    expect(saved.text('SAVE')).toBe('OK');
    expect(saved.text('SET b 1')).toBe('OK');
    const unwanted = failing();
    unwanted.configure('stop-writes-on-bgsave-error no');
    expect(unwanted.text('SET b 1')).toBe('OK');
    const pointless = failing();
    pointless.configure('save ""');
    expect(pointless.text('SET b 1')).toBe('OK');
  });

  test('is tried again by the save points, after five seconds', () => {
    const lab = failing({ save: '1 1' });
    const tries = (): number => Number(lab.field('rdb_saves'));
    const first = tries();
    lab.pass(4500);
    expect(tries() - first).toBeLessThanOrEqual(1);
    lab.lab.plan(null);
    lab.pass(7000);
    expect(lab.field('rdb_last_bgsave_status')).toBe('ok');
    expect(keysOf(lab)).toEqual(['a']);
  });
});

describe('save points', () => {
  test('so many changes, more than so many seconds after the last save', () => {
    const lab = newSaveLab({ save: '5 3' });
    lab.text('SET a 1');
    lab.text('SET b 1');
    lab.pass(8000);
    expect(lab.files()).toEqual([]);
    lab.text('SET c 1');
    lab.pass(1000);
    expect(lab.log()).toContain('3 changes in 5 seconds. Saving...');
    expect(keysOf(lab)).toEqual(['a', 'b', 'c']);
    lab.text('MSET d 1 e 1 f 1');
    lab.pass(4000);
    expect(keysOf(lab)).toEqual(['a', 'b', 'c']);
    lab.pass(3000);
    expect(keysOf(lab)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('LASTSAVE is the start, until something is saved', () => {
    const lab = newSaveLab();
    const start = Number(lab.text('LASTSAVE'));
    lab.pass(3000);
    expect(Number(lab.text('LASTSAVE'))).toBe(start);
    lab.text('SAVE');
    expect(Number(lab.text('LASTSAVE'))).toBeGreaterThanOrEqual(start + 3);
  });
});

describe('FLUSHALL', () => {
  test('with save points, kills the child that saves, and saves the empty data set', () => {
    const lab = newSaveLab({ ...SLOW, save: '3600 1' });
    lab.text('MSET a 1 b 1 c 1');
    lab.text('SAVE');
    lab.text('BGSAVE');
    expect(lab.text('FLUSHALL')).toBe('OK');
    expect(keysOf(lab)).toEqual([]);
    expect(lab.field('rdb_changes_since_last_save')).toBe('0');
    lab.pass(2000);
    expect(lab.log()).toContain('Background saving terminated by signal 10');
    expect(lab.field('rdb_last_bgsave_status')).toBe('ok');
    expect(keysOf(lab)).toEqual([]);
  });

  test('without save points, leaves the old file: it brings back what was flushed', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    lab.text('SAVE');
    expect(lab.text('FLUSHALL')).toBe('OK');
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('GET a')).toBe('1');
  });
});

describe('SHUTDOWN', () => {
  test('saves with save points, even if nothing has changed', () => {
    const lab = newSaveLab({ save: '3600 1' });
    expect(lab.text('SHUTDOWN')).toBe('(closed)');
    expect(lab.log()).toContain('Saving the final RDB snapshot before exiting.');
    expect(lab.log()).toMatch(/DB saved on disk\n.*Redis is now ready to exit, bye bye\.\.\.$/);
    expect(keysOf(lab)).toEqual([]);
  });

  test.each([
    ['SHUTDOWN NOSAVE', '3600 1', []],
    ['SHUTDOWN', '', []],
    ['SHUTDOWN SAVE', '', [DUMP]],
    ['SHUTDOWN', '3600 1', [DUMP]],
  ])('%s with save points "%s"', (line, save, files) => {
    const lab = newSaveLab({ save });
    lab.text('SET a 1');
    expect(lab.text(line)).toBe('(closed)');
    expect(lab.files()).toEqual(files);
  });

  test('SIGTERM saves as well', () => {
    const lab = newSaveLab({ save: '3600 1' });
    lab.text('SET a 1');
    lab.lab.signal('TERM', undefined);
    lab.pass(500);
    expect(keysOf(lab)).toEqual(['a']);
  });

  test('a final save that fails keeps the server up, but for FORCE', () => {
    const lab = newSaveLab({ save: '3600 1' });
    lab.text('SET a 1');
    lab.lab.plan(fault('write-error', { value: 'EIO' }));
    expect(lab.text('SHUTDOWN')).toBe('ERR Errors trying to SHUTDOWN. Check logs.');
    expect(lab.log()).toContain("Error trying to save the DB, can't exit.");
    expect(lab.log()).toContain(
      'Errors trying to shut down the server. Check the logs for more information.',
    );
    expect(lab.text('GET a')).toBe('1');
    expect(lab.text('SHUTDOWN FORCE')).toBe('(closed)');
    expect(lab.log()).toContain('Error trying to save the DB. Exit anyway.');
    expect(lab.files()).toEqual([]);
  });

  test('stops a child that saves, and takes its file away', () => {
    const lab = newSaveLab(SLOW);
    lab.text('MSET a 1 b 1 c 1');
    lab.text('BGSAVE');
    expect(lab.text('SHUTDOWN NOSAVE')).toBe('(closed)');
    expect(lab.log()).toContain('There is a child saving an .rdb. Killing it!');
    lab.pass(3000);
    expect(lab.files()).toEqual([]);
  });
});
