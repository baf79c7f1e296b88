/**
 * Rows as the page counts them: each once, over the whole run. The lab counts the rows that it has now, so after
 * a restart that did not bring all of them back its numbers start again lower; the page keeps what was lost.
 */
import type { RecordBatch } from '../../worker/protocol.ts';

export class RowNumbers {
  /** From which of the lab's rows on how much is to be added; the newest last. */
  #shifts: { readonly from: number; readonly by: number }[] = [];
  #next = 0;

  /** The same batch in the page's numbers. */
  apply(batch: RecordBatch): RecordBatch {
    const due = this.#next - this.#shiftAt(Infinity);
    if (batch.first < due) {
      this.#shifts = this.#shifts.filter((shift) => shift.from < batch.first);
      this.#shifts.push({ from: batch.first, by: this.#next - batch.first });
    }
    const first = batch.first + this.#shiftAt(batch.first);
    this.#next = first + batch.count;
    if (this.#shifts.length === 0) return batch;
    return {
      ...batch,
      first,
      typed: this.#renumbered(batch.typed),
      replies: this.#renumbered(batch.replies),
    };
  }

  #renumbered(texts: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
    return new Map([...texts].map(([row, text]) => [row + this.#shiftAt(row), text]));
  }

  #shiftAt(row: number): number {
    return this.#shifts.findLast((shift) => shift.from <= row)?.by ?? 0;
  }
}
