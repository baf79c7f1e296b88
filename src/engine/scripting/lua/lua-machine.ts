/**
 * A running script, and what the evaluator and the libraries do with it: calls, results, errors. Calls are frames in
 * an array, and natives that call back leave a frame behind, so that a script can stop between two instructions.
 */
import type { ByteString } from '../../../base/bytes.ts';
import type { Protocol, Reply } from '../../../resp/reply.ts';
import { argA, argB } from './lua-code.ts';
import { errorPlace, where, type AtWork, type ErrorPlace } from './lua-debug.ts';
import {
  charge,
  newTable,
  rawGet,
  rawSet,
  tableOf,
  type Heap,
  type LuaTable,
} from './lua-table.ts';
import { finish, isFunction, isTable, LuaError, toText, truthy } from './lua-value.ts';
import type {
  CallFrame,
  Frame,
  JsonSettings,
  LuaFunction,
  LuaNative,
  LuaThread,
  LuaValue,
  Place,
} from './lua-value.ts';
import { concatenate, metamethod, typeError } from './metamethods.ts';
import type { NativeWork } from './native-work.ts';

/** A native has called a function: its results are the native's. */
export const CALLED = 'called';
export type NativeResult = readonly LuaValue[] | typeof CALLED;
export type Native = (machine: LuaMachine, args: readonly LuaValue[]) => NativeResult;
export type Natives = Readonly<Record<string, Native>>;
/** Goes on with a native's work; undefined if it is not done. It pays by `machine.spend`. */
export type Worker = (machine: LuaMachine, work: NativeWork) => NativeResult | undefined;

/** What a script may ask of Redis. */
export interface ScriptHost {
  protocol: Protocol;
  call(argv: readonly ByteString[]): Reply;
  log(level: number, message: string): void;
  /** ACL: whether the command may be run; undefined if there is none of that name. */
  allows(argv: readonly ByteString[]): boolean | undefined;
  /** redis.set_repl: whether what follows goes to the log. */
  replicate(toLog: boolean): void;
  /** redis.register_function; undefined outside of FUNCTION LOAD. An error text if it is refused. */
  register: ((args: readonly LuaValue[]) => string | undefined) | undefined;
}

/** What all scripts of a server share: made once, and part of its state. */
export interface World {
  readonly heap: Heap;
  readonly natives: Map<string, LuaNative>;
  readonly prelude: Map<string, LuaFunction>;
  readonly libraries: LuaTable;
  readonly stringMetatable: LuaTable;
  /** Globals of functions, and what they find through them while they are loaded and later. */
  readonly functionGlobals: LuaTable;
  readonly functionTables: Record<'loading' | 'full', LuaTable | undefined>;
  readonly json: JsonSettings;
  /** The 48 bits of math.random. */
  random: bigint;
}

export interface Outcome {
  readonly ok: boolean;
  readonly values: readonly LuaValue[];
  readonly raisedAt: ErrorPlace | null;
}

export interface MachineState {
  readonly world: World;
  readonly heap: Heap;
  readonly globals: LuaTable;
  readonly main: LuaThread;
  thread: LuaThread;
  /** Instructions carried out so far, and those that natives count as. */
  spent: number;
  outcome: Outcome | null;
}

/** Natives that scripts do not see: parts of the functions that are written in Lua (prelude.ts). */
export const parts: ReadonlySet<string> = new Set([
  ...['search', 'matchAt', 'complain', 'resumeWrapped', 'loadPieces'],
]);

/** LUAI_MAXCALLS. */
const MOST_FRAMES = 20_000;
/** LUAI_MAXCCALLS. */
const MOST_BOUNDARIES = 200;
const LONGEST_STRING = 0x1000_0000;

export class LuaMachine {
  readonly state: MachineState;
  readonly natives: ReadonlyMap<string, Native>;
  readonly workers: ReadonlyMap<string, Worker>;
  /** Redis around the script; undefined while our own library is made. */
  host: ScriptHost | undefined;
  /** Instructions left of the slice at hand. */
  left = 0;
  /** Where the results of the native at work go; undefined while none is. */
  place: Place | undefined;
  /** The native that was called last. */
  callee: LuaNative | undefined;

  constructor(
    state: MachineState,
    natives: ReadonlyMap<string, Native>,
    workers: ReadonlyMap<string, Worker>,
  ) {
    this.state = state;
    this.natives = natives;
    this.workers = workers;
  }

  get heap(): Heap {
    return this.state.heap;
  }

  // --- making values ---

  table(items: readonly LuaValue[] = []): LuaTable {
    return items.length === 0 ? newTable(this.heap) : tableOf(this.heap, items);
  }

  /** Counts what a new string takes. */
  string(text: string): string {
    this.room(text.length);
    charge(this.heap, text.length + 24);
    return text;
  }

  /** Checks a length before the string is made. */
  room(length: number): void {
    if (length > LONGEST_STRING) throw new LuaError('not enough memory');
  }

  native(name: string): LuaNative {
    const native = this.state.world.natives.get(name);
    if (native === undefined) throw new LuaError(`no native ${name}`);
    return native;
  }

  /** A function of our own library that is written in Lua, since it calls others. */
  prelude(name: string): LuaValue {
    return this.state.world.prelude.get(name);
  }

  /** Pays for work that is not instructions, such as that of a pattern. */
  spend(steps: number): void {
    this.left -= steps;
  }

  // --- calls ---

  get frame(): Frame | undefined {
    const { frames } = this.state.thread;
    return frames[frames.length - 1];
  }

  /** Calls a value from within the host, or for a metamethod. */
  call(callee: LuaValue, args: readonly LuaValue[], place: Place): void {
    if (typeof callee === 'object' && callee.type === 'function') {
      const { thread } = this.state;
      this.checkFrames();
      this.countBoundary();
      const { stack } = thread;
      stack[place.base] = callee;
      for (let i = 0; i < args.length; i++) stack[place.base + 1 + i] = args[i];
      thread.frames.push(this.newFrame(callee, place.base, args.length, -1, place, 0));
      return;
    }
    if (typeof callee === 'object' && callee.type === 'native') {
      this.runNative(callee, args, place);
      return;
    }
    const handler = metamethod(this, callee, '__call');
    if (!isFunction(handler)) {
      const message = typeError('call', callee, '');
      // A native has no line.
      if (this.place !== undefined) throw new LuaError(message);
      return this.fail(message);
    }
    this.call(handler, [callee, ...args], place);
  }

  checkFrames(): void {
    if (this.state.thread.frames.length >= MOST_FRAMES) this.fail('stack overflow');
  }

  countBoundary(): void {
    const { thread } = this.state;
    if (thread.boundaries + 1 >= MOST_BOUNDARIES) this.fail('C stack overflow');
    thread.boundaries++;
  }

  /** Runs a native to its end, or until it has called something itself. */
  runNative(callee: LuaNative, args: readonly LuaValue[], place: Place): void {
    const native = this.natives.get(callee.name);
    if (native === undefined) throw new LuaError(`no native ${callee.name}`);
    this.place = place;
    this.callee = callee;
    const results = native(this, args);
    this.place = undefined;
    if (results !== CALLED) this.deliver(results, place);
  }

  /** The function and its arguments are in the stack already. */
  newFrame(
    closure: LuaFunction,
    callee: number,
    given: number,
    want: number,
    place: Place | undefined,
    tailCalls: number,
  ): CallFrame {
    const { stack } = this.state.thread;
    const { parameters, vararg, stackSize } = closure.proto;
    let base = callee + 1;
    const end = base + given;
    if (vararg === 'no') {
      // Arguments too many are gone: the compiler takes the registers after the parameters for nil.
      const first = base + (given < parameters ? given : parameters);
      for (let i = first; i < base + stackSize; i++) stack[i] = undefined;
    } else {
      for (let i = end; i < base + parameters; i++) stack[i] = undefined;
      const actual = Math.max(given, parameters);
      const fixed = base;
      base += actual;
      for (let i = 0; i < stackSize; i++) stack[base + i] = undefined;
      for (let i = 0; i < parameters; i++) {
        stack[base + i] = stack[fixed + i];
        stack[fixed + i] = undefined;
      }
      if (vararg === 'arg') {
        const varargs = stack.slice(fixed + parameters, fixed + actual);
        const arg = this.table(varargs);
        rawSet(this.heap, arg, 'n', varargs.length);
        stack[base + parameters] = arg;
      }
    }
    const boundary = place !== undefined;
    const frame: CallFrame = {
      ...{ kind: 'call', closure, base, pc: 0, top: 0, place, callee, want, tailCalls, boundary },
    };
    return frame;
  }

  popFrame(): Frame | undefined {
    const { thread } = this.state;
    const frame = thread.frames.pop();
    if (frame === undefined) return undefined;
    if (frame.boundary) thread.boundaries--;
    if (frame.kind === 'call' && thread.open.length > 0) this.closeUpvalues(frame.base);
    return frame;
  }

  /** Variables at `from` and above have lost their block, and live on for the functions that use them. */
  closeUpvalues(from: number): void {
    const { open } = this.state.thread;
    let count = 0;
    for (
      let upvalue = open[0];
      upvalue !== undefined && upvalue.at >= from;
      upvalue = open[count]
    ) {
      upvalue.stack = [upvalue.stack[upvalue.at]];
      upvalue.at = 0;
      count++;
    }
    if (count > 0) open.splice(0, count);
  }

  /** Gives results to the frame on top, or ends its thread. */
  deliver(results: readonly LuaValue[], place: Place): void {
    const frame = this.frame;
    if (frame === undefined) return this.threadEnded(results);
    if (frame.kind === 'protected' || frame.kind === 'handler') {
      this.popFrame();
      const given = frame.kind === 'protected' ? [true, ...results] : [false, results[0]];
      return this.deliver(given, frame.place);
    }
    if (frame.kind === 'work') throw new LuaError('a native that works calls nothing');
    const { stack } = this.state.thread;
    const { base, want, target } = place;
    switch (place.finish) {
      case finish.results: {
        const count = want < 0 ? results.length : want;
        for (let i = 0; i < count; i++) stack[base + i] = results[i];
        if (want < 0) frame.top = base + count;
        return;
      }
      case finish.value:
        stack[target] = results[0];
        return;
      case finish.test:
      case finish.testNot: {
        const truth = truthy(results[0]) === (place.finish === finish.test);
        const instruction = frame.closure.proto.code[frame.pc - 1]!;
        if (truth !== (argA(instruction) !== 0)) frame.pc++;
        return;
      }
      case finish.concat:
        stack[target] = results[0];
        return concatenate(this, frame, argB(frame.closure.proto.code[frame.pc - 1]!), target);
      case finish.iterate:
        for (let i = 0; i < want; i++) stack[base + i] = results[i];
        if (stack[base] === undefined) frame.pc++;
        else stack[base - 1] = stack[base];
        return;
      default:
    }
  }

  /** The results of a call go to the native that made it, which has ended already: they are its own. */
  tail(callee: LuaValue, args: readonly LuaValue[]): typeof CALLED {
    this.call(callee, args, this.placeOfNative());
    return CALLED;
  }

  /** The native goes on when the script does, by the worker of that name. */
  goOn(native: string, work: NativeWork): typeof CALLED {
    this.countBoundary();
    this.push({ kind: 'work', native, work, place: this.placeOfNative(), boundary: true });
    return CALLED;
  }

  placeOfNative(): Place {
    if (this.place === undefined) throw new LuaError('no native is at work');
    return this.place;
  }

  push(frame: Frame): void {
    this.state.thread.frames.push(frame);
  }

  private threadEnded(results: readonly LuaValue[]): void {
    const { state } = this;
    const ended = state.thread;
    ended.status = 'dead';
    if (ended.parent === undefined) state.outcome = { ok: true, values: results, raisedAt: null };
    else this.backToParent(ended, ended.wrapped ? results : [true, ...results]);
  }

  /** A coroutine yields or ends: whoever resumed it goes on. */
  backToParent(thread: LuaThread, results: readonly LuaValue[]): void {
    const { parent, resumedAt } = thread;
    if (parent === undefined || resumedAt === undefined) return;
    this.leaveThread(thread, parent);
    this.deliver(results, resumedAt);
  }

  private leaveThread(thread: LuaThread, parent: LuaThread): void {
    thread.parent = undefined;
    parent.status = 'running';
    this.state.thread = parent;
  }

  // --- errors ---

  /** Raises an error with the position of the function at work (luaG_runerror, luaL_error). */
  fail(message: string): never {
    throw new LuaError(this.where(1) + message);
  }

  private get atWork(): AtWork {
    if (this.place === undefined) return 'nothing';
    return parts.has(this.callee?.name ?? '') ? 'part' : 'native';
  }

  /** luaL_where: `chunk:line: ` of a caller; level 1 is who called the native at work. */
  where(level: number): string {
    return where(this.state.thread, level, this.atWork);
  }

  /** An error goes up to the next pcall; without one it ends the thread. */
  raise(raised: LuaValue): void {
    const { state } = this;
    let value = raised;
    let raisedAt = errorPlace(state.thread, this.atWork);
    this.place = undefined;
    for (;;) {
      const { thread } = state;
      const frame = this.popFrame();
      if (frame?.kind === 'protected') {
        const { handler, place } = frame;
        if (handler === undefined) return this.caught(value, place);
        return this.handle(handler, value, place, 1);
      }
      if (frame?.kind === 'handler')
        return this.handle(frame.handler, value, frame.place, frame.attempts + 1);
      if (frame !== undefined) continue;
      thread.status = 'dead';
      const { parent } = thread;
      if (parent === undefined) {
        state.outcome = { ok: false, values: [value], raisedAt };
        return;
      }
      if (!thread.wrapped) return this.backToParent(thread, [false, value]);
      // coroutine.wrap raises it anew, and says where (auxwrap).
      this.leaveThread(thread, parent);
      const text = toText(value);
      if (text !== undefined) value = where(parent, 1, 'part') + text;
      raisedAt = errorPlace(parent, 'part');
    }
  }

  /** Calls the handler of xpcall, unless it is none or has failed too often (luaG_errormsg: LUA_ERRERR). */
  private handle(handler: LuaValue, value: LuaValue, place: Place, attempts: number): void {
    const { thread } = this.state;
    if (!isFunction(handler) || thread.boundaries + attempts >= MOST_BOUNDARIES)
      return this.deliver([false, 'error in error handling'], place);
    this.push({ kind: 'handler', handler, attempts, place, boundary: true });
    thread.boundaries++;
    this.call(handler, [value], place);
  }

  /** Redis's pcall gives the text of an error that a command has replied; a table without one, and what it has there. */
  private caught(value: LuaValue, place: Place): void {
    if (!isTable(value)) return this.deliver([false, value], place);
    if (value.metatable !== undefined) return this.call(this.prelude('caught'), [value], place);
    const text = rawGet(value, 'err');
    this.deliver(toText(text) === undefined ? [false, value, text] : [false, text], place);
  }
}
