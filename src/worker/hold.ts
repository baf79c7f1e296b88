/** While somebody runs the lab's events in pieces, nothing else may happen to it: the others wait their turn. */
export class Hold {
  private ended: Promise<void> | null = null;

  get isHeld(): boolean {
    return this.ended !== null;
  }

  /** Resolves when nobody holds the lab. */
  async free(): Promise<void> {
    while (this.ended !== null) await this.ended;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    await this.free();
    let end = (): void => undefined;
    this.ended = new Promise((resolve) => (end = resolve));
    try {
      return await work();
    } finally {
      this.ended = null;
      end();
    }
  }
}
