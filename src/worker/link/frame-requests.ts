/**
 * When the page asks for its next frame: when the one before is painted. While nothing but the clock moves every second
 * paint will do, which costs a computer that only waits half as much; what a person does brings the next one at once.
 */
import { atNextPaint } from './next-paint.ts';
import type { Frame } from '../protocol.ts';

export class FrameRequests {
  readonly #ask: () => void;
  #paintsLeft = 0;
  #cancel = (): void => undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** This one was handed to those who show it. */
  shown(frame: Frame): void {
    // The one before is not painted yet and will not be: it is acknowledged now, since each is acknowledged once.
    if (this.#paintsLeft > 0) this.#ask();
    this.stop();
    this.#paintsLeft = isQuiet(frame) ? 2 : 1;
    this.#wait();
  }

  /** Somebody waits for what comes next. */
  hasten(): void {
    this.#paintsLeft = Math.min(1, this.#paintsLeft);
  }

  stop(): void {
    this.#paintsLeft = 0;
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = atNextPaint(() => {
      this.#paintsLeft--;
      if (this.#paintsLeft > 0) this.#wait();
      else this.#ask();
    });
  }
}

function isQuiet({ events, lanes, going }: Frame): boolean {
  return (
    events.length === 0 &&
    going === undefined &&
    lanes.every(({ records }) => records === null || records.count === 0)
  );
}
