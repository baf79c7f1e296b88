/** coroutine (lbaselib.c): a coroutine is frames of its own. */
import { argumentError, typedArgument, type Args } from './library-arguments.ts';
import { CALLED, type LuaMachine, type NativeResult, type Natives } from '../lua/lua-machine.ts';
import { finish, LuaError, type LuaThread, type LuaValue, type Place } from '../lua/lua-value.ts';

export const coroutineLibrary: Natives = {
  'coroutine.create'(machine, args) {
    return [newCoroutine(machine, args, false)];
  },
  'coroutine.wrap'(machine, args) {
    return machine.tail(machine.prelude('wrap'), [newCoroutine(machine, args, true)]);
  },
  'coroutine.resume': (machine, args) => resume(machine, args),
  resumeWrapped: (machine, args) => resume(machine, args),
  'coroutine.yield'(machine, args) {
    const { thread } = machine.state;
    if (thread.parent === undefined || thread.boundaries > 1) {
      throw new LuaError('attempt to yield across metamethod/C-call boundary');
    }
    thread.status = 'suspended';
    thread.yieldedAt = machine.placeOfNative();
    machine.backToParent(thread, thread.wrapped ? args : [true, ...args]);
    return CALLED;
  },
  'coroutine.status': (machine, args) => [threadOf(machine, args).status],
  'coroutine.running'(machine) {
    const { thread, main } = machine.state;
    return [thread === main ? undefined : thread];
  },
};

function threadOf(machine: LuaMachine, args: Args): LuaThread {
  const value: LuaValue = typedArgument(machine, args, 0, 'coroutine');
  return typeof value === 'object' && value.type === 'thread'
    ? value
    : machine.fail('no coroutine');
}

function newCoroutine(machine: LuaMachine, args: Args, wrapped: boolean): LuaThread {
  const [body] = args;
  // What is a native in the real one is none of Lua's own.
  if (typeof body !== 'object' || body.type !== 'function' || body.proto.chunk === null)
    return argumentError(machine, 0, 'Lua function expected');
  return newThread(machine.heap.nextId++, body, wrapped);
}

export function newThread(id: number, body: LuaValue, wrapped: boolean): LuaThread {
  return {
    ...{ type: 'thread', id, stack: [], frames: [], open: [], body, status: 'suspended' },
    ...{ parent: undefined, resumedAt: undefined, yieldedAt: undefined, wrapped, boundaries: 0 },
  };
}

function resume(machine: LuaMachine, args: Args): NativeResult {
  const { state } = machine;
  const thread = threadOf(machine, args);
  if (thread.status !== 'suspended') {
    const message = `cannot resume ${thread.status} coroutine`;
    if (thread.wrapped) throw new LuaError(machine.where(1) + message);
    return [false, message];
  }
  thread.parent = state.thread;
  thread.resumedAt = machine.placeOfNative();
  state.thread.status = 'normal';
  thread.status = 'running';
  state.thread = thread;
  const values = args.slice(1);
  const { body, yieldedAt } = thread;
  thread.body = undefined;
  if (body !== undefined) machine.call(body, values, FIRST_PLACE);
  else machine.deliver(values, yieldedAt ?? FIRST_PLACE);
  return CALLED;
}

const FIRST_PLACE: Place = { base: 0, want: -1, finish: finish.results, target: 0 };
