/**
 * Everything that the page knows about the lab. It changes only by `receive`, one frame at a time (of a flood not each
 * is shown), and every pane reads the same derived values, so that no two panes can disagree by one.
 */
import type { Trouble } from '../worker/link.ts';
import type {
  ClockView,
  Frame,
  LaneFrame,
  LaneView,
  LessonView,
  Recovered,
  StorageView,
} from '../worker/protocol.ts';
import type { Dictionary } from './i18n/en.ts';
import { currentStep, freshGuide, guideAfter } from './lesson/guide.ts';
import type { Guide, GuideStep } from './lesson/guide.ts';
import type { RecordStore } from './log/record-store.ts';
import { sentenceOf } from './model/clauses.ts';
import type { Sentence } from './model/clauses.ts';
import { FramePacing } from './model/frame-pacing.ts';
import { RunHistory } from './model/run-history.ts';
import type { LaneHistory } from './model/run-history.ts';
import { situationOf } from './model/situation.ts';
import type { Situation } from './model/situation.ts';
import { suggest } from './model/suggest.ts';
import type { Suggestion } from './model/suggest.ts';

export class ReadModel {
  #frame = $state.raw<Frame | null>(null);
  #chosen = $state<string | null>(null);
  #guide = $state.raw<Guide>(freshGuide);
  #trouble = $state.raw<Trouble | null>(null);
  #recovered = $state.raw<Recovered | null>(null);
  readonly #kept: RunHistory;
  readonly #guideShown: () => boolean;
  /** The guide of the newest frame; it is shown with the frame. */
  #newestGuide = freshGuide;
  readonly #pacing = new FramePacing((frame) => {
    this.#guide = this.#newestGuide;
    this.#frame = frame;
  });

  /** `guideShown`: a hidden guide suggests nothing. `newRecords`: an empty store, one for each lane and run. */
  constructor(guideShown: () => boolean, newRecords: () => RecordStore) {
    this.#guideShown = guideShown;
    this.#kept = new RunHistory(newRecords);
  }

  readonly frame: Frame | null = $derived(this.#frame);
  readonly clock: ClockView | null = $derived(this.#frame?.clock ?? null);
  readonly storage: StorageView | null = $derived(this.#frame?.storage ?? null);
  /** The lane that the console is attached to. */
  readonly lane: LaneFrame | null = $derived(
    this.#frame === null ? null : chosenLane(this.#frame, this.#chosen),
  );
  /** Several machines under one clock. */
  readonly lanes: readonly LaneFrame[] = $derived(this.#frame?.lanes ?? []);
  readonly view: LaneView | null = $derived(this.lane?.view ?? null);
  readonly situation: Situation | null = $derived(this.view && situationOf(this.view));
  readonly guide: Guide = $derived(this.#guide);
  /** The step to do now; null when all are done. */
  readonly guideStep: GuideStep | null = $derived(currentStep(this.#guide));
  /** Why the lab does not answer. */
  readonly trouble: Trouble | null = $derived(this.#trouble);
  readonly recovered: Recovered | null = $derived(this.#recovered);
  readonly suggested: Suggestion | null = $derived.by(() => this.#suggestion());
  /** Commands in the file that is being replayed; null where their number is not known. */
  readonly replayCommands: number | null = $derived.by(() => {
    const { situation, history } = this;
    if (situation === null || history === null || situation.phase !== 'replay') return null;
    if (situation.end === situation.start) return null;
    const first = history.records.rowAtOffset(situation.start);
    const last = history.records.rowAtOffset(situation.end - 1);
    return first < 0 || last < first ? null : last - first + 1;
  });

  /** What is kept of the shown lane. It grows in place: reading it depends on the frame. */
  get history(): LaneHistory | null {
    const lane = this.lane;
    return lane === null ? null : this.#kept.lane(lane.view.id);
  }

  /** The same of the run as it is now, when an earlier instant is looked at. */
  get present(): LaneHistory | null {
    const lane = this.lane;
    return lane === null ? null : this.#kept.present(lane.view.id);
  }

  /** What an accident takes, said in two clauses. A lesson's open prediction hides the figures. */
  sentence(text: Dictionary): Sentence {
    return sentenceOf(this.view, this.replayCommands, text, isPredicting(this.#frame?.lesson));
  }

  /** Whether a person has sent this command in this run. */
  wasSent(command: string): boolean {
    return this.#frame !== null && this.#kept.wasSent(command);
  }

  receive(frame: Frame): void {
    const view = chosenLane(frame, this.#chosen)?.view;
    const ownWrite = this.#kept.receive(frame, view?.id);
    if (view !== undefined && frame.lesson === undefined)
      this.#newestGuide = guideAfter(this.#newestGuide, frame, view, ownWrite);
    this.#pacing.offer(frame);
  }

  /** The lane that log, ledger, files, console and acts follow; the first one, if there is none of that name. */
  choose(lane: string): void {
    this.#chosen = lane;
  }

  receiveTrouble(trouble: Trouble | null): void {
    this.#trouble = trouble;
  }

  /** What the last visit left, told once by the worker; null closes the report. */
  receiveRecovered(report: Recovered | null): void {
    this.#recovered = report;
  }

  restartGuide(): void {
    this.#guide = this.#newestGuide = freshGuide;
  }

  #suggestion(): Suggestion | null {
    return suggest({
      view: this.view,
      clock: this.clock,
      storage: this.storage,
      step: this.#guideShown() ? this.guideStep : null,
      lesson: this.#frame?.lesson !== undefined,
    });
  }
}

/** The step at hand has asked for a prediction that is not locked yet. */
function isPredicting(lesson: LessonView | undefined): boolean {
  const step = lesson?.steps[lesson.current ?? -1];
  return step?.ask.some(({ quiz, answer }) => !quiz && answer === null) ?? false;
}

function chosenLane(frame: Frame, chosen: string | null): LaneFrame | null {
  return frame.lanes.find(({ view }) => view.id === chosen) ?? frame.lanes[0] ?? null;
}
