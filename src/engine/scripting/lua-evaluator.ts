/** Carries out compiled Lua, so many instructions at a time. */
import { pow } from '../../base/math.ts';
import { metaEvent, op, STRIDE } from './lua-code.ts';
import { OutOfFuel, type LuaMachine } from './lua-machine.ts';
import { border, growArray, newTable, rawGet, rawSet } from './lua-table.ts';
import { isTable, LuaError, toNumber, toText, truthy, typeName, type CallFrame, type Cell, type LuaFunction, type LuaValue } from './lua-value.ts';

/** Goes on with the script for at most `budget` instructions. Its outcome stands in the state when it is done. */
export function step(machine: LuaMachine, budget: number): 'more' | 'done' {
  const { state } = machine;
  let left = budget;
  while (state.outcome === null && left > 0) {
    try {
      left = run(machine, left);
    } catch (thrown) {
      if (thrown instanceof LuaError) raise(machine, thrown.value);
      // Deep patterns, or strings longer than the host can have.
      else if (thrown instanceof RangeError) raise(machine, `${machine.where(1)}not enough memory`);
      else throw thrown;
    }
  }
  return state.outcome === null ? 'more' : 'done';
}

/** A handler that is no function is an error in itself. */
function raise(machine: LuaMachine, value: LuaValue): void {
  try {
    machine.raise(value);
  } catch (thrown) {
    if (!(thrown instanceof LuaError)) throw thrown;
    raise(machine, thrown.value);
  }
}

/** Instructions between two looks at the fuel. */
const SLICE = 1000;

function run(machine: LuaMachine, budget: number): number {
  const { state } = machine;
  let left = budget;
  while (left > 0 && state.outcome === null) {
    const frame = machine.frame;
    if (frame === undefined || frame.kind !== 'call') throw new LuaError('no function to run');
    const slice = Math.min(left, SLICE);
    const used = slice - runFrame(machine, frame, slice);
    left -= used;
    state.fuel -= used;
    if (state.fuel < 0) throw new OutOfFuel('out of fuel');
  }
  return left;
}

/** Runs one function until it calls, returns, or has used up its slice; what is left of that. */
function runFrame(machine: LuaMachine, frame: CallFrame, slice: number): number {
  const { closure, stack } = frame;
  const { proto, upvalues } = closure;
  const { code, constants, names } = proto;
  const { heap } = machine;
  let pc = frame.pc;
  let top = frame.top;
  let left = slice;

  /** Leaves the function with everything in its frame; `drop` operands are used up. */
  const leave = (drop: number): void => {
    frame.pc = pc + STRIDE;
    top -= drop;
    frame.top = top;
  };

  for (; left > 0; left--, pc += STRIDE) {
    frame.at = pc;
    const a = code[pc + 1]!;
    switch (code[pc]) {
      case op.constant:
        stack[top++] = constants[a];
        continue;
      case op.nil:
        stack[top++] = undefined;
        continue;
      case op.true:
        stack[top++] = true;
        continue;
      case op.false:
        stack[top++] = false;
        continue;
      case op.pop:
        top -= a;
        continue;
      case op.getLocal:
        stack[top++] = stack[a];
        continue;
      case op.setLocal:
      case op.newLocal:
        stack[a] = stack[--top];
        continue;
      case op.getCell:
        stack[top++] = frame.cells[a]!.value;
        continue;
      case op.setCell:
        frame.cells[a]!.value = stack[--top];
        continue;
      case op.newCell:
        if (frame.cells.length === 0) frame.cells = [];
        frame.cells[a] = { value: stack[--top] };
        continue;
      case op.getUpvalue:
        stack[top++] = upvalues[a]!.value;
        continue;
      case op.setUpvalue:
        upvalues[a]!.value = stack[--top];
        continue;
      case op.getGlobal: {
        const value = rawGet(closure.environment, constants[a]);
        if (value !== undefined || closure.environment.metatable === undefined) {
          stack[top++] = value;
          continue;
        }
        leave(0);
        machine.index(closure.environment, constants[a], '');
        break;
      }
      case op.setGlobal: {
        const value = stack[top - 1];
        leave(1);
        machine.setIndex(closure.environment, constants[a], value, '');
        break;
      }
      case op.index: {
        const object = stack[top - 2];
        const key = stack[top - 1];
        if (isTable(object)) {
          const value = rawGet(object, key);
          if (value !== undefined || object.metatable === undefined) {
            stack[--top - 1] = value;
            continue;
          }
        }
        leave(2);
        machine.index(object, key, names[pc / STRIDE]!);
        break;
      }
      case op.setIndex: {
        const [object, key, value] = [stack[top - 3], stack[top - 2], stack[top - 1]];
        if (isTable(object) && object.metatable === undefined) {
          machine.store(object, key, value);
          top -= 3;
          continue;
        }
        leave(3);
        machine.setIndex(object, key, value, names[pc / STRIDE]!);
        break;
      }
      case op.self: {
        // The object stays below its function; they change places next.
        const object = stack[top - 1];
        leave(0);
        machine.index(object, constants[a], names[pc / STRIDE]!);
        break;
      }
      case op.swap:
        [stack[top - 2], stack[top - 1]] = [stack[top - 1], stack[top - 2]];
        continue;
      case op.call: {
        const args = argumentsOf(frame, top, a, code[pc + 2]!);
        const callee = stack[top - a - 1];
        leave(a + 1);
        machine.call(callee, args, code[pc + 3]!, 'none', names[pc / STRIDE]);
        break;
      }
      case op.tailCall: {
        const args = argumentsOf(frame, top, a, code[pc + 2]!);
        const callee = stack[top - a - 1];
        leave(a + 1);
        tailCall(machine, frame, callee, args, names[pc / STRIDE]!);
        return left - 1;
      }
      case op.return: {
        const results = argumentsOf(frame, top, a, code[pc + 2]!);
        machine.popFrame();
        machine.deliver(results, frame.want, frame.turn);
        return left - 1;
      }
      case op.jump:
        pc = a - STRIDE;
        continue;
      case op.jumpIfFalse:
        if (!truthy(stack[--top])) pc = a - STRIDE;
        continue;
      case op.and:
        if (truthy(stack[top - 1])) top--;
        else pc = a - STRIDE;
        continue;
      case op.or:
        if (truthy(stack[top - 1])) pc = a - STRIDE;
        else top--;
        continue;
      case op.not:
        stack[top - 1] = !truthy(stack[top - 1]);
        continue;
      case op.negate: {
        const value = stack[top - 1];
        const number = toNumber(value);
        if (number !== undefined) {
          stack[top - 1] = -number;
          continue;
        }
        leave(1);
        machine.arithmetic('__unm', value, value, names[pc / STRIDE]!);
        break;
      }
      case op.length: {
        const value = stack[top - 1];
        if (typeof value === 'string') stack[top - 1] = value.length;
        else if (isTable(value)) stack[top - 1] = border(value);
        else machine.fail(lengthError(value, names[pc / STRIDE]!));
        continue;
      }
      case op.add:
      case op.subtract:
      case op.multiply:
      case op.divide:
      case op.modulo:
      case op.power: {
        const [left_, right] = [stack[top - 2], stack[top - 1]];
        const x = typeof left_ === 'number' ? left_ : toNumber(left_);
        const y = typeof right === 'number' ? right : toNumber(right);
        if (x !== undefined && y !== undefined) {
          stack[--top - 1] = calculate(code[pc]!, x, y);
          continue;
        }
        leave(2);
        machine.arithmetic(metaEvent[code[pc]!]!, left_, right, names[pc / STRIDE]!);
        break;
      }
      case op.equal:
      case op.notEqual: {
        const [x, y] = [stack[top - 2], stack[top - 1]];
        const wanted = code[pc] === op.equal;
        if (x === y || !isTable(x) || !isTable(y)) {
          stack[--top - 1] = (x === y) === wanted;
          continue;
        }
        leave(2);
        machine.equals(x, y, wanted ? 'truth' : 'untruth');
        break;
      }
      case op.less:
      case op.lessEqual:
      case op.greater:
      case op.greaterEqual: {
        const swapped = code[pc]! >= op.greater;
        const x = stack[top - (swapped ? 1 : 2)];
        const y = stack[top - (swapped ? 2 : 1)];
        const strict = code[pc] === op.less || code[pc] === op.greater;
        if ((typeof x === 'number' && typeof y === 'number') || (typeof x === 'string' && typeof y === 'string')) {
          stack[--top - 1] = strict ? x < y : x <= y;
          continue;
        }
        leave(2);
        machine.compare(strict ? '__lt' : '__le', x, y);
        break;
      }
      case op.concat: {
        const [x, y] = [stack[top - 2], stack[top - 1]];
        const [before, after] = [toText(x), toText(y)];
        if (before !== undefined && after !== undefined) {
          machine.room(before.length + after.length);
          stack[--top - 1] = machine.string(before + after);
          continue;
        }
        leave(2);
        machine.concat(x, y, names[pc / STRIDE]!);
        break;
      }
      case op.closure:
        stack[top++] = newClosure(machine, frame, a);
        continue;
      case op.vararg:
        if (a < 0) frame.open = frame.varargs;
        else for (let i = 0; i < a; i++) stack[top++] = frame.varargs[i];
        continue;
      case op.newTable:
        stack[top++] = newTable(heap, a, code[pc + 2]);
        continue;
      case op.setList: {
        const items = argumentsOf(frame, top, a, code[pc + 2]!);
        const table = stack[top - a - 1];
        top -= a;
        if (!isTable(table)) continue;
        const first = code[pc + 3]!;
        growArray(heap, table, first + items.length - 1);
        items.forEach((item, i) => {
          rawSet(heap, table, first + i, item);
        });
        continue;
      }
      case op.setField: {
        const table = stack[top - 3 - a];
        if (isTable(table)) machine.store(table, stack[top - 2], stack[top - 1]);
        top -= 2;
        continue;
      }
      case op.forPrepare:
        prepareFor(machine, stack, a);
        pc = code[pc + 2]! - STRIDE;
        continue;
      case op.forLoop: {
        const stride = numberAt(stack, a + 2);
        const next = numberAt(stack, a) + stride;
        const limit = numberAt(stack, a + 1);
        if (stride > 0 ? next <= limit : limit <= next) {
          stack[a] = next;
          stack[top++] = next;
          pc = code[pc + 2]! - STRIDE;
        }
        continue;
      }
      case op.forStore: {
        const count = code[pc + 3]!;
        const first = stack[top - count];
        if (first === undefined) {
          top -= count;
          pc = code[pc + 2]! - STRIDE;
        } else stack[a] = first;
        continue;
      }
      default:
        throw new LuaError(`no such instruction: ${code[pc]}`);
    }
    // A call was made: it may have returned at once, or another function runs now.
    if (machine.frame !== frame) return left - 1;
    top = frame.top;
  }
  frame.pc = pc;
  frame.top = top;
  return 0;
}

function argumentsOf(frame: CallFrame, top: number, count: number, open: number): readonly LuaValue[] {
  if (count === 0) return open === 1 ? frame.open : [];
  const own = frame.stack.slice(top - count, top);
  return open === 1 ? [...own, ...frame.open] : own;
}

/** A Lua function that is called last takes the place of its caller. */
function tailCall(machine: LuaMachine, frame: CallFrame, callee: LuaValue, args: readonly LuaValue[], name: string): void {
  if (typeof callee === 'object' && callee.type === 'function') {
    const next = machine.newFrame(callee, args, frame.want, frame.turn, frame.boundary);
    next.tailCalls = frame.tailCalls + 1;
    machine.state.thread.frames.pop();
    machine.state.thread.frames.push(next);
    return;
  }
  // What a native gives is on the open list, and returned by the next instruction.
  machine.call(callee, args, -1, 'none', name);
}

function newClosure(machine: LuaMachine, frame: CallFrame, index: number): LuaFunction {
  const proto = frame.closure.proto.protos[index]!;
  const upvalues = proto.upvalues.map((source): Cell =>
    source.from === 'local' ? frame.cells[source.index]! : frame.closure.upvalues[source.index]!,
  );
  return { type: 'function', id: machine.heap.nextId++, proto, upvalues, environment: frame.closure.environment };
}

function calculate(operation: number, x: number, y: number): number {
  switch (operation) {
    case op.add:
      return x + y;
    case op.subtract:
      return x - y;
    case op.multiply:
      return x * y;
    case op.divide:
      return x / y;
    case op.modulo:
      // a - floor(a / b) * b, as luai_nummod has it.
      return x - Math.floor(x / y) * y;
    default:
      return pow(x, y);
  }
}

function prepareFor(machine: LuaMachine, stack: LuaValue[], slot: number): void {
  const parts = ['initial value', 'limit', 'step'].map((what, i) => {
    const number = toNumber(stack[slot + i]);
    if (number === undefined) machine.fail(`'for' ${what} must be a number`);
    return number;
  });
  const [initial = 0, limit = 0, stride = 0] = parts;
  stack[slot] = initial - stride;
  stack[slot + 1] = limit;
  stack[slot + 2] = stride;
}

function numberAt(stack: readonly LuaValue[], slot: number): number {
  const value = stack[slot];
  return typeof value === 'number' ? value : NaN;
}

function lengthError(value: LuaValue, name: string): string {
  const type = typeName(value);
  return `attempt to get length of ${name === '' ? `a ${type} value` : `${name} (a ${type} value)`}`;
}
