import type { RecordStore } from './record-store.ts';
import type { RowList } from './row-list.ts';

/** The rows that the list shows, by their place in it: all of them, or those that a filter lets through. */
export interface LogRows {
  readonly count: number;
  rowAt(place: number): number;
  /** The place of the first shown row that is not below `row`. */
  placeOf(row: number): number;
  /** How many shown rows before `place` have a note below them. */
  notesBefore(place: number): number;
  hasNote(row: number): boolean;
}

export class AllRows implements LogRows {
  readonly #store: RecordStore;

  constructor(store: RecordStore) {
    this.#store = store;
  }

  get count(): number {
    return this.#store.count - this.#store.first;
  }

  rowAt(place: number): number {
    return this.#store.first + place;
  }

  placeOf(row: number): number {
    return Math.min(Math.max(0, row - this.#store.first), this.count);
  }

  notesBefore(place: number): number {
    return this.#store.notes.countBelow(this.#store.first + place);
  }

  hasNote(row: number): boolean {
    return this.#store.notes.has(row);
  }
}

export class ListedRows implements LogRows {
  readonly #rows: RowList;
  readonly #notes: RowList;

  /** `notes` are those of `rows` that have a note. */
  constructor(rows: RowList, notes: RowList) {
    this.#rows = rows;
    this.#notes = notes;
  }

  get count(): number {
    return this.#rows.count;
  }

  rowAt(place: number): number {
    return this.#rows.at(place);
  }

  placeOf(row: number): number {
    return this.#rows.countBelow(row);
  }

  notesBefore(place: number): number {
    if (place >= this.#rows.count) return this.#notes.count;
    return this.#notes.countBelow(this.#rows.at(place));
  }

  hasNote(row: number): boolean {
    return this.#notes.has(row);
  }
}
