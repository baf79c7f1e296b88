/** Compiled Lua: the instructions of Lua 5.1's own machine (lopcodes.h), 32 bits each. */
import type { LuaValue } from './lua-value.ts';

export interface LocalVariable {
  readonly name: string;
  /** The instructions during which it is alive: from `start`, before `end`. */
  start: number;
  end: number;
}

/** What one function is made of; plain data that never changes once it is compiled. */
export interface Proto {
  /** What it was loaded as; empty for our own library. */
  readonly source: string;
  /** As positions show it: `user_script`; null for our own library, whose errors carry no position. */
  readonly chunk: string | null;
  code: Int32Array;
  /** By instruction. */
  lines: Int32Array;
  readonly constants: LuaValue[];
  readonly protos: Proto[];
  readonly locals: LocalVariable[];
  readonly upvalues: string[];
  parameters: number;
  /** `arg`: takes more arguments, and its body never says `...`, so that the table `arg` has them. */
  vararg: 'no' | 'yes' | 'arg';
  /** Registers. */
  stackSize: number;
  /** 0: the main function of a chunk. */
  lineDefined: number;
  /** Where its `end` stands; 0 for a main function. */
  lastLine: number;
}

export const op = {
  move: 0,
  loadK: 1,
  loadBool: 2,
  loadNil: 3,
  getUpvalue: 4,
  getGlobal: 5,
  getTable: 6,
  setGlobal: 7,
  setUpvalue: 8,
  setTable: 9,
  newTable: 10,
  self: 11,
  add: 12,
  sub: 13,
  mul: 14,
  div: 15,
  mod: 16,
  pow: 17,
  unm: 18,
  not: 19,
  len: 20,
  concat: 21,
  jmp: 22,
  eq: 23,
  lt: 24,
  le: 25,
  test: 26,
  testSet: 27,
  call: 28,
  tailCall: 29,
  return: 30,
  forLoop: 31,
  forPrep: 32,
  tForLoop: 33,
  setList: 34,
  close: 35,
  closure: 36,
  vararg: 37,
} as const;

// An instruction: 6 bits of operation, 8 of A, then 9 of C and 9 of B, or 18 of Bx.
export const MOST_BX = 0x3ffff;
export const MOST_SBX = MOST_BX >> 1;
export const MOST_C = 0x1ff;
/** An operand with this bit is a constant, not a register. */
export const CONSTANT_BIT = 0x100;
export const MOST_CONSTANT_OPERAND = 0xff;
export const NO_REGISTER = 0xff;
export const FIELDS_PER_FLUSH = 50;

export const operation = (i: number): number => i & 0x3f;
export const argA = (i: number): number => (i >>> 6) & 0xff;
export const argB = (i: number): number => i >>> 23;
export const argC = (i: number): number => (i >>> 14) & 0x1ff;
export const argBx = (i: number): number => i >>> 14;
export const argSBx = (i: number): number => (i >>> 14) - MOST_SBX;

export function encodeABC(o: number, a: number, b: number, c: number): number {
  return o | (a << 6) | (c << 14) | (b << 23);
}

export function encodeABx(o: number, a: number, bx: number): number {
  return o | (a << 6) | (bx << 14);
}

/** Operations after which a jump follows (lopcodes.c: testTMode). */
export function isTest(o: number): boolean {
  return (o >= op.eq && o <= op.testSet) || o === op.tForLoop;
}

const LEAVES_A: readonly number[] = [
  ...[op.setGlobal, op.setUpvalue, op.setTable, op.jmp, op.eq, op.lt, op.le],
  ...[op.return, op.tForLoop, op.setList, op.close],
];

/** Operations that change register A (lopcodes.c: testAMode). */
export function setsA(o: number): boolean {
  return !LEAVES_A.includes(o);
}

/** lobject.c:luaO_int2fb: a size in 8 bits, rounded up: (eeeeexxx) is 1xxx * 2^(eeeee - 1). */
export function floatingByte(size: number): number {
  let x = size;
  let exponent = 0;
  while (x >= 16) {
    x = (x + 1) >> 1;
    exponent++;
  }
  return x < 8 ? x : ((exponent + 1) << 3) | (x - 8);
}

export function sizeOfFloatingByte(x: number): number {
  const exponent = (x >> 3) & 31;
  return exponent === 0 ? x : ((x & 7) + 8) << (exponent - 1);
}
