/** The values of Lua 5.1. Strings are bytes, one char (0..255) each; nil is undefined. */
import { ascii } from '../../../base/bytes.ts';
import { formatDoubleG, parseDouble } from '../../../base/doubles.ts';
import type { Proto } from './lua-code.ts';
import type { LuaTable } from './lua-table.ts';
import type { NativeWork } from './native-work.ts';

export type LuaValue =
  undefined | boolean | number | string | LuaTable | LuaFunction | LuaNative | LuaThread | bigint;

/** A variable of an outer function: a place in a stack, and one of its own when its block has ended. */
export interface Upvalue {
  stack: LuaValue[];
  at: number;
}

export interface LuaFunction {
  readonly type: 'function';
  readonly id: number;
  readonly proto: Proto;
  readonly upvalues: Upvalue[];
  environment: LuaTable;
}

/** A function of the host, by the name under which it stands in the table of natives. */
export interface LuaNative {
  readonly type: 'native';
  readonly id: number;
  readonly name: string;
  /** Settings of its own: it stands in a table that cjson.new has made. */
  readonly json?: JsonSettings;
}

/** cjson's settings, which last. */
export interface JsonSettings {
  convertSparse: boolean;
  sparseRatio: number;
  sparseSafe: number;
  encodeDepth: number;
  decodeDepth: number;
  precision: number;
  keepBuffer: boolean;
  encodeInvalid: 'off' | 'on' | 'null';
  decodeInvalid: 'off' | 'on';
}

/** What becomes of the results of a call. */
export const finish = {
  /** `want` of them (-1: all) go to the place of the function. */
  results: 0,
  /** The first goes to `target`. */
  value: 1,
  /** The truth of the first decides about the jump that follows; or its contrary. */
  test: 2,
  testNot: 3,
  /** The first goes to `target`, and the concatenation goes on there. */
  concat: 4,
  drop: 5,
  /** They are the variables of a loop, which ends at nil. */
  iterate: 6,
} as const;

/** Where results go. */
export interface Place {
  /** Index in the stack of the function that was called. */
  readonly base: number;
  readonly want: number;
  readonly finish: number;
  readonly target: number;
}

/** A running function. `boundary`: it was called by the host, of which there may be only so many (LUAI_MAXCCALLS). */
export interface CallFrame {
  readonly kind: 'call';
  readonly closure: LuaFunction;
  /** Its first register. */
  readonly base: number;
  /** The next instruction. */
  pc: number;
  /** After a call of which all results are wanted: where they end. */
  top: number;
  readonly place: Place | undefined;
  /** The place of a plain call, when `place` is undefined. */
  readonly callee: number;
  readonly want: number;
  readonly tailCalls: number;
  readonly boundary: boolean;
}

/** pcall and xpcall: where an error ends. */
export interface ProtectedFrame {
  readonly kind: 'protected';
  readonly handler: LuaValue;
  readonly place: Place;
  readonly boundary: true;
}

/** The handler of xpcall is at work: its result is that of xpcall. If it fails it is called again, for its own error. */
export interface HandlerFrame {
  readonly kind: 'handler';
  readonly handler: LuaValue;
  readonly attempts: number;
  readonly place: Place;
  readonly boundary: true;
}

/** A native that has not come to its end: it goes on when the script does. */
export interface WorkFrame {
  readonly kind: 'work';
  readonly native: string;
  readonly work: NativeWork;
  readonly place: Place;
  readonly boundary: true;
}

export type Frame = CallFrame | ProtectedFrame | HandlerFrame | WorkFrame;

export interface LuaThread {
  readonly type: 'thread';
  readonly id: number;
  /** Registers of all frames. */
  readonly stack: LuaValue[];
  readonly frames: Frame[];
  /** Variables in the stack that inner functions use, from the highest to the lowest. */
  open: Upvalue[];
  /** What a coroutine begins with; undefined once it has begun. */
  body: LuaValue;
  status: 'suspended' | 'running' | 'normal' | 'dead';
  /** Who resumed it, and where the results go there. */
  parent: LuaThread | undefined;
  resumedAt: Place | undefined;
  /** Where the values of the next resume go. */
  yieldedAt: Place | undefined;
  readonly wrapped: boolean;
  /** Frames that were called by the host. */
  boundaries: number;
}

/** An error of a script: any value, as error() takes it. */
export class LuaError extends Error {
  readonly value: LuaValue;
  constructor(value: LuaValue) {
    super(typeof value === 'string' ? value : 'a Lua error');
    this.value = value;
  }
}

/** cjson.null: a light userdata, which is its address. */
export const NULL_POINTER = 0n;

export function typeName(value: LuaValue): string {
  if (value === undefined) return 'nil';
  if (typeof value === 'bigint') return 'userdata';
  if (typeof value !== 'object') return typeof value;
  return value.type === 'native' ? 'function' : value.type;
}

export function isTable(value: LuaValue): value is LuaTable {
  return typeof value === 'object' && value.type === 'table';
}

export function isFunction(value: LuaValue): value is LuaFunction | LuaNative {
  return typeof value === 'object' && (value.type === 'function' || value.type === 'native');
}

export function truthy(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

/** `%.14g`. */
export function numberText(n: number): string {
  if (Number.isInteger(n) && Math.abs(n) < 1e14)
    return n === 0 ? (1 / n < 0 ? '-0' : '0') : String(n);
  // The sign of a NaN is that of the x86 instruction which made it: nearly always set.
  return Number.isNaN(n) ? '-nan' : formatDoubleG(n, 14);
}

/** A number or a string that spells one (lua_tonumber); undefined for anything else. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

/** A text as C reads it: it ends at its first zero byte. */
export function cText(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** lobject.c:luaO_str2d: what strtod reads, blanks around it allowed. */
export function parseNumber(text: string): number | undefined {
  const trimmed = cText(text).replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
  if (/^[+-]?\d{1,15}$/.test(trimmed)) return Number(trimmed);
  if (/^[+-]?nan(\([0-9a-z_]*\))?$/i.test(trimmed)) return NaN;
  const hexadecimal = /^([+-]?)0x([0-9a-f]+)$/i.exec(trimmed);
  if (hexadecimal !== null)
    return (hexadecimal[1] === '-' ? -1 : 1) * Number(`0x${hexadecimal[2]}`);
  const parsed = parseDouble(ascii(trimmed));
  if (parsed !== undefined) return parsed;
  // Too great or too small for a double is still a number here.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined;
}

/** The text of a string or a number, which Lua takes wherever it wants a string. */
export function toText(value: LuaValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? numberText(value) : undefined;
}

/** tostring() without its metamethod. */
export function plainText(value: LuaValue): string {
  const text = toText(value);
  if (text !== undefined) return text;
  if (typeof value === 'bigint') return 'userdata: (nil)';
  if (typeof value !== 'object') return value === undefined ? 'nil' : String(value);
  const address = (0x7f00_0000_0000 + value.id * 64).toString(16);
  return `${typeName(value)}: 0x${address}`;
}
