/**
 * The framing of a log as redis-check-aof reads it, which is stricter than the loader (persistence/aof-reader): every
 * line ends in CR LF, whatever follows an argument is checked, and MULTI and EXEC must match. Offsets only: no strings
 * are built unless something is wrong. The odd cases follow fgets(3), strtol(3) and ftello(3), as the real tool does
 * (redis-check-aof.c:readLong, readString, processRESP, processAnnotations; spec §7.1).
 */
import {
  ascii,
  byteStringOf,
  concatBytes,
  EMPTY,
  sliceBytes,
  type ByteString,
} from '../base/bytes.ts';
import { leadingLong, LONG_MAX } from './leading-long.ts';
import type { FileContent } from './tool-files.ts';

/** All places are counted from the first byte of the window. */
export interface StrictFrames {
  readonly content: FileContent;
  /** How much of it is read at once. */
  readonly windowSize: number;
  /** The part of the file that is being read, and where it begins. */
  bytes: Uint8Array;
  view: DataView;
  base: number;
  /** As the texts name the file in the places where the real tool gives its path. */
  readonly path: ByteString;
  /** Where the next read begins. */
  at: number;
  /** Where the last read began, in front of the window perhaps: the offset in an error's text. */
  readAt: number;
  /** Lines with a proper end, from 1, over all the files of a log. */
  line: number;
  /** MULTIs less EXECs. */
  open: number;
  /** A read met the end of the file. */
  ended: boolean;
  error: ByteString;
}

export type FramesEnd =
  /** The end of the file, a wrong command (then `error` says what is wrong), or what is no command at all. */
  | { readonly kind: 'end' | 'wrong' | 'no-frame'; readonly okUpTo: number }
  | { readonly kind: 'bad-timestamp' }
  /** The first timestamp that is later than the wanted one stands at `at`. */
  | { readonly kind: 'later'; readonly at: number };

const HASH = 35;
const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;

/** Room of the buffer of a line with a number, and of an annotation; each keeps one byte for its NUL. */
const NUMBER_LINE = 128;
const ANNOTATION_LINE = 1024;
/** Room of a text of an error. */
const ERROR_TEXT = 1024;
/** More digits than this take the slow way, which is exact. */
const FAST_DIGITS = 15;
/** Room for a line of a plain number; the last command of a file may take the slow way. */
const PLAIN_LINE = FAST_DIGITS + 3;

/** What a failed read of a number gives; no number of a log can be it. */
const NONE = -Infinity;

/** One in which a command does not find its end is followed by a larger one. */
const WINDOW = 256 * 1024;
/** With less than this left of a window, the next one is read before the next command. */
const LEAST_LEFT = 4096;

/** `at`: where the commands begin. */
export function newStrictFrames(
  content: FileContent,
  path: ByteString,
  at: number,
  line: number,
  windowSize: number = WINDOW,
): StrictFrames {
  const frames: StrictFrames = {
    ...{ content, path, line, windowSize, bytes: NOTHING, view: new DataView(NOTHING.buffer) },
    ...{ base: 0, at, readAt: at, open: 0, ended: false, error: EMPTY },
  };
  moveWindow(frames, windowSize);
  return frames;
}

const NOTHING = new Uint8Array();

/** The window begins where the next command does. */
function moveWindow(frames: StrictFrames, size: number): void {
  const { content, at } = frames;
  frames.base += at;
  frames.at = 0;
  frames.readAt -= at;
  const { buffer, byteOffset, length } = (frames.bytes = content.piece(frames.base, size));
  frames.view = new DataView(buffer, byteOffset, length);
}

function reachesEnd({ content, base, bytes }: StrictFrames): boolean {
  return base + bytes.length >= content.size;
}

/** Reads to the end or to the first problem. `until`: seconds since 1970 to truncate to, or 0n. */
export function readStrictFrames(frames: StrictFrames, until: bigint): FramesEnd {
  let okUpTo = frames.base + frames.at;
  for (;;) {
    if (frames.open === 0) okUpTo = frames.base + frames.at;
    if (frames.bytes.length - frames.at < LEAST_LEFT && !reachesEnd(frames))
      moveWindow(frames, frames.windowSize);
    if (frames.at >= frames.bytes.length) {
      frames.ended = true;
      return { kind: endOf(frames), okUpTo };
    }
    if (skipPlainCommand(frames)) continue;
    const end = readItem(frames, until);
    if (end === 'goes-on') continue;
    return typeof end === 'string' ? { kind: end, okUpTo } : end;
  }
}

type AnnotationEnd = Extract<FramesEnd, { readonly kind: 'bad-timestamp' | 'later' }>;
type ItemEnd = 'goes-on' | 'end' | 'wrong' | 'no-frame' | AnnotationEnd;

/** A command or an annotation. What is found in a window is not believed if the rest of the file might change it. */
function readItem(frames: StrictFrames, until: bigint): ItemEnd {
  for (let size = frames.windowSize; ; size *= 4) {
    const { readAt, line, open } = frames;
    const start = frames.at;
    const found = readItemHere(frames, until);
    const inside = found === 'goes-on' && frames.at < frames.bytes.length;
    if (inside || reachesEnd(frames)) return found;
    Object.assign(frames, { at: start, readAt, line, open, ended: false, error: EMPTY });
    moveWindow(frames, size);
  }
}

function readItemHere(frames: StrictFrames, until: bigint): ItemEnd {
  switch (frames.bytes[frames.at]) {
    case STAR:
      return readCommand(frames) ? 'goes-on' : endOf(frames);
    case HASH:
      return readAnnotation(frames, until) ?? 'goes-on';
    default:
      return 'no-frame';
  }
}

function endOf(frames: StrictFrames): 'end' | 'wrong' {
  if (frames.ended && frames.open !== 0 && frames.error === EMPTY)
    refuse(frames, ascii('Reached EOF before reading EXEC for MULTI'));
  return frames.error === EMPTY ? 'end' : 'wrong';
}

/** The bytes of `*d\r\n`, `$d\r\n` and `$dd\r` in a word of four, the first one lowest, without their digits. */
const STAR_LINE = 0x0a0d_002a;
const DOLLAR_LINE = 0x0a0d_0024;
const DOLLAR_LONGER_LINE = 0x0d00_0024;
const ONE_DIGIT = 0xffff_00ff | 0;
const TWO_DIGITS = 0xff00_00ff | 0;
const LINE_END = 0x0a0d;

/**
 * What nearly all commands are: plain numbers, everything there, neither MULTI nor EXEC. Anything else is left, as it
 * was, to `readCommand`: that takes several times as long, but knows what to say.
 */
function skipPlainCommand(frames: StrictFrames): boolean {
  const { bytes, view } = frames;
  const lastLine = bytes.length - PLAIN_LINE;
  let p = frames.at;
  if (p > lastLine) return false;
  const header = view.getInt32(p, true);
  const count = ((header >>> 8) & 0xff) - 48;
  if ((header & ONE_DIGIT) !== STAR_LINE || count < 1 || count > 9) return false;
  p += 4;
  let start = p;
  for (let left = count; left > 0; left--) {
    if (p > lastLine) return false;
    const line = view.getInt32(p, true);
    let length = ((line >>> 8) & 0xff) - 48;
    if (length < 0 || length > 9) return false;
    if ((line & ONE_DIGIT) === DOLLAR_LINE) {
      p += 4;
    } else {
      const second = ((line >>> 16) & 0xff) - 48;
      if (second < 0 || second > 9) return false;
      length = length * 10 + second;
      if ((line & TWO_DIGITS) === DOLLAR_LONGER_LINE && bytes[p + 4] === LF) {
        p += 5;
      } else {
        if (bytes[p] !== DOLLAR) return false;
        const stop = p + 1 + FAST_DIGITS;
        for (p += 3; p < stop; p++) {
          const digit = bytes[p]! - 48;
          if (digit < 0 || digit > 9) break;
          length = length * 10 + digit;
        }
        if (bytes[p] !== CR || bytes[p + 1] !== LF) return false;
        p += 2;
      }
    }
    start = p;
    p += length;
    if (p + 2 > bytes.length || view.getUint16(p, true) !== LINE_END) return false;
    if (left === count && isTransaction(bytes, start, length)) return false;
    p += 2;
  }
  frames.at = p;
  frames.readAt = start;
  frames.line += 1 + 2 * count;
  return true;
}

function isTransaction(bytes: Uint8Array, start: number, length: number): boolean {
  return isWord(bytes, start, length, 'multi') || isWord(bytes, start, length, 'exec');
}

/** False: something is wrong, or the file ends between two lines of the command, which is no error by itself. */
function readCommand(frames: StrictFrames): boolean {
  const count = readLong(frames, STAR);
  if (count === NONE) return false;
  for (let i = 0; i < count; i++) {
    const length = readLong(frames, DOLLAR);
    if (length === NONE || !readArgument(frames, length)) return false;
    if (i === 0 && !countTransaction(frames, length)) return false;
  }
  return true;
}

/** A line of `prefix` and a number. */
function readLong(frames: StrictFrames, prefix: number): number {
  const { bytes, at } = frames;
  const size = bytes.length;
  frames.readAt = at;
  if (at >= size) {
    frames.ended = true;
    return NONE;
  }
  if (bytes[at] !== prefix) return refusePrefix(frames, prefix);
  const start = at + 1;
  const stop = Math.min(size, start + FAST_DIGITS);
  let value = 0;
  let p = start;
  for (; p < stop; p++) {
    const digit = bytes[p]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (p === start || p + 1 >= size || bytes[p] !== CR || bytes[p + 1] !== LF)
    return readOddLong(frames);
  frames.at = p + 2;
  frames.line++;
  return value;
}

/** The same for what is no plain number: blanks, signs, no digits at all, very many, or another end of the line. */
function readOddLong(frames: StrictFrames): number {
  const line = lineAt(frames, NUMBER_LINE);
  frames.at += line.length;
  const { value, end } = leadingLong(line.slice(1));
  const rest = 1 + end;
  if (!line.startsWith('\r\n', rest)) {
    // Where the line ends in its number, the real tool prints a NUL and what its buffer still held.
    return refuseNewline(frames, line.charCodeAt(rest) || 0, line.charCodeAt(rest + 1) || 0);
  }
  frames.line++;
  return Number(value);
}

/** What fgets gives for a buffer of that size. */
function lineAt({ bytes, at }: StrictFrames, buffer: number): ByteString {
  const stop = Math.min(bytes.length, at + buffer - 1);
  let end = at;
  while (end < stop && bytes[end++] !== LF);
  return byteStringOf(bytes, at, end);
}

function readArgument(frames: StrictFrames, length: number): boolean {
  const { bytes, at } = frames;
  const next = at + length + 2;
  if (!(length >= 0 && next <= bytes.length)) return refuseLength(frames);
  frames.readAt = at;
  if (bytes[next - 2] !== CR || bytes[next - 1] !== LF) {
    refuseNewline(frames, bytes[next - 2]!, bytes[next - 1]!);
    return false;
  }
  frames.at = next;
  frames.line++;
  return true;
}

/** Counts a command's name, which ends in front of `at`; C takes a NUL for its end. */
function countTransaction(frames: StrictFrames, length: number): boolean {
  const start = frames.readAt;
  if (isWord(frames.bytes, start, length, 'multi')) {
    if (frames.open++ === 0) return true;
    refuse(frames, concatBytes(ascii('Unexpected MULTI in AOF '), frames.path));
    return false;
  }
  if (isWord(frames.bytes, start, length, 'exec')) {
    if (--frames.open === 0) return true;
    refuse(frames, concatBytes(ascii('Unexpected EXEC in AOF '), frames.path));
    return false;
  }
  return true;
}

function isWord(bytes: Uint8Array, start: number, length: number, word: string): boolean {
  if (length < word.length) return false;
  for (let i = 0; i < word.length; i++)
    if ((bytes[start + i]! | 0x20) !== word.charCodeAt(i)) return false;
  return length === word.length || bytes[start + word.length] === 0;
}

function readAnnotation(frames: StrictFrames, until: bigint): AnnotationEnd | undefined {
  const { at } = frames;
  frames.readAt = at;
  const line = lineAt(frames, ANNOTATION_LINE);
  frames.at += line.length;
  if (until === 0n || !line.startsWith('#TS:')) return undefined;
  const { value, end, overflow } = leadingLong(line.slice(4));
  if (overflow || line.charAt(4 + end) !== '\r') return { kind: 'bad-timestamp' };
  return value <= until ? undefined : { kind: 'later', at: frames.base + at };
}

function refusePrefix(frames: StrictFrames, prefix: number): number {
  const got = byteStringOf(frames.bytes, frames.at, frames.at + 1);
  // A NUL ends the text in which it stands.
  const rest = got === '\0' ? EMPTY : concatBytes(got, ascii("'"));
  const wanted = ascii(`Expected prefix '${String.fromCharCode(prefix)}', got: '`);
  refuse(frames, concatBytes(wanted, rest));
  return NONE;
}

/** printf's %02x of a signed char. */
function hex(byte: number): string {
  return (byte < 0x80 ? '' : 'ffffff') + byte.toString(16).padStart(2, '0');
}

function refuseNewline(frames: StrictFrames, first: number, second: number): number {
  refuse(frames, ascii(`Expected \\r\\n, got: ${hex(first)}${hex(second)}`));
  return NONE;
}

/** The argument whose length was read last is longer than the file, or no length. */
function refuseLength(frames: StrictFrames): false {
  const line = lineAt({ ...frames, at: frames.readAt }, NUMBER_LINE);
  const { value } = leadingLong(line.slice(1));
  if (value < 0n || value > LONG_MAX - 2n) {
    const text = `Expected to read string of ${value} bytes, which is not in the suitable range`;
    refuse(frames, ascii(text));
    return false;
  }
  frames.readAt = frames.at;
  frames.ended = true;
  const there = frames.bytes.length - frames.at;
  refuse(frames, ascii(`Expected to read ${value + 2n} bytes, got ${there} bytes`));
  return false;
}

function refuse(frames: StrictFrames, text: ByteString): void {
  const offset = ascii(`0x${(frames.base + frames.readAt).toString(16).padStart(16)}: `);
  frames.error = concatBytes(offset, sliceBytes(text, 0, ERROR_TEXT - 1));
}
