import { isPrefix, parseLog, type ParsedLog } from './log-frames.ts';
import type { Holdings, StoredLog } from './log-store.ts';

/** A log as it was found at opening, in the store of that label. */
export interface FoundLog {
  readonly label: string;
  readonly stored: StoredLog;
  readonly parsed: ParsedLog;
}

export interface Recovery {
  /** The log that the session goes on from. Null: none has an intact header. */
  readonly chosen: FoundLog | null;
  /** Logs with bytes that no store could make use of. */
  readonly setAside: readonly FoundLog[];
  /** Larger than any generation seen, complete or not. */
  readonly nextGeneration: number;
  /** A later version of the page wrote one of them. */
  readonly newer: boolean;
  readonly found: readonly FoundLog[];
}

/** Picks the newest complete generation, and of it the log with most records. */
export function recover(holdings: ReadonlyMap<string, Holdings>): Recovery {
  const found: FoundLog[] = [];
  for (const [label, { logs }] of holdings) {
    for (const stored of logs) {
      // Comparing is several times as fast as reading: mostly the stores hold the same.
      const same = found.find((log) => sameBytes(log.stored.bytes, stored.bytes));
      found.push({ label, stored, parsed: same?.parsed ?? parseLog(stored.bytes) });
    }
  }
  const readable = found.filter(({ parsed }) => parsed.header !== null);
  const chosen = readable.reduce<FoundLog | null>(
    (best, log) => (best === null || rank(log, best) > 0 ? log : best),
    null,
  );
  return {
    chosen,
    setAside: found.filter((log) => holdsMore(log, chosen)),
    nextGeneration: 1 + Math.max(0, ...found.map(generationOf)),
    newer: found.some(({ parsed }) => parsed.newer),
    found,
  };
}

/** How a store goes on from the chosen log. */
export type Repair =
  | { readonly kind: 'none' }
  | { readonly kind: 'catch-up'; readonly from: number; readonly missing: number }
  | { readonly kind: 'rebuild'; readonly why: 'empty' | 'older' | 'damaged' };

/** What the store of that label lacks of the chosen log. */
export function repairOf(label: string, { chosen, found }: Recovery): Repair {
  const own = found.filter((log) => log.label === label);
  if (chosen === null || own.includes(chosen)) return { kind: 'none' };
  const same = own.find((log) => generationOf(log) === generationOf(chosen));
  if (same === undefined) return { kind: 'rebuild', why: own.length === 0 ? 'empty' : 'older' };
  if (same.parsed.header === null || !isPrefix(same.parsed, chosen.parsed, chosen.stored.bytes)) {
    return { kind: 'rebuild', why: 'damaged' };
  }
  const missing = chosen.parsed.records.length - same.parsed.records.length;
  if (missing === 0 && same.parsed.damage === null) return { kind: 'none' };
  return { kind: 'catch-up', from: same.parsed.end, missing };
}

/** What happened since the log was closed, in plain sentences; null if nothing did. */
export function reportOf(
  holdings: ReadonlyMap<string, Holdings>,
  recovery: Recovery,
): string | null {
  const { chosen, setAside } = recovery;
  const sentences: string[] = [];
  for (const { note } of holdings.values()) if (note !== null) sentences.push(note);
  if (chosen !== null) {
    for (const label of holdings.keys()) {
      const sentence = repairSentence(label, chosen, repairOf(label, recovery));
      if (sentence !== null) sentences.push(sentence);
    }
    const missing = missingRecords(recovery, chosen);
    if (missing > 0) {
      sentences.push(
        `${counted(missing, 'record')} at the end could be found nowhere and ${missing === 1 ? 'is' : 'are'} lost.`,
      );
    }
  } else if (setAside.length > 0) {
    sentences.push('Nothing that the browser kept could be read, so the lab starts anew.');
  }
  if (setAside.length > 0) {
    const size = setAside.reduce((sum, log) => sum + log.stored.bytes.length, 0);
    const places = setAside.map(({ label }) => label).join(' and ');
    sentences.push(
      `Damaged data of ${places} (${size} bytes) was set aside for export, not deleted.`,
    );
  }
  return sentences.length === 0 ? null : sentences.join(' ');
}

function repairSentence(label: string, chosen: FoundLog, repair: Repair): string | null {
  const records = counted(chosen.parsed.records.length, 'record');
  switch (repair.kind) {
    case 'none':
      return null;
    case 'catch-up':
      return repair.missing === 0
        ? `A write to ${label} had not ended; its remains were removed.`
        : `${label} was ${counted(repair.missing, 'record')} behind and was completed from ${chosen.label}.`;
    case 'rebuild': {
      const state = {
        empty: 'was empty',
        older: 'held only an older state',
        damaged: 'was damaged',
      };
      return `${label} ${state[repair.why]} and was rebuilt from ${chosen.label} (${records}).`;
    }
  }
}

/** Records of the chosen generation that a store knows to have had, and that nobody has. */
function missingRecords({ found }: Recovery, chosen: FoundLog): number {
  const promised = found
    .filter((log) => generationOf(log) === generationOf(chosen))
    .map((log) => Math.max(log.stored.promised ?? 0, log.parsed.header?.initial ?? 0));
  return Math.max(0, ...promised) - chosen.parsed.records.length;
}

/** Whether a log has bytes that may mean something, and that are not in the chosen one. */
function holdsMore(log: FoundLog, chosen: FoundLog | null): boolean {
  const { parsed, stored } = log;
  if (log === chosen) return parsed.damage !== null;
  if (chosen === null) return stored.bytes.length > 0;
  if (generationOf(log) < generationOf(chosen)) return false;
  if (generationOf(log) > generationOf(chosen)) {
    // A replacement that was cut short had not been reported as done. A wrong frame is another matter.
    return parsed.damage === 'wrong';
  }
  if (parsed.damage !== null && stored.bytes.length > chosen.parsed.end) return true;
  return parsed.header !== null && !isPrefix(parsed, chosen.parsed, chosen.stored.bytes);
}

/** Complete before incomplete, then the newer, then the one with more records. */
function rank(a: FoundLog, b: FoundLog): number {
  const byCompleteness = Number(isComplete(a)) - Number(isComplete(b));
  if (byCompleteness !== 0) return byCompleteness;
  const byGeneration = generationOf(a) - generationOf(b);
  const byRecords = a.parsed.records.length - b.parsed.records.length;
  // With no complete log left, more records are worth more than a higher number.
  return isComplete(a) ? byGeneration || byRecords : byRecords || byGeneration;
}

function isComplete({ parsed }: FoundLog): boolean {
  return parsed.header !== null && parsed.records.length >= parsed.header.initial;
}

function generationOf({ parsed, stored }: FoundLog): number {
  return parsed.header?.generation ?? stored.generation;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const words = a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0 ? a.length >> 2 : 0;
  const wordsOfA = new Uint32Array(a.buffer, words > 0 ? a.byteOffset : 0, words);
  const wordsOfB = new Uint32Array(b.buffer, words > 0 ? b.byteOffset : 0, words);
  for (let i = 0; i < words; i++) if (wordsOfA[i] !== wordsOfB[i]) return false;
  for (let i = words * 4; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
