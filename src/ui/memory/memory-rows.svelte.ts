/** The rows of the memory pane that are in sight, asked for again while the lab goes on. */
import type { CrashKind, LaneView, MemoryReport } from '../../worker/protocol.ts';
import type { LabCalls } from '../../worker/link.ts';

/** Real time between two looks, and what a comparison may cost to be made with each of them. */
const PAUSE_MS = 400;
const QUICK_MS = 60;
/** Rows before and behind those in sight. */
const MARGIN = 20;

export class MemoryRows {
  report = $state.raw<MemoryReport | null>(null);
  /** The number of the first row of the report. */
  from = $state(0);
  problem = $state<string | null>(null);
  accident = $state<CrashKind>('power-lost');
  filter = $state('');
  #first = 0;
  #count = 40;
  #lane: string | undefined = undefined;
  #state = '';
  readonly #lab: LabCalls;
  #asking = false;
  #wanted: 'nothing' | 'rows' | 'comparison' = 'nothing';
  #closed = false;

  constructor(lab: LabCalls) {
    this.#lab = lab;
  }

  /**
   * The lab has gone on: compares again if that is quick, else the rows alone are brought up to date. After an
   * accident or a boot the old comparison would be wrong, and a lab that stands changes only when somebody does
   * something: then it is made again whatever it costs.
   */
  changed({ id, state, power }: Pick<LaneView, 'id' | 'state' | 'power'>, paused: boolean): void {
    const now = `${id} ${state} ${power}`;
    const isOther = now !== this.#state;
    this.#lane = id;
    this.#state = now;
    const quick = (this.report?.cost ?? 0) < QUICK_MS;
    this.#want(isOther || paused || quick ? 'comparison' : 'rows');
  }

  compare(): void {
    this.#want('comparison');
  }

  show(first: number, count: number): void {
    this.#first = Math.max(0, first - MARGIN);
    this.#count = count + 2 * MARGIN;
    this.#want('rows');
  }

  close(): void {
    this.#closed = true;
  }

  #want(what: 'rows' | 'comparison'): void {
    if (this.#wanted !== 'comparison') this.#wanted = what;
    if (!this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#wanted !== 'nothing' && !this.#closed) {
      const again = this.#wanted === 'comparison';
      this.#wanted = 'nothing';
      const from = this.#first;
      try {
        this.report = await this.#lab.memory({
          ...(this.#lane === undefined ? {} : { lane: this.#lane }),
          accident: this.accident,
          from,
          count: this.#count,
          filter: this.filter,
          again,
        });
        this.from = from;
        this.problem = null;
      } catch (error) {
        this.problem = error instanceof Error ? error.message : String(error);
      }
      if (again) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#asking = false;
  }
}
