/** Carries out compiled Lua (lvm.c), so many instructions at a time. */
import { calculate, prepareFor, slowArithmetic } from './lua-arithmetic.ts';
import { callIterator, callOther, newClosure, replaceFrame, returned } from './lua-calls.ts';
import { FIELDS_PER_FLUSH, MOST_SBX, op, sizeOfFloatingByte } from './lua-code.ts';
import { collect, isFull } from './lua-collector.ts';
import { nameOf } from './lua-debug.ts';
import type { LuaMachine } from './lua-machine.ts';
import { border, growArray, newTable, rawGet, rawSet } from './lua-table.ts';
import { finish, isTable, LuaError, type LuaThread, type LuaValue } from './lua-value.ts';
import {
  compare,
  concatenate,
  equals,
  index,
  NOWHERE,
  setIndex,
  store,
  typeError,
} from './metamethods.ts';

/** Goes on with the script for about `budget` instructions. Its outcome stands in the state when it is done. */
export function step(machine: LuaMachine, budget: number): 'more' | 'done' {
  const { state } = machine;
  machine.left = budget;
  while (state.outcome === null && machine.left > 0) {
    try {
      if (isFull(machine.heap)) collect(machine);
      run(machine);
    } catch (thrown) {
      // To the host an error costs as much as hundreds of instructions.
      machine.spend(ERROR_COST);
      if (thrown instanceof LuaError) raise(machine, thrown.value);
      // Strings longer than the host can have.
      else if (thrown instanceof RangeError) raise(machine, 'not enough memory');
      else throw thrown;
    }
  }
  state.spent += budget - machine.left;
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

function run(machine: LuaMachine): void {
  const { state } = machine;
  while (machine.left > 0 && state.outcome === null && !isFull(machine.heap)) {
    const frame = machine.frame;
    if (frame === undefined || frame.kind === 'protected' || frame.kind === 'handler')
      throw new LuaError('no function to run');
    if (frame.kind === 'call') runFrames(machine, state.thread);
    else {
      machine.place = frame.place;
      const results = machine.workers.get(frame.native)?.(machine, frame.work);
      machine.place = undefined;
      if (results === undefined || results === 'called') continue;
      machine.popFrame();
      machine.deliver(results, frame.place);
    }
  }
}

const CALL_COST = 4;
const ERROR_COST = 400;

/**
 * Runs functions of one thread until something else has to be done. Work is counted where it can be without end: at
 * jumps back, by the length of the loop, and at calls.
 */
function runFrames(machine: LuaMachine, thread: LuaThread): void {
  const { frames, stack } = thread;
  const { heap, state } = machine;
  for (;;) {
    const frame = frames[frames.length - 1];
    if (frame?.kind !== 'call' || machine.left <= 0 || isFull(heap)) return;
    const { closure, base } = frame;
    const { code, constants } = closure.proto;
    const { upvalues } = closure;
    let { pc } = frame;

    instructions: for (;;) {
      const i = code[pc++]!;
      const a = base + ((i >>> 6) & 0xff);
      switch (i & 0x3f) {
        case op.move:
          stack[a] = stack[base + (i >>> 23)];
          continue;
        case op.loadK:
          stack[a] = constants[i >>> 14];
          continue;
        case op.loadBool:
          stack[a] = i >>> 23 !== 0;
          if (((i >>> 14) & 0x1ff) !== 0) pc++;
          continue;
        case op.loadNil:
          for (let at = a; at <= base + (i >>> 23); at++) stack[at] = undefined;
          continue;
        case op.getUpvalue: {
          const upvalue = upvalues[i >>> 23]!;
          stack[a] = upvalue.stack[upvalue.at];
          continue;
        }
        case op.getGlobal: {
          const key = constants[i >>> 14];
          const value = rawGet(closure.environment, key);
          if (value !== undefined) {
            stack[a] = value;
            continue;
          }
          frame.pc = pc;
          index(machine, frame, closure.environment, key, a - base, NOWHERE);
          break;
        }
        case op.getTable: {
          const c = (i >>> 14) & 0x1ff;
          const key = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          const object = stack[base + (i >>> 23)];
          if (isTable(object)) {
            const value = rawGet(object, key);
            if (value !== undefined || object.metatable === undefined) {
              stack[a] = value;
              continue;
            }
          }
          frame.pc = pc;
          index(machine, frame, object, key, a - base, i >>> 23);
          break;
        }
        case op.setGlobal:
          frame.pc = pc;
          setIndex(machine, frame, closure.environment, constants[i >>> 14], stack[a], NOWHERE);
          break;
        case op.setUpvalue: {
          const upvalue = upvalues[i >>> 23]!;
          upvalue.stack[upvalue.at] = stack[a];
          continue;
        }
        case op.setTable: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const key = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const value = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          const object = stack[a];
          frame.pc = pc;
          if (isTable(object) && object.metatable === undefined) {
            store(machine, object, key, value);
            continue;
          }
          setIndex(machine, frame, object, key, value, a - base);
          break;
        }
        case op.newTable: {
          const items = sizeOfFloatingByte(i >>> 23);
          stack[a] = newTable(heap, items, sizeOfFloatingByte((i >>> 14) & 0x1ff));
          continue;
        }
        case op.self: {
          const object = stack[base + (i >>> 23)];
          const c = (i >>> 14) & 0x1ff;
          stack[a + 1] = object;
          frame.pc = pc;
          const key = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          index(machine, frame, object, key, a - base, i >>> 23);
          break;
        }
        case op.add: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const x = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const y = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          if (typeof x === 'number' && typeof y === 'number') {
            stack[a] = x + y;
            continue;
          }
          frame.pc = pc;
          slowArithmetic(machine, frame, i, x, y);
          break;
        }
        case op.sub: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const x = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const y = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          if (typeof x === 'number' && typeof y === 'number') {
            stack[a] = x - y;
            continue;
          }
          frame.pc = pc;
          slowArithmetic(machine, frame, i, x, y);
          break;
        }
        case op.mul:
        case op.div:
        case op.mod:
        case op.pow: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const x = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const y = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          if (typeof x === 'number' && typeof y === 'number') {
            stack[a] = calculate(i & 0x3f, x, y);
            continue;
          }
          frame.pc = pc;
          slowArithmetic(machine, frame, i, x, y);
          break;
        }
        case op.unm: {
          const x = stack[base + (i >>> 23)];
          if (typeof x === 'number') {
            stack[a] = -x;
            continue;
          }
          frame.pc = pc;
          slowArithmetic(machine, frame, i, x, x);
          break;
        }
        case op.not: {
          const x = stack[base + (i >>> 23)];
          stack[a] = x === undefined || x === false;
          continue;
        }
        case op.len: {
          const x = stack[base + (i >>> 23)];
          if (typeof x === 'string') stack[a] = x.length;
          else if (isTable(x)) stack[a] = border(x);
          else {
            frame.pc = pc;
            machine.fail(typeError('get length of', x, nameOf(frame, i >>> 23)));
          }
          continue;
        }
        case op.concat:
          frame.pc = pc;
          concatenate(machine, frame, i >>> 23, base + ((i >>> 14) & 0x1ff));
          break;
        case op.jmp: {
          const by = (i >>> 14) - MOST_SBX;
          pc += by;
          if (by < 0 && (machine.left += by) <= 0) {
            frame.pc = pc;
            break instructions;
          }
          continue;
        }
        case op.eq: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const x = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const y = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          if (x === y || !isTable(x) || !isTable(y)) {
            if ((x === y) !== (a !== base)) pc++;
            continue;
          }
          frame.pc = pc;
          equals(machine, frame, x, y);
          break;
        }
        case op.lt: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const x = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const y = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          if (
            (typeof x === 'number' && typeof y === 'number') ||
            (typeof x === 'string' && typeof y === 'string')
          ) {
            if (x < y !== (a !== base)) pc++;
            continue;
          }
          frame.pc = pc;
          compare(machine, frame, '__lt', x, y);
          break;
        }
        case op.le: {
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          const x = b & 0x100 ? constants[b & 0xff] : stack[base + b];
          const y = c & 0x100 ? constants[c & 0xff] : stack[base + c];
          if (
            (typeof x === 'number' && typeof y === 'number') ||
            (typeof x === 'string' && typeof y === 'string')
          ) {
            if (x <= y !== (a !== base)) pc++;
            continue;
          }
          frame.pc = pc;
          compare(machine, frame, '__le', x, y);
          break;
        }
        case op.test: {
          const x = stack[a];
          const truth = x !== undefined && x !== false;
          if (truth !== (((i >>> 14) & 0x1ff) !== 0)) pc++;
          continue;
        }
        case op.testSet: {
          const x = stack[base + (i >>> 23)];
          const truth = x !== undefined && x !== false;
          if (truth === (((i >>> 14) & 0x1ff) !== 0)) stack[a] = x;
          else pc++;
          continue;
        }
        case op.call: {
          frame.pc = pc;
          const b = i >>> 23;
          const given = b === 0 ? frame.top - a - 1 : b - 1;
          const callee = stack[a];
          const want = ((i >>> 14) & 0x1ff) - 1;
          machine.left -= CALL_COST;
          if (typeof callee === 'object' && callee.type === 'function') {
            machine.checkFrames();
            frames.push(machine.newFrame(callee, a, given, want, undefined, 0));
            break instructions;
          }
          callOther(machine, frame, callee, a, given, want);
          break;
        }
        case op.tailCall: {
          frame.pc = pc;
          const b = i >>> 23;
          const given = b === 0 ? frame.top - a - 1 : b - 1;
          const callee = stack[a];
          machine.left -= CALL_COST;
          if (typeof callee === 'object' && callee.type === 'function') {
            // What is a native in Lua takes nobody's place.
            if (callee.proto.chunk !== null) replaceFrame(machine, thread, frame, callee, a, given);
            else {
              machine.checkFrames();
              frames.push(machine.newFrame(callee, a, given, -1, undefined, 0));
            }
            break instructions;
          }
          callOther(machine, frame, callee, a, given, -1);
          break;
        }
        case op.return: {
          const b = i >>> 23;
          const count = b === 0 ? frame.top - a : b - 1;
          if (thread.open.length > 0) machine.closeUpvalues(base);
          returned(machine, thread, frame, a, count);
          break instructions;
        }
        case op.forLoop: {
          const stride = Number(stack[a + 2]);
          const next = Number(stack[a]) + stride;
          const limit = Number(stack[a + 1]);
          if (stride > 0 ? next <= limit : limit <= next) {
            const by = (i >>> 14) - MOST_SBX;
            pc += by;
            stack[a] = next;
            stack[a + 3] = next;
            if ((machine.left += by) <= 0) {
              frame.pc = pc;
              break instructions;
            }
          }
          continue;
        }
        case op.forPrep:
          frame.pc = pc;
          prepareFor(machine, stack, a);
          pc += (i >>> 14) - MOST_SBX;
          continue;
        case op.tForLoop: {
          frame.pc = pc;
          const want = (i >>> 14) & 0x1ff;
          stack[a + 3] = stack[a];
          const args = [stack[a + 1], stack[a + 2]];
          machine.left -= CALL_COST;
          callIterator(machine, frame, args, {
            base: a + 3,
            want,
            finish: finish.iterate,
            target: 0,
          });
          break;
        }
        case op.setList: {
          const b = i >>> 23;
          const count = b === 0 ? frame.top - a - 1 : b;
          let batch = (i >>> 14) & 0x1ff;
          if (batch === 0) batch = code[pc++]!;
          const table = stack[a];
          if (!isTable(table)) continue;
          const first = (batch - 1) * FIELDS_PER_FLUSH;
          growArray(heap, table, first + count);
          for (let n = count; n > 0; n--) rawSet(heap, table, first + n, stack[a + n]);
          continue;
        }
        case op.close:
          machine.closeUpvalues(a);
          continue;
        case op.closure:
          stack[a] = newClosure(machine, thread, frame, i >>> 14, pc);
          pc += closure.proto.protos[i >>> 14]!.upvalues.length;
          continue;
        case op.vararg: {
          const b = (i >>> 23) - 1;
          const first = frame.callee + 1 + closure.proto.parameters;
          const have = base - first;
          const count = b < 0 ? have : b;
          for (let n = 0; n < count; n++) stack[a + n] = n < have ? stack[first + n] : undefined;
          if (b < 0) frame.top = a + have;
          continue;
        }
        default:
          throw new LuaError(`no such instruction: ${i & 0x3f}`);
      }
      // What was called may have returned at once, or another function runs now.
      if (machine.left <= 0 || frames[frames.length - 1] !== frame) break;
      if (state.thread !== thread) break;
      pc = frame.pc;
    }
    if (state.thread !== thread || state.outcome !== null) return;
  }
}
