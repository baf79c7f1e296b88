import { expect } from 'vitest';
import { fault, newSaveLab, type SaveLab } from '../server/save-lab.ts';
import { cell } from './cells.ts';
import {
  FOLDER,
  INCR,
  crash,
  keys,
  logging,
  put,
  record,
  restart,
  restartWith,
  status,
  writeKeys,
} from './machine.ts';

const FULL = 'MISCONF Errors writing to the AOF file: No space left on device';
const BROKEN = 'MISCONF Errors writing to the AOF file: Input/output error';
const SELECT = record('SELECT', '0');

/** After a first write, so that nothing of a start is in the way; the disk then takes no byte more. */
function fill(lab: SaveLab): void {
  lab.text('SET before 1');
  lab.pass(1100);
  lab.lab.plan(fault('disk-full'));
}

cell('bit rot', 'in a value: the other value is loaded', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.text('SET key value');
  const at = lab.file(INCR)!.indexOf('value');
  crash(lab, 'process-killed');
  lab.lab.plan(fault('bit-rot', { path: INCR, value: at }));
  restart(lab);
  expect(lab.text('GET key')).toBe('walue');
});

cell('bit rot', 'in the framing: the start is refused, whatever aof-load-truncated says', () => {
  for (const truncated of ['yes', 'no']) {
    const lab = logging({ appendfsync: 'always', 'aof-load-truncated': truncated });
    lab.text('SET key value');
    lab.text('SET other value');
    crash(lab, 'process-killed');
    lab.lab.plan(fault('bit-rot', { path: INCR, value: SELECT.length }));
    restart(lab);
    expect(status(lab)).toBe('failed');
    expect(lab.log()).toContain(
      'Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>',
    );
  }
});

cell('bit rot', 'in an RDB base: the start is refused', () => {
  const lab = logging({ appendfsync: 'always' });
  writeKeys(lab, 3);
  lab.text('BGREWRITEAOF');
  lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
  const base = `${FOLDER}/appendonly.aof.2.base.rdb`;
  crash(lab, 'process-killed');
  lab.lab.plan(fault('bit-rot', { path: base, value: lab.file(base)!.length - 4 }));
  restart(lab);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toContain('Wrong RDB checksum expected');
});

cell(
  'disk full',
  'always: the server exits at the first write, which nobody was answered for',
  () => {
    const lab = logging({ appendfsync: 'always' });
    fill(lab);
    expect(lab.text('SET k 1')).toBe('(closed)');
    expect(lab.log()).toContain('Error writing to the AOF file: No space left on device');
    expect(lab.log()).toMatch(
      /Can't recover from AOF write error when the AOF fsync policy is 'always'\. Exiting\.\.\.$/,
    );
    restart(lab);
    expect(keys(lab)).toBe(1);
  },
);

for (const policy of ['everysec', 'no'] as const) {
  const body = (): void => {
    const lab = logging({ appendfsync: policy });
    fill(lab);
    expect(lab.text('SET first 1')).toBe('OK');
    expect(lab.field('aof_last_write_status')).toBe('err');
    expect(lab.text('SET second 1')).toBe(FULL);
    expect(lab.text('PING')).toBe(FULL);
    expect(lab.text('GET first')).toBe('1');
    expect(lab.text('MULTI')).toBe('OK');
    expect(lab.text('SET third 1')).toBe(FULL);
    expect(lab.text('EXEC')).toBe('EXECABORT Transaction discarded because of previous errors.');
    expect(lab.file(INCR)).not.toContain('first');
    lab.lab.plan(null);
    lab.pass(200);
    expect(lab.log()).toContain('AOF write error looks solved, Redis can write again.');
    expect(lab.file(INCR)).toContain('first');
    expect(lab.text('SET fourth 1')).toBe('OK');
  };
  if (policy === 'no') cell('disk full', 'no: as everysec', body);
  else
    cell(
      'disk full',
      'everysec: the first write is acknowledged, later ones are refused, and space heals it',
      body,
    );
}

cell('disk full', 'everysec: SHUTDOWN exits with 0 and loses the rest', () => {
  const lab = logging();
  fill(lab);
  expect(lab.text('SET first 1')).toBe('OK');
  expect(lab.text('SHUTDOWN')).toBe('(closed)');
  expect(lab.log()).toMatch(/Redis is now ready to exit, bye bye\.\.\.$/);
  expect(status(lab)).toBe('stopped');
  restart(lab);
  expect(lab.text('EXISTS before first')).toBe('1');
});

cell('disk full', 'everysec: CONFIG SET appendonly no drops the rest from the log', () => {
  const lab = logging();
  fill(lab);
  lab.text('SET first 1');
  expect(lab.text('CONFIG SET appendonly no')).toBe('OK');
  lab.lab.plan(null);
  lab.pass(500);
  expect(lab.file(INCR)).not.toContain('first');
  expect(lab.text('GET first')).toBe('1');
});

cell('disk full', 'a rewrite: is refused and leaves harmless files', () => {
  const lab = logging();
  fill(lab);
  expect(lab.text('BGREWRITEAOF')).toBe(
    "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
  );
  expect(lab.field('aof_last_bgrewrite_status')).toBe('err');
  expect(lab.log()).toContain(
    'Error trying to write the temporary AOF manifest file temp-appendonly.aof.manifest: No space left on device',
  );
  expect(lab.file(`${FOLDER}/appendonly.aof.2.incr.aof`)).toBe('');
  expect(lab.file(`${FOLDER}/temp-appendonly.aof.manifest`)).toBe('');
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(1);
});

cell('disk full', 'a snapshot: BGSAVE fails and writes are refused', () => {
  const lab = newSaveLab({ save: '3600 1' });
  fill(lab);
  lab.text('BGSAVE');
  lab.until(() => lab.field('rdb_bgsave_in_progress') === '0');
  expect(lab.field('rdb_last_bgsave_status')).toBe('err');
  expect(lab.text('SET second 1')).toMatch(
    /^MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk\./,
  );
});

cell('EIO on write', 'always: the server exits', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.lab.plan(fault('write-error', { value: 'EIO' }));
  expect(lab.text('SET k 1')).toBe('(closed)');
  expect(lab.log()).toContain('Error writing to the AOF file: Input/output error');
  expect(status(lab)).toBe('stopped');
});

cell(
  'EIO on write',
  'everysec: refused until a write succeeds, with one line of log in 30 seconds',
  () => {
    const lab = logging();
    lab.lab.plan(fault('write-error', { value: 'EIO' }));
    const lines = (): number =>
      lab.log().match(/Error writing to the AOF file: Input\/output error/g)?.length ?? 0;
    expect(lab.text('SET k 1')).toBe('OK');
    expect(lab.text('SET l 1')).toBe(BROKEN);
    lab.pass(20_000);
    expect(lines()).toBe(1);
    lab.pass(20_000);
    expect(lines()).toBe(2);
    lab.lab.plan(null);
    lab.pass(200);
    expect(lab.text('SET l 1')).toBe('OK');
  },
);

cell('a short write', 'everysec: is cut off again, and reported as a full disk', () => {
  const lab = logging();
  lab.text('SET before 1');
  const size = lab.file(INCR)!.length;
  lab.lab.plan(fault('short-write', { value: 7 }));
  expect(lab.text('SET a 1')).toBe('OK');
  expect(lab.log()).toContain(
    'Short write while writing to the AOF file: (nwritten=7, expected=27)',
  );
  expect(lab.file(INCR)).toHaveLength(size);
  expect(lab.text('SET b 1')).toBe(FULL);
});

cell('a short write', 'always: is cut off again, and the server exits', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.text('SET before 1');
  const size = lab.file(INCR)!.length;
  lab.lab.plan(fault('short-write', { value: 7 }));
  expect(lab.text('SET a 1')).toBe('(closed)');
  expect(lab.file(INCR)).toHaveLength(size);
});

cell('EIO on fsync', 'always: the server exits, and the write is not acknowledged', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.lab.plan(fault('fsync-error', { value: 'EIO' }));
  expect(lab.text('SET k 1')).toBe('(closed)');
  expect(lab.log()).toMatch(
    /Can't persist AOF for fsync error when the AOF fsync policy is 'always': Input\/output error\. Exiting\.\.\.$/,
  );
});

/** The disk is healthy again, and the error stays. */
function stuck(config: Readonly<Record<string, string>> = {}): SaveLab {
  const lab = logging(config);
  lab.pass(1100);
  lab.lab.plan(fault('fsync-error', { value: 'EIO' }));
  lab.text('SET gone 1 PX 1500');
  lab.pass(100);
  lab.lab.plan(null);
  expect(lab.log()).toContain('Fail to fsync the AOF file: Input/output error');
  expect(lab.text('SET k 1')).toBe(BROKEN);
  return lab;
}

cell(
  'EIO on fsync',
  'everysec: writes are refused for good, though the disk is healthy again',
  () => {
    const lab = stuck({ hz: '1' });
    lab.text('DEBUG SET-ACTIVE-EXPIRE 0');
    lab.pass(60_000);
    expect(lab.text('SET k 1')).toBe(BROKEN);
    expect(lab.text('PING')).toBe(BROKEN);
    expect(lab.field('aof_last_write_status')).toBe('err');
    expect(lab.log().match(/Fail to fsync the AOF file/g)).toHaveLength(1);
  },
);

cell('EIO on fsync', 'everysec: what the server deletes by itself clears it', () => {
  const lab = stuck();
  lab.pass(4000);
  expect(lab.file(INCR)).toContain('DEL');
  expect(lab.text('SET k 1')).toBe('OK');
});

cell('EIO on fsync', 'everysec: BGREWRITEAOF clears it', () => {
  const lab = stuck();
  lab.text('DEBUG SET-ACTIVE-EXPIRE 0');
  lab.text('BGREWRITEAOF');
  lab.pass(200);
  expect(lab.text('SET k 1')).toBe('OK');
});

cell('EIO on fsync', 'everysec: turning the log off and on clears it', () => {
  const lab = stuck();
  lab.text('DEBUG SET-ACTIVE-EXPIRE 0');
  lab.text('CONFIG SET appendonly no');
  lab.text('CONFIG SET appendonly yes');
  expect(lab.log()).toContain('AOF reopen, just ignore the AOF fsync error in bio job');
  expect(lab.text('SET k 1')).toBe('OK');
});

cell('EIO on fsync', 'everysec: a restart clears it, CONFIG SET appendfsync does not', () => {
  const lab = stuck();
  lab.text('DEBUG SET-ACTIVE-EXPIRE 0');
  for (const policy of ['no', 'always', 'everysec']) {
    lab.text(`CONFIG SET appendfsync ${policy}`);
    lab.pass(1500);
    expect(lab.text('SET k 1')).toBe(BROKEN);
  }
  crash(lab, 'process-killed');
  restart(lab);
  expect(lab.text('SET k 1')).toBe('OK');
});

cell('EIO on fsync', 'no: is never noticed', () => {
  const lab = logging({ appendfsync: 'no' });
  lab.lab.plan(fault('fsync-error', { value: 'EIO' }));
  writeKeys(lab, 5, 1000);
  expect(lab.text('SET k 1')).toBe('OK');
  expect(lab.field('aof_last_write_status')).toBe('ok');
});

cell(
  'slow disk',
  'everysec: writes are postponed for two seconds, then written without waiting',
  () => {
    const lab = logging();
    lab.pass(1100);
    lab.lab.plan(fault('fsync-time', { value: 6000 }));
    lab.text('SET first 1');
    lab.text('SET postponed 1');
    expect(Number(lab.field('aof_buffer_length'))).toBeGreaterThan(0);
    expect(lab.field('aof_pending_bio_fsync')).toBe('1');
    expect(lab.field('aof_delayed_fsync')).toBe('0');
    lab.pass(2500);
    expect(lab.field('aof_delayed_fsync')).toBe('1');
    expect(lab.file(INCR)).toContain('postponed');
    expect(lab.log()).toContain('Asynchronous AOF fsync is taking too long (disk is busy?).');
  },
);

cell('slow disk', 'everysec: write(2) blocks while an fsync runs, and replies wait with it', () => {
  const lab = logging();
  lab.pass(1100);
  lab.lab.plan(fault('fsync-time', { value: 6000 }));
  lab.lab.plan(fault('write-blocks-during-fsync'));
  lab.text('SET first 1');
  const began = lab.lab.now;
  lab.text('SET second 1');
  lab.pass(2500);
  // The buffer is written at last, and that write waits for the end of the fsync: so does everybody.
  lab.text('GET first');
  expect(lab.lab.now - began).toBeGreaterThan(5500);
  expect(lab.field('aof_delayed_fsync')).toBe('1');
});

cell('slow disk', 'always: clients that write together share an fsync', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.lab.plan(fault('fsync-time', { value: 50 }));
  lab.lab.setWorkload({ rate: 1000, loop: 'closed', clients: 20 });
  lab.pass(1000);
  lab.lab.setWorkload(null);
  const { records, fsyncSamples } = lab.lab.lanes[0]!.state;
  const fsyncs = fsyncSamples.length / 2;
  expect(fsyncs).toBeLessThan(22);
  // Those who come while an fsync runs share the next one: the clients part into two groups.
  expect(records.acknowledged / fsyncs).toBeGreaterThan(9);
});

cell('a lying drive', 'always: acknowledged and fsynced writes are gone with the power', () => {
  const lab = logging({ appendfsync: 'always' });
  lab.lab.plan(fault('lying-drive'));
  lab.text('SET k 1');
  expect(lab.lab.lanes[0]!.state.fsyncedOffset).toBeGreaterThan(0);
  crash(lab, 'power-lost');
  expect(lab.lab.lanes[0]!.state.crash).toMatchObject({ lost: 1, rows: [{ layer: 'drive' }] });
  restart(lab);
  expect(keys(lab)).toBe(0);
});

cell('a damaged log', 'torn tail: is cut off with aof-load-truncated', () => {
  const lab = logging();
  const good = SELECT + record('SET', 'a', '1');
  restartWith(lab, good + record('SET', 'b', '2').slice(0, -1));
  expect(keys(lab)).toBe(1);
  expect(lab.log()).toContain(
    '!!! Warning: short read while loading the AOF file appendonly.aof.1.incr.aof!!!',
  );
  expect(lab.log()).toContain(
    `!!! Truncating the AOF appendonly.aof.1.incr.aof at offset ${good.length} !!!`,
  );
  expect(lab.log()).toContain(
    'AOF appendonly.aof.1.incr.aof loaded anyway because aof-load-truncated is enabled',
  );
  expect(lab.file(INCR)).toBe(good);
});

cell('a damaged log', 'torn tail: is refused without it', () => {
  const lab = logging({ 'aof-load-truncated': 'no' });
  const torn = SELECT + record('SET', 'a', '1').slice(0, -1);
  restartWith(lab, torn);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toMatch(
    /Unexpected end of file reading the append only file appendonly\.aof\.1\.incr\.aof\. You can: 1\) Make a backup of your AOF file, then use \.\/redis-check-aof --fix <filename\.manifest>\. 2\) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server\.$/,
  );
  expect(lab.file(INCR)).toBe(torn);
});

cell(
  'a damaged log',
  'torn between the commands of a transaction: the transaction is reverted',
  () => {
    const lab = logging();
    const good = SELECT + record('SET', 'a', '1');
    restartWith(lab, good + record('MULTI') + record('SET', 'b', '2'));
    expect(keys(lab)).toBe(1);
    expect(lab.log()).toContain(
      'Revert incomplete MULTI/EXEC transaction in AOF file appendonly.aof.1.incr.aof',
    );
    expect(lab.file(INCR)).toBe(good);
  },
);

cell('a damaged log', 'an unknown command: is refused', () => {
  const lab = logging();
  restartWith(lab, record('NOSUCH', 'a'));
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toMatch(
    /Unknown command 'NOSUCH' reading the append only file appendonly\.aof\.1\.incr\.aof$/,
  );
});

cell('a damaged log', 'a file of the manifest is missing: is refused', () => {
  const lab = logging();
  crash(lab, 'process-killed');
  put(lab, `${FOLDER}/appendonly.aof.manifest`, 'file appendonly.aof.9.incr.aof seq 9 type i\n');
  restart(lab);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toMatch(
    /Unable to obtain the AOF file appendonly\.aof\.9\.incr\.aof length\. stat: No such file or directory$/,
  );
});
