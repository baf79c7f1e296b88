/** What happened in one lane over lab time, as columns that only grow; the oldest part is dropped past a limit. */
import { firstRow } from './first-row.ts';
import type { CrashKind, LabMillis, TimelineBatch } from '../../worker/protocol.ts';

/** A moment that stands on the faults track. */
export type Mark =
  | {
      readonly kind: 'crash';
      readonly at: LabMillis;
      readonly crash: CrashKind;
      readonly lost: number;
    }
  | { readonly kind: 'boot'; readonly at: LabMillis };

export interface Timeline {
  /** Alternating time (ms) and acknowledged writes at risk if the power fails. */
  readonly risk: Column;
  readonly commands: Column;
  readonly own: Column;
  /** Alternating start and end (ms). */
  readonly fsyncs: Column;
  readonly marks: Mark[];
}

export function createTimeline(): Timeline {
  return {
    risk: new Column(2),
    commands: new Column(1),
    own: new Column(1),
    fsyncs: new Column(2),
    marks: [],
  };
}

export function appendBatch(timeline: Timeline, batch: TimelineBatch): void {
  timeline.risk.append(batch.risk);
  timeline.commands.append(batch.commands);
  timeline.own.append(batch.own);
  timeline.fsyncs.append(batch.fsyncs);
}

/** Numbers in rows of `stride`, the first of each row ascending. */
export class Column {
  readonly stride: number;
  #values = new Float64Array(1024);
  #length = 0;

  constructor(stride: number) {
    this.stride = stride;
  }

  /** Number of rows. */
  get rows(): number {
    return this.#length / this.stride;
  }

  at(row: number, part = 0): number {
    return this.#values[row * this.stride + part] ?? 0;
  }

  append(values: Float64Array): void {
    if (this.#length + values.length > limit) this.#dropOldest();
    const needed = this.#length + values.length;
    if (needed > this.#values.length) {
      const larger = new Float64Array(Math.max(needed, this.#values.length * 2));
      larger.set(this.#values.subarray(0, this.#length));
      this.#values = larger;
    }
    this.#values.set(values, this.#length);
    this.#length = needed;
  }

  /** The first row whose first number is at least `value`; `rows` if there is none. */
  firstFrom(value: number, near?: number): number {
    return firstRow(0, this.rows, (row) => this.at(row) >= value, near);
  }

  #dropOldest(): void {
    const half = Math.floor(this.rows / 2) * this.stride;
    this.#values.copyWithin(0, half, this.#length);
    this.#length -= half;
  }
}

/** Rows times stride; older ones are far out of the drawn window. */
const limit = 1_000_000;
