/** Compiled Lua: plain numbers, four to an instruction (operation and three operands). */
import type { LuaValue } from './lua-value.ts';

export interface Proto {
  /** Shown in positions: `user_script`; empty for our own library, whose errors carry no position. */
  readonly chunk: string;
  readonly code: number[];
  /** By instruction: its line, and what it works on as errors name it (`local 'x'`; `left\0right` for two). */
  readonly lines: number[];
  readonly names: string[];
  readonly constants: LuaValue[];
  readonly protos: Proto[];
  readonly upvalues: UpvalueSource[];
  slots: number;
  parameters: number;
  vararg: boolean;
  /** Slot of the table `arg` of a function with `...` that does not use `...` itself; -1 if there is none. */
  argSlot: number;
  /** Slots of parameters that some inner function captures: they live in cells. */
  readonly cellParameters: number[];
  /** The main function of a chunk, or one inside it. */
  readonly main: boolean;
}

export interface UpvalueSource {
  readonly from: 'local' | 'upvalue';
  readonly index: number;
}

export const STRIDE = 4;

/** n: count; `open`: 1 if the open list follows. Operands of the stack are in the order in which they were pushed. */
export const op = {
  constant: 0, // k
  nil: 1,
  true: 2,
  false: 3,
  pop: 4, // n
  getLocal: 5, // slot
  setLocal: 6,
  newLocal: 7,
  getCell: 8,
  setCell: 9,
  newCell: 10,
  getUpvalue: 11, // index
  setUpvalue: 12,
  getGlobal: 13, // k
  setGlobal: 14,
  index: 15, // object key → value
  setIndex: 16, // object key value →
  self: 17, // k: object → object function
  call: 18, // n open want
  tailCall: 19, // n open
  return: 20, // n open
  jump: 21, // to
  jumpIfFalse: 22,
  and: 23,
  or: 24,
  not: 25,
  negate: 26,
  length: 27,
  add: 28,
  subtract: 29,
  multiply: 30,
  divide: 31,
  modulo: 32,
  power: 33,
  equal: 34,
  notEqual: 35,
  less: 36,
  lessEqual: 37,
  greater: 38,
  greaterEqual: 39,
  concat: 40,
  closure: 41, // p
  vararg: 42, // want
  newTable: 43, // array, hash
  setList: 44, // n open first: table values → table
  setField: 45, // table key value → table
  forPrepare: 46, // slot to
  forLoop: 47, // slot to
  forStore: 48, // slot to n: results stay unless the first is nil
  swap: 49,
} as const;

export const metaEvent: Readonly<Record<number, string>> = {
  [op.add]: '__add',
  [op.subtract]: '__sub',
  [op.multiply]: '__mul',
  [op.divide]: '__div',
  [op.modulo]: '__mod',
  [op.power]: '__pow',
};
