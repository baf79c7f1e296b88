/**
 * What the live region says: the sentence, at once on a pause, a step, a crash or a boot; while time passes at
 * most every two seconds, and only if it has changed.
 */
export interface Narrated {
  readonly sentence: string;
  readonly paused: boolean;
  /** `running`, `stopped` …: a change is told at once. */
  readonly state: string;
  /** Lab time: while the clock is paused it moves only by steps. */
  readonly now: number;
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
    const stepped = last !== null && next.paused && last.now !== next.now;
    if (!turned && !stepped && realMs - this.#saidAt < 2000) return null;
    if (next.sentence === this.#said) return null;
    this.#said = next.sentence;
    this.#saidAt = realMs;
    return next.sentence;
  }
}
