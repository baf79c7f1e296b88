/**
 * A log being edited: its bytes, the edits made, and what a reader would make of it now. Validity is what
 * redis-check-aof holds to (strict-frames); what stands behind the first problem is found again by looking for the next
 * whole command, though no reader would get there.
 */
import { assert } from '../base/assert.ts';
import { ascii, byteStringOf, type ByteString } from '../base/bytes.ts';
import { frameArguments, newFrameReader, readFrame } from '../persistence/aof-reader.ts';
import { isRdb } from '../persistence/rdb-reader.ts';
import { newStrictFrames, readStrictFrames } from './strict-frames.ts';
import { inMemory } from './tool-files.ts';

export interface DraftEdit {
  readonly at: number;
  readonly removed: Uint8Array;
  readonly inserted: Uint8Array;
}

export interface LogDraft {
  readonly path: string;
  readonly original: Uint8Array;
  bytes: Uint8Array;
  /** Newest last. */
  readonly edits: DraftEdit[];
  outline: Outline;
}

/** `unreadable`: it looks like a record, but stands behind the first problem. */
export type RecordState = 'good' | 'broken' | 'unreadable';

export interface Outline {
  readonly format: 'log' | 'rdb' | 'other';
  /** Where each record begins. */
  readonly starts: readonly number[];
  readonly states: readonly RecordState[];
  readonly problem: DraftProblem | null;
}

export interface DraftProblem {
  /** The record in which it lies begins here. */
  readonly record: number;
  /** Where something else should stand. */
  readonly at: number;
  /** redis-check-aof's own words. */
  readonly words: string;
  /** What `redis-check-aof --fix` would cut the file to. */
  readonly okUpTo: number;
  readonly mend: Mend | null;
}

/** One edit after which this problem is gone. */
export type Mend =
  /** A header promises another length than the argument has. */
  | {
      readonly kind: 'length';
      readonly at: number;
      readonly promised: number;
      readonly found: number;
    }
  /** The file ends inside a record: cut it before. */
  | { readonly kind: 'cut'; readonly at: number };

export function newDraft(path: string, bytes: Uint8Array): LogDraft {
  return { path, original: bytes, bytes, edits: [], outline: outlineOf(path, bytes) };
}

/** Replaces `remove` bytes at `at`. */
export function editDraft(draft: LogDraft, at: number, remove: number, inserted: Uint8Array): void {
  const { bytes } = draft;
  assert(at >= 0 && remove >= 0 && at + remove <= bytes.length, 'an edit lies inside the file');
  if (remove === 0 && inserted.length === 0) return;
  draft.edits.push({ at, removed: bytes.slice(at, at + remove), inserted });
  change(draft, spliced(bytes, at, remove, inserted));
}

/** Takes the newest edit back; false if there is none. */
export function undoDraft(draft: LogDraft): boolean {
  const edit = draft.edits.pop();
  if (edit === undefined) return false;
  change(draft, spliced(draft.bytes, edit.at, edit.inserted.length, edit.removed));
  return true;
}

/** Makes the edit that the problem's mend tells of; false if there is none. */
export function mendDraft(draft: LogDraft): boolean {
  const mend = draft.outline.problem?.mend;
  if (mend === null || mend === undefined) return false;
  if (mend.kind === 'cut')
    editDraft(draft, mend.at, draft.bytes.length - mend.at, new Uint8Array());
  else {
    const digits = String(mend.promised).length;
    editDraft(draft, mend.at + 1, digits, latin1(String(mend.found)));
  }
  return true;
}

/** The words of the record at `start`; undefined if they cannot be read. */
export function recordWords(draft: LogDraft, start: number): readonly ByteString[] | undefined {
  const reader = newFrameReader();
  const kind = readFrame(reader, draft.bytes, start);
  if (kind === 'command') return frameArguments(reader, draft.bytes);
  return kind === 'annotation' ? [byteStringOf(draft.bytes, start, reader.end)] : undefined;
}

/** A part of a record: its header, or one of its arguments with the line that promises its length. */
export interface RecordPart {
  readonly at: number;
  readonly end: number;
  readonly kind: 'header' | 'length' | 'argument';
}

/** The parts of the record at `start` as far as they can be told apart, strictly: what follows is left out. */
export function recordParts(draft: LogDraft, start: number): readonly RecordPart[] {
  const { bytes } = draft;
  const parts: RecordPart[] = [];
  let at = lineEnd(bytes, start);
  parts.push({ at: start, end: at, kind: 'header' });
  while (at < bytes.length && bytes[at] === DOLLAR) {
    const end = lineEnd(bytes, at);
    const length = Number(byteStringOf(bytes, at + 1, end));
    parts.push({ at, end, kind: 'length' });
    if (!Number.isInteger(length) || length < 0 || end + length > bytes.length) break;
    parts.push({ at: end, end: end + length, kind: 'argument' });
    if (bytes[end + length] !== CR || bytes[end + length + 1] !== LF) break;
    at = end + length + 2;
  }
  return parts;
}

/** Where bytes stand that the edits have put there, as [from, to) in order of their edits; they may overlap. */
export function editedRanges(draft: LogDraft): readonly (readonly [number, number])[] {
  let ranges: [number, number][] = [];
  for (const { at, removed, inserted } of draft.edits) {
    const grown = inserted.length - removed.length;
    const end = at + removed.length;
    ranges = ranges
      .map(([from, to]): [number, number] => [
        from >= end ? from + grown : Math.min(from, at),
        to >= end ? to + grown : Math.min(to, at),
      ])
      .filter(([from, to]) => to > from);
    // What was taken away shows by its neighbours alone.
    if (inserted.length > 0) ranges.push([at, at + inserted.length]);
  }
  return ranges;
}

const CR = 13;
const LF = 10;
const HASH = 35;
const DOLLAR = 36;
const STAR = 42;

function change(draft: LogDraft, bytes: Uint8Array): void {
  draft.bytes = bytes;
  draft.outline = outlineOf(draft.path, bytes);
}

function spliced(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const next = new Uint8Array(bytes.length - remove + insert.length);
  next.set(bytes.subarray(0, at));
  next.set(insert, at);
  next.set(bytes.subarray(at + remove), at + insert.length);
  return next;
}

function outlineOf(path: string, bytes: Uint8Array): Outline {
  if (isRdb(bytes)) return { format: 'rdb', starts: [], states: [], problem: null };
  if (!path.endsWith('.aof')) return { format: 'other', starts: [], states: [], problem: null };
  const frames = newStrictFrames(inMemory(bytes), latinName(path), 0, 1);
  const end = readStrictFrames(frames, 0n);
  const stoppedAt = frames.base + frames.at;
  const okUpTo = 'okUpTo' in end ? end.okUpTo : stoppedAt;
  const readAll = stoppedAt >= bytes.length && frames.open >= 0;
  const readAt = frames.base + frames.readAt;
  const failedAt = end.kind === 'no-frame' ? stoppedAt : readAll ? Infinity : readAt;
  const starts: number[] = [];
  const states: RecordState[] = [];
  const add = (start: number, state: RecordState): void => {
    starts.push(start);
    states.push(state);
  };
  const reader = newFrameReader();
  let at = 0;
  while (at < bytes.length) {
    const kind = readFrame(reader, bytes, at);
    if ((kind !== 'command' && kind !== 'annotation') || reader.end > failedAt) break;
    add(at, at < okUpTo ? 'good' : 'broken');
    at = reader.end;
  }
  if (end.kind === 'end' && at >= bytes.length)
    return { format: 'log', starts, states, problem: null };
  // A MULTI without its EXEC: everything from there on is whole, and yet it is taken back.
  const record = at >= bytes.length ? okUpTo : at;
  if (at < bytes.length) {
    add(at, 'broken');
    for (let next = nextRecord(bytes, at + 1); next >= 0; next = nextRecord(bytes, reader.end)) {
      add(next, 'unreadable');
      readFrame(reader, bytes, next);
    }
  }
  const words = frames.error === '' ? 'The file ends inside a record' : frames.error.trim();
  const mend = mendOf(bytes, record, okUpTo);
  return {
    format: 'log',
    starts,
    states,
    problem: { record, at: wrongByte(bytes, mend, failedAt), words, okUpTo, mend },
  };
}

/** A length that is wrong shows where its argument should have ended; else it is where the reader gave up. */
function wrongByte(bytes: Uint8Array, mend: Mend | null, failedAt: number): number {
  const at = mend?.kind === 'length' ? lineEnd(bytes, mend.at) + mend.promised : failedAt;
  return Math.min(at, bytes.length);
}

/** The next place at or behind `from` where a whole record begins after a line's end; -1: none. */
function nextRecord(bytes: Uint8Array, from: number): number {
  const reader = newFrameReader();
  for (let at = from; at < bytes.length; at++) {
    if ((bytes[at] !== STAR && bytes[at] !== HASH) || bytes[at - 1] !== LF) continue;
    const kind = readFrame(reader, bytes, at);
    if (kind === 'command' || kind === 'annotation') return at;
  }
  return -1;
}

function mendOf(bytes: Uint8Array, record: number, okUpTo: number): Mend | null {
  if (bytes[record] === STAR) {
    let at = lineEnd(bytes, record);
    while (at < bytes.length && bytes[at] === DOLLAR) {
      const start = lineEnd(bytes, at);
      const digits = byteStringOf(bytes, at + 1, start).trim();
      if (!/^\d{1,9}$/.test(digits)) break;
      const promised = Number(digits);
      const end = start + promised;
      if (bytes[end] === CR && bytes[end + 1] === LF && startsLine(bytes, end + 2)) {
        at = end + 2;
        continue;
      }
      const found = argumentLength(bytes, start);
      if (found === undefined || found === promised) break;
      return { kind: 'length', at, promised, found };
    }
  }
  return { kind: 'cut', at: okUpTo };
}

/** How long the argument is that begins at `start`, if the next line that can begin something ends it. */
function argumentLength(bytes: Uint8Array, start: number): number | undefined {
  for (let at = start; at + 1 < bytes.length; at++) {
    if (bytes[at] === CR && bytes[at + 1] === LF && startsLine(bytes, at + 2)) return at - start;
  }
  return undefined;
}

/** Whether a header, an annotation or the end of the file stands there. */
function startsLine(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  if (first === undefined) return at === bytes.length;
  return first === STAR || first === DOLLAR || first === HASH;
}

/** Behind the LF of the line at `at`; the end of the file if it has none. */
function lineEnd(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(LF, at);
  return end < 0 ? bytes.length : end + 1;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function latinName(path: string): ByteString {
  return ascii(path.slice(path.lastIndexOf('/') + 1));
}
