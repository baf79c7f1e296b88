/** What the page is shown of a lab, one frame at a time: only what is looked at, and of the log only what is new. */
import type { Lab } from '../lab/lab.ts';
import { sampleRisk } from '../lab/lane-risk.ts';
import type { LaneState } from '../lab/lane-state.ts';
import { laneView } from '../lab/lane-view.ts';
import type { Lane } from '../lab/lane.ts';
import type { LabPlan } from '../lab/setup.ts';
import { recordBatch } from '../lab/record-log.ts';
import { wordsText } from '../lab/texts.ts';
import type { Frame, LaneFrame, RecordBatch, TimelineBatch, Watched } from './protocol.ts';

/** Rows of records in one frame: what the page takes in without a pause that is felt. The rest comes with the next. */
const ROWS_PER_FRAME = 5_000;
/** Of the past, so many are shown. */
const ROWS_OF_THE_PAST = 20_000;

/** What a frame says of the host that it comes from. */
export type HostFacts = Pick<Frame, 'run' | 'storage' | 'sandbox' | 'past' | 'going' | 'lesson'>;

export class FrameMaker {
  watched: Watched = {};
  /** How many rows of each lane the page has: of the lab, and of the past that is looked at. */
  private shownRows = new Map<string, number>();
  private pastRows = new Map<string, number>();
  /** Rows remain that the frame had no room for. */
  hasMore = false;

  /** Another lab is shown, of which the page has nothing. */
  startOver(): void {
    this.shownRows = new Map();
    this.watched = { race: this.watched.race };
  }

  beginPast(): void {
    this.pastRows = new Map();
  }

  frame(lab: Lab, facts: HostFacts): Frame {
    const { state } = lab;
    const first = lab.lanes[0]!.state.kernel.disk;
    this.hasMore = false;
    return {
      ...facts,
      seed: state.plan.seed,
      watched: this.watched,
      clock: { paused: state.paused, speed: state.speed, now: lab.now },
      disk: {
        preset: state.plan.disk.preset,
        fsyncMs: (first.fsyncMin + first.fsyncMax) / 2000,
        asked: askedDisk(state.plan),
      },
      workload: state.workload,
      tail: state.tail,
      faults: lab.lanes.flatMap((lane) =>
        lane.kernel.faults().map(({ kind }) => ({ kind, lane: lane.state.id })),
      ),
      lanes: lab.lanes.map((lane) => this.laneFrame(lab, lane, facts.past !== undefined)),
      events: [],
    };
  }

  private laneFrame(lab: Lab, lane: Lane, isPast: boolean): LaneFrame {
    const { state } = lane;
    const isWatched = state.id === (lab.lane(this.watched.lane) ?? lab.lanes[0])?.state.id;
    if (!isPast && state.status === 'running' && state.riskSamples.length < 2) sampleRisk(lane);
    return {
      view: laneView(lane, lab.state.tail),
      records: isWatched ? this.newRecords(lab, state, isPast) : null,
      timeline: isPast ? null : timelineOf(state),
      curve: this.watched.race ? Float64Array.from(state.riskCurve.points) : null,
      log: isPast ? [] : state.logLines.splice(0),
    };
  }

  /** The rows that the page has not been given yet; null: there is nothing new. */
  private newRecords(lab: Lab, state: LaneState, isPast: boolean): RecordBatch | null {
    const { id, records, repliedRows } = state;
    const unseen = isPast ? Math.max(0, records.count - ROWS_OF_THE_PAST) : 0;
    const rows = isPast ? this.pastRows : this.shownRows;
    const shown = rows.get(id) ?? unseen;
    const from = isPast ? shown : Math.min(shown, records.shortest);
    const to = Math.min(records.count, from + ROWS_PER_FRAME);
    if (to < records.count) this.hasMore = true;
    rows.set(id, to);
    if (!isPast) records.shortest = to;
    const replied = isPast ? [] : repliedRows.splice(0).filter((row) => row < from);
    const isNews = to > from || from < shown || replied.length > 0;
    return isNews ? recordBatch(records, from, to, lab.epoch, replied, wordsText) : null;
  }
}

function timelineOf(state: LaneState): TimelineBatch | null {
  const risk = Float64Array.from(state.riskSamples.splice(0));
  const fsyncs = Float64Array.from(state.fsyncSamples.splice(0));
  const own = Float64Array.from(state.ownSamples.splice(0));
  if (risk.length + fsyncs.length + own.length === 0) return null;
  return { risk, commands: new Float64Array(), own, fsyncs };
}

function askedDisk({ disk: { preset, fsyncMs, capacity } }: LabPlan): Frame['disk']['asked'] {
  return {
    preset,
    ...(fsyncMs === null ? {} : { fsyncMs }),
    ...(capacity === null ? {} : { capacity }),
  };
}
