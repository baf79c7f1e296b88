/** The ways in which one run went on and was left, and the name of the one at hand. */
import type { Checkpoint } from '../lab/checkpoint.ts';
import {
  decodeFutures,
  encodeFuture,
  encodeFutures,
  howManyFit,
  MOST_KEPT_BYTES,
  sessionOf,
  type FoundFutures,
} from '../lab/kept-futures.ts';
import type { Run } from '../lab/replay.ts';
import type { LabPlan } from '../lab/setup.ts';
import { bytesIn } from './run-desk.ts';

/** A way in which the run went on, and its end if a lab could be kept of it. */
export interface Future {
  readonly name: string;
  readonly run: Run;
  readonly end: Checkpoint | null;
}

/** More than anybody tells apart; the oldest goes. */
const MOST_FUTURES = 8;

export class FutureList {
  /** Of the lab at hand. */
  plan: LabPlan;
  futures: readonly Future[] = [];
  name = 'A';
  /** Those that the browser would keep. */
  kept: ReadonlySet<Future> = new Set();
  private named = 1;
  private readonly encoded = new WeakMap<Future, { readonly bytes: Uint8Array | null }>();

  constructor(plan: LabPlan) {
    this.plan = plan;
  }

  /** Keeps the run under the name of the one at hand, which becomes another one by it. */
  leave(run: Run, end: Checkpoint | null): void {
    this.futures = [...this.futures, { name: this.name, run, end }].slice(-MOST_FUTURES);
  }

  rename(): void {
    const taken = new Set(this.futures.map(({ name }) => name));
    do {
      const number = this.named++;
      const letter = String.fromCharCode(65 + (number % 26));
      this.name = number < 26 ? letter : `${letter}${Math.floor(number / 26)}`;
    } while (taken.has(this.name));
  }

  /** It is the one at hand from now on. */
  take(future: Future): void {
    this.futures = this.futures.filter((each) => each !== future);
    this.name = future.name;
    this.plan = future.run.plan;
  }

  /** As the browser keeps it: the newest, as far as they fit. */
  encode(): Uint8Array {
    const fitting = this.futures.slice();
    const files = fitting.map((future) => this.fileOf(future)?.length ?? Infinity);
    const from = fitting.length - howManyFit(files);
    const chosen = fitting.slice(from);
    this.kept = new Set(chosen);
    const futures = chosen.map((future) => ({
      name: future.name,
      bytes: this.fileOf(future) ?? new Uint8Array(),
    }));
    return encodeFutures(sessionOf(this.plan), { name: this.name, named: this.named }, futures);
  }

  private fileOf(future: Future): Uint8Array | null {
    const known = this.encoded.get(future);
    if (known !== undefined) return known.bytes;
    const bytes = bytesIn(future.run) > MOST_KEPT_BYTES ? null : encodeFuture(future.run);
    this.encoded.set(future, { bytes });
    return bytes;
  }

  /** What an earlier visit kept, if it is of this lab. Null: it is not. */
  restore(bytes: Uint8Array): FoundFutures | null {
    const found = decodeFutures(bytes, sessionOf(this.plan));
    if (found === null) return null;
    this.name = found.name;
    this.named = found.named;
    this.futures = found.futures
      .slice(-MOST_FUTURES)
      .map(({ name, run }) => ({ name, run, end: null }));
    this.kept = new Set(this.futures);
    return found;
  }
}
