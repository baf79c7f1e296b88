/**
 * What Redis remembers of its log, and when the flush writes and fsyncs: rules R1 to R10 of spec §1.3
 * (aof.c:flushAppendOnlyFile), in whole seconds as 7.2 has them. Here is the decision; the server makes the calls.
 */
import { ascii, type ByteString } from '../base/bytes.ts';
import { appendString, newGrowableBytes, type GrowableBytes } from '../base/growable-bytes.ts';
import type { Seconds } from '../base/time.ts';
import type { PropagatedCommand, Unit } from '../engine/effects.ts';
import type { Errno, Fd } from '../machine/syscall.ts';
import { encodeCommand } from '../resp/command-encoder.ts';
import { newManifest, type Manifest } from './aof-manifest.ts';

export type FsyncPolicy = 'always' | 'everysec' | 'no';

export interface AofState {
  /** `wait-rewrite`: turned on at run time, the first rewrite has not ended. */
  mode: 'off' | 'on' | 'wait-rewrite';
  manifest: Manifest;
  /** Accepted, but not yet given to write(2). */
  buffer: GrowableBytes;
  fd: Fd;
  /** The db of the last logged SELECT; -1: a SELECT comes before the next command. */
  selectedDb: number;
  /** Bytes in the current incr file, and as many of them as an fsync was last requested for. */
  incrSize: number;
  incrFsyncOffset: number;
  lastFsync: Seconds;
  /** The second at which postponing began; 0: not postponing. */
  postponedSince: Seconds;
  delayedFsyncs: number;
  lastWriteErrno: Errno | null;
  bioFsyncErrno: Errno | null;
  /** When a write error was last logged: one line in 30 s. */
  lastErrorLogged: Seconds;
  currentSize: number;
  baseSize: number;
  /** The second of the last #TS annotation. */
  lastAnnotation: Seconds;
  /** Bytes ever logged, and as many of them as write(2) took: the log's own offsets, whatever the file. */
  appended: number;
  written: number;
}

export function newAofState(now: Seconds): AofState {
  return {
    mode: 'off',
    manifest: newManifest(),
    buffer: newGrowableBytes(),
    fd: -1,
    selectedDb: -1,
    incrSize: 0,
    incrFsyncOffset: 0,
    lastFsync: now,
    postponedSince: 0,
    delayedFsyncs: 0,
    lastWriteErrno: null,
    bioFsyncErrno: null,
    lastErrorLogged: 0,
    currentSize: 0,
    baseSize: 0,
    lastAnnotation: 0,
    appended: 0,
    written: 0,
  };
}

const MULTI: readonly ByteString[] = [ascii('MULTI')];
const EXEC: readonly ByteString[] = [ascii('EXEC')];
const SELECT = ascii('SELECT');

export type RecordRole = 'command' | 'select' | 'multi' | 'exec' | 'inner' | 'annotation';

/** One record that was added to the log, for whoever shows it. */
export interface AppendedRecord {
  /** Logical offset of its first byte. */
  readonly offset: number;
  readonly length: number;
  readonly role: RecordRole;
  readonly command: PropagatedCommand | null;
}

/** Adds a unit to the buffer; two or more commands stand between MULTI and EXEC (spec §3.2–3.4). */
export function appendUnit(
  aof: AofState,
  unit: Unit,
  now: Seconds,
  annotate: boolean,
  record: (record: AppendedRecord) => void,
): void {
  const block = unit.commands.length > 1;
  if (block) appendRecord(aof, 'multi', MULTI, null, now, annotate, record);
  for (const command of unit.commands) {
    if (command.db !== aof.selectedDb) {
      const select = [SELECT, ascii(String(command.db))];
      appendRecord(aof, 'select', select, null, now, annotate, record);
      aof.selectedDb = command.db;
    }
    appendRecord(aof, block ? 'inner' : 'command', command.argv, command, now, annotate, record);
  }
  if (block) appendRecord(aof, 'exec', EXEC, null, now, annotate, record);
}

function appendRecord(
  aof: AofState,
  role: RecordRole,
  argv: readonly ByteString[],
  command: PropagatedCommand | null,
  now: Seconds,
  annotate: boolean,
  record: (record: AppendedRecord) => void,
): void {
  const { buffer } = aof;
  let before = buffer.length;
  if (annotate && now > aof.lastAnnotation) {
    aof.lastAnnotation = now;
    appendString(buffer, `#TS:${now}\r\n`);
    appended(aof, before, 'annotation', null, record);
    before = buffer.length;
  }
  encodeCommand(argv, buffer);
  appended(aof, before, role, command, record);
}

/** `from`: where the record begins in the buffer. */
function appended(
  aof: AofState,
  from: number,
  role: RecordRole,
  command: PropagatedCommand | null,
  record: (record: AppendedRecord) => void,
): void {
  const length = aof.buffer.length - from;
  const offset = aof.appended;
  aof.appended += length;
  record({ offset, length, role, command });
}

export interface FlushSituation {
  readonly policy: FsyncPolicy;
  /** The cached clock, in whole seconds. */
  readonly now: Seconds;
  /** A background fsync is queued or running. */
  readonly fsyncRunning: boolean;
  readonly force: boolean;
  /** A child is alive and no-appendfsync-on-rewrite says that nothing is fsynced meanwhile. */
  readonly fsyncSuspended: boolean;
}

export type FlushDecision = 'nothing' | 'fsync' | 'write' | 'write-late';

/** R1 and R2. `write-late`: Redis gave up waiting for the fsync, and says so in its log. */
export function decideFlush(aof: AofState, situation: FlushSituation): FlushDecision {
  const { policy, now, fsyncRunning, force } = situation;
  if (aof.buffer.length === 0) {
    if (aof.incrFsyncOffset === aof.incrSize) return 'nothing';
    if (policy === 'everysec' && now > aof.lastFsync && !fsyncRunning) return 'fsync';
    return policy === 'always' ? 'fsync' : 'nothing';
  }
  if (policy !== 'everysec' || force || !fsyncRunning) return 'write';
  if (aof.postponedSince === 0) {
    aof.postponedSince = now;
    return 'nothing';
  }
  if (now - aof.postponedSince < 2) return 'nothing';
  aof.delayedFsyncs++;
  return 'write-late';
}

/** R6: the whole buffer was written. True if an earlier error has been overcome. */
export function wroteAll(aof: AofState): boolean {
  const { length } = aof.buffer;
  const recovered = aof.lastWriteErrno !== null;
  aof.lastWriteErrno = null;
  aof.postponedSince = 0;
  aof.currentSize += length;
  aof.incrSize += length;
  aof.written += length;
  aof.buffer = length > KEPT_BUFFER ? newGrowableBytes() : { bytes: aof.buffer.bytes, length: 0 };
  return recovered;
}

/** A short write whose bytes could not be cut off again: they stay, and the rest is retried from there. */
export function wrotePrefix(aof: AofState, length: number): void {
  const rest = aof.buffer.bytes.slice(length, aof.buffer.length);
  aof.buffer = { bytes: rest, length: rest.length };
  aof.currentSize += length;
  aof.incrSize += length;
  aof.written += length;
}

/** aof.c frees a buffer of 4000 bytes or more and reuses a smaller one; ours is reused up to a size worth keeping. */
const KEPT_BUFFER = 1 << 20;

export type FsyncDecision = 'none' | 'main' | 'background';

/** R7 to R10, after a write or straight from R1. */
export function decideFsync(aof: AofState, situation: FlushSituation): FsyncDecision {
  const { policy, now, fsyncRunning } = situation;
  if (situation.fsyncSuspended) return 'none';
  if (policy === 'always') return 'main';
  if (policy === 'no' || now <= aof.lastFsync) return 'none';
  aof.lastFsync = now;
  if (fsyncRunning) return 'none';
  aof.incrFsyncOffset = aof.incrSize;
  return 'background';
}

/** R8: the main thread's own fsync has ended well. */
export function fsyncedInMain(aof: AofState, now: Seconds): void {
  aof.incrFsyncOffset = aof.incrSize;
  aof.lastFsync = now;
}

/** By what writes are refused: the last write(2), or the last background fsync. */
export function writeErrno(aof: AofState): Errno | null {
  return aof.lastWriteErrno ?? aof.bioFsyncErrno;
}
