/** What the page keeps of a run between frames: records, timeline, own commands. It only grows until the next run. */
import { recordCause, recordKind } from '../../worker/protocol.ts';
import type { Frame, LaneFrame, RecordBatch } from '../../worker/protocol.ts';
import type { RecordStore } from '../log/record-store.ts';
import { RecentPeak } from './recent-peak.ts';
import { RowNumbers } from './row-numbers.ts';
import { situationOf } from './situation.ts';
import { appendBatch, createTimeline } from './timeline.ts';
import type { Timeline } from './timeline.ts';

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

/** A logged command of a person, and the offset behind its record. */
export interface OwnWrite {
  readonly command: string;
  readonly end: number;
}

export class RunHistory {
  readonly #newRecords: () => RecordStore;
  #run = -1;
  #lanes = new Map<string, LaneHistory>();
  /** Of the instant that is looked at, if an earlier one is; each look begins anew. */
  #past = new Map<string, LaneHistory>();
  #look = 0;
  #sent = new Set<string>();

  /** `newRecords`: an empty store, one for each lane and run. */
  constructor(newRecords: () => RecordStore) {
    this.#newRecords = newRecords;
  }

  lane(id: string): LaneHistory | null {
    return this.#past.get(id) ?? this.#lanes.get(id) ?? null;
  }

  /** That of the run as it is now, whatever is looked at. */
  present(id: string): LaneHistory | null {
    return this.#lanes.get(id) ?? null;
  }

  /** Whether a person has sent this command in this run. */
  wasSent(command: string): boolean {
    return this.#sent.has(unquoted(command));
  }

  /** Takes a frame; answers the first write of a person in that lane. A new run forgets the one before. */
  receive(frame: Frame, lane: string | undefined): OwnWrite | null {
    if (frame.run !== this.#run) {
      this.#run = frame.run;
      this.#lanes = new Map();
      this.#sent = new Set();
    }
    for (const event of frame.events) {
      if (event.event === 'reply' && this.#sent.size < mostSent) {
        this.#sent.add(unquoted(event.command));
      }
    }
    const look = frame.past?.look ?? 0;
    if (look !== this.#look) this.#past = new Map();
    this.#look = look;
    let ownWrite: OwnWrite | null = null;
    for (const each of frame.lanes) {
      const first = this.#receiveLane(frame, each);
      if (each.view.id === lane) ownWrite = first;
    }
    return ownWrite;
  }

  #receiveLane(frame: Frame, lane: LaneFrame): OwnWrite | null {
    const { view } = lane;
    const known = this.#lanes.get(view.id);
    const isPast = frame.past !== undefined;
    const lanes = isPast ? this.#past : this.#lanes;
    const history =
      lanes.get(view.id) ?? newHistory(this.#newRecords(), isPast ? known?.timeline : undefined);
    lanes.set(view.id, history);
    const records = lane.records === null ? null : history.rowNumbers.apply(lane.records);
    history.records.receive({ ...lane, records });
    if (lane.timeline !== null) appendBatch(history.timeline, lane.timeline);
    noteMarks(history.timeline, frame, lane);
    history.serverLog.push(...lane.log);
    if (history.serverLog.length > 500) history.serverLog.splice(0, 250);
    history.exposedPeak.note(frame.clock.now, situationOf(view).exposed);
    history.writesPeak.note(frame.clock.now, view.atRisk.powerLoss.writes);
    return records === null ? null : noteOwnRows(history, records);
  }
}

/** What happened in time is shown whole, whatever instant of it is looked at. */
function newHistory(records: RecordStore, timeline = createTimeline()): LaneHistory {
  return {
    records,
    rowNumbers: new RowNumbers(),
    timeline,
    ownRows: [],
    serverLog: [],
    exposedPeak: new RecentPeak(),
    writesPeak: new RecentPeak(),
  };
}

function noteMarks(timeline: Timeline, frame: Frame, { view }: LaneFrame): void {
  for (const event of frame.events) {
    if (!('lane' in event) || event.lane !== view.id) continue;
    if (event.event === 'boot') timeline.marks.push({ kind: 'boot', at: event.at });
    if (event.event === 'crash') {
      const lost = view.crash?.at === event.at ? view.crash.lost : 0;
      timeline.marks.push({ kind: 'crash', at: event.at, crash: event.kind, lost });
    }
  }
}

/** Keeps the rows of a person's commands; answers the first of this batch. */
function noteOwnRows(history: LaneHistory, batch: RecordBatch): OwnWrite | null {
  const { records, ownRows } = history;
  let first: OwnWrite | null = null;
  for (let i = 0; i < batch.count; i++) {
    if (batch.causes[i] !== recordCause.client) continue;
    const kind = batch.kinds[i];
    if (kind !== recordKind.command && kind !== recordKind.inner) continue;
    const row = batch.first + i;
    ownRows.push(row);
    first ??= {
      command: records.typedAt(row) ?? records.commandAt(row),
      end: records.endAt(row),
    };
  }
  if (ownRows.length > 4000) ownRows.splice(0, 2000);
  return first;
}

/** The lab reports words; a person may have put them in quotes. */
function unquoted(command: string): string {
  return command.replaceAll('"', '');
}

const mostSent = 1000;
