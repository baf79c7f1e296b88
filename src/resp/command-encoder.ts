import type { ByteString } from '../base/bytes.ts';
import { ensureCapacity, type GrowableBytes } from '../base/growable-bytes.ts';

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

/** The mark, the number, and the end of the line; returns where it ends. The number is below 2^31. */
function writeHeader(bytes: Uint8Array, start: number, mark: number, n: number): number {
  let at = start;
  bytes[at++] = mark;
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
