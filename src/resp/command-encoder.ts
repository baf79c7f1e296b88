import type { ByteString } from '../base/bytes.ts';
import {
  ensureCapacity,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../base/growable-bytes.ts';

/** More than the mark, the digits and the line breaks of a word take. */
const FRAME_ROOM = 16;

/** Appends a command as a RESP array of bulk strings: how clients send it and how the log keeps it. */
export function encodeCommand(argv: readonly ByteString[], sink: GrowableBytes): void {
  const count = argv.length;
  let room = FRAME_ROOM;
  for (let i = 0; i < count; i++) room += argv[i]!.length + FRAME_ROOM;
  ensureCapacity(sink, room);
  const { bytes } = sink;
  let at = writeHeader(bytes, sink.length, ASTERISK, count);
  for (let i = 0; i < count; i++) {
    const argument = argv[i]!;
    const { length } = argument;
    at = writeHeader(bytes, at, DOLLAR, length);
    for (let j = 0; j < length; j++) bytes[at + j] = argument.charCodeAt(j);
    at += length;
    bytes[at++] = CR;
    bytes[at++] = LF;
  }
  sink.length = at;
}

/**
 * A command that is put together piece by piece, where there are many of one kind: the bytes that all of them begin
 * with, and then one by one the other words. `words`, the name among them, are less than ten.
 */
export function commandBeginning(words: number, name: ByteString): Uint8Array {
  const sink = newGrowableBytes();
  encodeCommand([name], sink);
  const begun = takenBytes(sink);
  begun[1] = 0x30 + words;
  return begun;
}

/** A dozen bytes are copied faster one by one than by a call of `set`. */
export function appendBeginning(beginning: Uint8Array, sink: GrowableBytes): void {
  const { length } = beginning;
  ensureCapacity(sink, length);
  const { bytes, length: at } = sink;
  for (let i = 0; i < length; i++) bytes[at + i] = beginning[i]!;
  sink.length = at + length;
}

/** A word of a command of which only a beginning has been appended. */
export function appendWord(word: ByteString, sink: GrowableBytes): void {
  const { length } = word;
  ensureCapacity(sink, length + FRAME_ROOM);
  const { bytes } = sink;
  let at = writeHeader(bytes, sink.length, DOLLAR, length);
  for (let i = 0; i < length; i++) bytes[at + i] = word.charCodeAt(i);
  at += length;
  bytes[at++] = CR;
  bytes[at++] = LF;
  sink.length = at;
}

/** The same of a number from 0 to 2^31 - 1, without making a text of it. */
export function appendNumber(n: number, sink: GrowableBytes): void {
  ensureCapacity(sink, FRAME_ROOM + LONGEST_NUMBER);
  const { bytes } = sink;
  let digits = 1;
  for (let bound = 10; bound <= n; bound *= 10) digits++;
  let at = writeHeader(bytes, sink.length, DOLLAR, digits);
  let rest = n | 0;
  for (let place = at + digits - 1; place >= at; place--) {
    const quotient = (rest / 10) | 0;
    bytes[place] = 0x30 + (rest - quotient * 10);
    rest = quotient;
  }
  at += digits;
  bytes[at++] = CR;
  bytes[at++] = LF;
  sink.length = at;
}

const LONGEST_NUMBER = 10;

/** The mark, the number, and the end of the line; returns where it ends. The number is below 2^31. */
function writeHeader(bytes: Uint8Array, start: number, mark: number, n: number): number {
  let at = start;
  bytes[at++] = mark;
  if (n < 10) {
    bytes[at++] = 0x30 + n;
    bytes[at++] = CR;
    bytes[at++] = LF;
    return at;
  }
  let digits = 1;
  for (let bound = 10; bound <= n; bound *= 10) digits++;
  let rest = n | 0;
  for (let place = at + digits - 1; place >= at; place--) {
    const quotient = (rest / 10) | 0;
    bytes[place] = 0x30 + (rest - quotient * 10);
    rest = quotient;
  }
  at += digits;
  bytes[at++] = CR;
  bytes[at++] = LF;
  return at;
}

/** How many bytes encodeCommand appends. */
export function encodedCommandLength(argv: readonly ByteString[]): number {
  let length = 3 + String(argv.length).length;
  for (const argument of argv) length += 5 + String(argument.length).length + argument.length;
  return length;
}

const ASTERISK = 0x2a;
const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
