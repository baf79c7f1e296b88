import { deferred } from './deferred.ts';

/** The right to write a lab: at most one tab has it. */
export interface Writer {
  readonly mayWrite: boolean;
  /** Takes the right from whoever has it, at once and without asking. Then the log is to be opened anew. */
  takeOver(): Promise<void>;
  /** Called when another tab takes the right away. */
  onLost(listener: () => void): () => void;
  release(): void;
}

/** A tab that is just closing, such as the one before a reload, still has the lock for a moment. */
const PATIENCE_MS = 400;

/**
 * Asks for the right to write the lab of that name; waits at most half a second for another tab, then resolves with
 * `mayWrite` false if another tab keeps it. Where the browser has no Web Locks, the stores' own
 * fences alone keep two writers apart: the later one wins.
 */
export async function acquireWriter(name: string): Promise<Writer> {
  const writer = new LockedWriter(`aof-lab writer of ${name}`);
  await writer.request('wait-a-little');
  return writer;
}

class LockedWriter implements Writer {
  readonly #lockName: string;
  readonly #listeners = new Set<() => void>();
  #release: (() => void) | null = null;
  #lockless = false;

  constructor(lockName: string) {
    this.#lockName = lockName;
  }

  get mayWrite(): boolean {
    return this.#release !== null || this.#lockless;
  }

  async takeOver(): Promise<void> {
    if (!this.mayWrite) await this.request('steal');
  }

  onLost(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  release(): void {
    this.#release?.();
    this.#release = null;
    this.#lockless = false;
  }

  /** Resolves as soon as it is known whether the lock is ours; holding it goes on in the background. */
  async request(how: 'wait-a-little' | 'steal'): Promise<void> {
    if (navigator.locks === undefined) {
      this.#lockless = true;
      return;
    }
    if (how === 'steal') return this.#ask({ steal: true });
    // Asked without waiting first: a browser that has just started may take longer over its answer than our patience,
    // and its silence would look like another tab.
    await this.#ask({ ifAvailable: true });
    if (this.mayWrite) return;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    await this.#ask({ signal: giveUp.signal });
    clearTimeout(timer);
  }

  async #ask(options: LockOptions): Promise<void> {
    const known = deferred<void>();
    const hold = (lock: Lock | null): Promise<void> => {
      const released = deferred<void>();
      if (lock === null) released.resolve();
      else this.#release = released.resolve;
      known.resolve();
      return released.promise;
    };
    navigator.locks.request(this.#lockName, options, hold).then(
      () => undefined,
      (error: unknown) => {
        if (this.#release !== null) this.#lose();
        // An opaque origin has the interface, and refuses its use.
        else if (error instanceof Error && error.name === 'SecurityError') this.#lockless = true;
        known.resolve();
      },
    );
    await known.promise;
  }

  /** A lock that is stolen rejects its holder's request. */
  #lose(): void {
    this.#release = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
