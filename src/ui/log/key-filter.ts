/** The rows of the log that name a key: part of its name, or a glob pattern of the whole of it. */
import { byteStringOf, utf8Encode } from '../../base/bytes.ts';
import type { ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { commandNameOf, namesEveryKey, someKey } from './command-keys.ts';
import { ListedRows } from './log-rows.ts';
import { argumentSpans } from './record-text.ts';
import type { RecordStore } from './record-store.ts';
import { RowList } from './row-list.ts';

/** More than this of a key is not looked at: no learner types it, and a key may have 512 MB. */
const LONGEST_KEY = 4096;

/** Says of a key, given by its bytes, whether the text asks for it. */
export function keyMatcher(text: string): (bytes: Uint8Array, from: number, to: number) => boolean {
  const wanted = utf8Encode(text);
  const matches = isPattern(wanted)
    ? (key: ByteString): boolean => globMatch(wanted, key)
    : (key: ByteString): boolean => key.includes(wanted);
  return (bytes, from, to) => matches(byteStringOf(bytes, from, Math.min(to, from + LONGEST_KEY)));
}

function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * A search that goes on as the log grows. `step` looks at a limited number of rows, so that a long log
 * never holds up the page. FLUSHALL, FLUSHDB and SWAPDB touch every key and are listed beside the
 * records that name one.
 */
export class KeySearch {
  readonly text: string;
  readonly rows: ListedRows;
  readonly #store: RecordStore;
  readonly #matches: (bytes: Uint8Array, from: number, to: number) => boolean;
  readonly #found = new RowList();
  readonly #notes = new RowList();
  #next: number;
  #named = 0;

  constructor(store: RecordStore, text: string) {
    this.text = text;
    this.#store = store;
    this.#matches = keyMatcher(text);
    this.#next = store.first;
    this.rows = new ListedRows(this.#found, this.#notes);
  }

  /** Records that name a matching key; those that touch every key are not counted. */
  get named(): number {
    return this.#named;
  }

  get done(): boolean {
    return this.#next >= this.#store.count;
  }

  /** The share of the log that has been looked at. */
  get share(): number {
    const all = this.#store.count - this.#store.first;
    return all <= 0 ? 1 : Math.min(1, (this.#next - this.#store.first) / all);
  }

  step(budget: number): 'more' | 'done' {
    this.#forget();
    const stop = Math.min(this.#store.count, this.#next + budget);
    for (; this.#next < stop; this.#next++) this.#look(this.#next);
    return this.done ? 'done' : 'more';
  }

  #look(row: number): void {
    const found = this.#store.withRecord(row, (bytes, start, end) => {
      const spans = argumentSpans(bytes, start, end);
      if (someKey(bytes, spans, (from, to) => this.#matches(bytes, from, to))) return 'named';
      return namesEveryKey(commandNameOf(bytes, spans)) ? 'swept' : undefined;
    });
    if (found === undefined) return;
    if (found === 'named') this.#named++;
    this.#found.push(row);
    if (this.#store.notes.has(row)) this.#notes.push(row);
  }

  /** Rows that the store has let go are gone from the list, too. */
  #forget(): void {
    const first = this.#store.first;
    if (this.#found.count === 0 || this.#found.at(0) >= first) {
      this.#next = Math.max(this.#next, first);
      return;
    }
    this.#found.dropBelow(first);
    this.#notes.dropBelow(first);
    this.#next = Math.max(this.#next, first);
  }
}
