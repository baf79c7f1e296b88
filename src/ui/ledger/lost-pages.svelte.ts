/** The lost writes of one crash, fetched page by page as they come into sight. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Layer, LostReport, LostWrite } from '../../worker/protocol.ts';

export type LoadLost = (from: number, count: number, filter?: string) => Promise<LostReport>;

export interface LostGroup {
  readonly layer: Layer;
  readonly writes: number;
}

const PAGE_ROWS = 200;
/** Pages kept; the ones that were asked for longest ago go first. */
const KEPT_PAGES = 50;

export class LostPages {
  #load: LoadLost;
  readonly filter: string;
  #pages = new SvelteMap<number, readonly LostWrite[]>();
  #asked = new SvelteSet<number>();
  #closed = false;
  total = $state(0);
  /** A person's own writes at the head of the list, as far as it is known. */
  own = $state(0);
  groups = $state.raw<readonly LostGroup[] | null>(null);
  error = $state<string | null>(null);

  constructor(load: LoadLost, filter = '') {
    this.#load = load;
    this.filter = filter;
  }

  /** Whether the first page is here, so that `total` means something. */
  get started(): boolean {
    return this.#pages.size > 0;
  }

  /** The write at `index`, or undefined while its page is under way. */
  at(index: number): LostWrite | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Asks for the pages that hold rows `from` up to `to`. */
  want(from: number, to: number): void {
    const last = Math.floor(Math.max(from, to - 1) / PAGE_ROWS);
    for (let page = Math.floor(from / PAGE_ROWS); page <= last; page++) this.#fetch(page);
  }

  retry(): void {
    this.error = null;
    this.want(0, 1);
  }

  close(): void {
    this.#closed = true;
  }

  #fetch(page: number): void {
    if (this.#asked.has(page) || this.#closed) return;
    this.#asked.add(page);
    this.#load(page * PAGE_ROWS, PAGE_ROWS, this.filter).then(
      (report) => this.#take(page, report),
      (reason: unknown) => {
        this.#asked.delete(page);
        if (!this.#closed) this.error = reason instanceof Error ? reason.message : String(reason);
      },
    );
  }

  #take(page: number, report: LostReport): void {
    if (this.#closed) return;
    this.#pages.set(page, report.rows);
    if (this.#pages.size > KEPT_PAGES) this.#forgetOldest();
    this.total = report.total;
    const first = page * PAGE_ROWS;
    if (first === this.own) this.own = first + ownPrefix(report.rows);
    this.groups =
      report.groups ?? (report.rows.length === report.total ? groupsOf(report.rows) : this.groups);
    this.error = null;
  }

  #forgetOldest(): void {
    for (const page of this.#pages.keys()) {
      // The first page holds the person's own writes, to which the learner returns.
      if (page === 0) continue;
      this.#pages.delete(page);
      this.#asked.delete(page);
      return;
    }
  }
}

function ownPrefix(rows: readonly LostWrite[]): number {
  const end = rows.findIndex(({ own }) => !own);
  return end < 0 ? rows.length : end;
}

/** In the order in which bytes sink: what was nearest to the disk comes first. */
const sinking: readonly Layer[] = ['drive', 'page-cache', 'process'];

function groupsOf(rows: readonly LostWrite[]): readonly LostGroup[] {
  return sinking
    .map((layer) => ({ layer, writes: rows.filter((row) => row.layer === layer).length }))
    .filter(({ writes }) => writes > 0);
}
