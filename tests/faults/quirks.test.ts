/** Where Redis 7.2 surprises its users: once as it is, once repaired. */
import { expect } from 'vitest';
import { fault, type SaveLab } from '../server/save-lab.ts';
import { cell } from './cells.ts';
import {
  FOLDER,
  INCR,
  MANIFEST,
  crash,
  keys,
  logging,
  put,
  record,
  remove,
  restart,
  restartWith,
  status,
  writeKeys,
} from './machine.ts';

const SELECT = record('SELECT', '0');
const SET_A = record('SET', 'a', '1');
const FULL = 'MISCONF Errors writing to the AOF file: No space left on device';
const ALWAYS = { appendfsync: 'always' };

/** The log ends inside the second command of a transaction. */
function tornTransaction(repaired: readonly string[]): SaveLab {
  const lab = logging(ALWAYS, repaired);
  const block = record('MULTI') + record('SET', 'b', '1') + record('SET', 'c', '1');
  restartWith(lab, SELECT + SET_A + block.slice(0, -3));
  expect(keys(lab)).toBe(1);
  expect(lab.text('SET acknowledged 1')).toBe('OK');
  crash(lab, 'power-lost');
  restart(lab);
  return lab;
}

cell('quirks', 'dangling-multi: as Redis', () => {
  const lab = tornTransaction([]);
  expect(lab.text('EXISTS acknowledged')).toBe('0');
  expect(lab.log()).toContain('Revert incomplete MULTI/EXEC transaction');
});

cell('quirks', 'dangling-multi: repaired', () => {
  const lab = tornTransaction(['dangling-multi']);
  expect(lab.text('EXISTS acknowledged')).toBe('1');
  expect(lab.text('EXISTS b c')).toBe('0');
});

function tornAnnotation(repaired: readonly string[]): SaveLab {
  const lab = logging(ALWAYS, repaired);
  restartWith(lab, `${SELECT}${SET_A}#TS:17952`);
  expect(keys(lab)).toBe(1);
  expect(lab.text('SET acknowledged 1')).toBe('OK');
  crash(lab, 'process-killed');
  restart(lab);
  return lab;
}

cell('quirks', 'torn-annotation: as Redis', () => {
  const lab = tornAnnotation([]);
  expect(lab.file(INCR)).toContain('#TS:17952*2');
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toContain('Bad file format reading the append only file');
});

cell('quirks', 'torn-annotation: repaired', () => {
  const lab = tornAnnotation(['torn-annotation']);
  expect(lab.file(INCR)).not.toContain('#TS');
  expect(lab.text('EXISTS a acknowledged')).toBe('2');
});

/** Of two incr files the first is torn. */
function tornFirstFile(repaired: readonly string[]): SaveLab {
  const lab = logging(ALWAYS, repaired);
  crash(lab, 'process-killed');
  put(lab, INCR, SELECT + SET_A + record('SET', 'lost', '1').slice(0, -2));
  put(lab, `${FOLDER}/appendonly.aof.2.incr.aof`, SELECT + record('SET', 'later', '1'));
  const manifest = `${lab.file(MANIFEST)}file appendonly.aof.2.incr.aof seq 2 type i\n`;
  put(lab, MANIFEST, manifest);
  restart(lab);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toMatch(/Fatal error: the truncated file is not the last file$/);
  restart(lab);
  return lab;
}

cell('quirks', 'refusal-truncates: as Redis', () => {
  const lab = tornFirstFile([]);
  expect(status(lab)).toBe('running');
  expect(lab.text('EXISTS a later')).toBe('2');
  expect(lab.text('EXISTS lost')).toBe('0');
});

cell('quirks', 'refusal-truncates: repaired', () => {
  const lab = tornFirstFile(['refusal-truncates']);
  expect(status(lab)).toBe('failed');
  expect(lab.file(INCR)).toContain('lost');
});

/** A length is wrong: it reaches beyond the end of the file, which looks like a torn tail. */
function longLength(repaired: readonly string[]): SaveLab {
  const lab = logging(ALWAYS, repaired);
  const middle = record('SET', 'b', '1').replace('$1\r\n1', '$999\r\n1');
  restartWith(lab, SELECT + SET_A + middle + record('SET', 'c', '1') + record('SET', 'd', '1'));
  return lab;
}

cell('quirks', 'length-past-end: as Redis', () => {
  const lab = longLength([]);
  expect(keys(lab)).toBe(1);
  expect(lab.file(INCR)).toBe(SELECT + SET_A);
});

cell('quirks', 'length-past-end: repaired', () => {
  const lab = longLength(['length-past-end']);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toContain('Bad file format reading the append only file');
  expect(lab.file(INCR)).toContain('d\r\n');
  // A tail that is only torn is cut off as ever.
  restartWith(lab, SELECT + SET_A + record('SET', 'b', '1').slice(0, -1));
  expect(keys(lab)).toBe(1);
});

function lostManifest(repaired: readonly string[]): SaveLab {
  const lab = logging(ALWAYS, repaired);
  writeKeys(lab, 3);
  crash(lab, 'process-killed');
  remove(lab, MANIFEST);
  restart(lab);
  return lab;
}

cell('quirks', 'lost-manifest: as Redis', () => {
  const lab = lostManifest([]);
  expect(keys(lab)).toBe(0);
  // The old incr file is opened again as the new one: its commands come back at the next start.
  expect(lab.file(INCR)).toContain('k2');
  crash(lab, 'process-killed');
  restart(lab);
  expect(keys(lab)).toBe(3);
});

cell('quirks', 'lost-manifest: repaired', () => {
  const lab = lostManifest(['lost-manifest']);
  expect(status(lab)).toBe('failed');
  expect(lab.log()).toMatch(/looks like a part of the log, but no manifest names it$/);
  // An empty directory is no log.
  for (const path of lab.files()) remove(lab, path);
  restart(lab);
  expect(keys(lab)).toBe(0);
});

function fullDisk(repaired: readonly string[]): SaveLab {
  const lab = logging({}, repaired);
  lab.text('SET before 1');
  lab.pass(1100);
  lab.lab.plan(fault('disk-full'));
  return lab;
}

cell('quirks', 'acknowledged-at-disk-full: as Redis', () => {
  const lab = fullDisk([]);
  expect(lab.text('SET first 1')).toBe('OK');
  crash(lab, 'process-killed');
  restart(lab);
  expect(lab.text('EXISTS first')).toBe('0');
});

cell('quirks', 'acknowledged-at-disk-full: repaired', () => {
  const lab = fullDisk(['acknowledged-at-disk-full']);
  expect(lab.text('SET first 1')).toBe(FULL);
  expect(lab.text('GET before')).toBe('1');
  lab.lab.plan(null);
  lab.pass(200);
  expect(lab.text('SET second 1')).toBe('OK');
});

function failedFsync(repaired: readonly string[]): SaveLab {
  const lab = logging({}, repaired);
  lab.pass(1100);
  lab.lab.plan(fault('fsync-error', { value: 'EIO' }));
  expect(lab.text('SET k 1')).toBe('OK');
  lab.pass(50);
  lab.lab.plan(null);
  lab.pass(5000);
  return lab;
}

cell('quirks', 'sticky-fsync-error: as Redis', () => {
  const lab = failedFsync([]);
  expect(lab.text('SET l 1')).toBe('MISCONF Errors writing to the AOF file: Input/output error');
  crash(lab, 'power-lost');
  restart(lab);
  // Linux gave the bytes up: they were in memory only.
  expect(lab.text('EXISTS k')).toBe('0');
});

cell('quirks', 'sticky-fsync-error: repaired', () => {
  const lab = failedFsync(['sticky-fsync-error']);
  expect(lab.text('SET l 1')).toBe('OK');
  lab.pass(2000);
  crash(lab, 'power-lost');
  restart(lab);
  expect(lab.text('EXISTS k l')).toBe('2');
});

function clockSetBack(repaired: readonly string[]): SaveLab {
  const lab = logging({}, repaired);
  writeKeys(lab, 3, 1000);
  lab.lab.plan(fault('clock-jump', { value: -3_600_000 }));
  lab.pass(200);
  lab.text('SET late 1');
  lab.pass(3000);
  crash(lab, 'power-lost');
  restart(lab);
  return lab;
}

cell('quirks', 'clock-set-back: as Redis', () => {
  expect(clockSetBack([]).text('EXISTS late')).toBe('0');
});

cell('quirks', 'clock-set-back: repaired', () => {
  expect(clockSetBack(['clock-set-back']).text('EXISTS late')).toBe('1');
});

cell('quirks', 'shutdown-drops-buffer: as Redis', () => {
  const lab = fullDisk([]);
  lab.text('SET first 1');
  expect(lab.text('SHUTDOWN')).toBe('(closed)');
  expect(status(lab)).toBe('stopped');
  restart(lab);
  expect(keys(lab)).toBe(1);
});

cell('quirks', 'shutdown-drops-buffer: repaired', () => {
  const lab = fullDisk(['shutdown-drops-buffer']);
  lab.text('SET first 1');
  expect(lab.text('SHUTDOWN')).toBe('ERR Errors trying to SHUTDOWN. Check logs.');
  lab.lab.plan(null);
  lab.pass(200);
  expect(lab.text('SHUTDOWN')).toBe('(closed)');
  restart(lab);
  expect(keys(lab)).toBe(2);
});
