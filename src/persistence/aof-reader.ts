/**
 * The one reader of the log's framing, offsets first: it builds no strings until asked. Accepts and refuses exactly
 * what aof.c:loadSingleAppendOnlyFile does: lines end at LF, numbers are read as atoi does, and the two bytes after
 * an argument are skipped unseen (redis-check-aof is stricter; see spec §5.2 and §7.1).
 */
import { byteStringOf, EMPTY, type ByteString } from '../base/bytes.ts';

/** aof.c: AOF_ANNOTATION_LINE_MAX_LEN; no line of the format is longer. */
const LINE_MAX = 1024;
const MAX_ARGUMENTS = 1024 * 1024 * 64;

/**
 * `end`: nothing more, a clean end of file. `short`: the file ends inside a command. `aborts`: a negative argument
 * length, which real Redis tries to allocate and dies of.
 */
export type FrameKind = 'command' | 'annotation' | 'end' | 'short' | 'bad-format' | 'aborts';

/** Offsets of the arguments of the frame read last; reused by every call. */
export interface FrameReader {
  bounds: Float64Array;
  count: number;
  end: number;
  /** First words of earlier frames, by a hash of their bytes: a log holds few commands, over and over. */
  readonly words: ByteString[];
  /** The arrays that `frameArguments` gives out, by their length. */
  readonly arrays: ByteString[][];
}

const WORDS_KEPT = 64;
const ARRAYS_KEPT = 16;

export function newFrameReader(): FrameReader {
  const words = new Array<ByteString>(WORDS_KEPT).fill(EMPTY);
  return { bounds: new Float64Array(64), count: 0, end: 0, words, arrays: [] };
}

/** One that reads another frame of the same log, ahead. */
export function newReaderBeside(reader: FrameReader): FrameReader {
  return { ...reader, bounds: new Float64Array(64), count: 0, end: 0 };
}

/** Reads what begins at `at`; `reader.end` and `reader.bounds` tell where it and its arguments stand. */
export function readFrame(reader: FrameReader, bytes: Uint8Array, at: number): FrameKind {
  const size = bytes.length;
  if (at >= size) return 'end';
  const first = bytes[at]!;
  if (first === 35 /* # */) return readAnnotation(reader, bytes, at);
  if (first !== 42 /* * */) return 'bad-format';
  let end = lineEnd(bytes, at);
  if (end < 0) return endsEarly(bytes, at);
  const count = numberAt(bytes, at + 1, end);
  if (count < 1 || count > MAX_ARGUMENTS) return 'bad-format';
  // An argument takes at least five bytes: a count that cannot be true gets no room, and fails below.
  if (reader.bounds.length < count * 2)
    reader.bounds = new Float64Array(Math.min(count, size) * 2 + 64);
  let p = end;
  for (let i = 0; i < count; i++) {
    if (p >= size) return 'short';
    if (bytes[p] !== 36 /* $ */) return 'bad-format';
    end = lineEnd(bytes, p);
    if (end < 0) return endsEarly(bytes, p);
    const length = numberAt(bytes, p + 1, end);
    if (length < 0) return 'aborts';
    const argumentEnd = end + length;
    if (argumentEnd + 2 > size) return 'short';
    reader.bounds[i * 2] = end;
    reader.bounds[i * 2 + 1] = argumentEnd;
    p = argumentEnd + 2;
  }
  reader.count = count;
  reader.end = p;
  return 'command';
}

/**
 * The arguments of the frame that was read last. The array is used again by a later call: a replay would make a million
 * of them. Together with the kept words that is an eighth of its time. The second word is `key`, if that is known.
 */
export function frameArguments(
  reader: FrameReader,
  bytes: Uint8Array,
  key?: ByteString,
): ByteString[] {
  const { bounds, count } = reader;
  const argv = arrayOf(reader.arrays, count);
  argv[0] = firstWord(reader.words, bytes, bounds[0]!, bounds[1]!);
  let i = 1;
  if (key !== undefined && count > 1) argv[i++] = key;
  for (; i < count; i++) argv[i] = byteStringOf(bytes, bounds[i * 2], bounds[i * 2 + 1]);
  return argv;
}

function arrayOf(arrays: ByteString[][], length: number): ByteString[] {
  if (length >= ARRAYS_KEPT) return new Array<ByteString>(length);
  return (arrays[length] ??= new Array<ByteString>(length));
}

/** One string for all the times that a command's name is read, whose hash is known after the first. */
function firstWord(words: ByteString[], bytes: Uint8Array, start: number, end: number): ByteString {
  const length = end - start;
  const place = (length + bytes[start]! * 3 + bytes[end - 1]! * 7) & (WORDS_KEPT - 1);
  const known = words[place]!;
  if (known.length === length && isTextAt(known, bytes, start)) return known;
  return (words[place] = byteStringOf(bytes, start, end));
}

function isTextAt(text: ByteString, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function readAnnotation(reader: FrameReader, bytes: Uint8Array, at: number): FrameKind {
  const end = lineEnd(bytes, at);
  if (end < 0) {
    // fgets gives the last line without its LF, and what follows a line that is too long as a new line.
    reader.end = Math.min(bytes.length, at + LINE_MAX - 1);
    return 'annotation';
  }
  reader.end = end;
  return 'annotation';
}

/** The offset after the LF of the line at `at`; -1 when there is none within the longest line. */
function lineEnd(bytes: Uint8Array, at: number): number {
  const stop = Math.min(bytes.length, at + LINE_MAX - 1);
  for (let i = at; i < stop; i++) if (bytes[i] === 10) return i + 1;
  return -1;
}

/**
 * A line without an LF. At the end of the file fgets still returns what there is, and a command whose numbers are
 * complete fails only at its next byte: short. A line longer than the buffer is read on as if it were the next one.
 */
function endsEarly(bytes: Uint8Array, at: number): FrameKind {
  return bytes.length - at < LINE_MAX - 1 ? 'short' : 'bad-format';
}

/** strtol(3), base 10: leading digits with a sign; 0 if there are none. */
function numberAt(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  let negative = false;
  while (p < end && (bytes[p] === 32 || (bytes[p]! >= 9 && bytes[p]! <= 13 && bytes[p] !== 10)))
    p++;
  if (bytes[p] === 45 || bytes[p] === 43) {
    negative = bytes[p] === 45;
    p++;
  }
  let value = 0;
  for (; p < end; p++) {
    const digit = bytes[p]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}
