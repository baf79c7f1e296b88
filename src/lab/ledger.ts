/**
 * What a crash took, and why: computed at the crash from the layers, and checked after the boot against what really
 * came back.
 */
import type { Micros } from '../base/time.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import { logOffsets, snapshotOffset, type DurabilityState, type LogOffsets } from './durability.ts';
import {
  firstRowLost,
  firstWrite,
  writesBefore,
  writesBetween,
  type RecordLog,
} from './record-log.ts';
import type { CrashKind, LabMillis, Layer, Measured, Tail } from './view.ts';

/** The rows that a crash took: `from` to before `acknowledged`; behind it stand those that nobody was answered for. */
export interface LostRows {
  readonly kind: CrashKind;
  readonly tail: Tail;
  readonly at: Micros;
  readonly from: number;
  readonly acknowledgedRows: number;
  readonly count: number;
  /** Offsets at the crash. */
  readonly survivesTo: number;
  readonly offsets: LogOffsets;
  readonly acknowledgedOffset: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly neverAcknowledged: number;
  readonly oldestLostAt: Micros | null;
  readonly measured: Measured | null;
  readonly fileBytes: number | null;
  readonly durableTo: LabMillis | null;
  readonly fsyncDueAt: Micros | null;
  /** Rows as they were: the log itself is cut when the machine boots. */
  readonly rows: readonly LostRow[];
  recount: { readonly survived: number; readonly reason: string } | null;
}

export interface LostRow {
  readonly at: Micros;
  readonly offset: number;
  readonly command: string;
  readonly layer: Layer;
  readonly own: boolean;
}

export interface RiskCount {
  readonly writes: number;
  readonly oldestAt: Micros | null;
}

/** The offset up to which the log survives that accident. */
export function survivesTo(offsets: LogOffsets, kind: CrashKind, tail: Tail): number {
  // A removal that is not on the platter yet is forgotten with the page cache.
  if (offsets.missing === 'both') return 0;
  if (offsets.missing === 'cache' && (kind === 'process-killed' || tail !== 'lost')) return 0;
  if (kind === 'process-killed') return offsets.written;
  if (tail === 'kept') return offsets.written;
  if (typeof tail === 'object')
    return Math.min(Math.max(offsets.durable, tail.cutAt), offsets.written);
  // Zeros and holes begin where the platter's bytes end: nothing behind them can be read back.
  return offsets.durable;
}

/** Acknowledged writes that an accident now would take. */
export function riskOf(log: RecordLog, offset: number): RiskCount {
  const from = firstRowLost(log, offset);
  const writes = writesBetween(log, from, log.acknowledged);
  const oldest = writes === 0 ? undefined : firstWrite(log, from, log.acknowledged);
  return { writes, oldestAt: oldest === undefined ? null : log.acknowledgedAt[oldest]! };
}

export interface CrashFacts {
  readonly kind: CrashKind;
  readonly tail: Tail;
  readonly at: Micros;
  readonly acknowledgedOffset: number;
  readonly fsyncDueAt: Micros | null;
  readonly measured: Measured | null;
  readonly fileBytes: number | null;
  readonly durableTo: LabMillis | null;
}

export function takeLosses(
  log: RecordLog,
  durability: DurabilityState,
  kernel: SimulatedKernel,
  facts: CrashFacts,
  text: (row: number) => string,
  persistence: 'log' | 'none',
): LostRows {
  const offsets = logOffsets(durability, kernel);
  const end =
    persistence === 'none'
      ? snapshotOffset(durability, kernel, facts.kind)
      : survivesTo(offsets, facts.kind, facts.tail);
  const from = firstRowLost(log, end);
  const rows: LostRow[] = [];
  for (let row = from; row < log.acknowledged; row++) {
    if (writesBefore(log, row + 1) === writesBefore(log, row)) continue;
    rows.push({
      at: log.acknowledgedAt[row]!,
      offset: log.offsets[row]!,
      command: text(row),
      layer: layerOf(log.unitEnds[row]!, offsets),
      own: log.own.has(row),
    });
  }
  return {
    ...facts,
    from,
    acknowledgedRows: log.acknowledged,
    count: log.count,
    survivesTo: end,
    offsets,
    acknowledged: writesBefore(log, log.acknowledged),
    lost: rows.length,
    neverAcknowledged: writesBetween(log, Math.max(log.acknowledged, 0), log.count),
    oldestLostAt: rows[0]?.at ?? null,
    rows,
    recount: null,
  };
}

/** Where the record was when it died. */
function layerOf(unitEnd: number, offsets: LogOffsets): Layer {
  if (unitEnd > offsets.written) return 'process';
  return unitEnd > offsets.claimed ? 'page-cache' : 'drive';
}
