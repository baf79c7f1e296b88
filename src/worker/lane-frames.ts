/** What a frame says of each lane: only what the page does not have yet. */
import type { Lab } from '../lab/lab.ts';
import { sampleRisk } from '../lab/lane-risk.ts';
import type { LaneState } from '../lab/lane-state.ts';
import { laneView } from '../lab/lane-view.ts';
import type { Lane } from '../lab/lane.ts';
import { recordBatch } from '../lab/record-log.ts';
import { wordsText } from '../lab/texts.ts';
import type { LaneFrame, RecordBatch, TimelineBatch, Watched } from './protocol.ts';

/** Rows of records in one frame; the rest comes with the next. */
const ROWS_PER_FRAME = 20_000;

export class LaneFrames {
  watched: Watched = {};
  /** More rows wait than a frame takes. */
  more = false;
  private shownRows = new Map<string, number>();

  /** Another lab is shown, of which the page has nothing. */
  startOver(): void {
    this.shownRows = new Map();
    this.watched = { race: this.watched.race };
  }

  take(lab: Lab): readonly LaneFrame[] {
    this.more = false;
    return lab.lanes.map((lane) => this.laneFrame(lab, lane));
  }

  private laneFrame(lab: Lab, lane: Lane): LaneFrame {
    const { state } = lane;
    const isWatched = state.id === (lab.lane(this.watched.lane) ?? lab.lanes[0])?.state.id;
    if (state.status === 'running' && state.riskSamples.length < 2) sampleRisk(lane);
    return {
      view: laneView(lane, lab.state.tail),
      records: isWatched ? this.newRecords(lab, state) : null,
      timeline: timeline(lane),
      curve: this.watched.race ? Float64Array.from(state.riskCurve.points) : null,
      log: state.logLines.splice(0),
    };
  }

  /** The rows that the page has not been given yet; null: there is nothing new. */
  private newRecords(lab: Lab, { id, records, repliedRows }: LaneState): RecordBatch | null {
    const shown = this.shownRows.get(id) ?? 0;
    const from = Math.min(shown, records.shortest);
    const to = Math.min(records.count, from + ROWS_PER_FRAME);
    if (to < records.count) this.more = true;
    this.shownRows.set(id, to);
    records.shortest = to;
    const replied = repliedRows.splice(0).filter((row) => row < from);
    const isNews = to > from || from < shown || replied.length > 0;
    return isNews ? recordBatch(records, from, to, lab.epoch, replied, wordsText) : null;
  }
}

function timeline({ state }: Lane): TimelineBatch | null {
  const risk = Float64Array.from(state.riskSamples.splice(0));
  const fsyncs = Float64Array.from(state.fsyncSamples.splice(0));
  const own = Float64Array.from(state.ownSamples.splice(0));
  if (risk.length + fsyncs.length + own.length === 0) return null;
  return { risk, commands: new Float64Array(), own, fsyncs };
}
