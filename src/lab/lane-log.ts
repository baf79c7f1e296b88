/** A lane's log as it grows, moves to other files, and comes back after a boot. */
import { newGrowableBytes } from '../base/growable-bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Unit } from '../engine/effects.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import type { AppendedRecord } from '../persistence/aof-writer.ts';
import { encodeCommand } from '../resp/command-encoder.ts';
import { DATA_PATH } from './boot.ts';
import {
  enterBase,
  enterSegment,
  enterSnapshot,
  resumeSegment,
  snapshotIsDurable,
  snapshotOffset,
} from './durability.ts';
import type { LaneState } from './lane-state.ts';
import { importRecords } from './record-import.ts';
import {
  addRecord,
  causeOfKind,
  closeUnit,
  endOffset,
  firstRowLost,
  kindOfRole,
  truncateRecords,
  writesBefore,
} from './record-log.ts';
import { recordCause, recordKind, type RecordCause } from './view.ts';

/** Clients of the workload are called so. */
export const WORKLOAD_CLIENT = 'workload ';

/** Adds what a command changed; `records` is empty when there is no log. */
export function recordUnit(
  state: LaneState,
  unit: Unit,
  records: readonly AppendedRecord[],
  at: Micros,
): void {
  const { records: log } = state;
  const first = log.count;
  const cause = causeOf(state, unit);
  if (records.length === 0) recordUnlogged(state, unit, cause, at);
  for (const record of records) {
    const write = record.command !== null && unit.cause.client !== null;
    addRecord(log, {
      offset: record.offset,
      at,
      kind: kindOfRole[record.role]!,
      cause,
      bytes: bytesOf(state, record),
      writes: write ? 1 : 0,
    });
  }
  closeUnit(log, first);
  if (cause !== recordCause.workload && unit.cause.client !== null) remember(state, unit, first);
}

/** Without a log nothing is written, but the ledger still has to name what is lost. */
function recordUnlogged(state: LaneState, unit: Unit, cause: RecordCause, at: Micros): void {
  const { records: log } = state;
  const sink = newGrowableBytes();
  for (const { argv } of unit.commands) {
    const from = sink.length;
    encodeCommand(argv, sink);
    const writes = unit.cause.client === null ? 0 : 1;
    addRecord(log, {
      offset: endOffset(log),
      at,
      kind: recordKind.command,
      cause,
      bytes: sink.bytes.subarray(from, sink.length),
      writes,
    });
  }
}

function causeOf(state: LaneState, unit: Unit): RecordCause {
  const { client, kind } = unit.cause;
  const name = client === null ? undefined : state.clientNames.get(client);
  return name?.startsWith(WORKLOAD_CLIENT) === true ? recordCause.workload : causeOfKind[kind]!;
}

/** Marks the rows of a person's own command, and keeps what was typed where the log says something else. */
function remember(state: LaneState, unit: Unit, first: number): void {
  const { records: log } = state;
  const { client, typed } = unit.cause;
  const waiting = state.clients.get(state.clientNames.get(client ?? -1) ?? '')?.waiting;
  const command = waiting?.find(({ argv }) => argv === typed);
  if (command !== undefined) command.row = log.count - 1;
  for (let row = first; row < log.count; row++) {
    log.own.add(row);
    const rewritten = unit.commands.length === 1 && unit.commands[0]!.argv !== typed;
    if (typed !== null && rewritten && log.kinds[row] === recordKind.command)
      log.typed.set(row, typed);
  }
}

/** A record's bytes stand in the server's buffer until its flush; they are copied before that. */
function bytesOf(state: LaneState, record: AppendedRecord): Uint8Array {
  const { aof } = state.server!;
  const start = aof.buffer.length - (aof.appended - record.offset);
  return aof.buffer.bytes.subarray(start, start + record.length);
}

/** The server writes to another file from now on; at its start, it goes on with the one that it found. */
export function enterFile(
  state: LaneState,
  kernel: SimulatedKernel,
  segment: { readonly path: string; readonly fileOffset: number; readonly offset: number },
  at: Micros,
): void {
  const { fileOffset, offset } = segment;
  const path = `${DATA_PATH}/${segment.path}`;
  if (state.status !== 'loading')
    return enterSegment(state.durability, kernel, path, fileOffset, offset);
  const { aof } = state.server!;
  const end =
    resumeSegment(state.durability, kernel, path, fileOffset) ?? readLog(state, kernel, at);
  truncateRecords(state.records, firstRowLost(state.records, end));
  aof.appended = end;
  aof.written = end;
  state.durability.written = end;
  state.fsyncedOffset = end;
  state.acknowledgedOffset = end;
}

/** Files that this lane has not written: brought in, or kept from an earlier visit. Returns where the log ends. */
function readLog(state: LaneState, kernel: SimulatedKernel, at: Micros): number {
  const { aof, settings } = state.server!;
  forgetLog(state);
  let start = 0;
  for (const { name } of aof.manifest.incr) {
    const path = `${DATA_PATH}/${settings.appendDirname}/${name}`;
    const bytes = kernel.readFile(path) ?? new Uint8Array();
    enterSegment(state.durability, kernel, path, 0, start);
    importRecords(state.records, bytes, start, at);
    start += bytes.length;
  }
  return start;
}

/** Other files stand in /data now: what this lane knew of its log is history. */
export function forgetLog(state: LaneState): void {
  truncateRecords(state.records, 0);
  state.durability.segments = [];
  state.durability.base = null;
  state.durability.snapshots = [];
  state.durability.written = 0;
  state.durability.missingAsOf = -1;
  state.acknowledgedOffset = 0;
  state.fsyncedOffset = 0;
}

/** A rewrite has ended: everything logged before `offset` is in the new base. */
export function enterNewBase(state: LaneState, kernel: SimulatedKernel, offset: number): void {
  const base = baseFile(state, kernel);
  if (base !== undefined) enterBase(state.durability, base.inode, base.path, offset);
}

/** A server has started with a base that no rewrite of this lane has made: no record of the lane is in it. */
export function knowBase(state: LaneState, kernel: SimulatedKernel): void {
  const base = baseFile(state, kernel);
  if (base !== undefined) state.durability.base ??= { ...base, offset: 0 };
  state.durability.missingAsOf = -1;
}

function baseFile(
  state: LaneState,
  kernel: SimulatedKernel,
): { readonly inode: number; readonly path: string } | undefined {
  const { aof, settings } = state.server!;
  const { base } = aof.manifest;
  if (aof.mode === 'off' || base === null) return undefined;
  const path = `${DATA_PATH}/${settings.appendDirname}/${base.name}`;
  const inode = kernel.inodeAt(path, 'cache');
  return inode === undefined ? undefined : { inode, path };
}

/** The main thread has saved everything so far; a child's file is known since it was opened. */
export function enterSavedFile(
  state: LaneState,
  kernel: SimulatedKernel,
  by: 'main' | 'child',
): void {
  const { durability, records } = state;
  durability.snapshotPath = `${DATA_PATH}/${state.server!.settings.dbFilename}`;
  if (by === 'main')
    enterSnapshot(durability, kernel, durability.snapshotPath, endOffset(records), true);
  else snapshotIsDurable(durability, kernel);
}

/** A server without a log has loaded the snapshot in place: what came after it is gone. */
function resumeFromSnapshot(state: LaneState, kernel: SimulatedKernel): void {
  const { durability, records } = state;
  durability.snapshotPath = `${DATA_PATH}/${state.server!.settings.dbFilename}`;
  const end = snapshotOffset(durability, kernel, 'process-killed');
  truncateRecords(records, firstRowLost(records, end));
  state.acknowledgedOffset = endOffset(records);
}

/** After a boot: did come back what the layers had promised? */
export function recount(state: LaneState, kernel: SimulatedKernel): void {
  const { crash, records } = state;
  const logged = state.server?.aof.mode !== 'off';
  if (!logged) resumeFromSnapshot(state, kernel);
  const survived = writesBefore(records, records.count);
  if (crash === null || crash.recount !== null) return;
  const expected = crash.acknowledged - crash.lost;
  // A write that nobody was answered for may have come back too: that is no difference.
  if (survived >= expected && survived <= expected + crash.neverAcknowledged) return;
  const reason =
    survived < expected
      ? 'the loader cut more than the layers showed'
      : logged
        ? 'more came back than the layers showed'
        : 'a child went on saving when its parent was dead';
  crash.recount = { survived, reason };
}
