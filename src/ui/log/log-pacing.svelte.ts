/**
 * What of the stream of frames the list draws. While more than a screenful of records comes with each frame, no line
 * is the same in two of them and nobody reads one: then every third frame is drawn, and the page keeps the rest of its
 * time. It is drawn a paint later than the rest of the page, whose work would fall into the same frame of the screen.
 * What is drawn last is always what came last.
 */
import { atNextPaint } from '../../worker/link/next-paint.ts';
import type { LaneView } from '../../worker/protocol.ts';
import type { RecordStore } from './record-store.ts';

export interface LogFrame {
  readonly records: RecordStore;
  readonly view: LaneView;
  /** Another one after each frame: the records themselves are not reactive. */
  readonly frame: unknown;
}

/** So many frames are passed over before the next one is drawn. */
const PASSED_OVER = 2;
/** A frame that was passed over is drawn after this, if no other one has come. */
const LEFT_MS = 150;

export class LogPacing {
  #drawn: LogFrame | null = null;
  #rows = 0;
  #passed = 0;
  /** Counts the frames that no other one followed. */
  #left = $state(0);
  /** No other frame followed the one that was passed over. */
  #due = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cancelPaint: (() => void) | null = null;

  /**
   * Call in a derived, once for each frame: the frame to draw, which is the one before where this one is passed over.
   * `screenful`: how many lines the list shows; Infinity where each frame is to be drawn.
   */
  choose(frame: LogFrame, screenful: number): LogFrame {
    void this.#left;
    clearTimeout(this.#timer);
    const before = this.#drawn;
    const streams =
      before?.records === frame.records && frame.records.count - this.#rows > screenful;
    if (before !== null && streams && !this.#due) {
      this.#passed++;
      if (this.#passed <= PASSED_OVER) this.#timer = setTimeout(() => this.#drawNow(), LEFT_MS);
      else this.#cancelPaint ??= afterPaint(() => this.#drawNow());
      return before;
    }
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    this.#passed = 0;
    this.#due = false;
    this.#rows = frame.records.count;
    this.#drawn = frame;
    return frame;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#cancelPaint?.();
  }

  #drawNow(): void {
    this.#due = true;
    this.#left++;
  }
}

function afterPaint(act: () => void): () => void {
  let cancel = atNextPaint(() => (cancel = atNextPaint(act)));
  return () => cancel();
}
