/** Arithmetic on numbers, on texts that spell some, and with metamethods. */
import { pow } from '../../../base/math.ts';
import { argA, op, operation } from './lua-code.ts';
import type { LuaMachine } from './lua-machine.ts';
import { toNumber } from './lua-value.ts';
import type { CallFrame, LuaValue } from './lua-value.ts';
import { arithmetic } from './metamethods.ts';

const events: Readonly<Record<number, string>> = {
  [op.add]: '__add',
  [op.sub]: '__sub',
  [op.mul]: '__mul',
  [op.div]: '__div',
  [op.mod]: '__mod',
  [op.pow]: '__pow',
  [op.unm]: '__unm',
};

/** Arithmetic on texts that spell numbers, or with metamethods. */
export function slowArithmetic(
  machine: LuaMachine,
  frame: CallFrame,
  instruction: number,
  left: LuaValue,
  right: LuaValue,
): void {
  const o = operation(instruction);
  const x = toNumber(left);
  const y = toNumber(right);
  const to = argA(instruction);
  if (x !== undefined && y !== undefined) {
    machine.state.thread.stack[frame.base + to] = calculate(o, x, y);
    return;
  }
  const b = instruction >>> 23;
  const places = [b, o === op.unm ? b : (instruction >>> 14) & 0x1ff] as const;
  arithmetic(machine, frame, events[o]!, [left, right], places, to);
}

export function calculate(operation: number, x: number, y: number): number {
  switch (operation) {
    case op.add:
      return x + y;
    case op.sub:
      return x - y;
    case op.mul:
      return x * y;
    case op.div:
      return x / y;
    case op.mod:
      // a - floor(a / b) * b, as luai_nummod has it.
      return x - Math.floor(x / y) * y;
    case op.unm:
      return -x;
    default:
      return pow(x, y);
  }
}

export function prepareFor(machine: LuaMachine, stack: LuaValue[], at: number): void {
  const parts = ['initial value', 'limit', 'step'].map((what, i) => {
    const number = toNumber(stack[at + i]);
    if (number === undefined) machine.fail(`'for' ${what} must be a number`);
    return number;
  });
  const [initial = 0, limit = 0, stride = 0] = parts;
  stack[at] = initial - stride;
  stack[at + 1] = limit;
  stack[at + 2] = stride;
}
