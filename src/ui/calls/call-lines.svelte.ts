/** The machine's last system calls, fetched while they are looked at. */
import type { CallLine } from '../../worker/protocol.ts';
import type { LabCalls } from '../../worker/link.ts';

const PAUSE_MS = 200;
/** As many as the machine remembers. */
export const MOST_LINES = 2048;

export class CallLines {
  lines = $state.raw<readonly CallLine[]>([]);
  problem = $state<string | null>(null);
  readonly #lab: LabCalls;
  #lane: string | undefined = undefined;
  #run: number | undefined = undefined;
  #asking = false;
  #again = false;
  #closed = false;

  constructor(lab: LabCalls) {
    this.#lab = lab;
  }

  /** The lab has gone on. Another machine, or another run, has other calls. */
  changed(lane: string | undefined, run: number | undefined): void {
    if (lane !== this.#lane || run !== this.#run) this.lines = [];
    this.#lane = lane;
    this.#run = run;
    this.#again = true;
    if (!this.#asking) void this.#ask();
  }

  close(): void {
    this.#closed = true;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      const lane = this.#lane;
      try {
        const news = await this.#lab.calls({
          ...(lane === undefined ? {} : { lane }),
          after: this.lines.at(-1)?.number ?? 0,
        });
        if (lane === this.#lane && news.length > 0)
          this.lines = [...this.lines, ...news].slice(-MOST_LINES);
        this.problem = null;
      } catch (error) {
        this.problem = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#asking = false;
  }
}
