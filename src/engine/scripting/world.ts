/** What all scripts find: Redis's tables, which nobody may change, and so are made once for a server. */
import { redisVersion } from '../version.ts';
import { baseLibrary } from './libraries/base.ts';
import { bitLibrary } from './libraries/bit.ts';
import { cjsonConstants, cjsonLibrary, newJsonSettings } from './libraries/cjson.ts';
import { cmsgpackLibrary } from './libraries/cmsgpack.ts';
import { coroutineLibrary, newThread } from './libraries/coroutine.ts';
import { mathLibrary } from './libraries/math.ts';
import { preludeNames, preludeNatives, preludeSource } from './libraries/prelude.ts';
import { redisLibrary, versionNumber } from './libraries/redis.ts';
import { stringLibrary, workOnPattern } from './libraries/string.ts';
import { structLibrary } from './libraries/struct.ts';
import { tableLibrary } from './libraries/table.ts';
import { step } from './lua/lua-evaluator.ts';
import {
  LuaMachine,
  parts,
  type MachineState,
  type Native,
  type Worker,
  type World,
} from './lua/lua-machine.ts';
import { compileLua } from './lua/lua-parser.ts';
import { entries, newHeap, newTable, rawGet, rawSet, type Heap } from './lua/lua-table.ts';
import type { LuaTable } from './lua/lua-table.ts';
import { finish, isTable } from './lua/lua-value.ts';
import type { LuaFunction, LuaNative, LuaValue, Place } from './lua/lua-value.ts';

/** Ids of what is made once, far from those of a script's own tables. */
const FIRST_SHARED_ID = 0x20_0000;
/** What rand.c begins with. */
const FIRST_RANDOM = 0x1234_abcd_330en;
const REGISTER = 'redis.register_function';
const HANDLER = '__redis__err__handler';
const hidden = new Set([...parts, 'inext', 'missingGlobal', REGISTER, HANDLER]);

const natives: ReadonlyMap<string, Native> = new Map(
  [
    ...[baseLibrary, stringLibrary, tableLibrary, mathLibrary, bitLibrary, coroutineLibrary],
    ...[cjsonLibrary, redisLibrary, structLibrary, cmsgpackLibrary],
  ].flatMap((library) => Object.entries(library)),
);
const workers: ReadonlyMap<string, Worker> = new Map([['pattern', workOnPattern]]);

export function newWorld(): World {
  const heap = newHeap(FIRST_SHARED_ID);
  const values = new Map<string, LuaNative>();
  for (const name of natives.keys()) values.set(name, { type: 'native', id: heap.nextId++, name });
  const libraries = newTable(heap);
  for (const [name, value] of values) {
    if (hidden.has(name)) continue;
    const [library = '', member] = name.split('.');
    if (member !== undefined) rawSet(heap, tableAt(heap, libraries, library), member, value);
    else rawSet(heap, libraries, name, value);
  }
  addConstants(heap, libraries);
  const stringMetatable = newTable(heap);
  rawSet(heap, stringMetatable, '__index', tableAt(heap, libraries, 'string'));
  stringMetatable.frozen = true;
  for (const [, value] of entries(libraries)) if (isTable(value)) value.frozen = true;
  const functionGlobals = newTable(heap);
  const world: World = {
    ...{ heap, natives: values, prelude: new Map<string, LuaFunction>(), libraries },
    ...{ stringMetatable, functionGlobals, random: FIRST_RANDOM },
    functionTables: { loading: undefined, full: undefined },
    json: newJsonSettings(),
  };
  makePrelude(world);
  makeFunctionGlobals(world);
  return world;
}

function addConstants(heap: Heap, libraries: LuaTable): void {
  rawSet(heap, libraries, '_VERSION', 'Lua 5.1');
  const at = (name: string): LuaTable => tableAt(heap, libraries, name);
  setAll(heap, at('math'), { pi: 3.141592653589793, huge: Infinity });
  setAll(heap, at('cjson'), cjsonConstants);
  setAll(heap, at('cmsgpack'), {
    _NAME: 'cmsgpack',
    _VERSION: 'lua-cmsgpack 0.4.0',
    _COPYRIGHT: 'Copyright (C) 2012, Redis Ltd.',
    _DESCRIPTION: 'MessagePack C implementation for Lua',
  });
  setAll(heap, at('redis'), {
    ...{ LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 },
    ...{ REPL_NONE: 0, REPL_AOF: 1, REPL_SLAVE: 2, REPL_REPLICA: 2, REPL_ALL: 3 },
    ...versionFields,
  });
}

const versionFields = {
  REDIS_VERSION: redisVersion,
  REDIS_VERSION_NUM: versionNumber(redisVersion),
};

function tableAt(heap: Heap, parent: LuaTable, name: string): LuaTable {
  const known = rawGet(parent, name);
  if (isTable(known)) return known;
  const table = newTable(heap);
  rawSet(heap, parent, name, table);
  return table;
}

function setAll(heap: Heap, table: LuaTable, values: Readonly<Record<string, LuaValue>>): void {
  for (const [key, value] of Object.entries(values)) rawSet(heap, table, key, value);
}

function makePrelude(world: World): void {
  const { heap } = world;
  const environment = newTable(heap);
  for (const [key, name] of Object.entries(preludeNatives))
    rawSet(heap, environment, key, world.natives.get(name));
  const machine = newMachine(
    world,
    heap,
    environment,
    mainFunction(heap, environment, preludeSource, null),
    [],
  );
  step(machine, 1_000_000);
  const made = machine.state.outcome?.values ?? [];
  preludeNames.forEach((name, i) => {
    const value = made[i];
    if (typeof value === 'object' && value.type === 'function') world.prelude.set(name, value);
  });
}

/** A chunk as a function; throws a LuaError if it is not Lua. */
export function mainFunction(
  heap: Heap,
  environment: LuaTable,
  source: string,
  name: string | null,
): LuaFunction {
  const proto = compileLua(source, name);
  return { type: 'function', id: heap.nextId++, proto, upvalues: [], environment };
}

const FIRST_PLACE: Place = { base: 0, want: -1, finish: finish.results, target: 0 };

/** A machine about to call `main`. */
export function newMachine(
  world: World,
  heap: Heap,
  globals: LuaTable,
  main: LuaFunction,
  args: readonly LuaValue[],
): LuaMachine {
  const thread = newThread(heap.nextId++, undefined, false);
  thread.status = 'running';
  const state: MachineState = {
    ...{ world, heap, globals, main: thread, thread, spent: 0, outcome: null },
  };
  const machine = machineOf(state);
  machine.call(main, args, FIRST_PLACE);
  return machine;
}

/** A machine that goes on where its state stands. */
export function machineOf(state: MachineState): LuaMachine {
  return new LuaMachine(state, natives, workers);
}

/** Globals of one script: those of Redis, KEYS and ARGV; a name that is not there is an error. */
export function newGlobals(
  world: World,
  heap: Heap,
  own: Readonly<Record<string, LuaValue>>,
): LuaTable {
  const globals = newTable(heap);
  for (const [key, value] of entries(world.libraries)) rawSet(heap, globals, key, value);
  rawSet(heap, globals, '_G', globals);
  rawSet(heap, globals, HANDLER, world.natives.get(HANDLER));
  setAll(heap, globals, own);
  globals.metatable = missingIsError(world, heap);
  globals.frozen = true;
  return globals;
}

function missingIsError(world: World, heap: Heap): LuaTable {
  const metatable = newTable(heap);
  rawSet(heap, metatable, '__index', world.natives.get('missingGlobal'));
  metatable.frozen = true;
  return metatable;
}

/**
 * Functions see an empty table, through which they find Redis's own: another while their library is loaded than when
 * they are called (function_lua.c:luaEngineInitEngine).
 */
function makeFunctionGlobals(world: World): void {
  const { heap, functionGlobals, libraries } = world;
  const full = newTable(heap);
  const loading = newTable(heap);
  for (const [key, value] of entries(libraries)) rawSet(heap, full, key, value);
  const callable = newTable(heap);
  const registering = newTable(heap);
  const redis = tableAt(heap, libraries, 'redis');
  for (const [key, value] of entries(redis)) {
    if (key !== 'breakpoint' && key !== 'debug' && key !== 'replicate_commands')
      rawSet(heap, callable, key, value);
  }
  setAll(heap, registering, {
    register_function: world.natives.get(REGISTER),
    log: rawGet(redis, 'log'),
    ...{ LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 },
    ...versionFields,
  });
  rawSet(heap, full, 'redis', callable);
  rawSet(heap, loading, 'redis', registering);
  const missing = missingIsError(world, heap);
  callable.frozen = true;
  for (const table of [full, loading, registering]) {
    table.metatable = missing;
    table.frozen = true;
  }
  rawSet(heap, full, '_G', full);
  const metatable = newTable(heap);
  metatable.frozen = true;
  functionGlobals.metatable = metatable;
  functionGlobals.frozen = true;
  world.functionTables.loading = loading;
  world.functionTables.full = full;
  showToFunctions(world, 'full');
}

/** Which of Redis's tables functions see from now on. */
export function showToFunctions(world: World, what: 'loading' | 'full'): void {
  const { metatable } = world.functionGlobals;
  if (metatable !== undefined) rawSet(world.heap, metatable, '__index', world.functionTables[what]);
}
