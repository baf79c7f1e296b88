/** cjson (lua_cjson.c): JSON on bytes. */
import { formatDoubleG } from '../../../base/doubles.ts';
import { argumentError, integerArgument, textArgument, type Args } from './library-arguments.ts';
import { decodeJson } from './json-reader.ts';
import type { LuaMachine, Natives } from '../lua/lua-machine.ts';
import { entries, nextEntry, rawGet, rawSet, type LuaTable } from '../lua/lua-table.ts';
import {
  isTable,
  NULL_POINTER,
  numberText,
  typeName,
  type JsonSettings,
  type LuaNative,
  type LuaValue,
} from '../lua/lua-value.ts';

/** A list may have holes if it is short, or at least half full. */
export function newJsonSettings(): JsonSettings {
  return {
    ...{ convertSparse: false, sparseRatio: 2, sparseSafe: 10, encodeDepth: 1000 },
    ...{ decodeDepth: 1000, precision: 14, keepBuffer: true },
    ...{ encodeInvalid: 'off', decodeInvalid: 'on' },
  };
}

const INT_MAX = 0x7fff_ffff;
/** LUAI_MAXCSTACK. */
const MOST_SLOTS = 8000;

export const cjsonLibrary: Natives = {
  'cjson.encode'(machine, args) {
    if (args.length !== 1) argumentError(machine, 0, 'expected 1 argument');
    return [machine.string(encode(machine, args[0]))];
  },
  'cjson.decode'(machine, args) {
    if (args.length !== 1) argumentError(machine, 0, 'expected 1 argument');
    return [decodeJson(machine, textArgument(machine, args, 0), settingsOf(machine))];
  },

  'cjson.encode_sparse_array'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 3);
    json.convertSparse =
      option(machine, args[0], json.convertSparse ? 'on' : 'off', onOff) === 'on';
    json.sparseRatio = setting(machine, args, 1, json.sparseRatio, 0, INT_MAX);
    json.sparseSafe = setting(machine, args, 2, json.sparseSafe, 0, INT_MAX);
    return [json.convertSparse, json.sparseRatio, json.sparseSafe];
  },
  'cjson.encode_max_depth'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 1);
    return [(json.encodeDepth = setting(machine, args, 0, json.encodeDepth, 1, INT_MAX))];
  },
  'cjson.decode_max_depth'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 1);
    return [(json.decodeDepth = setting(machine, args, 0, json.decodeDepth, 1, INT_MAX))];
  },
  'cjson.encode_number_precision'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 1);
    return [(json.precision = setting(machine, args, 0, json.precision, 1, 14))];
  },
  'cjson.encode_keep_buffer'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 1);
    json.keepBuffer = option(machine, args[0], json.keepBuffer ? 'on' : 'off', onOff) === 'on';
    return [json.keepBuffer];
  },
  'cjson.encode_invalid_numbers'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 1);
    const known = ['off', 'on', 'null'] as const;
    json.encodeInvalid = option(machine, args[0], json.encodeInvalid, known);
    return [json.encodeInvalid === 'null' ? 'null' : json.encodeInvalid === 'on'];
  },
  'cjson.decode_invalid_numbers'(machine, args) {
    const json = settingsOf(machine);
    checkCount(machine, args, 1);
    json.decodeInvalid = option(machine, args[0], json.decodeInvalid, onOff);
    return [json.decodeInvalid === 'on'];
  },

  /** A table that may be changed, with settings of its own. */
  'cjson.new'(machine) {
    const { heap } = machine;
    const table = machine.table();
    const json = newJsonSettings();
    for (const name of Object.keys(cjsonLibrary)) {
      const native: LuaNative = { type: 'native', id: heap.nextId++, name, json };
      rawSet(heap, table, name.slice('cjson.'.length), native);
    }
    for (const [key, value] of Object.entries(cjsonConstants)) rawSet(heap, table, key, value);
    return [table];
  },
};

export const cjsonConstants: Readonly<Record<string, LuaValue>> = {
  null: NULL_POINTER,
  _NAME: 'cjson',
  _VERSION: '2.1.0',
};

/** Those of the table through which the native at work was called. */
function settingsOf({ callee, state }: LuaMachine): JsonSettings {
  return callee?.json ?? state.world.json;
}

const onOff = ['off', 'on'] as const;

function checkCount(machine: LuaMachine, args: Args, most: number): void {
  if (args.length > most) argumentError(machine, most, 'found too many arguments');
}

/** An integer that is set if it is given. */
function setting(
  machine: LuaMachine,
  args: Args,
  index: number,
  old: number,
  least: number,
  most: number,
): number {
  if (args[index] === undefined) return old;
  const value = integerArgument(machine, args, index);
  if (value < least || value > most)
    argumentError(machine, 0, `expected integer between ${least} and ${most}`);
  return value;
}

/** A choice that is set if it is given: by its name, or by its truth. */
function option<T extends string>(
  machine: LuaMachine,
  given: LuaValue,
  old: T | 'off' | 'on',
  known: readonly (T | 'off' | 'on')[],
): T | 'off' | 'on' {
  if (given === undefined) return old;
  if (typeof given === 'boolean') return given ? 'on' : 'off';
  const name = textArgument(machine, [given], 0);
  const found = known.find((one) => one === name);
  return found ?? argumentError(machine, 0, `invalid option '${name}'`);
}

/** A table that is being written. */
interface Open {
  readonly table: LuaTable;
  /** Of a list; 0 for any other table. */
  readonly length: number;
  /** The last key of which the value was taken. */
  key: LuaValue;
  /** What the real one has on its stack while it is inside. */
  readonly slots: number;
}

/** Without recursion: how deep the host may call differs from one to the next. */
function encode(machine: LuaMachine, root: LuaValue): string {
  const parts: string[] = [];
  const open: Open[] = [];
  begin(machine, root, open, parts);
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    const next = nextOf(inner);
    if (next === undefined) {
      parts.push(inner.length > 0 ? ']' : '}');
      open.pop();
      continue;
    }
    if (inner.key !== undefined) parts.push(',');
    [inner.key] = next;
    if (inner.length === 0) parts.push(encodedKey(machine, next[0]), ':');
    begin(machine, next[1], open, parts);
  }
  return parts.join('');
}

function nextOf({ table, length, key }: Open): readonly [LuaValue, LuaValue] | undefined {
  if (length === 0) return nextEntry(table, key);
  const i = typeof key === 'number' ? key + 1 : 1;
  return i > length ? undefined : [i, rawGet(table, i)];
}

function encodedKey(machine: LuaMachine, key: LuaValue): string {
  if (typeof key === 'number') return `"${encodeNumber(machine, key)}"`;
  if (typeof key === 'string') return quote(key);
  return refuse(machine, typeName(key), 'table key must be a number or string');
}

/** Writes a value; of a table its beginning. */
function begin(machine: LuaMachine, value: LuaValue, open: Open[], parts: string[]): void {
  machine.spend(1);
  if (value === undefined || value === NULL_POINTER) parts.push('null');
  else if (typeof value === 'string') parts.push(quote(value));
  else if (typeof value === 'boolean') parts.push(String(value));
  else if (typeof value === 'number') parts.push(encodeNumber(machine, value));
  else if (!isTable(value)) refuse(machine, typeName(value), 'type not supported');
  else {
    const depth = open.length + 1;
    const slots = open.at(-1)?.slots ?? 1;
    if (depth > settingsOf(machine).encodeDepth || slots + 3 > MOST_SLOTS)
      machine.fail(`Cannot serialise, excessive nesting (${depth})`);
    const length = Math.max(0, listLength(machine, value));
    open.push({ table: value, length, key: undefined, slots: slots + (length > 0 ? 1 : 2) });
    parts.push(length > 0 ? '[' : '{');
  }
}

function encodeNumber(machine: LuaMachine, value: number): string {
  const { encodeInvalid, precision } = settingsOf(machine);
  if (!Number.isFinite(value)) {
    if (encodeInvalid === 'off') return refuse(machine, 'number', 'must not be NaN or Inf');
    if (encodeInvalid === 'null') return 'null';
    if (Number.isNaN(value)) return 'nan';
  }
  return precision === 14 ? numberText(value) : formatDoubleG(value, precision);
}

function refuse(machine: LuaMachine, type: string, reason: string): never {
  machine.fail(`Cannot serialise ${type}: ${reason}`);
}

/** The length of a table that is a list; -1 for any other. */
function listLength(machine: LuaMachine, table: LuaTable): number {
  let most = 0;
  let count = 0;
  for (const [key] of entries(table)) {
    if (typeof key !== 'number' || key < 1 || Math.floor(key) !== key) return -1;
    // It is an int there.
    if (key > most) most = key > INT_MAX ? -INT_MAX - 1 : key;
    count++;
  }
  const { sparseRatio, sparseSafe, convertSparse } = settingsOf(machine);
  if (sparseRatio > 0 && most > count * sparseRatio && most > sparseSafe) {
    if (!convertSparse) refuse(machine, 'table', 'excessively sparse array');
    return -1;
  }
  return most === 0 ? -1 : most;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

function quote(text: string): string {
  const inner = text.replace(
    /["\\/\u0000-\u001f\u007f]/g,
    (c) => escapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${inner}"`;
}
