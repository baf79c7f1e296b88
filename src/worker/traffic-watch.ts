/** Looks on at a lane's traffic while a page asks for it, and away soon after it has stopped asking. */
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import { lookAway, lookOn } from '../lab/traffic.ts';
import type { TrafficReport } from '../lab/view.ts';

const FORGOTTEN_AFTER_MS = 2_000;

export class TrafficWatch {
  private watched: { readonly lab: Lab; readonly lane: string } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  report(lab: Lab, lane: Lane, after: number): TrafficReport {
    const { id } = lane.state;
    if (this.watched?.lab !== lab || this.watched.lane !== id) this.stop();
    this.watched = { lab, lane: id };
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), FORGOTTEN_AFTER_MS);
    return lookOn(lane, after);
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const lane = this.watched?.lab.lane(this.watched.lane);
    this.watched = null;
    if (lane !== undefined) lookAway(lane);
  }
}
