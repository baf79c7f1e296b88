/**
 * The state of a running script, and what the evaluator and the libraries do with it: calls, results, errors,
 * metamethods. Calls of Lua functions are frames in an array, so that a script can stop between two instructions.
 */
import type { ByteString } from '../../base/bytes.ts';
import type { Protocol, Reply } from '../../resp/reply.ts';
import { STRIDE } from './lua-code.ts';
import { charge, newTable, rawGet, rawSet, tableOf, type Heap, type LuaTable } from './lua-table.ts';
import { isFunction, isTable, LuaError, toNumber, toText, truthy, typeName } from './lua-value.ts';
import type { CallFrame, Cell, Frame, LuaFunction, LuaThread, LuaValue, Turn } from './lua-value.ts';

/** A native has called a function: its results are the native's. */
export const CALLED = 'called';
export type NativeResult = readonly LuaValue[] | typeof CALLED;
export type Native = (machine: LuaMachine, args: readonly LuaValue[]) => NativeResult;
export type Natives = Readonly<Record<string, Native>>;

/** What a script may ask of Redis. */
export interface ScriptHost {
  protocol: Protocol;
  call(argv: readonly ByteString[]): Reply;
  log(level: number, message: string): void;
  knows(argv: readonly ByteString[]): boolean;
  /** redis.set_repl: whether what follows goes to the log. */
  replicate(toLog: boolean): void;
}

export interface MachineState {
  readonly heap: Heap;
  readonly globals: LuaTable;
  readonly stringMetatable: LuaTable;
  main: LuaThread;
  thread: LuaThread;
  /** The 48 bits of math.random. */
  random: bigint;
  /** Instructions that may still be carried out. */
  fuel: number;
  outcome: { readonly ok: boolean; readonly values: readonly LuaValue[]; readonly raisedAt: number } | null;
}

export const FROZEN = 'Attempt to modify a readonly table';
const MOST_FRAMES = 20_000;
/** LUAI_MAXCCALLS. */
const MOST_BOUNDARIES = 200;
const MOST_LOOPS = 100;
const LONGEST_STRING = 0x1000_0000;

/** The script went on for too long; pcall does not catch it. */
export class OutOfFuel extends Error {}

export class LuaMachine {
  readonly state: MachineState;
  readonly natives: ReadonlyMap<string, Native>;
  /** Functions of the library that are written in Lua, since they call others. */
  readonly prelude: Readonly<Record<string, LuaFunction>>;
  /** What the native at work owes to its caller. */
  want = 0;
  turn: Turn = 'none';
  /** Redis around the script; undefined while our own library is made. */
  host: ScriptHost | undefined;
  /** How errors name the native at work: `field 'rep'`. */
  calledAs = '';

  constructor(
    state: MachineState,
    natives: ReadonlyMap<string, Native>,
    prelude: Readonly<Record<string, LuaFunction>>,
  ) {
    this.state = state;
    this.prelude = prelude;
    this.natives = natives;
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
    if (text.length > LONGEST_STRING) throw new LuaError('not enough memory');
    charge(this.heap, text.length + 24);
    return text;
  }

  /** Checks a length before the string is made. */
  room(length: number): void {
    if (length > LONGEST_STRING) throw new LuaError('not enough memory');
  }

  /** Pays for work that is not instructions, such as that of a pattern. */
  spend(steps: number): void {
    this.state.fuel -= steps;
    if (this.state.fuel < 0) throw new OutOfFuel('out of fuel');
  }

  // --- calls ---

  get frame(): Frame | undefined {
    return this.state.thread.frames.at(-1);
  }

  /** Calls a value; its results go to the frame below when it returns. */
  call(callee: LuaValue, args: readonly LuaValue[], want: number, turn: Turn = 'none', name = '', boundary = false): void {
    if (typeof callee === 'object' && callee.type === 'function') {
      this.enter(callee, args, want, turn, boundary);
      return;
    }
    if (typeof callee === 'object' && callee.type === 'native') {
      const native = this.natives.get(callee.name);
      if (native === undefined) throw new LuaError(`no native ${callee.name}`);
      this.want = want;
      this.turn = turn;
      this.calledAs = name;
      const results = native(this, args);
      if (results !== CALLED) this.deliver(results, want, turn);
      return;
    }
    const handler = this.metamethod(callee, '__call');
    if (!isFunction(handler)) this.fail(typeError('call', callee, name));
    this.call(handler, [callee, ...args], want, turn, name, boundary);
  }

  private enter(closure: LuaFunction, args: readonly LuaValue[], want: number, turn: Turn, boundary: boolean): void {
    const { thread } = this.state;
    if (thread.frames.length >= MOST_FRAMES) this.fail('stack overflow');
    if (boundary) this.countBoundary();
    thread.frames.push(this.newFrame(closure, args, want, turn, boundary));
  }

  newFrame(closure: LuaFunction, args: readonly LuaValue[], want: number, turn: Turn, boundary: boolean): CallFrame {
    const { parameters, vararg, argSlot, slots, cellParameters } = closure.proto;
    const stack: LuaValue[] = [];
    for (let i = 0; i < parameters; i++) stack.push(args[i]);
    for (let i = parameters; i < slots; i++) stack.push(undefined);
    const varargs = vararg && args.length > parameters ? args.slice(parameters) : [];
    if (argSlot >= 0) {
      const arg = this.table(varargs);
      rawSet(this.heap, arg, 'n', varargs.length);
      stack[argSlot] = arg;
    }
    const frame: CallFrame = {
      ...{ kind: 'call', closure, pc: 0, at: 0, stack, cells: NO_CELLS, top: slots, open: NONE, varargs, want, turn },
      ...{ tailCalls: 0, boundary },
    };
    if (cellParameters.length > 0) {
      frame.cells = [];
      for (const slot of cellParameters) frame.cells[slot] = { value: stack[slot] };
    }
    return frame;
  }

  countBoundary(): void {
    const { thread } = this.state;
    if (thread.boundaries >= MOST_BOUNDARIES) this.fail('C stack overflow');
    thread.boundaries++;
  }

  popFrame(): Frame | undefined {
    const { thread } = this.state;
    const frame = thread.frames.pop();
    if (frame?.boundary === true) thread.boundaries--;
    return frame;
  }

  /** Gives results to the frame on top, or ends its thread. */
  deliver(results: readonly LuaValue[], want: number, turn: Turn): void {
    const top = this.frame;
    if (top === undefined) {
      this.threadEnded(results);
      return;
    }
    if (top.kind === 'protected' || top.kind === 'handler') {
      this.popFrame();
      this.deliver([top.kind === 'protected', ...results], top.want, top.turn);
      return;
    }
    if (want < 0) {
      top.open = results;
      return;
    }
    for (let i = 0; i < want; i++) top.stack[top.top++] = results[i];
    if (turn !== 'none') top.stack[top.top - 1] = truthy(results[0]) === (turn === 'truth');
  }

  /** The results of a call go to the native that made it, which has ended already: they are its own. */
  tail(callee: LuaValue, args: readonly LuaValue[]): typeof CALLED {
    this.call(callee, args, this.want, this.turn, '', true);
    return CALLED;
  }

  private threadEnded(results: readonly LuaValue[]): void {
    const { state } = this;
    const ended = state.thread;
    ended.status = 'dead';
    if (ended.parent === undefined) {
      state.outcome = { ok: true, values: results, raisedAt: 0 };
      return;
    }
    this.backToParent(ended, ended.wrapped ? results : [true, ...results]);
  }

  /** A coroutine yields or ends: whoever resumed it goes on. */
  backToParent(thread: LuaThread, results: readonly LuaValue[]): void {
    const { parent } = thread;
    if (parent === undefined) return;
    thread.parent = undefined;
    parent.status = 'running';
    this.state.thread = parent;
    this.deliver(results, thread.want, 'none');
  }

  // --- errors ---

  /** Raises an error with the position of the function at work (luaG_runerror). */
  fail(message: string): never {
    throw new LuaError(this.where(1) + message);
  }

  /** luaL_where: `chunk:line: ` of a caller; level 1 is who called the native at work. */
  where(level: number): string {
    const { frames } = this.state.thread;
    let left = level - 1;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i]!;
      if (left === 0) return frame.kind === 'call' ? positionOf(frame) : '';
      left--;
      if (frame.kind === 'call') {
        if (left < frame.tailCalls) return '';
        left -= frame.tailCalls;
      }
    }
    return '';
  }

  /** The line at which a script is, as an error handler sees it. */
  line(): number {
    const { frames } = this.state.thread;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i]!;
      if (frame.kind === 'call' && frame.closure.proto.chunk !== '') return lineOf(frame);
    }
    return 0;
  }

  /** Position of the script's own function that called the library. */
  whereOutside(): string {
    const { frames } = this.state.thread;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i]!;
      if (frame.kind !== 'call') return '';
      if (frame.closure.proto.chunk !== '') return positionOf(frame);
    }
    return '';
  }

  /** An error goes up to the next pcall; without one it ends the thread. */
  raise(value: LuaValue): void {
    const { state } = this;
    const raisedAt = this.line();
    for (;;) {
      const { thread } = state;
      const frame = this.popFrame();
      if (frame?.kind === 'protected') {
        if (frame.handler === undefined) this.deliver([false, caught(value)], frame.want, frame.turn);
        else {
          thread.frames.push({ kind: 'handler', want: frame.want, turn: frame.turn, boundary: true });
          thread.boundaries++;
          this.call(frame.handler, [value], -1);
        }
        return;
      }
      if (frame?.kind === 'handler') {
        // The handler of an error has failed: LUA_ERRERR.
        this.deliver([false, value], frame.want, frame.turn);
        return;
      }
      if (frame !== undefined) continue;
      thread.status = 'dead';
      if (thread.parent === undefined) {
        state.outcome = { ok: false, values: [value], raisedAt };
        return;
      }
      if (!thread.wrapped) {
        this.backToParent(thread, [false, value]);
        return;
      }
      const { parent } = thread;
      thread.parent = undefined;
      parent.status = 'running';
      state.thread = parent;
    }
  }

  // --- metamethods ---

  metatable(value: LuaValue): LuaTable | undefined {
    if (typeof value === 'string') return this.state.stringMetatable;
    return isTable(value) ? value.metatable : undefined;
  }

  metamethod(value: LuaValue, event: string): LuaValue {
    const metatable = this.metatable(value);
    return metatable === undefined ? undefined : rawGet(metatable, event);
  }

  /** object[key], which goes to the frame on top: now, or when a metamethod has returned. */
  index(object: LuaValue, key: LuaValue, name: string): void {
    let at = object;
    for (let i = 0; i < MOST_LOOPS; i++) {
      let handler: LuaValue;
      if (isTable(at)) {
        const value = rawGet(at, key);
        handler = value === undefined && at.metatable !== undefined ? rawGet(at.metatable, '__index') : undefined;
        if (handler === undefined) return this.deliver([value], 1, 'none');
      } else {
        handler = this.metamethod(at, '__index');
        if (handler === undefined) this.fail(typeError('index', at, i === 0 ? name : ''));
      }
      if (isFunction(handler)) return this.call(handler, [at, key], 1, 'none', '', true);
      at = handler;
    }
    this.fail('loop in gettable');
  }

  setIndex(object: LuaValue, key: LuaValue, value: LuaValue, name: string): void {
    let at = object;
    for (let i = 0; i < MOST_LOOPS; i++) {
      let handler: LuaValue;
      if (isTable(at)) {
        const known = at.metatable === undefined ? undefined : rawGet(at, key);
        handler = at.metatable === undefined || known !== undefined ? undefined : rawGet(at.metatable, '__newindex');
        if (handler === undefined) return this.store(at, key, value);
      } else {
        handler = this.metamethod(at, '__newindex');
        if (handler === undefined) this.fail(typeError('index', at, i === 0 ? name : ''));
      }
      if (isFunction(handler)) return this.call(handler, [at, key, value], 0, 'none', '', true);
      at = handler;
    }
    this.fail('loop in settable');
  }

  /** Sets without metamethods, but not in Redis's own tables nor under a key that no table has. */
  store(table: LuaTable, key: LuaValue, value: LuaValue): void {
    if (table.frozen) this.fail(FROZEN);
    if (key === undefined) this.fail('table index is nil');
    if (typeof key === 'number' && Number.isNaN(key)) this.fail('table index is NaN');
    rawSet(this.heap, table, key, value);
  }

  /** As `store`, for a native: its errors carry no position. */
  storeNatively(table: LuaTable, key: LuaValue, value: LuaValue): void {
    if (table.frozen) throw new LuaError(FROZEN);
    if (key === undefined) throw new LuaError('table index is nil');
    if (typeof key === 'number' && Number.isNaN(key)) throw new LuaError('table index is NaN');
    rawSet(this.heap, table, key, value);
  }

  arithmetic(event: string, left: LuaValue, right: LuaValue, names: string): void {
    const handler = this.metamethod(left, event) ?? this.metamethod(right, event);
    if (handler !== undefined) return this.call(handler, [left, right], 1, 'none', '', true);
    const [leftName = '', rightName = leftName] = names.split('\0');
    const wrongRight = toNumber(left) !== undefined;
    this.fail(typeError('perform arithmetic on', wrongRight ? right : left, wrongRight ? rightName : leftName));
  }

  concat(left: LuaValue, right: LuaValue, names: string): void {
    const handler = this.metamethod(left, '__concat') ?? this.metamethod(right, '__concat');
    if (handler !== undefined) return this.call(handler, [left, right], 1, 'none', '', true);
    const [leftName = '', rightName = ''] = names.split('\0');
    const wrongRight = toText(left) !== undefined;
    this.fail(typeError('concatenate', wrongRight ? right : left, wrongRight ? rightName : leftName));
  }

  /** Equality of two values that are not the same: only tables have a say, and only if they say it with one voice. */
  equals(left: LuaValue, right: LuaValue, turn: Turn): void {
    const handler = isTable(left) && isTable(right) ? sharedHandler(left, right, '__eq') : undefined;
    if (handler === undefined) this.deliver([undefined], 1, turn);
    else this.call(handler, [left, right], 1, turn, '', true);
  }

  /** left < right (or <=) of anything but two numbers or two strings. */
  compare(event: '__lt' | '__le', left: LuaValue, right: LuaValue): void {
    if (isTable(left) && isTable(right)) {
      const handler = sharedHandler(left, right, event);
      if (handler !== undefined) return this.call(handler, [left, right], 1, 'truth', '', true);
      const contrary = event === '__le' ? sharedHandler(left, right, '__lt') : undefined;
      if (contrary !== undefined) return this.call(contrary, [right, left], 1, 'untruth', '', true);
    }
    this.fail(compareError(left, right));
  }
}

const NONE: readonly LuaValue[] = [];
const NO_CELLS: Cell[] = [];

function sharedHandler(left: LuaTable, right: LuaTable, event: string): LuaValue {
  const mine = left.metatable === undefined ? undefined : rawGet(left.metatable, event);
  const yours = right.metatable === undefined ? undefined : rawGet(right.metatable, event);
  return mine === yours ? mine : undefined;
}

/** Redis's pcall gives the text of an error that a command has replied. */
function caught(value: LuaValue): LuaValue {
  const text = isTable(value) ? toText(rawGet(value, 'err')) : undefined;
  return text ?? value;
}

export function lineOf(frame: CallFrame): number {
  return frame.closure.proto.lines[frame.at / STRIDE] ?? 0;
}

function positionOf(frame: CallFrame): string {
  const { chunk } = frame.closure.proto;
  return chunk === '' ? '' : `${chunk}:${lineOf(frame)}: `;
}

function typeError(action: string, value: LuaValue, name: string): string {
  return `attempt to ${action} ${name === '' ? `a ${typeName(value)} value` : `${name} (a ${typeName(value)} value)`}`;
}

export function compareError(left: LuaValue, right: LuaValue): string {
  const [a, b] = [typeName(left), typeName(right)];
  return a === b ? `attempt to compare two ${a} values` : `attempt to compare ${a} with ${b}`;
}

