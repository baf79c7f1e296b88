/** A lane as the page shows it: every number computed here, once, so that no two panes can disagree. */
import type { Micros } from '../base/time.ts';
import { logOffsets, snapshotOffset, type LogOffsets } from './durability.ts';
import { durableTo, fileBytes, keepsLog, savePoints } from './crash.ts';
import type { Lane } from './lane.ts';
import { riskOf, survivesTo, type LostRow, type LostRows } from './ledger.ts';
import { endOffset, writesBefore, writesBetween } from './record-log.ts';
import { measured } from './measure.ts';
import type { LaneState } from './lane-state.ts';
import type { Crash, CrashKind, LaneView, LostWrite, Risk, Tail } from './view.ts';

const MICROS_PER_SECOND = 1_000_000;

export function laneView(lane: Lane, tail: Tail): LaneView {
  const { state, kernel } = lane;
  const { server, records } = state;
  const logged = keepsLog(state);
  const offsets = logOffsets(state.durability, kernel);
  const segment = state.durability.segments[state.durability.segments.length - 1];
  return {
    id: state.id,
    state: state.status,
    power: state.power,
    fileRemoved: logged && offsets.missing !== null,
    failure: state.failure,
    policy: state.policy,
    savePoints: savePoints(state),
    appended: logged ? endOffset(records) : null,
    acknowledged: logged ? Math.min(state.acknowledgedOffset, endOffset(records)) : null,
    written: logged ? offsets.written : null,
    fsynced: logged ? offsets.claimed : null,
    durable: logged ? offsets.durable : null,
    file:
      logged && segment !== undefined
        ? { path: segment.path, start: segment.start - segment.fileStart }
        : null,
    fsync: fsyncView(lane),
    atRisk: {
      processKill: risk(lane, offsets, 'process-killed', tail, logged),
      powerLoss: risk(lane, offsets, 'power-lost', tail, logged),
    },
    acknowledgedWrites: writesBefore(records, records.acknowledged),
    unacknowledged: writesBetween(records, records.acknowledged, records.count),
    crash: state.crash === null ? null : crashView(lane, state.crash),
    loading: loadingView(state),
    rewriting: server?.child?.kind === 'aof',
    keys: keyCount(state),
    opsPerSecond: opsPerSecond(lane),
    measured: measured(state.meter, lane.now, lane.epoch),
    fileBytes: fileBytes(state, kernel),
    durableTo: durableTo(lane),
  };
}

export function keyCount({ server }: LaneState): number {
  return server === null
    ? 0
    : server.engine.databases.reduce((sum, { space }) => sum + space.entries.length, 0);
}

function fsyncView(lane: Lane): LaneView['fsync'] {
  const { fsync, kernel } = lane.state;
  if (fsync === null) return null;
  const flight = kernel.flights.find(
    ({ startedAt, source }) => source === 'fsync' && startedAt >= fsync.startedAt,
  );
  return {
    startedAt: lane.labTime(fsync.startedAt),
    endsAt: lane.labTime(flight?.endsAt ?? lane.now),
    coversTo: fsync.covers,
  };
}

function risk(lane: Lane, offsets: LogOffsets, kind: CrashKind, tail: Tail, logged: boolean): Risk {
  const { writes, oldestAt } = riskOf(
    lane.state.records,
    logged
      ? survivesTo(offsets, kind, tail)
      : snapshotOffset(lane.state.durability, lane.kernel, kind),
  );
  return { writes, ms: oldestAt === null ? 0 : (lane.now - oldestAt) / 1000 };
}

function crashView(lane: Lane, crash: LostRows): Crash {
  const ms = (at: Micros): number => lane.labTime(at);
  return {
    kind: crash.kind,
    tail: crash.tail,
    at: ms(crash.at),
    acknowledged: crash.acknowledged,
    survived: crash.acknowledged - crash.lost,
    lost: crash.lost,
    neverAcknowledged: crash.neverAcknowledged,
    ms: crash.oldestLostAt === null ? 0 : (crash.at - crash.oldestLostAt) / 1000,
    fileEnds: crash.survivesTo,
    fileRemoved: crash.offsets.missing !== null,
    acknowledgedOffset: crash.acknowledgedOffset,
    fsyncDueAt: crash.fsyncDueAt === null ? null : ms(crash.fsyncDueAt),
    measured: crash.measured,
    fileBytes: crash.fileBytes,
    durableTo: crash.durableTo,
    recount: crash.recount,
  };
}

function loadingView({ server }: LaneState): LaneView['loading'] {
  const loading = server?.loading;
  if (loading === null || loading === undefined) return null;
  return {
    bytes: loading.loadedBefore + (loading.load?.at ?? loading.rdb?.reader.input.at ?? 0),
    total: loading.totalBytes,
    commands: loading.commands,
  };
}

/** Acknowledged writes of the last second of virtual time. */
function opsPerSecond(lane: Lane): number {
  const { records } = lane.state;
  const since = lane.now - MICROS_PER_SECOND;
  let low = 0;
  let high = records.acknowledged;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records.acknowledgedAt[middle]! <= since) low = middle + 1;
    else high = middle;
  }
  return writesBetween(records, low, records.acknowledged);
}

/** A row of the ledger, with its reason in a sentence. */
export function lostWrite(lane: Lane, crash: LostRows, row: LostRow): LostWrite {
  return {
    at: lane.labTime(row.at),
    offset: row.offset,
    command: row.command,
    layer: row.layer,
    why: reason(lane, crash, row),
    own: row.own,
  };
}

function reason(lane: Lane, crash: LostRows, row: LostRow): string {
  if (
    crash.offsets.written === 0 &&
    crash.survivesTo === 0 &&
    !lane.state.durability.segments.length
  ) {
    return 'answered, but no file is kept: it was in memory only';
  }
  if (!lane.state.durability.segments.length)
    return 'answered after the last snapshot had begun: it was in memory only';
  if (row.layer === 'process')
    return 'answered before it was written: it died with the process, in its buffer';
  if (crash.offsets.missing !== null)
    return 'written and answered, but its file had been removed: no boot finds it';
  if (row.layer === 'drive') return 'the drive had said that it was safe, and had not written it';
  if (crash.fsyncDueAt === null)
    return 'written and answered, but no fsync had covered it when the power went';
  const due = (lane.labTime(crash.fsyncDueAt) / 1000).toFixed(3);
  return `written and answered, but the fsync that would have saved it was due at ${due} s`;
}
