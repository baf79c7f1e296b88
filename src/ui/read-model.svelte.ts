/**
 * Everything that the page knows about the lab. It changes only by `receive`, one frame at a time,
 * and every pane reads the same derived values, so that no two panes can disagree by one.
 */
import type { Trouble } from '../worker/link.ts';
import { recordCause, recordKind } from '../worker/protocol.ts';
import type {
  ClockView,
  Frame,
  LaneFrame,
  LaneView,
  RecordBatch,
  StorageView,
} from '../worker/protocol.ts';
import { currentStep, freshGuide, guideAfter } from './lesson/guide.ts';
import type { Guide, GuideStep } from './lesson/guide.ts';
import type { RecordStore } from './log/record-store.ts';
import { RecentPeak } from './model/recent-peak.ts';
import { RowNumbers } from './model/row-numbers.ts';
import { situationOf } from './model/situation.ts';
import type { Situation } from './model/situation.ts';
import { suggest } from './model/suggest.ts';
import type { Suggestion } from './model/suggest.ts';
import { appendBatch, createTimeline } from './model/timeline.ts';
import type { Timeline } from './model/timeline.ts';

/** What is kept of one lane between frames. Read it behind `model.frame`: it changes when the frame does. */
export interface LaneHistory {
  readonly records: RecordStore;
  readonly rowNumbers: RowNumbers;
  readonly timeline: Timeline;
  /** Rows of a person's own commands that change data, oldest first; the newest few thousand. */
  readonly ownRows: number[];
  /** Lines of redis-server's own log; the newest few hundred. */
  readonly serverLog: string[];
  /** Bytes above the disk, and writes at risk, lately: they fix scales and columns. */
  readonly exposedPeak: RecentPeak;
  readonly writesPeak: RecentPeak;
}

export class ReadModel {
  #frame = $state.raw<Frame | null>(null);
  #guide = $state.raw<Guide>(freshGuide);
  #trouble = $state.raw<Trouble | null>(null);
  #recovered = $state<string | null>(null);
  #histories = new Map<string, LaneHistory>();
  #sent = new Set<string>();
  #run = -1;
  readonly #guideShown: () => boolean;
  readonly #newRecords: () => RecordStore;

  /** `guideShown`: a hidden guide suggests nothing. `newRecords`: an empty store, one for each lane and run. */
  constructor(guideShown: () => boolean, newRecords: () => RecordStore) {
    this.#guideShown = guideShown;
    this.#newRecords = newRecords;
  }

  readonly frame: Frame | null = $derived(this.#frame);
  readonly clock: ClockView | null = $derived(this.#frame?.clock ?? null);
  readonly storage: StorageView | null = $derived(this.#frame?.storage ?? null);
  /** The lane that the console is attached to. */
  readonly lane: LaneFrame | null = $derived(this.#frame?.lanes[0] ?? null);
  readonly view: LaneView | null = $derived(this.lane?.view ?? null);
  readonly situation: Situation | null = $derived(this.view && situationOf(this.view));
  readonly guide: Guide = $derived(this.#guide);
  /** The step to do now; null when all are done. */
  readonly guideStep: GuideStep | null = $derived(currentStep(this.#guide));
  /** Why the lab does not answer. */
  readonly trouble: Trouble | null = $derived(this.#trouble);
  readonly recovered: string | null = $derived(this.#recovered);
  readonly suggested: Suggestion | null = $derived.by(() => this.#suggestion());
  /** Commands in the file that is being replayed; null where their number is not known. */
  readonly replayCommands: number | null = $derived.by(() => {
    const situation = this.situation;
    const history = this.history;
    if (situation === null || history === null || situation.phase !== 'replay') return null;
    if (situation.end === situation.start) return null;
    const first = history.records.rowAtOffset(situation.start);
    const last = history.records.rowAtOffset(situation.end - 1);
    return first < 0 || last < first ? null : last - first + 1;
  });

  /** What is kept of the shown lane; depends on the frame. */
  get history(): LaneHistory | null {
    const lane = this.lane;
    return lane === null ? null : (this.#histories.get(lane.view.id) ?? null);
  }

  /** Whether a person has sent this command in this run. */
  wasSent(command: string): boolean {
    return this.#frame !== null && this.#sent.has(unquoted(command));
  }

  receive(frame: Frame): void {
    if (frame.run !== this.#run) this.#forget(frame.run);
    for (const event of frame.events) if (event.event === 'reply') this.#note(event.command);
    for (const lane of frame.lanes) this.#receiveLane(frame, lane);
    this.#frame = frame;
  }

  receiveTrouble(trouble: Trouble | null): void {
    this.#trouble = trouble;
  }

  /** What the last visit left, told once by the worker; null closes the report. */
  receiveRecovered(report: string | null): void {
    this.#recovered = report;
  }

  restartGuide(): void {
    this.#guide = freshGuide;
  }

  #suggestion(): Suggestion | null {
    return suggest({
      view: this.view,
      clock: this.clock,
      storage: this.storage,
      step: this.#guideShown() ? this.guideStep : null,
    });
  }

  #note(command: string): void {
    if (this.#sent.size < 1000) this.#sent.add(unquoted(command));
  }

  #forget(run: number): void {
    this.#run = run;
    this.#histories.clear();
    this.#sent.clear();
  }

  #receiveLane(frame: Frame, lane: LaneFrame): void {
    const { view } = lane;
    const history = this.#histories.get(view.id) ?? newHistory(this.#newRecords());
    this.#histories.set(view.id, history);
    const records = lane.records === null ? null : history.rowNumbers.apply(lane.records);
    history.records.receive({ ...lane, records });
    const ownWrite = records === null ? null : noteOwnRows(history, records);
    if (lane.timeline !== null) appendBatch(history.timeline, lane.timeline);
    for (const event of frame.events) {
      if (!('lane' in event) || event.lane !== view.id) continue;
      if (event.event === 'fsync' && event.ok) history.records.noteFsync(event);
      if (event.event === 'boot') history.timeline.marks.push({ kind: 'boot', at: event.at });
      if (event.event === 'crash') {
        const lost = view.crash?.at === event.at ? view.crash.lost : 0;
        history.timeline.marks.push({ kind: 'crash', at: event.at, crash: event.kind, lost });
      }
    }
    history.serverLog.push(...lane.log);
    if (history.serverLog.length > 500) history.serverLog.splice(0, 250);
    const exposed = situationOf(view).exposed;
    history.exposedPeak.note(frame.clock.now, exposed);
    history.writesPeak.note(frame.clock.now, view.atRisk.powerLoss.writes);
    if (lane === frame.lanes[0]) this.#guide = guideAfter(this.#guide, frame, view, ownWrite);
  }
}

/** The lab reports words; a person may have put them in quotes. */
function unquoted(command: string): string {
  return command.replaceAll('"', '');
}

function newHistory(records: RecordStore): LaneHistory {
  return {
    records,
    rowNumbers: new RowNumbers(),
    timeline: createTimeline(),
    ownRows: [],
    serverLog: [],
    exposedPeak: new RecentPeak(),
    writesPeak: new RecentPeak(),
  };
}

/** Keeps the rows of a person's commands; answers the first of this batch. */
function noteOwnRows(
  history: LaneHistory,
  batch: RecordBatch,
): { readonly command: string; readonly end: number } | null {
  let first: { command: string; end: number } | null = null;
  for (let i = 0; i < batch.count; i++) {
    if (batch.causes[i] !== recordCause.client) continue;
    const kind = batch.kinds[i];
    if (kind !== recordKind.command && kind !== recordKind.inner) continue;
    const row = batch.first + i;
    history.ownRows.push(row);
    const { records } = history;
    first ??= {
      command: records.typedAt(row) ?? records.commandAt(row),
      end: records.offsetAt(row) + records.lengthAt(row),
    };
  }
  if (history.ownRows.length > 4000) history.ownRows.splice(0, 2000);
  return first;
}
