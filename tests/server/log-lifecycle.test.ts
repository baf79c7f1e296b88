/** The log from outside: how it comes to be, is turned on and off, moves, and what a failure on the way leaves (spec §4). */
import { describe, expect, test } from 'vitest';
import { bytesOf, type ByteString } from '../../src/base/bytes.ts';
import { killChild } from '../../src/lab/lane-children.ts';
import { fault, newSaveLab, type SaveLab } from './save-lab.ts';

const FOLDER = '/data/appendonlydir';
const MANIFEST = `${FOLDER}/appendonly.aof.manifest`;
const SET_A = '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n';

function write(lab: SaveLab, path: string, text: string): void {
  lab.lab.lanes[0]!.kernel.writeFile(path, bytesOf(text as ByteString));
}

function boot(lab: SaveLab): void {
  lab.lab.boot(undefined);
  lab.pass(500);
}

function rewritten(lab: SaveLab): void {
  lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
}

describe('a log in a single file, of Redis before 7', () => {
  function withOldLog(prepare: (lab: SaveLab) => void, text = SET_A): SaveLab {
    const lab = newSaveLab({ appendonly: 'yes' });
    lab.text('SHUTDOWN');
    for (const path of lab.files()) lab.lab.lanes[0]!.kernel.removeFile(path);
    write(lab, '/data/appendonly.aof', text);
    prepare(lab);
    boot(lab);
    return lab;
  }
  const migrated =
    'Successfully migrated an old-style AOF file (appendonly.aof) into the AOF directory (appendonlydir).';

  test('becomes the base of a log in several files', () => {
    const lab = withOldLog(() => undefined);
    expect(lab.log()).toContain(migrated);
    expect(lab.text('GET a')).toBe('1');
    expect(lab.file(MANIFEST)).toBe(
      'file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n',
    );
    expect(lab.files()).toEqual([
      `${FOLDER}/appendonly.aof`,
      `${FOLDER}/appendonly.aof.1.incr.aof`,
      MANIFEST,
    ]);
    lab.text('SET b 2');
    lab.text('BGREWRITEAOF');
    rewritten(lab);
    expect(lab.file(MANIFEST)).toBe(
      'file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n',
    );
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('EXISTS a b')).toBe('2');
  });

  test('is moved again if a crash came between the manifest and the move', () => {
    const lab = withOldLog((before) =>
      write(before, MANIFEST, 'file appendonly.aof seq 1 type b\n'),
    );
    expect(lab.log()).toContain(migrated);
    expect(lab.text('GET a')).toBe('1');
  });

  test('is left alone where the directory has a log of its own', () => {
    const lab = withOldLog((before) => {
      write(before, MANIFEST, 'file appendonly.aof.1.incr.aof seq 1 type i\n');
      write(before, `${FOLDER}/appendonly.aof.1.incr.aof`, SET_A.replace('a\r\n', 'b\r\n'));
    });
    expect(lab.log()).not.toContain(migrated);
    expect(lab.text('EXISTS a')).toBe('0');
    expect(lab.text('EXISTS b')).toBe('1');
    expect(lab.files()).toContain('/data/appendonly.aof');
  });

  test('may begin with a snapshot', () => {
    const donor = newSaveLab();
    donor.text('SET fromrdb 1');
    donor.text('SAVE');
    const lab = withOldLog(() => undefined, `${donor.file('/data/dump.rdb')}${SET_A}`);
    expect(lab.log()).toContain('Reading RDB preamble from AOF file...');
    expect(lab.log()).toContain('Reading the remaining AOF tail...');
    expect(lab.text('EXISTS a fromrdb')).toBe('2');
  });

  test('survives a power cut at any moment of its move', () => {
    for (let micros = 0; micros < 40_000; micros += 1_000) {
      const lab = withOldLog((before) => {
        before.lab.boot(undefined);
        before.lab.runUntil(before.lab.clock.now + micros, Infinity);
        before.lab.crash('power-lost', 'lost', undefined);
      });
      expect(lab.text('GET a'), `cut after ${micros} µs`).toBe('1');
    }
  });
});

describe('CONFIG SET appendonly yes', () => {
  const FAILED =
    "ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.";

  function refused(lab: SaveLab, line: string): void {
    expect(lab.text('CONFIG SET hz 20 appendonly yes')).toBe(FAILED);
    expect(lab.log()).toContain(line);
    expect(lab.log()).toMatch(
      /Redis needs to enable the AOF but can't trigger a background AOF rewrite operation\. Check the above logs for more info about the error\.$/m,
    );
    expect(lab.field('aof_enabled')).toBe('0');
    expect(lab.field('aof_last_bgrewrite_status')).toBe('err');
    expect(lab.ask('CONFIG GET appendonly')).toMatchObject({ value: [[{}, { value: 'no' }]] });
    expect(lab.ask('CONFIG GET hz')).toMatchObject({ value: [[{}, { value: '10' }]] });
    expect(lab.text('SET b 1')).toBe('OK');
  }

  test('is refused if it cannot fork, and all directives of the command are as before', () => {
    const lab = newSaveLab({ hz: '10' });
    lab.lab.plan(fault('fork-failure', { value: 'ENOMEM' }));
    refused(lab, "Can't rewrite append only file in background: fork: Cannot allocate memory");
  });

  test('is refused if its file cannot be opened, and all directives of the command are as before', () => {
    const lab = newSaveLab({ hz: '10' });
    write(lab, FOLDER, 'a file where the directory should be');
    refused(lab, "Can't open the append-only file temp-appendonly.aof.incr: Not a directory");
  });

  test('logs to a temporary file until the first base is there; a kill before that leaves no log', () => {
    const slow = newSaveLab({ 'rdb-key-save-delay': '200000' });
    slow.text('MSET a 1 b 1 c 1');
    expect(slow.text('CONFIG SET appendonly yes')).toBe('OK');
    expect(slow.field('aof_enabled')).toBe('1');
    slow.text('SET during 1');
    expect(slow.file(`${FOLDER}/temp-appendonly.aof.incr`)).toContain('during');
    expect(slow.text('SHUTDOWN')).toBe('ERR Errors trying to SHUTDOWN. Check logs.');
    expect(slow.log()).toMatch(/Writing initial AOF, can't exit\.$/m);
    slow.lab.crash('process-killed', 'lost', undefined);
    expect(slow.file(MANIFEST)).toBeUndefined();

    const lab = newSaveLab({ 'rdb-key-save-delay': '200000' });
    lab.text('MSET a 1 b 1 c 1');
    lab.text('CONFIG SET appendonly yes');
    lab.text('SET during 1');
    rewritten(lab);
    expect(lab.file(MANIFEST)).toBe(
      'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n',
    );
    expect(lab.log()).toMatch(
      /Successfully renamed the temporary AOF incr file temp-appendonly\.aof\.incr into appendonly\.aof\.1\.incr\.aof$/m,
    );
    lab.text('CONFIG REWRITE');
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('4');
  });

  test('whose first rewrite fails throws its temporary file away, and tries again', () => {
    const lab = newSaveLab({ 'rdb-key-save-delay': '200000' });
    lab.text('MSET a 1 b 1 c 1');
    lab.text('CONFIG SET appendonly yes');
    lab.text('SET during 1');
    const lane = lab.lab.lanes[0]!;
    killChild(lane, lane.state.children[0]!.pid, 'SIGKILL');
    lab.until(() => lab.field('aof_last_bgrewrite_status') === 'err');
    expect(lab.log()).toMatch(
      /Removing the temp incr aof file temp-appendonly\.aof\.incr in the background$/m,
    );
    lab.until(() => lab.field('aof_last_bgrewrite_status') === 'ok');
    expect(lab.file(`${FOLDER}/appendonly.aof.1.incr.aof`)).toBe('');
    lab.text('CONFIG REWRITE');
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('4');
  });

  test('while a snapshot is written begins when that has ended', () => {
    const lab = newSaveLab({ 'rdb-key-save-delay': '200000' });
    lab.text('MSET a 1 b 1');
    lab.text('BGSAVE');
    expect(lab.text('CONFIG SET appendonly yes')).toBe('OK');
    expect(lab.field('aof_rewrite_scheduled')).toBe('1');
    expect(lab.log()).toMatch(
      /AOF was enabled but there is already another background operation\. An AOF background was scheduled to start when possible\.$/m,
    );
    lab.until(() => lab.field('aof_rewrite_in_progress') === '1');
    rewritten(lab);
    expect(lab.field('aof_last_bgrewrite_status')).toBe('ok');
  });

  test('stops a rewrite that is under way without a log, and starts its own', () => {
    const lab = newSaveLab({ 'rdb-key-save-delay': '200000' });
    lab.text('MSET a 1 b 1');
    lab.text('BGREWRITEAOF');
    expect(lab.text('CONFIG SET appendonly yes')).toBe('OK');
    expect(lab.log()).toMatch(/Killing running AOF rewrite child: \d+$/m);
    expect(lab.field('aof_rewrites')).toBe('2');
    rewritten(lab);
    expect(lab.field('aof_last_bgrewrite_status')).toBe('ok');
    expect(lab.files().filter((path) => path.includes('temp-'))).toEqual([]);
  });
});

describe('CONFIG SET appendonly no', () => {
  test('stops a rewrite at once, and leaves files that go stale; on again, numbers go on', () => {
    const lab = newSaveLab({ appendonly: 'yes', 'rdb-key-save-delay': '200000' });
    lab.text('MSET a 1 b 1');
    lab.text('BGREWRITEAOF');
    expect(lab.text('CONFIG SET appendonly no')).toBe('OK');
    expect(lab.field('aof_rewrite_in_progress')).toBe('0');
    expect(lab.files().filter((path) => path.includes('temp-'))).toEqual([]);
    lab.text('SET unlogged 1');
    expect(lab.text('CONFIG SET appendonly yes')).toBe('OK');
    rewritten(lab);
    expect(lab.file(MANIFEST)).toBe(
      'file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.3.incr.aof seq 3 type i\n',
    );
  });

  test('a start without the log knows its numbers, so that turning it on overwrites nothing', () => {
    const lab = newSaveLab({ appendonly: 'yes' });
    lab.text('SET a 1');
    lab.text('CONFIG SET appendonly no');
    lab.text('CONFIG REWRITE');
    lab.text('SHUTDOWN');
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('0');
    lab.text('CONFIG SET appendonly yes');
    rewritten(lab);
    expect(lab.file(MANIFEST)).toBe(
      'file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n',
    );
  });
});

describe('CONFIG SET dir', () => {
  test('changes where the next files go; one that is not there changes nothing', () => {
    const lab = newSaveLab({ 'enable-protected-configs': 'yes' });
    lab.lab.lanes[0]!.kernel.makeDirectory('/data/elsewhere');
    lab.text('SET a 1');
    expect(lab.text('CONFIG SET dbfilename x.rdb dir nowhere')).toBe(
      "ERR CONFIG SET failed (possibly related to argument 'dir') - No such file or directory",
    );
    expect(lab.ask('CONFIG GET dbfilename')).toMatchObject({
      value: [[{}, { value: 'dump.rdb' }]],
    });
    expect(lab.text('CONFIG SET dir elsewhere')).toBe('OK');
    expect(lab.ask('CONFIG GET dir')).toMatchObject({
      value: [[{}, { value: '/data/elsewhere' }]],
    });
    expect(lab.text('SAVE')).toBe('OK');
    expect(lab.files()).toEqual(['/data/elsewhere/dump.rdb']);
    expect(lab.text('CONFIG SET dir ..')).toBe('OK');
    expect(lab.ask('CONFIG GET dir')).toMatchObject({ value: [[{}, { value: '/data' }]] });
  });

  test('is protected', () => {
    expect(newSaveLab().text('CONFIG SET dir /')).toBe(
      "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
    );
  });
});

describe('rewrites', () => {
  test('with aof-disable-auto-gc history stays, and goes when that is turned off', () => {
    const lab = newSaveLab({ appendonly: 'yes', 'aof-disable-auto-gc': 'yes' });
    lab.text('BGREWRITEAOF');
    rewritten(lab);
    expect(lab.file(MANIFEST)).toBe(
      'file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type h\nfile appendonly.aof.1.base.rdb seq 1 type h\nfile appendonly.aof.2.incr.aof seq 2 type i\n',
    );
    lab.text('CONFIG SET aof-disable-auto-gc no');
    expect(lab.file(MANIFEST)).not.toContain('type h');
    expect(lab.files()).toHaveLength(3);
  });

  test('that fail three times in a row wait a minute, then two; BGREWRITEAOF does not', () => {
    const lab = newSaveLab({
      appendonly: 'yes',
      'auto-aof-rewrite-min-size': '1',
      'auto-aof-rewrite-percentage': '1',
      'rdb-key-save-delay': '5000000',
    });
    const tries = (): number => Number(lab.field('aof_rewrites'));
    const failOne = (): void => {
      const before = tries();
      lab.until(() => lab.lab.lanes[0]!.state.children.length > 0);
      const lane = lab.lab.lanes[0]!;
      killChild(lane, lane.state.children[0]!.pid, 'SIGKILL');
      lab.pass(50);
      expect(tries()).toBeGreaterThanOrEqual(before);
    };
    const limits = (): number[] =>
      [...lab.log().matchAll(/triggered the limit, will retry in (\d+) minutes$/gm)].map(
        ([, minutes]) => Number(minutes),
      );
    lab.text('SET a 1');
    failOne();
    failOne();
    failOne();
    lab.pass(500);
    expect(lab.field('aof_rewrites_consecutive_failures')).toBe('3');
    expect(limits()).toEqual([1]);
    lab.pass(58_000);
    expect(tries()).toBe(3);
    lab.pass(2_000);
    expect(tries()).toBe(4);
    failOne();
    lab.pass(500);
    expect(limits()).toEqual([1, 2]);
    lab.pass(100_000);
    expect(tries()).toBe(4);
    lab.text('CONFIG SET rdb-key-save-delay 0');
    expect(lab.text('BGREWRITEAOF')).toBe('Background append only file rewriting started');
    rewritten(lab);
    expect(lab.field('aof_rewrites_consecutive_failures')).toBe('0');
  });

  test('with a fork that fails count as failed, and are tried again at every tick', () => {
    const lab = newSaveLab({
      appendonly: 'yes',
      'auto-aof-rewrite-min-size': '1',
      'auto-aof-rewrite-percentage': '1',
    });
    lab.lab.plan(fault('fork-failure'));
    lab.text('SET a 1');
    lab.pass(1000);
    expect(lab.field('aof_last_bgrewrite_status')).toBe('err');
    expect(Number(lab.field('aof_rewrites'))).toBeGreaterThan(5);
    expect(lab.field('aof_rewrites_consecutive_failures')).toBe('0');
    // Each has left its incr file behind, which the log names: none may be lost.
    expect(lab.file(MANIFEST)?.match(/type i/g)?.length).toBeGreaterThan(5);
    lab.text('SET b 1');
    lab.lab.crash('process-killed', 'lost', undefined);
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('2');
  });
});
