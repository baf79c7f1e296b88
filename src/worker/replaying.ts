/** Runs done again beside the lab at hand: in slices, with word of how far they are, and until somebody stops them. */
import { isGuestAction } from '../lab/guests.ts';
import type { Lab } from '../lab/lab.ts';
import { Replay, type Run } from '../lab/replay.ts';
import type { LabHost } from './lab-host.ts';
import { Refusal } from './refusal.ts';

const EVENTS_A_SLICE = 4000;
/** Before that nobody waits: what is done at once needs no word. */
const TOLD_AFTER_MS = 300;
const TOLD_EVERY_MS = 100;

export class Replaying {
  private readonly host: LabHost;
  private readonly now: () => number;
  private turn = 0;

  /** `now`: real time in milliseconds. */
  constructor(host: LabHost, now: () => number) {
    this.host = host;
    this.now = now;
  }

  stop(): void {
    this.turn++;
  }

  /** The run to its end; `from` has the first of its actions behind it. One at a time: a later one ends an earlier one. */
  async to(what: string, run: Run, from: () => Lab): Promise<Lab> {
    const turn = ++this.turn;
    if (run.actions.some(({ action }) => isGuestAction(action))) await import('../shell/shells.ts');
    const job = started(what, run, from);
    const start = this.now();
    let told = start + TOLD_AFTER_MS - TOLD_EVERY_MS;
    try {
      for (;;) {
        const state = job.step(EVENTS_A_SLICE);
        if (state === 'done') return job.lab;
        if (state !== 'more')
          throw new Refusal(`${what}: ${state.problem}; nothing here has changed`);
        this.host.checkpoints.note(job.lab);
        if (this.now() - told >= TOLD_EVERY_MS) {
          told = this.now();
          this.host.goesOn(job.progress);
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (turn !== this.turn)
          throw new Refusal(`${what}: stopped, or something else was asked for meanwhile`);
      }
    } finally {
      if (this.host.going !== null) this.host.goesOn(null);
    }
  }
}

/** What no checksum tells shows itself when the machines are built. */
function started(what: string, run: Run, from: () => Lab): Replay {
  try {
    return new Replay(from(), run);
  } catch {
    throw new Refusal(
      `${what}: the machines of this run cannot be started; nothing here has changed`,
    );
  }
}
