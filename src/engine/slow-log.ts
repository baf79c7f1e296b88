/** The slow log: commands that took longer than slowlog-log-slower-than (slowlog.c). The newest come first. */
import { ascii, concatBytes, sliceBytes, type ByteString } from '../base/bytes.ts';
import type { Micros, Seconds } from '../base/time.ts';

export interface SlowEntry {
  readonly id: number;
  readonly at: Seconds;
  readonly micros: Micros;
  readonly argv: readonly ByteString[];
  readonly address: string;
  readonly clientName: ByteString;
}

export interface SlowLog {
  readonly entries: SlowEntry[];
  nextId: number;
}

export interface SlowLogLimits {
  /** Microseconds; negative: nothing is logged. */
  slowlogLogSlowerThan: number;
  slowlogMaxLen: number;
}

const MOST_WORDS = 32;
const LONGEST_WORD = 128;

export function newSlowLog(): SlowLog {
  return { entries: [], nextId: 0 };
}

/** slowlogPushEntryIfNeeded. */
export function noteSlow(
  log: SlowLog,
  limits: SlowLogLimits,
  { argv, ...entry }: Omit<SlowEntry, 'id'>,
): void {
  if (limits.slowlogLogSlowerThan < 0) return;
  if (entry.micros >= limits.slowlogLogSlowerThan)
    log.entries.unshift({ id: log.nextId++, argv: shortened(argv), ...entry });
  if (log.entries.length > limits.slowlogMaxLen) log.entries.length = limits.slowlogMaxLen;
}

/** Long commands are kept in part: the log is to be cheap. */
function shortened(argv: readonly ByteString[]): ByteString[] {
  const kept = argv.length > MOST_WORDS ? argv.slice(0, MOST_WORDS - 1) : argv;
  const words = kept.map((word) => {
    const more = word.length - LONGEST_WORD;
    if (more <= 0) return word;
    return concatBytes(sliceBytes(word, 0, LONGEST_WORD), ascii(`... (${more} more bytes)`));
  });
  if (kept.length < argv.length)
    words.push(ascii(`... (${argv.length - kept.length} more arguments)`));
  return words;
}
