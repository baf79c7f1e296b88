/** Code of expressions (lcode.c). An expression is described until it is known where its value has to be. */
import {
  argA,
  argB,
  CONSTANT_BIT,
  FIELDS_PER_FLUSH,
  MOST_C,
  MOST_CONSTANT_OPERAND,
  NO_REGISTER,
  op,
  operation,
} from './lua-code.ts';
import { constantResult } from './constant-folding.ts';
import { NO_JUMP, type FunctionState } from './function-state.ts';
import type { LuaValue } from './lua-value.ts';

/** `info`: a register, an upvalue, a constant, an instruction or a jump, as the kind has it. */
export interface Expression {
  kind: Kind;
  info: number;
  /** The key of an indexed value: a register or a constant operand. */
  aux: number;
  number: number;
  /** Jumps that leave when it is true, and when it is false. */
  ifTrue: number;
  ifFalse: number;
}

type Kind =
  | 'void'
  | 'nil'
  | 'true'
  | 'false'
  | 'constant'
  | 'number'
  | 'local'
  | 'upvalue'
  | 'global'
  | 'indexed'
  | 'jump'
  | 'relocatable'
  | 'fixed'
  | 'call'
  | 'vararg';

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '^' | '..' | '==' | '~=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

const arithmetic: Readonly<Partial<Record<BinaryOperator, number>>> = {
  '+': op.add,
  '-': op.sub,
  '*': op.mul,
  '/': op.div,
  '%': op.mod,
  '^': op.pow,
};

export function expression(kind: Kind, info = 0): Expression {
  return { kind, info, aux: 0, number: 0, ifTrue: NO_JUMP, ifFalse: NO_JUMP };
}

export function isMultiple({ kind }: Expression): boolean {
  return kind === 'call' || kind === 'vararg';
}

const hasJumps = (e: Expression): boolean => e.ifTrue !== e.ifFalse;
const isNumeral = (e: Expression): boolean =>
  e.kind === 'number' && e.ifTrue === NO_JUMP && e.ifFalse === NO_JUMP;

export class CodeGenerator {
  readonly f: FunctionState;

  constructor(f: FunctionState) {
    this.f = f;
  }

  freeExpression(e: Expression): void {
    if (e.kind === 'fixed') this.f.free(e.info);
  }

  /** How many results a call or `...` gives: -1 for all. */
  setReturns(e: Expression, count: number): void {
    const { f } = this;
    if (e.kind === 'call') f.setC(e.info, count + 1);
    else if (e.kind === 'vararg') {
      f.setB(e.info, count + 1);
      f.setA(e.info, f.freeRegister);
      f.reserve(1);
    }
  }

  setOneReturn(e: Expression): void {
    if (e.kind === 'call') {
      e.kind = 'fixed';
      e.info = argA(this.f.code[e.info]!);
    } else if (e.kind === 'vararg') {
      this.f.setB(e.info, 2);
      e.kind = 'relocatable';
    }
  }

  /** Reads a variable. */
  discharge(e: Expression): void {
    const { f } = this;
    switch (e.kind) {
      case 'local':
        e.kind = 'fixed';
        return;
      case 'upvalue':
        e.info = f.abc(op.getUpvalue, 0, e.info, 0);
        break;
      case 'global':
        e.info = f.abx(op.getGlobal, 0, e.info);
        break;
      case 'indexed':
        f.free(e.aux);
        f.free(e.info);
        e.info = f.abc(op.getTable, 0, e.info, e.aux);
        break;
      default:
        if (isMultiple(e)) this.setOneReturn(e);
        return;
    }
    e.kind = 'relocatable';
  }

  private dischargeTo(e: Expression, register: number): void {
    const { f } = this;
    this.discharge(e);
    switch (e.kind) {
      case 'nil':
        f.nils(register, 1);
        break;
      case 'true':
      case 'false':
        f.abc(op.loadBool, register, e.kind === 'true' ? 1 : 0, 0);
        break;
      case 'constant':
        f.abx(op.loadK, register, e.info);
        break;
      case 'number':
        f.abx(op.loadK, register, f.constant(e.number));
        break;
      case 'relocatable':
        f.setA(e.info, register);
        break;
      case 'fixed':
        if (e.info !== register) f.abc(op.move, register, e.info, 0);
        break;
      default:
        return;
    }
    e.info = register;
    e.kind = 'fixed';
  }

  private toRegister(e: Expression, register: number): void {
    const { f } = this;
    this.dischargeTo(e, register);
    if (e.kind === 'jump') e.ifTrue = f.joined(e.ifTrue, e.info);
    if (hasJumps(e)) {
      let whenFalse = NO_JUMP;
      let whenTrue = NO_JUMP;
      if (f.needsValue(e.ifTrue) || f.needsValue(e.ifFalse)) {
        const past = e.kind === 'jump' ? NO_JUMP : f.jump();
        f.label();
        whenFalse = f.abc(op.loadBool, register, 0, 1);
        f.label();
        whenTrue = f.abc(op.loadBool, register, 1, 0);
        f.patchHere(past);
      }
      const end = f.label();
      f.patchList(e.ifFalse, end, register, whenFalse);
      f.patchList(e.ifTrue, end, register, whenTrue);
    }
    e.ifTrue = NO_JUMP;
    e.ifFalse = NO_JUMP;
    e.info = register;
    e.kind = 'fixed';
  }

  toNextRegister(e: Expression): void {
    this.discharge(e);
    this.freeExpression(e);
    this.f.reserve(1);
    this.toRegister(e, this.f.freeRegister - 1);
  }

  toAnyRegister(e: Expression): number {
    this.discharge(e);
    if (e.kind === 'fixed') {
      if (!hasJumps(e)) return e.info;
      if (e.info >= this.f.active.length) {
        this.toRegister(e, e.info);
        return e.info;
      }
    }
    this.toNextRegister(e);
    return e.info;
  }

  toValue(e: Expression): void {
    if (hasJumps(e)) this.toAnyRegister(e);
    else this.discharge(e);
  }

  /** A register or a constant. */
  toOperand(e: Expression): number {
    const { f } = this;
    this.toValue(e);
    const simple = simpleValue(e);
    if (simple !== undefined && f.proto.constants.length <= MOST_CONSTANT_OPERAND) {
      e.info = f.constant(simple.value);
      e.kind = 'constant';
      return e.info | CONSTANT_BIT;
    }
    if (e.kind === 'constant' && e.info <= MOST_CONSTANT_OPERAND) return e.info | CONSTANT_BIT;
    return this.toAnyRegister(e);
  }

  store(variable: Expression, value: Expression): void {
    const { f } = this;
    switch (variable.kind) {
      case 'local':
        this.freeExpression(value);
        this.toRegister(value, variable.info);
        return;
      case 'upvalue':
        f.abc(op.setUpvalue, this.toAnyRegister(value), variable.info, 0);
        break;
      case 'global':
        f.abx(op.setGlobal, this.toAnyRegister(value), variable.info);
        break;
      default:
        f.abc(op.setTable, variable.info, variable.aux, this.toOperand(value));
    }
    this.freeExpression(value);
  }

  self(e: Expression, key: Expression): void {
    const { f } = this;
    this.toAnyRegister(e);
    this.freeExpression(e);
    const register = f.freeRegister;
    f.reserve(2);
    f.abc(op.self, register, e.info, this.toOperand(key));
    this.freeExpression(key);
    e.info = register;
    e.kind = 'fixed';
  }

  indexed(table: Expression, key: Expression): void {
    table.aux = this.toOperand(key);
    table.kind = 'indexed';
  }

  private jumpOn(e: Expression, condition: 0 | 1): number {
    const { f } = this;
    if (e.kind === 'relocatable') {
      const i = f.code[e.info]!;
      if (operation(i) === op.not) {
        f.dropLast();
        return f.conditionalJump(op.test, argB(i), 0, condition === 0 ? 1 : 0);
      }
    }
    if (e.kind !== 'fixed') {
      f.reserve(1);
      this.dischargeTo(e, f.freeRegister - 1);
    }
    this.freeExpression(e);
    return f.conditionalJump(op.testSet, NO_REGISTER, e.info, condition);
  }

  goIfTrue(e: Expression): void {
    const { f } = this;
    this.discharge(e);
    let jump = NO_JUMP;
    if (e.kind === 'jump') {
      f.invert(e.info);
      jump = e.info;
    } else if (e.kind === 'false') jump = f.jump();
    else if (e.kind !== 'constant' && e.kind !== 'number' && e.kind !== 'true')
      jump = this.jumpOn(e, 0);
    e.ifFalse = f.joined(e.ifFalse, jump);
    f.patchHere(e.ifTrue);
    e.ifTrue = NO_JUMP;
  }

  private goIfFalse(e: Expression): void {
    const { f } = this;
    this.discharge(e);
    let jump = NO_JUMP;
    if (e.kind === 'jump') jump = e.info;
    else if (e.kind === 'true') jump = f.jump();
    else if (e.kind !== 'nil' && e.kind !== 'false') jump = this.jumpOn(e, 1);
    e.ifTrue = f.joined(e.ifTrue, jump);
    f.patchHere(e.ifFalse);
    e.ifFalse = NO_JUMP;
  }

  not(e: Expression): void {
    const { f } = this;
    this.discharge(e);
    if (e.kind === 'nil' || e.kind === 'false') e.kind = 'true';
    else if (e.kind === 'constant' || e.kind === 'number' || e.kind === 'true') e.kind = 'false';
    else if (e.kind === 'jump') f.invert(e.info);
    else {
      if (e.kind !== 'fixed') {
        f.reserve(1);
        this.dischargeTo(e, f.freeRegister - 1);
      }
      this.freeExpression(e);
      e.info = f.abc(op.not, 0, e.info, 0);
      e.kind = 'relocatable';
    }
    [e.ifTrue, e.ifFalse] = [e.ifFalse, e.ifTrue];
    f.dropValues(e.ifFalse);
    f.dropValues(e.ifTrue);
  }

  private arithmetic(o: number, left: Expression, right: Expression): void {
    if (folded(o, left, right)) return;
    const single = o === op.unm || o === op.len;
    const b = single ? 0 : this.toOperand(right);
    const a = this.toOperand(left);
    const [first, second] = a > b ? [left, right] : [right, left];
    this.freeExpression(first);
    this.freeExpression(second);
    left.info = this.f.abc(o, 0, a, b);
    left.kind = 'relocatable';
  }

  private compare(o: number, wanted: 0 | 1, left: Expression, right: Expression): void {
    const a = this.toOperand(left);
    const b = this.toOperand(right);
    this.freeExpression(right);
    this.freeExpression(left);
    // a > b is b < a.
    const swapped = wanted === 0 && o !== op.eq;
    left.info = this.f.conditionalJump(o, swapped ? 1 : wanted, swapped ? b : a, swapped ? a : b);
    left.kind = 'jump';
  }

  prefix(operator: 'not' | '-' | '#', e: Expression): void {
    if (operator === 'not') return this.not(e);
    if (operator === '#' || !isNumeral(e)) this.toAnyRegister(e);
    this.arithmetic(operator === '-' ? op.unm : op.len, e, expression('number'));
  }

  /** Between the operands. */
  infix(operator: BinaryOperator, e: Expression): void {
    if (operator === 'and') this.goIfTrue(e);
    else if (operator === 'or') this.goIfFalse(e);
    else if (operator === '..') this.toNextRegister(e);
    else if (arithmetic[operator] === undefined || !isNumeral(e)) this.toOperand(e);
  }

  postfix(operator: BinaryOperator, left: Expression, right: Expression): void {
    const { f } = this;
    switch (operator) {
      case 'and':
        this.discharge(right);
        right.ifFalse = f.joined(right.ifFalse, left.ifFalse);
        Object.assign(left, right);
        return;
      case 'or':
        this.discharge(right);
        right.ifTrue = f.joined(right.ifTrue, left.ifTrue);
        Object.assign(left, right);
        return;
      case '..':
        return this.concat(left, right);
      case '==':
        return this.compare(op.eq, 1, left, right);
      case '~=':
        return this.compare(op.eq, 0, left, right);
      case '<':
        return this.compare(op.lt, 1, left, right);
      case '<=':
        return this.compare(op.le, 1, left, right);
      case '>':
        return this.compare(op.lt, 0, left, right);
      case '>=':
        return this.compare(op.le, 0, left, right);
      default:
        this.arithmetic(arithmetic[operator]!, left, right);
    }
  }

  /** a .. b .. c is one instruction. */
  private concat(left: Expression, right: Expression): void {
    const { f } = this;
    this.toValue(right);
    if (right.kind === 'relocatable' && operation(f.code[right.info]!) === op.concat) {
      this.freeExpression(left);
      f.setB(right.info, left.info);
      left.kind = 'relocatable';
      left.info = right.info;
    } else {
      this.toNextRegister(right);
      this.arithmetic(op.concat, left, right);
    }
  }

  /** `count`: -1 if the last values are all that a call gave. */
  setList(base: number, elements: number, count: number): void {
    const { f } = this;
    const batch = Math.floor((elements - 1) / FIELDS_PER_FLUSH) + 1;
    const b = count < 0 ? 0 : count;
    if (batch <= MOST_C) f.abc(op.setList, base, b, batch);
    else {
      f.abc(op.setList, base, b, 0);
      f.extra(batch);
    }
    f.freeRegister = base + 1;
  }
}

function simpleValue(e: Expression): { readonly value: LuaValue } | undefined {
  switch (e.kind) {
    case 'number':
      return { value: e.number };
    case 'true':
      return { value: true };
    case 'false':
      return { value: false };
    case 'nil':
      return { value: undefined };
    default:
      return undefined;
  }
}

function folded(o: number, left: Expression, right: Expression): boolean {
  if (!isNumeral(left) || !isNumeral(right)) return false;
  const result = constantResult(o, left.number, right.number);
  if (result === undefined || Number.isNaN(result)) return false;
  left.number = result;
  return true;
}
