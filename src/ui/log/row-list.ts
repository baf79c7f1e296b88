/** A growing, ascending list of row numbers: four bytes a row, searched by halving. */
export class RowList {
  #rows = new Uint32Array(256);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The row at place `index`; the caller keeps `index` below `count`. */
  at(index: number): number {
    return this.#rows[index] ?? 0;
  }

  /** Adds a row that is above all the others. */
  push(row: number): void {
    if (this.#count === this.#rows.length) {
      const wider = new Uint32Array(this.#count * 2);
      wider.set(this.#rows);
      this.#rows = wider;
    }
    this.#rows[this.#count++] = row;
  }

  /** How many rows of the list are below `row`, which is also the place of the first that is not. */
  countBelow(row: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(row: number): boolean {
    const index = this.countBelow(row);
    return index < this.#count && this.at(index) === row;
  }

  /** Forgets every row below `row`. */
  dropBelow(row: number): void {
    const gone = this.countBelow(row);
    if (gone === 0) return;
    this.#rows.copyWithin(0, gone, this.#count);
    this.#count -= gone;
  }

  clear(): void {
    this.#count = 0;
  }
}
