import type { Crash } from '../../worker/protocol.ts';
import type { RecordStore } from './record-store.ts';

/** The rows of one life of the log that a crash took. */
export interface LostRange {
  readonly crash: Crash;
  /** First row that is no longer in the file, and the first row after the crash. */
  readonly from: number;
  readonly to: number;
  /** First of them that had no reply yet; `to` if all had been acknowledged. */
  readonly unanswered: number;
}

/** What each crash took from the log, so that its rows stay crossed after the boot. */
export class LostRows {
  #ranges: LostRange[] = [];

  get ranges(): readonly LostRange[] {
    return this.#ranges;
  }

  /**
   * Notes a crash, once. It may be told again with each frame, and again with a recount after the boot,
   * which changes what is known about the crash and not which bytes it took.
   */
  note(store: RecordStore, crash: Crash): void {
    const last = this.#ranges.at(-1);
    if (last !== undefined && last.crash.at === crash.at) {
      if (last.crash !== crash) this.#ranges[this.#ranges.length - 1] = { ...last, crash };
      return;
    }
    // What was logged after the crash belongs to the next life, even if it came in the same frame.
    const to = Math.max(store.rowAfterTime(crash.at), last?.to ?? store.first);
    const behind = (offset: number): number => {
      let low = last?.to ?? store.first;
      let high = to;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (store.endAt(middle) > offset) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    const from = behind(crash.fileEnds);
    const unanswered = Math.max(from, behind(crash.acknowledgedOffset));
    this.#ranges.push({ crash, from, to, unanswered });
  }

  /** The crash that took a row, if one did. */
  rangeOf(row: number): LostRange | undefined {
    for (let i = this.#ranges.length - 1; i >= 0; i--) {
      const range = this.#ranges[i];
      if (range !== undefined && row >= range.to) return undefined;
      if (range !== undefined && row >= range.from) return range;
    }
    return undefined;
  }

  clear(): void {
    this.#ranges = [];
  }
}
