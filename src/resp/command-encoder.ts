import type { ByteString } from '../base/bytes.ts';
import {
  type GrowableBytes,
  appendByte,
  appendDecimal,
  appendString,
} from '../base/growable-bytes.ts';

/** Appends a command as a RESP array of bulk strings: how clients send it and how the log keeps it. */
export function encodeCommand(argv: readonly ByteString[], sink: GrowableBytes): void {
  appendByte(sink, ASTERISK);
  appendDecimal(sink, argv.length);
  appendLineBreak(sink);
  for (const argument of argv) {
    appendByte(sink, DOLLAR);
    appendDecimal(sink, argument.length);
    appendLineBreak(sink);
    appendString(sink, argument);
    appendLineBreak(sink);
  }
}

/** How many bytes encodeCommand appends. */
export function encodedCommandLength(argv: readonly ByteString[]): number {
  let length = 3 + String(argv.length).length;
  for (const argument of argv) length += 5 + String(argument.length).length + argument.length;
  return length;
}

const ASTERISK = 0x2a;
const DOLLAR = 0x24;

function appendLineBreak(sink: GrowableBytes): void {
  appendByte(sink, 0x0d);
  appendByte(sink, 0x0a);
}
