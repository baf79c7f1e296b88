/** One function while it is compiled (lcode.c, lparser.c: FuncState): instructions, jumps, registers, constants. */
import {
  argBx,
  argSBx,
  argA,
  argB,
  argC,
  CONSTANT_BIT,
  encodeABC,
  encodeABx,
  isTest,
  MOST_BX,
  MOST_SBX,
  NO_REGISTER,
  op,
  operation,
  type LocalVariable,
  type Proto,
} from './lua-code.ts';
import type { Lexer } from './lua-lexer.ts';
import type { LuaValue } from './lua-value.ts';

export const NO_JUMP = -1;
const MOST_REGISTERS = 250;
const MOST_LOCALS = 200;
const MOST_UPVALUES = 60;

/** A block of variables; `breaks` is the list of jumps out of a loop, undefined for what is none. */
export interface Block {
  readonly outer: Block | undefined;
  breaks: number | undefined;
  readonly locals: number;
  /** One of its variables is used by an inner function. */
  captured: boolean;
}

export interface UpvalueSource {
  readonly from: 'local' | 'upvalue';
  readonly index: number;
}

export class FunctionState {
  readonly outer: FunctionState | undefined;
  readonly lexer: Lexer;
  readonly proto: Proto;
  readonly code: number[] = [];
  readonly lines: number[] = [];
  block: Block | undefined;
  /** Where the last jump target is, and the jumps that are to come to the next instruction. */
  lastTarget = -1;
  private pendingJumps = NO_JUMP;
  freeRegister = 0;
  readonly active: LocalVariable[] = [];
  /** Declared, and not yet to be seen. */
  readonly declared: LocalVariable[] = [];
  readonly upvalues: UpvalueSource[] = [];
  private readonly constantIndex = new Map<LuaValue, number>();

  constructor(outer: FunctionState | undefined, lexer: Lexer, source: string, lineDefined: number) {
    this.outer = outer;
    this.lexer = lexer;
    this.proto = {
      source,
      chunk: lexer.chunk,
      code: new Int32Array(0),
      lines: new Int32Array(0),
      constants: [],
      protos: [],
      locals: [],
      upvalues: [],
      parameters: 0,
      vararg: 'no',
      stackSize: 2,
      lineDefined,
      lastLine: 0,
    };
  }

  finish(): Proto {
    this.removeLocals(0);
    this.return(0, 0);
    this.proto.code = Int32Array.from(this.code);
    this.proto.lines = Int32Array.from(this.lines);
    return this.proto;
  }

  get here(): number {
    return this.code.length;
  }

  // --- instructions ---

  private emit(instruction: number): number {
    this.patchList(this.pendingJumps, this.here, NO_REGISTER, this.here);
    this.pendingJumps = NO_JUMP;
    this.code.push(instruction);
    this.lines.push(this.lexer.lastLine);
    return this.here - 1;
  }

  abc(o: number, a: number, b: number, c: number): number {
    return this.emit(encodeABC(o, a, b, c));
  }

  abx(o: number, a: number, bx: number): number {
    return this.emit(encodeABx(o, a, bx));
  }

  /** A word of data after an instruction. */
  extra(word: number): void {
    this.emit(word);
  }

  fixLine(line: number): void {
    this.lines[this.here - 1] = line;
  }

  dropLast(): void {
    this.code.pop();
    this.lines.pop();
  }

  setA(at: number, a: number): void {
    const i = this.code[at]!;
    this.code[at] = encodeABC(operation(i), a, argB(i), argC(i));
  }

  setB(at: number, b: number): void {
    const i = this.code[at]!;
    this.code[at] = encodeABC(operation(i), argA(i), b, argC(i));
  }

  setC(at: number, c: number): void {
    const i = this.code[at]!;
    this.code[at] = encodeABC(operation(i), argA(i), argB(i), c);
  }

  setOperation(at: number, o: number): void {
    const i = this.code[at]!;
    this.code[at] = encodeABx(o, argA(i), argBx(i));
  }

  return(first: number, count: number): void {
    this.abc(op.return, first, count + 1, 0);
  }

  /** luaK_nil. */
  nils(from: number, count: number): void {
    if (this.here > this.lastTarget) {
      if (this.here === 0) {
        if (from >= this.active.length) return;
      } else {
        const previous = this.code[this.here - 1]!;
        const [first, last] = [argA(previous), argB(previous)];
        if (operation(previous) === op.loadNil && first <= from && from <= last + 1) {
          if (from + count - 1 > last) this.setB(this.here - 1, from + count - 1);
          return;
        }
      }
    }
    this.abc(op.loadNil, from, from + count - 1, 0);
  }

  // --- jumps: a list is threaded through the jumps themselves ---

  jump(): number {
    const pending = this.pendingJumps;
    this.pendingJumps = NO_JUMP;
    const at = this.abx(op.jmp, 0, NO_JUMP + MOST_SBX);
    return this.joined(at, pending);
  }

  /** A jump of a numeric loop, whose target is not known yet. */
  loop(o: number, a: number): number {
    return this.abx(o, a, NO_JUMP + MOST_SBX);
  }

  conditionalJump(o: number, a: number, b: number, c: number): number {
    this.abc(o, a, b, c);
    return this.jump();
  }

  label(): number {
    this.lastTarget = this.here;
    return this.here;
  }

  private target(at: number): number {
    const offset = argSBx(this.code[at]!);
    return offset === NO_JUMP ? NO_JUMP : at + 1 + offset;
  }

  private aim(at: number, target: number): void {
    const offset = target - (at + 1);
    if (Math.abs(offset) > MOST_SBX) this.lexer.failHere('control structure too long');
    const i = this.code[at]!;
    this.code[at] = encodeABx(operation(i), argA(i), offset + MOST_SBX);
  }

  joined(first: number, second: number): number {
    if (second === NO_JUMP) return first;
    if (first === NO_JUMP) return second;
    let last = first;
    for (let next = this.target(last); next !== NO_JUMP; next = this.target(last)) last = next;
    this.aim(last, second);
    return first;
  }

  private controlOf(at: number): number {
    return at >= 1 && isTest(operation(this.code[at - 1]!)) ? at - 1 : at;
  }

  /** Whether some jump of the list leaves no value behind. */
  needsValue(list: number): boolean {
    for (let at = list; at !== NO_JUMP; at = this.target(at)) {
      if (operation(this.code[this.controlOf(at)]!) !== op.testSet) return true;
    }
    return false;
  }

  private patchTest(at: number, register: number): boolean {
    const control = this.controlOf(at);
    const i = this.code[control]!;
    if (operation(i) !== op.testSet) return false;
    if (register !== NO_REGISTER && register !== argB(i)) this.setA(control, register);
    else this.code[control] = encodeABC(op.test, argB(i), 0, argC(i));
    return true;
  }

  dropValues(list: number): void {
    for (let at = list; at !== NO_JUMP; at = this.target(at)) this.patchTest(at, NO_REGISTER);
  }

  /** Jumps that leave their value in `register` go to `withValue`, the others to `otherwise`. */
  patchList(list: number, withValue: number, register: number, otherwise: number): void {
    let at = list;
    while (at !== NO_JUMP) {
      const next = this.target(at);
      this.aim(at, this.patchTest(at, register) ? withValue : otherwise);
      at = next;
    }
  }

  patch(list: number, target: number): void {
    if (target === this.here) this.patchHere(list);
    else this.patchList(list, target, NO_REGISTER, target);
  }

  patchHere(list: number): void {
    this.label();
    this.pendingJumps = this.joined(this.pendingJumps, list);
  }

  invert(at: number): void {
    const control = this.controlOf(at);
    this.setA(control, argA(this.code[control]!) === 0 ? 1 : 0);
  }

  // --- registers and constants ---

  checkStack(count: number): void {
    const size = this.freeRegister + count;
    if (size <= this.proto.stackSize) return;
    if (size >= MOST_REGISTERS) this.lexer.failHere('function or expression too complex');
    this.proto.stackSize = size;
  }

  reserve(count: number): void {
    this.checkStack(count);
    this.freeRegister += count;
  }

  free(register: number): void {
    if ((register & CONSTANT_BIT) === 0 && register >= this.active.length) this.freeRegister--;
  }

  constant(value: LuaValue): number {
    const known = this.constantIndex.get(value);
    // A Map takes -0 for 0, and so does Lua's own table of constants.
    if (known !== undefined) return known;
    const index = this.proto.constants.length;
    if (index > MOST_BX) this.lexer.fail('constant table overflow');
    this.proto.constants.push(value);
    this.constantIndex.set(value, index);
    return index;
  }

  // --- variables ---

  limit(count: number, most: number, what: string): void {
    if (count <= most) return;
    const { lineDefined } = this.proto;
    const where = lineDefined === 0 ? 'main function' : `function at line ${lineDefined}`;
    this.lexer.fail(`${where} has more than ${most} ${what}`);
  }

  declare(name: string): void {
    this.limit(this.active.length + this.declared.length + 1, MOST_LOCALS, 'local variables');
    const local = { name, start: 0, end: 0 };
    this.proto.locals.push(local);
    this.declared.push(local);
  }

  /** The first `count` of the declared variables are there from now on. */
  activate(count: number): void {
    for (const local of this.declared.splice(0, count)) {
      local.start = this.here;
      this.active.push(local);
    }
  }

  removeLocals(left: number): void {
    for (const local of this.active.splice(left)) local.end = this.here;
  }

  findLocal(name: string): number {
    for (let i = this.active.length - 1; i >= 0; i--) if (this.active[i]!.name === name) return i;
    return -1;
  }

  upvalue(name: string, source: UpvalueSource): number {
    const known = this.upvalues.findIndex(
      ({ from, index }) => from === source.from && index === source.index,
    );
    if (known >= 0) return known;
    this.limit(this.upvalues.length + 1, MOST_UPVALUES, 'upvalues');
    this.upvalues.push(source);
    this.proto.upvalues.push(name);
    return this.upvalues.length - 1;
  }

  capture(level: number): void {
    let { block } = this;
    while (block !== undefined && block.locals > level) block = block.outer;
    if (block !== undefined) block.captured = true;
  }

  // --- blocks ---

  enterBlock(kind: 'loop' | 'block'): Block {
    const block: Block = {
      outer: this.block,
      breaks: kind === 'loop' ? NO_JUMP : undefined,
      locals: this.active.length,
      captured: false,
    };
    this.block = block;
    return block;
  }

  leaveBlock(): void {
    const block = this.block!;
    this.block = block.outer;
    this.removeLocals(block.locals);
    if (block.captured) this.abc(op.close, block.locals, 0, 0);
    this.freeRegister = this.active.length;
    this.patchHere(block.breaks ?? NO_JUMP);
  }
}
