/** The code of one function while it is compiled: instructions, and which slot each local variable has. */
import { LuaError, type LuaValue } from './lua-value.ts';
import { op, type Proto } from './lua-code.ts';

interface Local {
  readonly name: string;
  readonly slot: number;
  /** Instructions that use it: a variable which turns out to be captured lives in a cell. */
  readonly uses: number[];
  captured: boolean;
}

interface Block {
  readonly locals: number;
  readonly breaks: number[] | null;
}

export type Variable =
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'upvalue'; readonly index: number }
  | { readonly kind: 'global' };

const MOST_LOCALS = 200;
const cellForm: Readonly<Record<number, number>> = {
  [op.getLocal]: op.getCell,
  [op.setLocal]: op.setCell,
  [op.newLocal]: op.newCell,
};

export class FunctionBuilder {
  readonly proto: Proto;
  readonly parent: FunctionBuilder | null;
  line = 0;
  usesVarargs = false;
  private readonly locals: Local[] = [];
  private readonly blocks: Block[] = [];
  private readonly upvalueNames: string[] = [];
  private readonly constantIndex = new Map<LuaValue, number>();

  constructor(parent: FunctionBuilder | null, chunk: string) {
    this.parent = parent;
    this.proto = {
      chunk,
      code: [],
      lines: [],
      names: [],
      constants: [],
      protos: [],
      upvalues: [],
      slots: 0,
      parameters: 0,
      vararg: false,
      argSlot: -1,
      cellParameters: [],
      main: parent === null,
    };
  }

  /** Appends an instruction; its place in the code. */
  emit(operation: number, a = 0, b = 0, c = 0, names = ''): number {
    const { code, lines, names: all } = this.proto;
    const at = code.length;
    code.push(operation, a, b, c);
    lines.push(this.line);
    all.push(names);
    return at;
  }

  get here(): number {
    return this.proto.code.length;
  }

  /** The jump at `at` goes to the next instruction. */
  land(at: number, operand: 1 | 2 = 1): void {
    this.proto.code[at + operand] = this.here;
  }

  constant(value: LuaValue): number {
    const { constants } = this.proto;
    const known = this.constantIndex.get(value);
    // A Map takes -0 for 0.
    if (known !== undefined && Object.is(constants[known], value)) return known;
    constants.push(value);
    this.constantIndex.set(value, constants.length - 1);
    return constants.length - 1;
  }

  // --- scopes ---

  open(kind: 'loop' | 'block' = 'block'): void {
    this.blocks.push({ locals: this.locals.length, breaks: kind === 'loop' ? [] : null });
  }

  close(): void {
    const block = this.blocks.pop();
    if (block === undefined) return;
    this.locals.length = block.locals;
    for (const at of block.breaks ?? []) this.land(at);
  }

  break(): void {
    const at = this.emit(op.jump);
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const breaks = this.blocks[i]?.breaks;
      if (breaks === null || breaks === undefined) continue;
      breaks.push(at);
      return;
    }
  }

  /** A new variable, which has no value until `initialize`. */
  declare(name: string): Local {
    if (this.locals.length >= MOST_LOCALS) {
      const where = this.proto.main ? 'main function' : `function at line ${this.proto.lines[0] ?? this.line}`;
      throw new LuaError(`${this.proto.chunk}:${this.line}: too many local variables (limit is ${MOST_LOCALS}) in ${where} near '='`);
    }
    const slot = this.locals.length;
    const local: Local = { name, slot, uses: [], captured: false };
    this.locals.push(local);
    this.proto.slots = Math.max(this.proto.slots, slot + 1);
    return local;
  }

  /** The value on top becomes that of a new variable. */
  initialize(local: Local): void {
    this.use(op.newLocal, local);
  }

  use(operation: number, local: Local, names = ''): void {
    const at = this.emit(local.captured ? (cellForm[operation] ?? operation) : operation, local.slot, 0, 0, names);
    local.uses.push(at);
  }

  resolve(name: string): Variable {
    const local = this.find(name);
    if (local !== undefined) return { kind: 'local', local };
    const index = this.upvalue(name);
    return index < 0 ? { kind: 'global' } : { kind: 'upvalue', index };
  }

  private find(name: string): Local | undefined {
    for (let i = this.locals.length - 1; i >= 0; i--) if (this.locals[i]?.name === name) return this.locals[i];
    return undefined;
  }

  private upvalue(name: string): number {
    const known = this.upvalueNames.indexOf(name);
    if (known >= 0 || this.parent === null) return known;
    const outer = this.parent.find(name);
    if (outer !== undefined) {
      this.parent.capture(outer);
      this.proto.upvalues.push({ from: 'local', index: outer.slot });
    } else {
      const index = this.parent.upvalue(name);
      if (index < 0) return -1;
      this.proto.upvalues.push({ from: 'upvalue', index });
    }
    this.upvalueNames.push(name);
    return this.upvalueNames.length - 1;
  }

  private capture(local: Local): void {
    if (local.captured) return;
    local.captured = true;
    const { code, parameters, argSlot, cellParameters } = this.proto;
    if (local.slot < parameters || local.slot === argSlot) cellParameters.push(local.slot);
    for (const at of local.uses) code[at] = cellForm[code[at] ?? -1] ?? code[at] ?? 0;
  }
}

