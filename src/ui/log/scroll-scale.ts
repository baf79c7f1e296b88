/**
 * A list that may be taller than a browser lets an element be (16 to 33 million pixels). The scrolled
 * element is at most `LONGEST` pixels high; small movements are one to one, so that the wheel and a
 * finger feel as ever, and a long jump (the scroll bar) goes to the same share of the list.
 */
const LONGEST = 8_000_000;

export class ScrollScale {
  #height = 0;
  #viewport = 0;
  #top = 0;
  #scrollTop = 0;
  readonly #longest: number;

  constructor(longest = LONGEST) {
    this.#longest = longest;
  }

  /** How far the list is scrolled, in pixels of the whole list. */
  get top(): number {
    return this.#top;
  }

  /** Where the scrolled element has to stand for that. */
  get scrollTop(): number {
    return this.#scrollTop;
  }

  /** How high the scrolled element is. */
  get elementHeight(): number {
    return Math.max(this.#viewport, Math.min(this.#height, this.#longest));
  }

  get end(): number {
    return Math.max(0, this.#height - this.#viewport);
  }

  /** Tells the height of the list and of the window on it. Returns whether the window had to move. */
  resize(height: number, viewport: number): void {
    this.#height = height;
    this.#viewport = viewport;
    this.moveTo(this.#top);
  }

  /** Puts the list at `top`; the element is then to be scrolled to `scrollTop`. */
  moveTo(top: number): void {
    this.#top = Math.min(Math.max(0, top), this.end);
    this.#scrollTop = this.end === 0 ? 0 : (this.#top / this.end) * this.#elementEnd;
  }

  /** The element was scrolled by the learner. Returns whether it must be put at `scrollTop` anew. */
  scrolledTo(scrollTop: number): boolean {
    const moved = scrollTop - this.#scrollTop;
    this.#scrollTop = scrollTop;
    if (this.end === this.#elementEnd) {
      this.#top = Math.min(Math.max(0, scrollTop), this.end);
      return false;
    }
    if (Math.abs(moved) > this.#viewport * 2) {
      this.#top = this.#elementEnd === 0 ? 0 : (scrollTop / this.#elementEnd) * this.end;
      return false;
    }
    this.#top = Math.min(Math.max(0, this.#top + moved), this.end);
    // At an edge of the element the list may have more to show: make room for the next movement. Less than
    // a pixel is no more than rounding.
    if (scrollTop <= 0 && this.#top < 1) this.#top = 0;
    if (scrollTop >= this.#elementEnd && this.end - this.#top < 1) this.#top = this.end;
    const stuck =
      (scrollTop <= 0 && this.#top > 0) || (scrollTop >= this.#elementEnd && this.#top < this.end);
    if (stuck) this.moveTo(this.#top);
    return stuck;
  }

  get #elementEnd(): number {
    return Math.max(0, this.elementHeight - this.#viewport);
  }
}
