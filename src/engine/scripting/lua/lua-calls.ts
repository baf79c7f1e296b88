/** Calls, returns and closures (ldo.c, lfunc.c). */
import { op, operation } from './lua-code.ts';
import { nameOf } from './lua-debug.ts';
import type { LuaMachine } from './lua-machine.ts';
import { finish } from './lua-value.ts';
import type { CallFrame, LuaFunction, LuaThread, LuaValue, Place, Upvalue } from './lua-value.ts';
import { metamethod, typeError } from './metamethods.ts';

/** Ends a function. */
export function returned(
  machine: LuaMachine,
  thread: LuaThread,
  frame: CallFrame,
  first: number,
  count: number,
): void {
  const { frames, stack } = thread;
  const { place, callee, want } = frame;
  frames.pop();
  if (place !== undefined) {
    thread.boundaries--;
    machine.deliver(stack.slice(first, first + count), place);
    return;
  }
  const wanted = want < 0 ? count : want;
  for (let n = 0; n < wanted; n++) stack[callee + n] = n < count ? stack[first + n] : undefined;
  const caller = frames[frames.length - 1];
  if (want < 0 && caller?.kind === 'call') caller.top = callee + count;
}

/** A Lua function that is called last takes the place of its caller. */
export function replaceFrame(
  machine: LuaMachine,
  thread: LuaThread,
  frame: CallFrame,
  next: LuaFunction,
  at: number,
  given: number,
): void {
  const { stack, frames } = thread;
  if (thread.open.length > 0) machine.closeUpvalues(frame.base);
  for (let n = 0; n <= given; n++) stack[frame.callee + n] = stack[at + n];
  frames.pop();
  const { callee, want, place, tailCalls } = frame;
  frames.push(machine.newFrame(next, callee, given, want, place, tailCalls + 1));
}

/** Calls what is no Lua function: a native, or a value with a metamethod. */
export function callOther(
  machine: LuaMachine,
  frame: CallFrame,
  callee: LuaValue,
  at: number,
  given: number,
  want: number,
): void {
  const { thread } = machine.state;
  const { stack } = thread;
  const args = stack.slice(at + 1, at + 1 + given);
  const place: Place = { base: at, want, finish: finish.results, target: 0 };
  if (typeof callee === 'object' && callee.type === 'native')
    return machine.runNative(callee, args, place);
  const handler = metamethod(machine, callee, '__call');
  if (typeof handler === 'object' && handler.type === 'native')
    return machine.runNative(handler, [callee, ...args], place);
  if (typeof handler !== 'object' || handler.type !== 'function')
    return machine.fail(typeError('call', callee, nameOf(frame, at - frame.base)));
  stack[at] = handler;
  [callee, ...args].forEach((value, n) => {
    stack[at + 1 + n] = value;
  });
  machine.checkFrames();
  thread.frames.push(machine.newFrame(handler, at, given + 1, want, undefined, 0));
}

export function callIterator(
  machine: LuaMachine,
  frame: CallFrame,
  args: readonly LuaValue[],
  place: Place,
): void {
  const iterator = machine.state.thread.stack[place.base];
  const callable =
    typeof iterator === 'object' && (iterator.type === 'function' || iterator.type === 'native');
  if (!callable && metamethod(machine, iterator, '__call') === undefined)
    machine.fail(typeError('call', iterator, nameOf(frame, place.base - frame.base)));
  machine.call(iterator, args, place);
}

export function newClosure(
  machine: LuaMachine,
  thread: LuaThread,
  frame: CallFrame,
  index: number,
  pc: number,
): LuaFunction {
  const { proto: outer, upvalues: own } = frame.closure;
  const proto = outer.protos[index]!;
  const upvalues = proto.upvalues.map((_, n): Upvalue => {
    const source = outer.code[pc + n]!;
    const b = source >>> 23;
    return operation(source) === op.getUpvalue ? own[b]! : openUpvalue(thread, frame.base + b);
  });
  const { environment } = frame.closure;
  return { type: 'function', id: machine.heap.nextId++, proto, upvalues, environment };
}

/** Inner functions that use the same variable share it. */
function openUpvalue(thread: LuaThread, at: number): Upvalue {
  const { open, stack } = thread;
  let place = 0;
  while (place < open.length && open[place]!.at > at) place++;
  const known = open[place];
  if (known?.at === at) return known;
  const upvalue: Upvalue = { stack, at };
  open.splice(place, 0, upvalue);
  return upvalue;
}
