/**
 * The lanes as they are drawn: twenty times a second at most, four times where motion is not wanted. Numbers that
 * change faster cannot be read, and five curves are not drawn anew for nothing.
 */
import type { Frame } from '../../worker/protocol.ts';

const EVERY_MS = 50;
const CALM_MS = 250;
/** Drawn so much early rather than late: with the rest of the page, and not in a frame of its own. */
const EARLY_MS = 12;

export class RacePacing {
  #shown = $state.raw<Frame | null>(null);
  #latest: Frame | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = -Infinity;

  get frame(): Frame | null {
    return this.#shown;
  }

  /** Call in an effect, with each frame. */
  receive(frame: Frame): void {
    this.#latest = frame;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const wait = this.#isNews(frame)
      ? 0
      : this.#drawnAt + (calm ? CALM_MS : EVERY_MS) - performance.now();
    if (wait <= EARLY_MS) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAt = performance.now();
    this.#shown = this.#latest;
  }

  /** A lane died or came back, or the clock stands: that is seen at once. */
  #isNews(frame: Frame): boolean {
    const before = this.#shown;
    if (before === null || before.run !== frame.run || frame.clock.paused) return true;
    return frame.lanes.some(({ view }, i) => {
      const was = before.lanes[i]?.view;
      return was?.state !== view.state || was.power !== view.power;
    });
  }
}
