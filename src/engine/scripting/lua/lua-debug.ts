/** Where a script is, and what its source calls a value (ldebug.c). */
import {
  argA,
  argB,
  argBx,
  argC,
  argSBx,
  CONSTANT_BIT,
  op,
  operation,
  setsA,
  type Proto,
} from './lua-code.ts';
import { cText, type CallFrame, type LuaThread } from './lua-value.ts';

/** Where an error was raised, as Redis's error handler sees it. */
export interface ErrorPlace {
  readonly source: string;
  readonly line: number;
}

const HOST: ErrorPlace = { source: '=[C]', line: -1 };

export function lineOf(frame: CallFrame): number {
  return frame.closure.proto.lines[frame.pc - 1] ?? 0;
}

function positionOf(frame: CallFrame): string {
  const { chunk } = frame.closure.proto;
  return chunk === null ? '' : `${chunk}:${lineOf(frame)}: `;
}

/** What is at work above the frames: a native, or one that is a part of our own library's functions. */
export type AtWork = 'nothing' | 'native' | 'part';

/** The function at each level, from the top; those of our own library that call each other count as one native. */
function* levels(thread: LuaThread, atWork: AtWork): Generator<CallFrame | 'host' | 'lost'> {
  let inLibrary = atWork === 'part';
  for (let i = thread.frames.length - 1; i >= 0; i--) {
    const frame = thread.frames[i]!;
    // The native itself, which stands on no level.
    if (frame.kind === 'work') continue;
    const library = frame.kind === 'call' && frame.closure.proto.chunk === null;
    if (library && inLibrary) continue;
    inLibrary = library;
    if (frame.kind !== 'call' || library) yield 'host';
    else {
      yield frame;
      for (let lost = 0; lost < frame.tailCalls; lost++) yield 'lost';
    }
  }
}

/** luaL_where: `chunk:line: ` of a caller; level 1 is the frame on top, which has called the native at work. */
export function where(thread: LuaThread, level: number, atWork: AtWork): string {
  let left = level;
  for (const at of levels(thread, atWork)) {
    if (--left === 0) return at === 'host' || at === 'lost' ? '' : positionOf(at);
  }
  return '';
}

/** script_lua.c: __redis__err__handler. `atWork`: who raised the error. */
export function errorPlace(thread: LuaThread, atWork: AtWork): ErrorPlace | null {
  let skipped = atWork !== 'nothing';
  for (const at of levels(thread, atWork)) {
    if (at === 'lost') return { source: '=(tail call)', line: -1 };
    if (at !== 'host') return { source: at.closure.proto.source, line: lineOf(at) };
    if (skipped) return HOST;
    skipped = true;
  }
  return null;
}

/** `local 'x'`: what the source calls the value in a register; empty if it has no name. */
export function nameOf(frame: CallFrame, register: number): string {
  return nameAt(frame.closure.proto, frame.pc - 1, register);
}

/** How the function at work was called by the frame on top (getfuncname). */
export function calledName(thread: LuaThread): string {
  const frame = thread.frames.at(-1);
  if (frame?.kind !== 'call') return '';
  const instruction = frame.closure.proto.code[frame.pc - 1] ?? 0;
  const o = operation(instruction);
  if (o !== op.call && o !== op.tailCall && o !== op.tForLoop) return '';
  return nameOf(frame, argA(instruction));
}

function nameAt(proto: Proto, pc: number, register: number): string {
  const local = localName(proto, register, pc);
  if (local !== undefined) return `local '${local}'`;
  const i = proto.code[lastChange(proto, pc, register)]!;
  switch (operation(i)) {
    case op.getGlobal:
      return `global '${textOf(proto, argBx(i))}'`;
    case op.move:
      return argB(i) < argA(i) ? nameAt(proto, pc, argB(i)) : '';
    case op.getTable:
      return `field '${keyName(proto, argC(i))}'`;
    case op.getUpvalue:
      return `upvalue '${proto.upvalues[argB(i)] ?? '?'}'`;
    case op.self:
      return `method '${keyName(proto, argC(i))}'`;
    default:
      return '';
  }
}

/** luaF_getlocalname. */
function localName(proto: Proto, register: number, pc: number): string | undefined {
  let left = register;
  for (const { name, start, end } of proto.locals) {
    if (start > pc) return undefined;
    if (pc < end && left-- === 0) return name;
  }
  return undefined;
}

function textOf(proto: Proto, constant: number): string {
  const value = proto.constants[constant];
  return typeof value === 'string' ? cText(value) : '?';
}

function keyName(proto: Proto, operand: number): string {
  return (operand & CONSTANT_BIT) === 0 ? '?' : textOf(proto, operand & ~CONSTANT_BIT);
}

/** symbexec: the last instruction before `end` that changed the register. */
function lastChange(proto: Proto, end: number, register: number): number {
  const { code } = proto;
  let last = code.length - 1;
  for (let pc = 0; pc < end; pc++) {
    const i = code[pc]!;
    const o = operation(i);
    const a = argA(i);
    if (setsA(o) && a === register) last = pc;
    switch (o) {
      case op.loadNil:
        if (a <= register && register <= argB(i)) last = pc;
        break;
      case op.self:
        if (register === a + 1) last = pc;
        break;
      case op.tForLoop:
        if (register >= a + 2) last = pc;
        break;
      case op.jmp:
      case op.forLoop:
      case op.forPrep: {
        const target = pc + 1 + argSBx(i);
        if (pc < target && target <= end) pc += argSBx(i);
        break;
      }
      case op.call:
      case op.tailCall:
        if (register >= a) last = pc;
        break;
      case op.setList:
        if (argC(i) === 0) pc++;
        break;
      case op.closure:
        pc += proto.protos[argBx(i)]!.upvalues.length;
        break;
      default:
    }
  }
  return last;
}
