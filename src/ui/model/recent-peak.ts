/** The largest value of the last one and a half to three seconds of lab time: keeps scales and columns from jumping. */
export class RecentPeak {
  #before = 0;
  #now = 0;
  #since = 0;

  note(at: number, value: number): void {
    if (at < this.#since) {
      this.#before = 0;
      this.#now = 0;
      this.#since = at;
    }
    if (at - this.#since >= bucketMs) {
      this.#before = at - this.#since >= 2 * bucketMs ? 0 : this.#now;
      this.#now = 0;
      this.#since = at;
    }
    this.#now = Math.max(this.#now, value);
  }

  get value(): number {
    return Math.max(this.#before, this.#now);
  }
}

const bucketMs = 1500;
