/**
 * What the live region says: the sentence, only if it has changed; at once on a pause, a crash or a boot and
 * while the clock is paused, where a step or a command changes it; while time passes at most every two seconds.
 */
export interface Narrated {
  readonly sentence: string;
  readonly paused: boolean;
  /** `running`, `stopped` …: a change is told at once. */
  readonly state: string;
}

export class Narrator {
  #last: Narrated | null = null;
  #said = '';
  #saidAt = -Infinity;

  /** The text to say at `realMs` of real time; null to leave the region as it is. */
  say(next: Narrated, realMs: number): string | null {
    const last = this.#last;
    this.#last = next;
    const turned = last !== null && (last.paused !== next.paused || last.state !== next.state);
    const playing = !next.paused && !turned;
    if (playing && realMs - this.#saidAt < 2000) return null;
    if (next.sentence === this.#said) return null;
    this.#said = next.sentence;
    this.#saidAt = realMs;
    return next.sentence;
  }
}
