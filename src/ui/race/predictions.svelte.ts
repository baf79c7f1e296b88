/** What the learner expects, lane by lane; it is closed when the accident comes, and belongs to one run. */
import { SvelteMap } from 'svelte/reactivity';
import type { Prediction } from './race-lanes.ts';

export class Predictions {
  readonly byLane = new SvelteMap<string, Prediction>();
  #run = -1;

  /** Another race has begun: its answers are not known yet. */
  begin(run: number): void {
    if (run === this.#run) return;
    if (this.#run !== -1) this.byLane.clear();
    this.#run = run;
  }

  set(lane: string, prediction: Prediction | null): void {
    if (prediction === null) this.byLane.delete(lane);
    else this.byLane.set(lane, prediction);
  }
}

/** Seconds, with a point or a comma; `all` and its translation; null for nothing that can be read. */
export function readPrediction(text: string, allWord: string): Prediction | null {
  const word = text.trim().toLowerCase();
  if (word === 'all' || word === allWord.toLowerCase()) return 'all';
  if (!/^\d{1,7}([.,]\d{1,3})?$/.test(word)) return null;
  return Number(word.replace(',', '.'));
}
