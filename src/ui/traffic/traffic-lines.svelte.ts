/** What passes between a server and its clients, fetched while it is looked at. */
import type { TrafficLine, TrafficReport } from '../../worker/protocol.ts';
import type { LabCalls } from '../../worker/link.ts';

/** The lab keeps the traffic only while it is asked for it, so it is asked even if nothing happens. */
const PAUSE_MS = 250;
export const MOST_LINES = 2048;

export class TrafficLines {
  lines = $state.raw<readonly TrafficLine[]>([]);
  listeners = $state.raw<Omit<TrafficReport, 'lines' | 'last'>>({
    channels: [],
    channelCount: 0,
    monitors: [],
  });
  problem = $state<string | null>(null);
  readonly #lab: LabCalls;
  #place = '';
  #closed = false;

  constructor(lab: LabCalls) {
    this.#lab = lab;
  }

  /** Asks until `close`. Another machine, or another run, has other traffic. */
  async look(
    place: () => { readonly lane: string; readonly run: number | undefined },
  ): Promise<void> {
    while (!this.#closed) {
      const { lane, run } = place();
      const now = `${run ?? ''} ${lane}`;
      if (now !== this.#place) this.lines = [];
      this.#place = now;
      try {
        const after = this.lines.at(-1)?.number ?? 0;
        const { lines, last, ...listeners } = await this.#lab.traffic({ lane, after });
        // A lab that was left alone for a while has begun to count anew.
        if (last < after) this.lines = [];
        if (lines.length > 0) this.lines = [...this.lines, ...lines].slice(-MOST_LINES);
        if (JSON.stringify(listeners) !== JSON.stringify(this.listeners))
          this.listeners = listeners;
        this.problem = null;
      } catch (error) {
        this.problem = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  close(): void {
    this.#closed = true;
  }
}
