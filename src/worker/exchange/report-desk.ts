/** The memory report of a snapshot, of a million keys as well: made by what makes `rdb -c memory`, in pieces. */
import { newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import { presentState } from '../../engine/data/snapshot.ts';
import { redisVersion } from '../../engine/version.ts';
import { newRdbWriteJob, stepRdbWrite } from '../../persistence/rdb-writer.ts';
import { SNAPSHOT_LIMITS } from '../../persistence/snapshot-limits.ts';
import type { ServerState } from '../../server/state.ts';
import { escapeText } from '../../tools/rdb/escape.ts';
import {
  memoryLine,
  MEMORY_HEADER,
  memoryOf,
  skipListLevels,
  type MemoryRow,
} from '../../tools/rdb/memory.ts';
import { newRdbEvents, nextRdbEvent } from '../../tools/rdb/records.ts';
import type { Download } from './downloads.ts';
import type { ReportRow, ReportSum, ReportView, ReportWindow } from './report-view.ts';

const KEYS_A_LOOK = 256;
const SLICE_MS = 25;
const ALL = { databases: [], types: [], key: null, notKey: null };

interface Report {
  readonly name: string;
  readonly rows: readonly MemoryRow[];
  readonly damage: string | null;
  /** The last order that was asked for. */
  order: { readonly by: string; readonly indices: Uint32Array };
}

export class ReportDesk {
  private report: Report = { name: 'memory', rows: [], damage: null, order: unordered(0) };
  private turn = 0;

  /** Reads a snapshot; a later call puts an end to an earlier one's work. `undefined`: that happened. */
  async read(name: string, bytes: Uint8Array): Promise<'read' | undefined> {
    const turn = ++this.turn;
    const rows: MemoryRow[] = [];
    const levels = skipListLevels();
    const events = newRdbEvents(bytes, ALL);
    let until = performance.now() + SLICE_MS;
    for (let count = 0; ; count++) {
      const event = nextRdbEvent(events);
      if (event.kind === 'record') rows.push(memoryOf(event.record, levels));
      if (event.kind === 'end' || event.kind === 'failed') {
        const damage = event.kind === 'failed' ? event.reason : null;
        this.report = { name, rows, damage, order: unordered(rows.length) };
        return 'read';
      }
      if (count % KEYS_A_LOOK !== 0 || performance.now() < until) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (turn !== this.turn) return undefined;
      until = performance.now() + SLICE_MS;
    }
  }

  view({ sort, order, from, count }: ReportWindow): ReportView {
    const { report } = this;
    const { rows, damage } = report;
    const by = `${sort} ${order}`;
    if (report.order.by !== by) report.order = { by, indices: ordered(rows, sort, order) };
    const { indices } = report.order;
    const start = Math.max(0, Math.min(from, rows.length));
    return {
      total: rows.length,
      bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      byType: sums(rows, ({ type }) => type),
      byDatabase: sums(rows, ({ database }) => `db${database}`),
      damage,
      from: start,
      rows: [...indices.subarray(start, start + count)].map((index) => rowView(rows[index]!)),
    };
  }

  /** As `rdb -c memory` prints it. */
  csv(): Download {
    const { name, rows } = this.report;
    const parts: string[] = [MEMORY_HEADER];
    for (const row of rows) parts.push(memoryLine(row, 'print'));
    const blob = new Blob([parts.join('')], { type: 'text/csv' });
    return { name: `${name}.csv`, blob };
  }
}

/** The server's data as a snapshot's bytes; whoever calls it sees to it that nothing changes meanwhile. */
export async function snapshotOf({ engine }: ServerState): Promise<Uint8Array> {
  const job = newRdbWriteJob(
    presentState(engine.databases),
    { redisVersion, createdAt: 0, usedMemory: 0, aofBase: false },
    {
      compression: 'plain',
      listMaxListpackSize: SNAPSHOT_LIMITS.listMaxListpackSize,
      checksum: false,
      usage: 'none',
      now: 0,
      lfuLogFactor: 10,
      lfuDecayTime: 1,
    },
  );
  const sink = newGrowableBytes();
  let until = performance.now() + SLICE_MS;
  while (stepRdbWrite(job, sink, KEYS_A_LOOK) === 'more') {
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    until = performance.now() + SLICE_MS;
  }
  return takenBytes(sink);
}

function unordered(count: number): Report['order'] {
  return { by: '', indices: Uint32Array.from({ length: count }, (_, i) => i) };
}

function ordered(
  rows: readonly MemoryRow[],
  sort: ReportWindow['sort'],
  order: ReportWindow['order'],
): Uint32Array {
  const sign = order === 'up' ? 1 : -1;
  const compare = comparisons[sort];
  const { indices } = unordered(rows.length);
  // What is equal stays in the order of the file.
  return indices.sort((a, b) => sign * compare(rows[a]!, rows[b]!) || a - b);
}

type Compare = (a: MemoryRow, b: MemoryRow) => number;

const comparisons: Readonly<Record<ReportWindow['sort'], Compare>> = {
  key: (a, b) => compareText(a.key, b.key),
  type: (a, b) => compareText(a.type, b.type) || compareText(a.encoding, b.encoding),
  bytes: (a, b) => a.bytes - b.bytes,
  elements: (a, b) => a.elements - b.elements,
  largest: (a, b) => a.largestElement - b.largestElement,
  database: (a, b) => a.database - b.database,
};

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The largest first. */
function sums(rows: readonly MemoryRow[], nameOf: (row: MemoryRow) => string): ReportSum[] {
  const found = new Map<string, { keys: number; bytes: number }>();
  for (const row of rows) {
    const name = nameOf(row);
    let sum = found.get(name);
    if (sum === undefined) found.set(name, (sum = { keys: 0, bytes: 0 }));
    sum.keys++;
    sum.bytes += row.bytes;
  }
  return [...found]
    .map(([name, sum]) => ({ name, ...sum }))
    .sort((a, b) => b.bytes - a.bytes || compareText(a.name, b.name));
}

function rowView(row: MemoryRow): ReportRow {
  const { database, type, bytes, encoding, elements, largestElement: largest, expireAt } = row;
  const key = escapeText(row.key, 'print', 'key');
  return { database, type, key, bytes, encoding, elements, largest, expireAt };
}
