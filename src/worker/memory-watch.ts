/** The memory pane's comparison: made when asked for, then shown page by page. */
import type { Database } from '../engine/data/key-space.ts';
import {
  compareKeys,
  comeBack,
  databasesNow,
  memoryRow,
  type ComparedKey,
} from '../lab/memory-view.ts';
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import { wordText } from '../lab/texts.ts';
import type { CrashKind, LabMillis, MemoryMark, MemoryQuery, MemoryReport } from './protocol.ts';

interface Comparison {
  readonly lane: Lane;
  readonly accident: CrashKind;
  readonly at: LabMillis;
  readonly cost: number;
  readonly keys: readonly ComparedKey[];
  readonly after: readonly Database[];
  readonly refusal: string | null;
}

export class MemoryWatch {
  private last: Comparison | null = null;
  private readonly now: () => number;

  /** `now`: real time in milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  report(lab: Lab, lane: Lane, query: MemoryQuery): MemoryReport {
    const { last } = this;
    const fits = last?.lane === lane && last.accident === query.accident;
    const comparison = fits && !query.again ? last : this.compare(lab, lane, query.accident);
    const { keys, after, at, cost, refusal } = comparison;
    const { filter = '' } = query;
    const wanted = filter === '' ? keys : keys.filter(({ key }) => wordText(key).includes(filter));
    const counts: Record<MemoryMark, number> = { gone: 0, older: 0, back: 0, same: 0 };
    for (const { mark } of wanted) counts[mark]++;
    const databases = databasesNow(lane);
    const millis = Math.floor(lane.kernel.wallClock(lab.clock.now) / 1000);
    return {
      total: wanted.length,
      rows: wanted
        .slice(query.from, query.from + query.count)
        .map((key) => memoryRow(key, databases, after, millis)),
      counts,
      at,
      cost,
      refusal,
    };
  }

  private compare(lab: Lab, lane: Lane, accident: CrashKind): Comparison {
    const start = this.now();
    const back = comeBack(lab, lane, accident, lab.state.tail);
    const after = back.ok ? back.databases : [];
    const keys = compareKeys(databasesNow(lane), after);
    this.last = {
      lane,
      accident,
      at: lab.now,
      cost: this.now() - start,
      keys,
      after,
      refusal: back.ok ? null : back.refusal,
    };
    return this.last;
  }
}
