/** Libraries of functions (functions.c, function_lua.c). */
import { ascii, lowerCase, type ByteString } from '../../base/bytes.ts';
import type { Library, LibraryFunction, ScriptingState } from '../scripting-state.ts';
import { flagNames } from './script-flags.ts';
import { errorText } from './script-runner.ts';
import { step } from './lua/lua-evaluator.ts';
import type { ScriptHost, World } from './lua/lua-machine.ts';
import { entries, newHeap } from './lua/lua-table.ts';
import {
  isFunction,
  isTable,
  LuaError,
  plainText,
  toText,
  type LuaValue,
} from './lua/lua-value.ts';
import { mainFunction, newMachine, newWorld, showToFunctions } from './world.ts';

/** What is wrong with a library; its message has no code. */
export class LibraryError extends Error {}

/** Instructions of half a second, which is what the loading of a library may take. */
const MOST_INSTRUCTIONS = 10_000_000;
const NAME = '@user_function';
const NAME_RULE =
  'Library names can only contain letters, numbers, or underscores(_) and must be at least one character long';

/** A library that is compiled and run, and not yet in the state; throws LibraryError. */
export function readLibrary(state: ScriptingState, code: ByteString): Library {
  const name = nameOf(code);
  const world = (state.world ??= newWorld());
  const library: Library = { name, code, functions: new Map() };
  register(world, library, code.slice(code.indexOf('\n')));
  if (library.functions.size === 0) throw new LibraryError('No functions registered');
  return library;
}

/** Adds libraries, all or none; `replace`: those of the same names make room. Throws LibraryError. */
export function addLibraries(
  state: ScriptingState,
  added: readonly Library[],
  replace: 'replace' | 'append',
): void {
  const names = new Set(added.map(({ name }) => name));
  const stay = [...state.libraries.values()].filter(({ name }) => !names.has(name));
  if (replace === 'append') {
    const known = added.find(({ name }) => state.libraries.has(name));
    if (known !== undefined) throw new LibraryError(`Library ${known.name} already exists`);
  }
  const taken = new Set(stay.flatMap(namesIn));
  for (const library of added) {
    for (const name of library.functions.keys())
      if (taken.has(lowerCase(name))) throw new LibraryError(`Function ${name} already exists`);
    for (const name of namesIn(library)) taken.add(name);
  }
  for (const library of added) {
    state.libraries.delete(library.name);
    state.libraries.set(library.name, library);
  }
}

/** Letters count for the same, small or large; in one library there may be both. */
export function findFunction(state: ScriptingState, name: ByteString): LibraryFunction | undefined {
  const wanted = lowerCase(name);
  for (const { functions } of state.libraries.values())
    for (const [known, found] of functions) if (lowerCase(known) === wanted) return found;
  return undefined;
}

function namesIn({ functions }: Library): ByteString[] {
  return [...functions.keys()].map(lowerCase);
}

/** The name that the first line declares: `#!lua name=mylib`. */
function nameOf(code: ByteString): ByteString {
  if (!code.startsWith('#!')) throw new LibraryError('Missing library metadata');
  const end = code.indexOf('\n');
  if (end < 0) throw new LibraryError('Invalid library metadata');
  const [engine = '', ...fields] = code
    .slice(2, end)
    .split(' ')
    .filter((word) => word !== '');
  let name: string | undefined;
  for (const field of fields) {
    if (!field.toLowerCase().startsWith('name='))
      throw new LibraryError(`Invalid metadata value given: ${field}`);
    if (name !== undefined)
      throw new LibraryError('Invalid metadata value, name argument was given multiple times');
    name = field.slice('name='.length);
  }
  if (name === undefined) throw new LibraryError('Library name was not given');
  if (!isName(name)) throw new LibraryError(NAME_RULE);
  if (engine.toLowerCase() !== 'lua') throw new LibraryError(`Engine '${engine}' not found`);
  return ascii(name);
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9_]+$/.test(name);
}

function register(world: World, library: Library, source: string): void {
  const heap = newHeap();
  try {
    const main = mainFunction(heap, world.functionGlobals, source, NAME);
    showToFunctions(world, 'loading');
    const machine = newMachine(world, heap, world.functionGlobals, main, []);
    machine.host = loadingHost(library);
    if (step(machine, MOST_INSTRUCTIONS) === 'more')
      throw new LibraryError('Error registering functions: ERR FUNCTION LOAD timeout');
    const { outcome } = machine.state;
    if (outcome === null || outcome.ok) return;
    throw new LibraryError(`Error registering functions: ${errorText(outcome.values[0])}`);
  } catch (thrown) {
    if (!(thrown instanceof LuaError)) throw thrown;
    throw new LibraryError(`Error compiling function: ${plainText(thrown.value)}`);
  } finally {
    showToFunctions(world, 'full');
  }
}

function loadingHost(library: Library): ScriptHost {
  return {
    protocol: 2,
    call: () => ({ type: 'error', value: 'ERR functions are called when their library is loaded' }),
    log: () => undefined,
    allows: () => undefined,
    replicate: () => undefined,
    register: (args) => registered(library, args),
  };
}

/** redis.register_function, with its arguments by place or by name; the text of an error if it is refused. */
function registered(library: Library, args: readonly LuaValue[]): string | undefined {
  if (args.length < 1 || args.length > 2)
    return 'wrong number of arguments to redis.register_function';
  const made = args.length === 1 ? byName(args[0]) : byPlace(args);
  if (typeof made === 'string') return made;
  if (!isName(made.name)) return NAME_RULE;
  if (library.functions.has(made.name)) return 'Function already exists in the library';
  library.functions.set(made.name, made);
  return undefined;
}

function byPlace([first, callback]: readonly LuaValue[]): LibraryFunction | string {
  const name = toText(first);
  if (name === undefined) return 'first argument to redis.register_function must be a string';
  if (!isFunction(callback) || callback.type === 'native')
    return 'second argument to redis.register_function must be a function';
  return { name: ascii(name), callback, description: null, flags: [] };
}

function byName(given: LuaValue): LibraryFunction | string {
  if (!isTable(given)) {
    return 'calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).';
  }
  let name: string | undefined;
  let description: string | undefined;
  let callback: LuaValue;
  let flags: readonly string[] = [];
  for (const [key, value] of entries(given)) {
    if (toText(key) === undefined)
      return 'named argument key given to redis.register_function is not a string';
    if (key === 'function_name') {
      name = toText(value);
      if (name === undefined)
        return 'function_name argument given to redis.register_function must be a string';
    } else if (key === 'description') {
      description = toText(value);
      if (description === undefined)
        return 'description argument given to redis.register_function must be a string';
    } else if (key === 'callback') {
      if (!isFunction(value))
        return 'callback argument given to redis.register_function must be a function';
      callback = value;
    } else if (key === 'flags') {
      if (!isTable(value))
        return 'flags argument to redis.register_function must be a table representing function flags';
      const read = flagsOf(value);
      if (read === undefined) return 'unknown flag given';
      flags = read;
    } else return 'unknown argument given to redis.register_function';
  }
  if (name === undefined) return 'redis.register_function must get a function name argument';
  if (!isFunction(callback) || callback.type === 'native')
    return 'redis.register_function must get a callback argument';
  const text = description === undefined ? null : ascii(description);
  return { name: ascii(name), callback, description: text, flags };
}

function flagsOf(table: LuaValue): readonly string[] | undefined {
  if (!isTable(table)) return undefined;
  const flags: string[] = [];
  for (const flag of table.array) {
    if (flag === undefined) break;
    if (typeof flag !== 'string' || !flagNames.includes(flag)) return undefined;
    if (!flags.includes(flag)) flags.push(flag);
  }
  return flagNames.filter((flag) => flags.includes(flag));
}
