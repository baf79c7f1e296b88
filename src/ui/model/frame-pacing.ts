/**
 * Which frames the page shows. While a screenful of records comes with each of them nobody reads one: then every third
 * is shown, some twenty a second, and the page keeps the rest of its time. Such a one waits until the page is painted,
 * so that its work and its painting fall in one frame of the screen. What a person waits for is shown at once, and what
 * is shown last is always what came last.
 */
import { atNextPaint } from '../../worker/link/next-paint.ts';
import type { Frame, LabEvent } from '../../worker/protocol.ts';

/** With so many records in it a frame is one of a flood. */
const FLOOD = 12;
/** So many frames are passed over before the next one is shown. */
const PASSED_OVER = 2;
/** A frame that was passed over is shown after this, if no other one has come. */
const LEFT_MS = 100;

export class FramePacing {
  readonly #show: (frame: Frame) => void;
  #shown: Frame | null = null;
  #newest: Frame | null = null;
  #passed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cancelPaint: (() => void) | null = null;

  constructor(show: (frame: Frame) => void) {
    this.#show = show;
  }

  offer(frame: Frame): void {
    clearTimeout(this.#timer);
    this.#newest = frame;
    if (this.#shown === null || !isOneOfAFlood(frame, this.#shown)) return this.#take();
    if (this.#cancelPaint !== null) return;
    if (this.#passed >= PASSED_OVER) {
      this.#cancelPaint = atNextPaint(() => this.#take());
      return;
    }
    this.#passed++;
    this.#timer = setTimeout(() => this.#take(), LEFT_MS);
  }

  #take(): void {
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    this.#passed = 0;
    this.#shown = this.#newest;
    if (this.#newest !== null) this.#show(this.#newest);
  }
}

function isOneOfAFlood(frame: Frame, before: Frame): boolean {
  if (!frame.lanes.some(({ records }) => records !== null && records.count > FLOOD)) return false;
  if (frame.clock.paused || frame.past !== undefined || frame.going !== undefined) return false;
  if (frame.lesson !== undefined || frame.events.some(isSeen) || frame.run !== before.run)
    return false;
  return frame.lanes.every(({ view }, i) => {
    const was = before.lanes[i]?.view;
    return was?.id === view.id && was.state === view.state && was.power === view.power;
  });
}

/** What the records of the frame tell as well is not seen by itself. */
function isSeen({ event }: LabEvent): boolean {
  return event !== 'record' && event !== 'flush' && event !== 'fsync';
}
