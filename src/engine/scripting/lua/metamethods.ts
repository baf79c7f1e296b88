/** What values do that are not numbers, strings or plain tables: metamethods, or an error (lvm.c, ldebug.c). */
import { argA, CONSTANT_BIT } from './lua-code.ts';
import { nameOf } from './lua-debug.ts';
import type { LuaMachine } from './lua-machine.ts';
import { FROZEN, rawGet, rawSet, type LuaTable } from './lua-table.ts';
import { finish, isFunction, isTable, LuaError, toNumber, toText, typeName } from './lua-value.ts';
import type { CallFrame, LuaValue, Place } from './lua-value.ts';

const MOST_LOOPS = 100;
/** An operand that stands in no register. */
export const NOWHERE = CONSTANT_BIT;

export function metatable(machine: LuaMachine, value: LuaValue): LuaTable | undefined {
  if (typeof value === 'string') return machine.state.world.stringMetatable;
  return isTable(value) ? value.metatable : undefined;
}

export function metamethod(machine: LuaMachine, value: LuaValue, event: string): LuaValue {
  const table = metatable(machine, value);
  return table === undefined ? undefined : rawGet(table, event);
}

export function typeError(action: string, value: LuaValue, name: string): string {
  const type = typeName(value);
  return `attempt to ${action} ${name === '' ? `a ${type} value` : `${name} (a ${type} value)`}`;
}

/** The name of an operand: a register, or a constant, which has none. */
function operandName(frame: CallFrame, operand: number): string {
  return (operand & CONSTANT_BIT) === 0 ? nameOf(frame, operand) : '';
}

/** Where a metamethod is called: above the registers of the frame. */
function placeAbove(frame: CallFrame, end: number, target: number): Place {
  return { base: frame.base + frame.closure.proto.stackSize, want: 1, finish: end, target };
}

/** object[key] → register `to`, now, or when a metamethod has returned. `operand`: where the object came from. */
export function index(
  machine: LuaMachine,
  frame: CallFrame,
  object: LuaValue,
  key: LuaValue,
  to: number,
  operand: number,
): void {
  const target = frame.base + to;
  let at = object;
  for (let i = 0; i < MOST_LOOPS; i++) {
    let handler: LuaValue;
    if (isTable(at)) {
      const value = rawGet(at, key);
      if (value === undefined && at.metatable !== undefined)
        handler = rawGet(at.metatable, '__index');
      if (handler === undefined) {
        machine.state.thread.stack[target] = value;
        return;
      }
    } else {
      handler = metamethod(machine, at, '__index');
      if (handler === undefined)
        machine.fail(typeError('index', at, i === 0 ? operandName(frame, operand) : ''));
    }
    if (isFunction(handler))
      return machine.call(handler, [at, key], placeAbove(frame, finish.value, target));
    at = handler;
  }
  machine.fail('loop in gettable');
}

/** object[key] = value. `operand`: the register that the object came from. */
export function setIndex(
  machine: LuaMachine,
  frame: CallFrame,
  object: LuaValue,
  key: LuaValue,
  value: LuaValue,
  operand: number,
): void {
  let at = object;
  for (let i = 0; i < MOST_LOOPS; i++) {
    let handler: LuaValue;
    if (isTable(at)) {
      const known = at.metatable === undefined ? undefined : rawGet(at, key);
      if (at.metatable !== undefined && known === undefined)
        handler = rawGet(at.metatable, '__newindex');
      if (handler === undefined) return store(machine, at, key, value);
    } else {
      handler = metamethod(machine, at, '__newindex');
      if (handler === undefined)
        machine.fail(typeError('index', at, i === 0 ? operandName(frame, operand) : ''));
    }
    if (isFunction(handler))
      return machine.call(handler, [at, key, value], placeAbove(frame, finish.drop, 0));
    at = handler;
  }
  machine.fail('loop in settable');
}

/** Sets without metamethods, but not in Redis's own tables nor under a key that no table has. */
export function store(machine: LuaMachine, table: LuaTable, key: LuaValue, value: LuaValue): void {
  if (table.frozen) machine.fail(FROZEN);
  if (key === undefined) machine.fail('table index is nil');
  if (typeof key === 'number' && Number.isNaN(key)) machine.fail('table index is NaN');
  rawSet(machine.heap, table, key, value);
}

/** As `store`, for a native: its errors carry no position. */
export function storeNatively(
  machine: LuaMachine,
  table: LuaTable,
  key: LuaValue,
  value: LuaValue,
): void {
  if (table.frozen) throw new LuaError(FROZEN);
  if (key === undefined) throw new LuaError('table index is nil');
  if (typeof key === 'number' && Number.isNaN(key)) throw new LuaError('table index is NaN');
  rawSet(machine.heap, table, key, value);
}

/** Arithmetic on what are not two numbers; `b` and `c` are the operands' places. */
export function arithmetic(
  machine: LuaMachine,
  frame: CallFrame,
  event: string,
  operands: readonly [left: LuaValue, right: LuaValue],
  places: readonly [left: number, right: number],
  to: number,
): void {
  const [left, right] = operands;
  const handler = metamethod(machine, left, event) ?? metamethod(machine, right, event);
  if (handler !== undefined) {
    const place = placeAbove(frame, finish.value, frame.base + to);
    return machine.call(handler, [left, right], place);
  }
  const wrong = toNumber(left) === undefined ? 0 : 1;
  const name = operandName(frame, places[wrong]);
  machine.fail(typeError('perform arithmetic on', operands[wrong], name));
}

/** OP_CONCAT: registers `first` to the absolute index `last`, from right to left; the result goes to register A. */
export function concatenate(
  machine: LuaMachine,
  frame: CallFrame,
  first: number,
  last: number,
): void {
  const { stack } = machine.state.thread;
  const bottom = frame.base + first;
  let end = last;
  while (end > bottom) {
    let text = toText(stack[end]);
    const before = toText(stack[end - 1]);
    if (text === undefined || before === undefined) return concatByHandler(machine, frame, end);
    let start = end;
    for (let next: string | undefined = before; next !== undefined && start > bottom;) {
      text = next + text;
      start--;
      next = start > bottom ? toText(stack[start - 1]) : undefined;
    }
    stack[start] = machine.string(text);
    end = start;
  }
  stack[frame.base + argA(frame.closure.proto.code[frame.pc - 1]!)] = stack[bottom];
}

function concatByHandler(machine: LuaMachine, frame: CallFrame, end: number): void {
  const { stack } = machine.state.thread;
  const [left, right] = [stack[end - 1], stack[end]];
  const handler = metamethod(machine, left, '__concat') ?? metamethod(machine, right, '__concat');
  if (handler !== undefined)
    return machine.call(handler, [left, right], placeAbove(frame, finish.concat, end - 1));
  const wrong = toText(left) === undefined ? end - 1 : end;
  machine.fail(typeError('concatenate', stack[wrong], nameOf(frame, wrong - frame.base)));
}

/** Equality of two tables that are not the same: they have a say if they say it with one voice. */
export function equals(
  machine: LuaMachine,
  frame: CallFrame,
  left: LuaTable,
  right: LuaTable,
): void {
  const handler = sharedHandler(left, right, '__eq');
  const place = placeAbove(frame, finish.test, 0);
  if (handler === undefined) machine.deliver([false], place);
  else machine.call(handler, [left, right], place);
}

/** left < right (or <=) of anything but two numbers or two strings. */
export function compare(
  machine: LuaMachine,
  frame: CallFrame,
  event: '__lt' | '__le',
  left: LuaValue,
  right: LuaValue,
): void {
  if (isTable(left) && isTable(right)) {
    const handler = sharedHandler(left, right, event);
    if (handler !== undefined)
      return machine.call(handler, [left, right], placeAbove(frame, finish.test, 0));
    const contrary = event === '__le' ? sharedHandler(left, right, '__lt') : undefined;
    if (contrary !== undefined)
      return machine.call(contrary, [right, left], placeAbove(frame, finish.testNot, 0));
  }
  machine.fail(compareError(left, right));
}

function sharedHandler(left: LuaTable, right: LuaTable, event: string): LuaValue {
  const mine = left.metatable === undefined ? undefined : rawGet(left.metatable, event);
  const yours = right.metatable === undefined ? undefined : rawGet(right.metatable, event);
  return mine === yours ? mine : undefined;
}

export function compareError(left: LuaValue, right: LuaValue): string {
  const [a, b] = [typeName(left), typeName(right)];
  return a === b ? `attempt to compare two ${a} values` : `attempt to compare ${a} with ${b}`;
}
