/** string.dump (ldump.c): a function as the bytes of a precompiled chunk of a 64-bit machine. */
import { byteStringOf, type ByteString } from '../../../base/bytes.ts';
import { highWord, lowWord } from '../../../base/double-bits.ts';
import {
  appendByte,
  appendString,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../../../base/growable-bytes.ts';
import type { Proto } from '../lua/lua-code.ts';
import type { LuaValue } from '../lua/lua-value.ts';

/** Signature, version 5.1, format, little-endian; sizes of int, size_t, instructions, numbers; these are doubles. */
const HEADER = '\x1bLua\x51\x00\x01\x04\x08\x04\x08\x00';
const varargFlags = { no: 0, yes: 3, arg: 7 } as const;
/** Of a main function, which takes more arguments and has no table of them. */
const MAIN_VARARG = 2;

export function dumped(proto: Proto): ByteString {
  const sink = newGrowableBytes();
  appendString(sink, HEADER);
  dumpFunction(sink, proto, undefined);
  return byteStringOf(takenBytes(sink));
}

function dumpFunction(sink: GrowableBytes, proto: Proto, outer: string | undefined): void {
  const { source, lineDefined, code, constants, protos, lines, locals, upvalues } = proto;
  dumpText(sink, source === outer ? undefined : source);
  appendInteger(sink, lineDefined);
  appendInteger(sink, proto.lastLine);
  appendByte(sink, upvalues.length);
  appendByte(sink, proto.parameters);
  appendByte(sink, lineDefined === 0 ? MAIN_VARARG : varargFlags[proto.vararg]);
  appendByte(sink, proto.stackSize);
  appendInteger(sink, code.length);
  for (const instruction of code) appendInteger(sink, instruction);
  appendInteger(sink, constants.length);
  for (const constant of constants) dumpConstant(sink, constant);
  appendInteger(sink, protos.length);
  for (const inner of protos) dumpFunction(sink, inner, source);
  appendInteger(sink, lines.length);
  for (const line of lines) appendInteger(sink, line);
  appendInteger(sink, locals.length);
  for (const { name, start, end } of locals) {
    dumpText(sink, name);
    appendInteger(sink, start);
    appendInteger(sink, end);
  }
  appendInteger(sink, upvalues.length);
  for (const name of upvalues) dumpText(sink, name);
}

/** The number of a type is that of lua.h. */
function dumpConstant(sink: GrowableBytes, constant: LuaValue): void {
  if (typeof constant === 'boolean') {
    appendByte(sink, 1);
    appendByte(sink, constant ? 1 : 0);
  } else if (typeof constant === 'number') {
    appendByte(sink, 3);
    appendInteger(sink, lowWord(constant));
    appendInteger(sink, highWord(constant));
  } else if (typeof constant === 'string') {
    appendByte(sink, 4);
    dumpText(sink, constant);
  } else appendByte(sink, 0);
}

/** A size of 64 bits, and the text with a zero byte behind it. */
function dumpText(sink: GrowableBytes, text: string | undefined): void {
  appendInteger(sink, text === undefined ? 0 : text.length + 1);
  appendInteger(sink, 0);
  if (text === undefined) return;
  appendString(sink, text);
  appendByte(sink, 0);
}

function appendInteger(sink: GrowableBytes, value: number): void {
  for (let shift = 0; shift < 32; shift += 8) appendByte(sink, (value >>> shift) & 0xff);
}
