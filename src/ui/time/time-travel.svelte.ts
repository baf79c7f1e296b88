/** Going back in time from the page: one wish at a time is under way, and the newest one follows it. */
import type { LabCalls } from '../../worker/link.ts';
import type {
  FutureComparison,
  FutureView,
  LaneForecast,
  TimeAnswer,
  TimeRequest,
} from '../../worker/protocol.ts';
import type { ReadModel } from '../read-model.svelte.ts';
import { recordMoments } from './track-paths.ts';

const TICK_MS = 100;
/** Nearer than a microsecond of lab time is the same instant. */
const SAME = 0.0005;
/** What is done at the page can leave a future, of which no frame tells. */
const FUTURES_EVERY_MS = 1000;

export interface Forecast {
  readonly at: number;
  readonly lanes: readonly LaneForecast[];
}

export class TimeTravel {
  readonly #model: ReadModel;
  readonly #lab: LabCalls;
  #wanted: number | null = null;
  #looked: NonNullable<TimeAnswer['looked']> | null = null;
  #seeking = false;
  #hovered: number | null = null;
  #asking = false;
  #askedAt = -Infinity;
  #askedRun = -1;
  #later: ReturnType<typeof setTimeout> | null = null;

  /** Under the pointer. */
  forecast = $state.raw<Forecast | null>(null);
  futures = $state.raw<readonly FutureView[]>([]);
  /** What the timeline shows: the last seconds, the run from its beginning, or the seconds around the last accident. */
  zoom = $state<'usual' | 'whole' | 'cut'>('usual');
  /** Why the last wish was not granted; until it is closed, or another one is. */
  refusal = $state<string | null>(null);
  /** What of an earlier visit's futures is gone; until it is closed. */
  report = $state<string | null>(null);

  constructor(model: ReadModel, lab: LabCalls) {
    this.#model = model;
    this.#lab = lab;
  }

  /** The end of the run. */
  get now(): number {
    const { frame } = this.#model;
    return frame?.past?.now ?? frame?.clock.now ?? 0;
  }

  /** The instant that is shown, or is on its way. */
  get at(): number {
    const { frame } = this.#model;
    const shown = frame?.clock.now ?? 0;
    // Its frame may come after the answer.
    const isAhead = this.#looked !== null && (frame?.past?.look ?? 0) < this.#looked.look;
    return this.#wanted ?? (isAhead ? this.#looked?.at : undefined) ?? shown;
  }

  seek(at: number): void {
    this.#wanted = Math.max(0, Math.min(at, this.now));
    if (!this.#seeking) void this.#seekOn();
  }

  async #seekOn(): Promise<void> {
    this.#seeking = true;
    while (this.#wanted !== null) {
      const at = this.#wanted;
      this.#looked = (await this.#do({ do: 'seek', at }))?.looked ?? null;
      if (this.#wanted === at) this.#wanted = null;
    }
    this.#seeking = false;
  }

  present(): void {
    this.#wanted = null;
    this.#looked = null;
    void this.#do({ do: 'present' });
  }

  async goOn(): Promise<void> {
    this.#looked = null;
    this.#take(await this.#do({ do: 'continue' }));
  }

  stop(): void {
    this.#wanted = null;
    void this.#do({ do: 'stop' });
  }

  async open(future: string): Promise<void> {
    this.#take(await this.#do({ do: 'open', future }));
  }

  async compare(future: string): Promise<FutureComparison | null> {
    const answer = await this.#do({ do: 'compare', future });
    return answer?.comparison ?? null;
  }

  /** A link and a file of a future that was left; null: the lab refused. */
  async share(future: string): Promise<NonNullable<TimeAnswer['shared']> | null> {
    const answer = await this.#do({ do: 'share', future });
    return answer?.shared ?? null;
  }

  closeRefusal(): void {
    this.refusal = null;
  }

  closeReport(): void {
    this.report = null;
  }

  /** To the command, tick or end of an fsync before or after the instant that is shown. */
  step(by: -1 | 1, size: 'command' | 'tick' | 'fsync'): void {
    const next = this.#next(by, size);
    if (next === null) return;
    if (next >= this.now - SAME && by === 1) this.present();
    else this.seek(next);
  }

  #next(by: -1 | 1, size: 'command' | 'tick' | 'fsync'): number | null {
    const { at } = this;
    const history = this.#model.present;
    if (size === 'tick' || history === null) return Math.max(0, at + by * TICK_MS);
    if (size === 'command') {
      const moments = recordMoments(history.records);
      const row = by === 1 ? moments.firstFrom(at + SAME) : moments.firstFrom(at - SAME) - 1;
      if (row >= moments.rows) return this.now;
      return row < 0 ? 0 : moments.at(row);
    }
    const { fsyncs } = history.timeline;
    // They end in the order in which they began.
    let row = fsyncs.firstFrom(at - 60_000);
    let before = -1;
    while (row < fsyncs.rows && fsyncs.at(row, 1) <= at + (by === 1 ? SAME : -SAME)) before = row++;
    if (by === 1) return row < fsyncs.rows ? fsyncs.at(row, 1) : this.now;
    return before < 0 ? 0 : fsyncs.at(before, 1);
  }

  /** What an accident at the instant under the pointer would take; null: it has left. */
  hover(at: number | null): void {
    this.#hovered = at === null ? null : Math.max(0, Math.min(at, this.now));
    if (this.#hovered === null) this.forecast = null;
    else if (!this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    for (let at = this.#hovered; at !== null; at = this.#hovered === at ? null : this.#hovered) {
      const answer = await this.#do({ do: 'forecast', at });
      if (answer?.forecast !== undefined && this.#hovered !== null)
        this.forecast = { at, lanes: answer.forecast };
    }
    this.#asking = false;
  }

  /** To be called with each frame: asks for the futures when there may be others. */
  look(run: number): void {
    const now = performance.now();
    if (run === this.#askedRun && now - this.#askedAt < FUTURES_EVERY_MS) {
      // A clock that stands still sends no further frame.
      this.#later ??= setTimeout(() => {
        this.#later = null;
        this.look(this.#askedRun);
      }, FUTURES_EVERY_MS);
      return;
    }
    this.#askedRun = run;
    this.#askedAt = now;
    void this.#do({ do: 'futures' }).then((answer) => this.#take(answer));
  }

  #take(answer: TimeAnswer | null): void {
    if (answer?.report !== undefined) this.report = answer.report;
    if (answer?.futures === undefined) return;
    const same = JSON.stringify(answer.futures) === JSON.stringify(this.futures);
    if (!same) this.futures = answer.futures;
  }

  /** Null: the lab refused, and says why. */
  async #do(request: TimeRequest): Promise<TimeAnswer | null> {
    try {
      const answer = await this.#lab.time(request);
      if (request.do !== 'forecast' && request.do !== 'futures') this.refusal = null;
      return answer;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // Who asks for another instant has not done wrong.
      if (!/stopped, or something else/.test(message)) this.refusal = message;
      return null;
    }
  }
}
