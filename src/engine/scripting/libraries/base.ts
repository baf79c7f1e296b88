/** The base library (lbaselib.c), without what Redis takes out: print, dofile, loadfile. */
import {
  anyArgument,
  argumentError,
  intArgument,
  tableArgument,
  textArgument,
  typedArgument,
} from './library-arguments.ts';
import { compileLua } from '../lua/lua-parser.ts';
import { CALLED, type LuaMachine, type Natives } from '../lua/lua-machine.ts';
import { metamethod, metatable, storeNatively } from '../lua/metamethods.ts';
import { border, FROZEN, nextEntry, rawGet } from '../lua/lua-table.ts';
import {
  cText,
  finish,
  isTable,
  LuaError,
  parseNumber,
  plainText,
  toNumber,
  toText,
  truthy,
  typeName,
  type LuaValue,
} from '../lua/lua-value.ts';

/** LUAI_MAXCSTACK. */
const MOST_SLOTS = 8000;

export const baseLibrary: Natives = {
  assert(machine, args) {
    if (truthy(anyArgument(machine, args, 0))) return args;
    return machine.fail(textArgument(machine, args, 1, 'assertion failed!'));
  },

  error(machine, args) {
    const [message] = args;
    const level = intArgument(machine, args, 1, 1);
    throw new LuaError(
      toText(message) !== undefined && level > 0
        ? machine.where(level) + plainText(message)
        : message,
    );
  },

  getmetatable(machine, args) {
    const found = metatable(machine, anyArgument(machine, args, 0));
    return [found === undefined ? undefined : (rawGet(found, '__metatable') ?? found)];
  },

  setmetatable(machine, args) {
    const table = tableArgument(machine, args, 0);
    const metatable = args[1];
    if (!isTable(metatable) && (metatable !== undefined || args.length < 2))
      argumentError(machine, 1, 'nil or table expected');
    if (table.metatable !== undefined && rawGet(table.metatable, '__metatable') !== undefined)
      machine.fail('cannot change a protected metatable');
    if (table.frozen) throw new LuaError(FROZEN);
    table.metatable = isTable(metatable) ? metatable : undefined;
    return [table];
  },

  ipairs: (machine, args) => [machine.native('inext'), tableArgument(machine, args, 0), 0],
  inext(machine, args) {
    const table = tableArgument(machine, args, 0);
    const i = intArgument(machine, args, 1) + 1;
    const value = rawGet(table, i);
    return value === undefined ? [undefined] : [i, value];
  },

  pairs: (machine, args) => [machine.native('next'), tableArgument(machine, args, 0), undefined],
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
  rawget: (machine, args) => [
    rawGet(tableArgument(machine, args, 0), anyArgument(machine, args, 1)),
  ],
  rawset(machine, args) {
    const table = tableArgument(machine, args, 0);
    anyArgument(machine, args, 2);
    storeNatively(machine, table, args[1], args[2]);
    return [table];
  },

  select(machine, args) {
    if (args[0] === '#') return [args.length - 1];
    const n = intArgument(machine, args, 0);
    const from = n < 0 ? args.length + n : n;
    if (from < 1) argumentError(machine, 0, 'index out of range');
    return args.slice(from);
  },

  tonumber(machine, args) {
    const base = intArgument(machine, args, 1, 10);
    if (base === 10) return [toNumber(anyArgument(machine, args, 0))];
    const text = textArgument(machine, args, 0);
    if (base < 2 || base > 36) argumentError(machine, 1, 'base out of range');
    return [inBase(text, base)];
  },

  tostring(machine, args) {
    const value = anyArgument(machine, args, 0);
    const handler = metamethod(machine, value, '__tostring');
    return handler === undefined ? [plainText(value)] : machine.tail(handler, [value]);
  },

  type: (machine, args) => [typeName(anyArgument(machine, args, 0))],

  unpack(machine, args) {
    const table = tableArgument(machine, args, 0);
    const from = intArgument(machine, args, 1, 1);
    const to = args[2] === undefined ? border(table) : intArgument(machine, args, 2);
    if (from > to) return [];
    if (to - from + 1 + args.length > MOST_SLOTS) machine.fail('too many results to unpack');
    const values: LuaValue[] = [];
    for (let i = from; i <= to; i++) values.push(rawGet(table, i));
    return values;
  },

  loadstring(machine, args) {
    const source = textArgument(machine, args, 0);
    const name = textArgument(machine, args, 1, source);
    return load(machine, source, name);
  },

  /** The pieces that a function gives, until it gives none, are a chunk. */
  load(machine, args) {
    typedArgument(machine, args, 0, 'function');
    return machine.tail(machine.prelude('load'), [
      args[0],
      textArgument(machine, args, 1, '=(load)'),
    ]);
  },
  loadPieces: (machine, args) =>
    load(machine, textArgument(machine, args, 0), textArgument(machine, args, 1)),
  gcinfo: (machine) => [Math.floor(machine.heap.allocated / 1024), 0],

  /** The host collects when it likes; `setpause` and `setstepmul` answer what Lua begins with. */
  collectgarbage(machine, args) {
    const what = textArgument(machine, args, 0, 'collect');
    const answer = collectorAnswers.get(what);
    if (answer === undefined) argumentError(machine, 0, `invalid option '${what}'`);
    intArgument(machine, args, 1, 0);
    return [what === 'count' ? machine.heap.allocated / 1024 : answer];
  },
};

const collectorAnswers = new Map<string, LuaValue>([
  ...([
    ['stop', 0],
    ['restart', 0],
    ['collect', 0],
    ['count', 0],
  ] as const),
  ...([
    ['step', true],
    ['setpause', 200],
    ['setstepmul', 200],
  ] as const),
]);

function protect(
  machine: LuaMachine,
  callee: LuaValue,
  args: readonly LuaValue[],
  handler: LuaValue,
): void {
  const place = machine.placeOfNative();
  machine.countBoundary();
  machine.push({ kind: 'protected', handler, place, boundary: true });
  machine.place = undefined;
  machine.call(callee, args, { ...place, want: -1, finish: finish.results });
}

/** strtoul in a base, blanks around it allowed; a minus wraps around as there. */
function inBase(text: string, base: number): number | undefined {
  if (base === 16) {
    const parsed = /^\s*-?0x/i.test(text) ? parseNumber(text) : undefined;
    if (parsed !== undefined) return parsed < 0 ? parsed + 2 ** 64 : parsed;
  }
  const [, minus = '', digits = ''] =
    /^[ \t\n\v\f\r]*([+-]?)([0-9a-z]+)[ \t\n\v\f\r]*$/i.exec(cText(text)) ?? [];
  if (digits === '') return undefined;
  let value = 0n;
  for (const digit of digits.toLowerCase()) {
    const code = digit.charCodeAt(0);
    const worth = code >= 0x61 ? code - 0x57 : code - 0x30;
    if (worth >= base) return undefined;
    if (value < MOST) value = value * BigInt(base) + BigInt(worth);
  }
  if (value > MOST) return Number(MOST);
  return Number(minus === '-' ? BigInt.asUintN(64, -value) : value);
}

/** ULONG_MAX, which strtoul gives for whatever is greater. */
const MOST = 0xffff_ffff_ffff_ffffn;

function load(machine: LuaMachine, source: string, name: string): readonly LuaValue[] {
  try {
    const { state } = machine;
    const proto = compileLua(source, name, state.thread.boundaries);
    const id = machine.heap.nextId++;
    return [{ type: 'function', id, proto, upvalues: [], environment: state.globals }];
  } catch (thrown) {
    if (thrown instanceof LuaError) return [undefined, thrown.value];
    throw thrown;
  }
}
