/**
 * The list's window: which lines are in sight, whether it follows the log's end, and where the scrolled
 * element stands for that. While it follows, runs of the workload are folded and the element is only put
 * right now and then; when it lets go, the line at the top stays where it is.
 */
import { tick, untrack } from 'svelte';
import { foldedTail, itemsFrom, lineCount, lineOfRow } from './log-layout.ts';
import type { LogItem, LogList } from './log-layout.ts';
import type { RowList } from './row-list.ts';
import { ScrollScale } from './scroll-scale.ts';

export interface WindowSource {
  readonly list: LogList;
  /** Rows that are never folded; null where nothing is folded, as under a filter. */
  readonly landmarks: RowList | null;
}

/** Between two corrections of the scroll bar while the list follows. */
const CORRECTED_EVERY_MS = 250;

export class LogWindow {
  /** Pixels. */
  height = $state(0);
  rowHeight = $state(26);
  element = $state<HTMLElement | null>(null);
  #source: () => WindowSource;
  #following = $state(true);
  #top = $state(0);
  /** Counts the times that the element has to be scrolled. */
  #jumps = $state(0);
  #scale = new ScrollScale();
  #placed = 0;
  #correction: ReturnType<typeof setTimeout> | undefined;

  /** How many lines are in sight, whole or in part. */
  readonly fits: number = $derived(Math.ceil(this.height / this.rowHeight) + 1);
  readonly #lines = $derived.by(() => lineCount(this.#source().list));
  readonly items: readonly LogItem[] = $derived.by(() => {
    const { list, landmarks } = this.#source();
    if (!this.#following) return itemsFrom(list, this.#firstLine, this.fits);
    if (landmarks !== null) return foldedTail(list, landmarks, this.fits);
    return itemsFrom(list, Math.max(0, this.#lines - this.fits), this.fits);
  });
  /** Where the first of `items` stands, in pixels from the top of the window; 0 or above it. */
  readonly shift: number = $derived(
    this.#following
      ? Math.min(0, this.height - this.items.length * this.rowHeight)
      : this.#firstLine * this.rowHeight - this.#top,
  );
  /** The height of what is scrolled below the window itself. */
  #elementHeight = $state(0);

  constructor(source: () => WindowSource) {
    this.#source = source;
  }

  get #firstLine(): number {
    return Math.floor(this.#top / this.rowHeight);
  }

  get following(): boolean {
    return this.#following;
  }

  get lines(): number {
    return this.#lines;
  }

  get spacer(): number {
    return Math.max(0, this.#elementHeight - this.height);
  }

  /** The number of the first line in sight, for assistive technology; the folded end counts from its own. */
  get firstIndex(): number {
    return this.#following ? Math.max(0, this.#lines - this.items.length) : this.#firstLine;
  }

  /** Call in an effect: keeps the scale in step with the list and the window. */
  measure(): void {
    const height = this.#lines * this.rowHeight;
    const window = this.height;
    untrack(() => {
      const before = this.#elementHeight;
      this.#scale.resize(height, window);
      if (this.#following) this.#scale.moveTo(this.#scale.end);
      this.#top = this.#scale.top;
      if (this.#scale.elementHeight < before || before === 0) {
        this.#elementHeight = this.#scale.elementHeight;
        this.#jumps++;
      } else {
        this.#correctSoon();
      }
    });
  }

  /** Call in an effect: scrolls the element to where the list is. */
  place(): void {
    void this.#jumps;
    untrack(() => {
      const target = this.#scale.scrollTop;
      this.#placed = target;
      // Not before the spacer has its new height: the browser would stop at the old one.
      void tick().then(() => {
        const { element } = this;
        if (element === null || this.#placed !== target) return;
        if (Math.abs(element.scrollTop - target) >= 1) element.scrollTop = target;
      });
    });
  }

  /** The element was scrolled, by the learner or by `place`. */
  scrolled(): void {
    const { element } = this;
    if (element === null) return;
    const { scrollTop } = element;
    const moved = scrollTop - this.#placed;
    if (Math.abs(moved) < 1.5) return;
    if (this.#following) {
      // A window that grew is moved up by the browser, and is at the end as before: no hand did that.
      const toTheEnd = element.scrollHeight - element.clientHeight - scrollTop;
      if (toTheEnd < 1.5) this.#placed = scrollTop;
      else if (moved < 0) this.letGo(moved);
      return;
    }
    this.#placed = scrollTop;
    if (this.#scale.scrolledTo(scrollTop)) this.#jumps++;
    this.#top = this.#scale.top;
  }

  follow(): void {
    this.#following = true;
    this.measure();
  }

  /** Stops following; the topmost line stays in place, but for `moved` pixels. */
  letGo(moved = 0): void {
    if (!this.#following) return;
    const top = this.#anchoredTop();
    this.#following = false;
    this.moveTo(top + moved);
  }

  moveTo(top: number): void {
    this.#scale.resize(this.#lines * this.rowHeight, this.height);
    this.#scale.moveTo(top);
    this.#elementHeight = this.#scale.elementHeight;
    this.#top = this.#scale.top;
    this.#jumps++;
  }

  /** Scrolls as little as needed to have a row's whole line in sight. */
  reveal(row: number): void {
    this.letGo();
    const line = lineOfRow(this.#source().list, row) * this.rowHeight;
    const lowest = line - this.height + this.rowHeight;
    if (line < this.#top) this.moveTo(line);
    else if (lowest > this.#top) this.moveTo(lowest);
  }

  stop(): void {
    clearTimeout(this.#correction);
  }

  /** How far the unfolded list has to be scrolled to have the topmost record where it is now. */
  #anchoredTop(): number {
    const { list } = this.#source();
    for (const [i, item] of this.items.entries()) {
      const y = this.shift + i * this.rowHeight;
      if (item.type === 'record' && y > -this.rowHeight) {
        return lineOfRow(list, item.row) * this.rowHeight - y;
      }
      if (item.type === 'fold' && y > -this.rowHeight) {
        return lineOfRow(list, item.from) * this.rowHeight - y;
      }
    }
    return this.#scale.end;
  }

  #correctSoon(): void {
    this.#correction ??= setTimeout(() => {
      this.#correction = undefined;
      this.#elementHeight = this.#scale.elementHeight;
      this.#jumps++;
    }, CORRECTED_EVERY_MS);
  }
}
