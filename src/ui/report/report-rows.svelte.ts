/** The part of a report that is in sight, in the order that was asked for. */
import type { LabCalls } from '../../worker/link.ts';
import type { ReportColumn, ReportSource, ReportView } from '../../worker/protocol.ts';

const PAGE = 60;

export class ReportRows {
  report = $state.raw<ReportView | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);
  sort = $state<ReportColumn>('bytes');
  order = $state<'up' | 'down'>('down');
  #lab: LabCalls;
  #options: { readonly lane?: string };
  #turn = 0;

  constructor(lab: LabCalls, lane: string | undefined) {
    this.#lab = lab;
    this.#options = lane === undefined ? {} : { lane };
  }

  async open(source: ReportSource): Promise<void> {
    this.report = null;
    await this.#ask({ do: 'open', source, window: this.#window(0, PAGE) });
  }

  /** A column again turns the order around; of a text one the first comes first. */
  async sortBy(column: ReportColumn): Promise<void> {
    if (column === this.sort) this.order = this.order === 'up' ? 'down' : 'up';
    else
      this.order = column === 'key' || column === 'type' || column === 'database' ? 'up' : 'down';
    this.sort = column;
    await this.#ask({ do: 'look', window: this.#window(0, PAGE) });
  }

  /** Those in sight and as many on each side. */
  show(first: number, count: number): void {
    const { report } = this;
    if (report === null) return;
    const last = Math.min(report.total, first + count);
    if (first >= report.from && last <= report.from + report.rows.length) return;
    void this.#ask({ do: 'look', window: this.#window(Math.max(0, first - count), count * 3) });
  }

  async csv(): Promise<{ readonly name: string; readonly blob: Blob } | null> {
    try {
      return await this.#lab.download({ what: 'report' }, this.#options);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return null;
    }
  }

  #window(from: number, count: number) {
    return { sort: this.sort, order: this.order, from, count };
  }

  async #ask(request: Parameters<LabCalls['report']>[0]): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    this.problem = null;
    try {
      const report = await this.#lab.report(request, this.#options);
      if (turn === this.#turn) this.report = report;
    } catch (error) {
      if (turn === this.#turn)
        this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}
