/** The base library (lbaselib.c), without what Redis takes out: print, dofile, loadfile. */
import { anyArgument, argumentError, integerArgument, tableArgument, textArgument } from './library-arguments.ts';
import { compileLua } from './lua-compiler.ts';
import { CALLED, FROZEN, type LuaMachine, type Natives } from './lua-machine.ts';
import { border, nextEntry, rawGet } from './lua-table.ts';
import { isTable, LuaError, parseNumber, plainText, toNumber, toText, truthy, typeName, type LuaValue } from './lua-value.ts';

const MOST_RESULTS = 8000;

export const baseLibrary: Natives = {
  assert(machine, args) {
    if (truthy(anyArgument(machine, args, 0))) return args;
    return machine.fail(textArgument(machine, args, 1, 'assertion failed!'));
  },

  error(machine, args) {
    const [message] = args;
    const level = integerArgument(machine, args, 1, 1);
    throw new LuaError(toText(message) !== undefined && level > 0 ? machine.where(level) + plainText(message) : message);
  },

  getmetatable(machine, args) {
    const metatable = machine.metatable(anyArgument(machine, args, 0));
    return [metatable === undefined ? undefined : (rawGet(metatable, '__metatable') ?? metatable)];
  },

  setmetatable(machine, args) {
    const table = tableArgument(machine, args, 0);
    const metatable = args[1];
    if (!isTable(metatable) && (metatable !== undefined || args.length < 2)) argumentError(machine, 1, 'nil or table expected');
    if (table.metatable !== undefined && rawGet(table.metatable, '__metatable') !== undefined) machine.fail('cannot change a protected metatable');
    if (table.frozen) throw new LuaError(FROZEN);
    table.metatable = isTable(metatable) ? metatable : undefined;
    return [table];
  },

  ipairs: (machine, args) => [native('inext'), tableArgument(machine, args, 0), 0],
  inext(machine, args) {
    const table = tableArgument(machine, args, 0);
    const i = integerArgument(machine, args, 1) + 1;
    const value = rawGet(table, i);
    return value === undefined ? [undefined] : [i, value];
  },

  pairs: (machine, args) => [native('next'), tableArgument(machine, args, 0), undefined],
  next(machine, args) {
    return nextEntry(tableArgument(machine, args, 0), args[1]) ?? [undefined];
  },

  pcall(machine, args) {
    // Redis's own pcall: without arguments it calls the place it has kept for the result.
    protect(machine, args.length === 0 ? true : args[0], args.slice(1), undefined);
    return CALLED;
  },
  xpcall(machine, args) {
    anyArgument(machine, args, 1);
    protect(machine, args[0], [], args[1]);
    return CALLED;
  },

  rawequal: (machine, args) => [anyArgument(machine, args, 0) === anyArgument(machine, args, 1)],
  rawget: (machine, args) => [rawGet(tableArgument(machine, args, 0), anyArgument(machine, args, 1))],
  rawset(machine, args) {
    const table = tableArgument(machine, args, 0);
    anyArgument(machine, args, 2);
    machine.storeNatively(table, args[1], args[2]);
    return [table];
  },

  select(machine, args) {
    if (args[0] === '#') return [args.length - 1];
    const n = integerArgument(machine, args, 0);
    const from = n < 0 ? args.length + n : n;
    if (from < 1) argumentError(machine, 0, 'index out of range');
    return args.slice(from);
  },

  tonumber(machine, args) {
    const base = integerArgument(machine, args, 1, 10);
    if (base === 10) return [toNumber(anyArgument(machine, args, 0))];
    const text = textArgument(machine, args, 0);
    if (base < 2 || base > 36) argumentError(machine, 1, 'base out of range');
    return [inBase(text, base)];
  },

  tostring(machine, args) {
    const value = anyArgument(machine, args, 0);
    const handler = machine.metamethod(value, '__tostring');
    return handler === undefined ? [plainText(value)] : machine.tail(handler, [value]);
  },

  type: (machine, args) => [typeName(anyArgument(machine, args, 0))],

  unpack(machine, args) {
    const table = tableArgument(machine, args, 0);
    const from = integerArgument(machine, args, 1, 1);
    const to = args[2] === undefined ? border(table) : integerArgument(machine, args, 2);
    if (from > to) return [];
    if (to - from >= MOST_RESULTS) machine.fail('too many results to unpack');
    const values: LuaValue[] = [];
    for (let i = from; i <= to; i++) values.push(rawGet(table, i));
    return values;
  },

  loadstring(machine, args) {
    const source = textArgument(machine, args, 0);
    const name = textArgument(machine, args, 1, source);
    return load(machine, source, chunkName(name));
  },

  collectgarbage(machine, args) {
    const what = textArgument(machine, args, 0, 'collect');
    return [what === 'count' ? machine.heap.allocated / 1024 : 0];
  },
};

const constants = new Map<string, LuaValue>();

/** A library function as a value; there is one of each. */
export function native(name: string): LuaValue {
  const known = constants.get(name);
  if (known !== undefined) return known;
  const made: LuaValue = { type: 'native', id: 0x10_0000 + constants.size, name };
  constants.set(name, made);
  return made;
}

function protect(machine: LuaMachine, callee: LuaValue, args: readonly LuaValue[], handler: LuaValue): void {
  const { want, turn } = machine;
  machine.countBoundary();
  machine.state.thread.frames.push({ kind: 'protected', handler, want, turn, boundary: true });
  machine.call(callee, args, -1);
}

/** strtoul in a base, blanks around it allowed; a minus wraps around as there. */
function inBase(text: string, base: number): number | undefined {
  if (base === 16) {
    const parsed = /^\s*-?0x/i.test(text) ? parseNumber(text) : undefined;
    if (parsed !== undefined) return parsed < 0 ? parsed + 2 ** 64 : parsed;
  }
  const [, minus = '', digits = ''] = /^[ \t\n\v\f\r]*([+-]?)([0-9a-z]+)[ \t\n\v\f\r]*$/i.exec(text) ?? [];
  if (digits === '') return undefined;
  let value = 0;
  for (const digit of digits.toLowerCase()) {
    const code = digit.charCodeAt(0);
    const worth = code >= 0x61 ? code - 0x57 : code - 0x30;
    if (worth >= base) return undefined;
    value = value * base + worth;
  }
  return minus === '-' && value !== 0 ? 2 ** 64 - value : value;
}

function load(machine: LuaMachine, source: string, chunk: string): readonly LuaValue[] {
  try {
    const proto = compileLua(source, chunk);
    return [{ type: 'function', id: machine.heap.nextId++, proto, upvalues: [], environment: machine.state.globals }];
  } catch (thrown) {
    if (thrown instanceof LuaError) return [undefined, thrown.value];
    throw thrown;
  }
}

/** luaO_chunkid: how positions name a chunk. */
function chunkName(name: string): string {
  if (name.startsWith('=') || name.startsWith('@')) return name.slice(1, 60);
  const line = /^[^\n\r]*/.exec(name)?.[0] ?? '';
  const most = 60 - '[string "..."]'.length - 1;
  return line.length > most || line.length < name.length ? `[string "${line.slice(0, most)}..."]` : `[string "${line}"]`;
}
