/** What every script finds: Redis's tables, which nobody may change, and so are made once for all. */
import { redisVersion } from '../version.ts';
import { baseLibrary, native } from './library-base.ts';
import { cjsonLibrary } from './library-cjson.ts';
import { coroutineLibrary, newThread } from './library-coroutine.ts';
import { redisLibrary, versionNumber } from './library-redis.ts';
import { stringLibrary } from './library-string.ts';
import { bitLibrary, FIRST_RANDOM, mathLibrary, tableLibrary } from './library-table.ts';
import { compileLua } from './lua-compiler.ts';
import { step } from './lua-evaluator.ts';
import { LuaMachine, type MachineState, type Native } from './lua-machine.ts';
import { entries, newHeap, newTable, rawSet, type Heap, type LuaTable } from './lua-table.ts';
import { isTable, NULL_POINTER, type LuaFunction, type LuaValue } from './lua-value.ts';
import { preludeNames, preludeNatives, preludeSource } from './prelude.ts';

export interface World {
  readonly natives: ReadonlyMap<string, Native>;
  readonly prelude: Readonly<Record<string, LuaFunction>>;
  readonly libraries: LuaTable;
  readonly stringMetatable: LuaTable;
}

/** Bytes that a script may make in all, garbage included. */
const MOST_BYTES = 0x8000_0000;
/** Ids of what is made once, far from those of a script's own tables. */
const FIRST_SHARED_ID = 0x20_0000;
const hidden = new Set(['inext', 'search', 'matchAt', 'complain', 'resumeWrapped', 'missingGlobal']);

let made: World | undefined;

export function theWorld(): World {
  return (made ??= makeWorld());
}

function makeWorld(): World {
  const heap = newHeap(MOST_BYTES, FIRST_SHARED_ID);
  const groups = [baseLibrary, stringLibrary, tableLibrary, mathLibrary, bitLibrary, coroutineLibrary, cjsonLibrary, redisLibrary];
  const natives = new Map(groups.flatMap((group) => Object.entries(group)));
  const libraries = newTable(heap);
  for (const name of natives.keys()) {
    const [library = '', member] = name.split('.');
    if (member === undefined) {
      if (!hidden.has(name)) rawSet(heap, libraries, name, native(name));
      continue;
    }
    rawSet(heap, tableAt(heap, libraries, library), member, native(name));
  }
  rawSet(heap, libraries, '_VERSION', 'Lua 5.1');
  setAll(heap, tableAt(heap, libraries, 'math'), { pi: 3.141592653589793, huge: Infinity });
  setAll(heap, tableAt(heap, libraries, 'cjson'), { null: NULL_POINTER, _NAME: 'cjson', _VERSION: '2.1.0' });
  setAll(heap, tableAt(heap, libraries, 'redis'), {
    ...{ LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 },
    ...{ REPL_NONE: 0, REPL_AOF: 1, REPL_SLAVE: 2, REPL_REPLICA: 2, REPL_ALL: 3 },
    ...{ REDIS_VERSION: redisVersion, REDIS_VERSION_NUM: versionNumber(redisVersion) },
  });
  const stringMetatable = newTable(heap);
  rawSet(heap, stringMetatable, '__index', tableAt(heap, libraries, 'string'));
  stringMetatable.frozen = true;
  for (const [, value] of entries(libraries)) if (isTable(value)) value.frozen = true;
  const bare: World = { natives, prelude: {}, libraries, stringMetatable };
  return { ...bare, prelude: makePrelude(heap, bare) };
}

function tableAt(heap: Heap, parent: LuaTable, name: string): LuaTable {
  for (const [key, value] of entries(parent)) if (key === name && isTable(value)) return value;
  const table = newTable(heap);
  rawSet(heap, parent, name, table);
  return table;
}

function setAll(heap: Heap, table: LuaTable, values: Readonly<Record<string, LuaValue>>): void {
  for (const [key, value] of Object.entries(values)) rawSet(heap, table, key, value);
}

function makePrelude(heap: Heap, world: World): Record<string, LuaFunction> {
  const environment = newTable(heap);
  for (const [key, name] of Object.entries(preludeNatives)) rawSet(heap, environment, key, native(name));
  const main: LuaFunction = { type: 'function', id: 0, proto: compileLua(preludeSource, ''), upvalues: [], environment };
  const machine = newMachine(world, heap, environment, main, 100_000);
  step(machine, 100_000);
  const values = machine.state.outcome?.values ?? [];
  const functions: Record<string, LuaFunction> = {};
  preludeNames.forEach((name, i) => {
    const value = values[i];
    if (typeof value === 'object' && value.type === 'function') functions[name] = value;
  });
  return functions;
}

/** A machine about to run `main`. */
export function newMachine(world: World, heap: Heap, globals: LuaTable, main: LuaFunction, fuel: number): LuaMachine {
  const thread = newThread(heap.nextId++, undefined, false);
  thread.status = 'running';
  const state: MachineState = {
    ...{ heap, globals, stringMetatable: world.stringMetatable, main: thread, thread, random: FIRST_RANDOM },
    ...{ fuel, outcome: null },
  };
  const machine = new LuaMachine(state, world.natives, world.prelude);
  machine.call(main, [], -1);
  return machine;
}

/** Globals of one script: those of Redis, KEYS and ARGV; a name that is not there is an error. */
export function newGlobals(world: World, heap: Heap, own: Readonly<Record<string, LuaValue>>): LuaTable {
  const globals = newTable(heap);
  for (const [key, value] of entries(world.libraries)) rawSet(heap, globals, key, value);
  rawSet(heap, globals, '_G', globals);
  setAll(heap, globals, own);
  const metatable = newTable(heap);
  rawSet(heap, metatable, '__index', native('missingGlobal'));
  metatable.frozen = true;
  globals.metatable = metatable;
  globals.frozen = true;
  return globals;
}

export function scriptHeap(): Heap {
  return newHeap(MOST_BYTES);
}

