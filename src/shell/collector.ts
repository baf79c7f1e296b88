/** Takes what a script prints, until it is asked for. */
import { ascii, EMPTY, type ByteString } from '../base/bytes.ts';
import type { Sink } from './streams.ts';

/** A script that prints more than this has its shell killed: it would fill the memory of the page. */
const MOST_COLLECTED = 64 * 1024 * 1024;

export class Collector implements Sink {
  readonly waiters = new Set<{ retry(): void }>();
  private parts: ByteString[];
  private size: number;

  /** `taken`: what another one had taken. */
  constructor(taken: ByteString = EMPTY) {
    this.parts = taken === '' ? [] : [taken];
    this.size = taken.length;
  }

  take(bytes: ByteString): boolean {
    if (this.size > MOST_COLLECTED) return false;
    this.parts.push(bytes);
    this.size += bytes.length;
    return true;
  }

  /** What it has taken; it stays. */
  get taken(): ByteString {
    return ascii(this.parts.join(''));
  }

  empty(): ByteString {
    const text = this.taken;
    this.parts = [];
    this.size = 0;
    return text;
  }
}
