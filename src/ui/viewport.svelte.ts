/** Which arrangement the window has room for. Panes themselves answer to container queries. */
export type Arrangement = 'wide' | 'desk' | 'strip' | 'tabs' | 'phone';

class Viewport {
  #width = $state(1440);
  #height = $state(900);

  readonly arrangement: Arrangement = $derived.by(() => {
    if (this.#width >= 1680) return 'wide';
    if (this.#width >= 1200) return 'desk';
    if (this.#width >= 900) return 'strip';
    return this.#width >= 600 ? 'tabs' : 'phone';
  });
  /** Too low for the tracks: the timeline folds to its transport row. */
  readonly low: boolean = $derived(this.#height < (this.#width < 1200 ? 860 : 760));

  get width(): number {
    return this.#width;
  }
  get height(): number {
    return this.#height;
  }

  start(): void {
    const measure = (): void => {
      this.#width = innerWidth;
      this.#height = innerHeight;
    };
    addEventListener('resize', measure);
    measure();
  }
}

export const viewport = new Viewport();
