/** Which part of the race's time is shown, for all lanes alike; without one, the whole run as it grows. */
import type { Attachment } from 'svelte/attachments';
import type { RaceSpan } from './race-scale.ts';
import { cutPart, resized, SHORTEST_PART, within } from './shown-part.ts';

/** What the page knows of the run. */
export interface ZoomSource {
  readonly whole: RaceSpan;
  /** When the accident happened; null before it. */
  readonly cut: number | null;
}

export type ZoomAct = 'in' | 'out' | 'whole' | 'cut' | 'earlier' | 'later';

/** A drag that is shorter was a click. */
const SHORTEST_DRAG_PX = 6;

export class RaceZoom {
  readonly #source: () => ZoomSource;
  /** `end`: null follows the run. */
  #part = $state.raw<{ readonly length: number; readonly end: number | null } | null>(null);
  #selected = $state.raw<RaceSpan | null>(null);
  #acts = $state(0);

  constructor(source: () => ZoomSource) {
    this.#source = source;
  }

  get span(): RaceSpan {
    const { whole } = this.#source();
    if (this.#part === null) return whole;
    const { length, end } = this.#part;
    const to = end ?? whole.to;
    return within(whole, { from: to - length, to });
  }

  get isWhole(): boolean {
    const { whole } = this.#source();
    return this.span.from <= whole.from && this.span.to >= whole.to;
  }

  /** Being dragged out, from left to right. */
  get selected(): RaceSpan | null {
    return this.#selected;
  }

  /** Grows with each change that a person made. */
  get acts(): number {
    return this.#acts;
  }

  /** Another run begins. */
  forget(): void {
    this.#part = null;
    this.#selected = null;
    this.#acts = 0;
  }

  can(act: ZoomAct): boolean {
    const { whole, cut } = this.#source();
    const { from, to } = this.span;
    switch (act) {
      case 'in':
        return to - from > SHORTEST_PART;
      case 'out':
      case 'whole':
        return !this.isWhole;
      case 'earlier':
        return from > whole.from;
      case 'later':
        return to < whole.to;
      case 'cut':
        return cut !== null;
    }
  }

  /** `at`: the instant that stays where it is; else the accident, the end or the middle does. */
  act(act: ZoomAct, at?: number): void {
    if (!this.can(act)) return;
    const { whole, cut } = this.#source();
    const { span } = this;
    const length = span.to - span.from;
    switch (act) {
      case 'in':
        return this.#show(resized(span, length / 2, at ?? this.#anchor()));
      case 'out':
        return this.#show(resized(span, length * 2, at ?? this.#anchor()));
      case 'whole':
        return this.#show(whole);
      case 'earlier':
        return this.#show({ from: span.from - length / 2, to: span.to - length / 2 });
      case 'later':
        return this.#show({ from: span.from + length / 2, to: span.to + length / 2 });
      case 'cut':
        if (cut !== null) this.#show(cutPart(whole, cut));
    }
  }

  #anchor(): number {
    const { whole, cut } = this.#source();
    const { from, to } = this.span;
    if (cut !== null && cut >= from && cut <= to) return cut;
    return to >= whole.to ? to : (from + to) / 2;
  }

  #show(part: RaceSpan): void {
    const { whole } = this.#source();
    const { from, to } = within(whole, part);
    this.#acts++;
    if (from <= whole.from && to >= whole.to) this.#part = null;
    else this.#part = { length: to - from, end: to >= whole.to ? null : to };
  }

  /** A lane's chart: a stretch is dragged out, the wheel with Ctrl goes closer and farther. */
  readonly chart: Attachment<Element> = (chart) => {
    const stop = new AbortController();
    const { signal } = stop;
    let grabbed: number | null = null;
    const instantAt = (clientX: number): number => {
      const { left, width } = chart.getBoundingClientRect();
      const { from, to } = this.span;
      const share = Math.max(0, Math.min(1, (clientX - left) / Math.max(1, width)));
      return from + share * (to - from);
    };
    const on = (
      name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel',
      act: (event: PointerEvent) => void,
    ): void =>
      chart.addEventListener(name, (event) => event instanceof PointerEvent && act(event), {
        signal,
      });
    on('pointerdown', (event) => {
      if (event.button !== 0) return;
      chart.setPointerCapture(event.pointerId);
      grabbed = event.clientX;
    });
    on('pointermove', ({ clientX }) => {
      if (grabbed === null) return;
      const ends = [grabbed, clientX].sort((a, b) => a - b).map(instantAt);
      const far = Math.abs(clientX - grabbed) >= SHORTEST_DRAG_PX;
      this.#selected = far ? { from: ends[0]!, to: ends[1]! } : null;
    });
    on('pointerup', () => {
      grabbed = null;
      if (this.#selected !== null) this.#show(this.#selected);
      this.#selected = null;
    });
    on('pointercancel', () => {
      grabbed = null;
      this.#selected = null;
    });
    const turn = (event: Event): void => {
      if (!(event instanceof WheelEvent) || !event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      this.act(event.deltaY < 0 ? 'in' : 'out', instantAt(event.clientX));
    };
    chart.addEventListener('wheel', turn, { signal, passive: false });
    return () => stop.abort();
  };
}
