/** What an accident would take of a lane, and the reasons that the ledger gives. */
import type { Micros } from '../base/time.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import { logOffsets, missingFiles, snapshotOffset } from './durability.ts';
import type { Lane } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { riskOf, survivesTo, takeLosses, type LostRows } from './ledger.ts';
import { measured } from './measure.ts';
import { firstRowLost, recordBytes } from './record-log.ts';
import { recordText } from './texts.ts';
import type { CrashKind, LabMillis, Tail } from './view.ts';

/** Counted before the accident happens: from then on the layers are not what they were. */
export function lossesOf(lane: Lane, kind: CrashKind, tail: Tail): LostRows {
  const { state, kernel } = lane;
  const { records } = state;
  return takeLosses(
    records,
    state.durability,
    kernel,
    {
      kind,
      tail,
      at: lane.now,
      acknowledgedOffset: state.acknowledgedOffset,
      fsyncDueAt: state.server?.settings.appendFsync === 'everysec' ? nextSecond(lane) : null,
      measured: measured(state.meter, lane.now, lane.epoch),
      fileBytes: fileBytes(state, kernel),
      durableTo: durableTo(lane),
    },
    (row) => recordText(recordBytes(records, row)),
    keepsLog(state) ? 'log' : 'none',
  );
}

/** The offset up to which the records survive a loss of power that takes all that is unsynced. */
export function survivesPower(state: LaneState, kernel: SimulatedKernel): number {
  return keepsLog(state)
    ? survivesTo(logOffsets(state.durability, kernel), 'power-lost', 'lost')
    : snapshotOffset(state.durability, kernel, 'power-lost');
}

/** The offset up to which the records survive the death of the process. */
export function survivesKill(state: LaneState, kernel: SimulatedKernel): number {
  return keepsLog(state)
    ? missingFiles(state.durability, kernel) === null
      ? state.durability.written
      : 0
    : snapshotOffset(state.durability, kernel, 'process-killed');
}

/** Acknowledged writes that a loss of power would take now, with all that is unsynced. */
export function writesAtRisk({ state, kernel }: Lane): number {
  return riskOf(state.records, survivesPower(state, kernel)).writes;
}

/** When the newest record was logged that a loss of power would not take; null: it would take them all. */
export function durableTo(lane: Lane): LabMillis | null {
  const { records } = lane.state;
  const row = firstRowLost(records, survivesPower(lane.state, lane.kernel));
  return row === 0 ? null : lane.labTime(records.times[row - 1]!);
}

/** What a boot would read: base and increments of the log, or the snapshot; null: there is no such file. */
export function fileBytes(state: LaneState, kernel: SimulatedKernel): number | null {
  const { base, segments, snapshotPath } = state.durability;
  if (!keepsLog(state)) return kernel.layersOf(snapshotPath)?.size ?? null;
  const inodes = [...(base === null ? [] : [base]), ...segments].map(({ inode }) => inode);
  return inodes.reduce((sum, inode) => sum + (kernel.layersOfInode(inode)?.size ?? 0), 0);
}

/** `60 1000`, as redis.conf has them: the running server's, or those of the last one. */
export function savePoints(state: LaneState): string {
  const points = state.server?.settings.save;
  return points === undefined
    ? state.savePoints
    : points.map(({ seconds, changes }) => `${seconds} ${changes}`).join(' ');
}

/** Whether there is a log that a boot could replay. */
export function keepsLog(state: LaneState): boolean {
  return state.server === null
    ? state.durability.segments.length > 0
    : state.server.aof.mode !== 'off';
}

/** When `everysec` would have asked for its next fsync: at the turn of the wall clock's second. */
function nextSecond(lane: Lane): Micros | null {
  const { server } = lane.state;
  if (server === null || server.aof.mode === 'off') return null;
  const wall = lane.kernel.wallClock(lane.now);
  return lane.now + (1_000_000 - (wall % 1_000_000));
}

/** A cut at a logical offset, in terms of the file at hand. */
export function cutIn(state: LaneState, offset: number): { cutAt: number; path: string } {
  const segment = state.durability.segments[state.durability.segments.length - 1];
  return segment === undefined
    ? { cutAt: offset, path: '' }
    : { cutAt: offset - segment.start + segment.fileStart, path: segment.path };
}
