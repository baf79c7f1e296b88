/** cjson (lua_cjson.c): JSON on bytes. */
import { formatDoubleG } from '../../../base/doubles.ts';
import {
  anyArgument,
  argumentError,
  integerArgument,
  textArgument,
  type Args,
} from './library-arguments.ts';
import type { JsonSettings, LuaMachine, Natives } from '../lua/lua-machine.ts';
import { entries, newTable, rawGet, rawSet, type LuaTable } from '../lua/lua-table.ts';
import { isTable, NULL_POINTER, numberText, typeName, type LuaValue } from '../lua/lua-value.ts';

/** A list may have holes if it is short, or at least half full. */
export function newJsonSettings(): JsonSettings {
  return {
    ...{ convertSparse: false, sparseRatio: 2, sparseSafe: 10, encodeDepth: 1000 },
    ...{ decodeDepth: 1000, precision: 14, keepBuffer: true },
    ...{ encodeInvalid: 'off', decodeInvalid: 'on' },
  };
}

const INT_MAX = 0x7fff_ffff;

export const cjsonLibrary: Natives = {
  'cjson.encode'(machine, args) {
    if (args.length !== 1) machine.fail("bad argument #1 to 'encode' (expected 1 argument)");
    return [machine.string(encode(machine, anyArgument(machine, args, 0), 0))];
  },
  'cjson.decode'(machine, args) {
    if (args.length !== 1) machine.fail("bad argument #1 to 'decode' (expected 1 argument)");
    return [new JsonReader(machine, textArgument(machine, args, 0)).whole()];
  },

  'cjson.encode_sparse_array'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 3);
    json.convertSparse =
      option(machine, args[0], json.convertSparse ? 'on' : 'off', onOff) === 'on';
    json.sparseRatio = setting(machine, args, 1, json.sparseRatio, 0, INT_MAX);
    json.sparseSafe = setting(machine, args, 2, json.sparseSafe, 0, INT_MAX);
    return [json.convertSparse, json.sparseRatio, json.sparseSafe];
  },
  'cjson.encode_max_depth'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 1);
    return [(json.encodeDepth = setting(machine, args, 0, json.encodeDepth, 1, INT_MAX))];
  },
  'cjson.decode_max_depth'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 1);
    return [(json.decodeDepth = setting(machine, args, 0, json.decodeDepth, 1, INT_MAX))];
  },
  'cjson.encode_number_precision'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 1);
    return [(json.precision = setting(machine, args, 0, json.precision, 1, 14))];
  },
  'cjson.encode_keep_buffer'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 1);
    json.keepBuffer = option(machine, args[0], json.keepBuffer ? 'on' : 'off', onOff) === 'on';
    return [json.keepBuffer];
  },
  'cjson.encode_invalid_numbers'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 1);
    const known = ['off', 'on', 'null'] as const;
    json.encodeInvalid = option(machine, args[0], json.encodeInvalid, known);
    return [json.encodeInvalid === 'null' ? 'null' : json.encodeInvalid === 'on'];
  },
  'cjson.decode_invalid_numbers'(machine, args) {
    const { json } = machine.state.world;
    checkCount(machine, args, 1);
    json.decodeInvalid = option(machine, args[0], json.decodeInvalid, onOff);
    return [json.decodeInvalid === 'on'];
  },
};

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

function encode(machine: LuaMachine, value: LuaValue, depth: number): string {
  machine.spend(1);
  if (value === undefined || value === NULL_POINTER) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    return encodeNumber(machine, value);
  }
  if (!isTable(value)) return refuse(machine, typeName(value), 'type not supported');
  if (depth + 1 > machine.state.world.json.encodeDepth)
    return machine.fail(`Cannot serialise, excessive depth (${depth + 1})`);
  const length = listLength(machine, value);
  const parts: string[] = [];
  if (length > 0) {
    for (let i = 1; i <= length; i++) parts.push(encode(machine, rawGet(value, i), depth + 1));
    return `[${parts.join(',')}]`;
  }
  for (const [key, item] of entries(value)) {
    if (typeof key !== 'string' && typeof key !== 'number') {
      return refuse(machine, typeName(key), 'table key must be a number or string');
    }
    const name = typeof key === 'number' ? `"${numberText(key)}"` : quote(key);
    parts.push(`${name}:${encode(machine, item, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}

function encodeNumber(machine: LuaMachine, value: number): string {
  const { encodeInvalid, precision } = machine.state.world.json;
  if (!Number.isFinite(value)) {
    if (encodeInvalid === 'off') return refuse(machine, 'number', 'must not be NaN or Inf');
    if (encodeInvalid === 'null') return 'null';
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
    most = Math.max(most, key);
    count++;
  }
  const { sparseRatio, sparseSafe, convertSparse } = machine.state.world.json;
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

class JsonReader {
  private at = 0;
  private readonly machine: LuaMachine;
  private readonly text: string;

  constructor(machine: LuaMachine, text: string) {
    this.machine = machine;
    this.text = text;
  }

  whole(): LuaValue {
    const value = this.value(0);
    this.blanks();
    if (this.at < this.text.length) this.expected('the end');
    return value;
  }

  private blanks(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private value(depth: number): LuaValue {
    const { machine, text } = this;
    machine.spend(1);
    this.blanks();
    const c = text[this.at] ?? '';
    if (c === '{') return this.object(depth);
    if (c === '[') return this.list(depth);
    if (c === '"') return this.string();
    for (const [word, value] of words) {
      if (!text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    const [number] =
      /^-?(0x[0-9a-f]+|\d+(\.\d*)?(e[+-]?\d+)?|inf(inity)?|nan)/i.exec(
        text.slice(this.at, this.at + 400),
      ) ?? [];
    if (number === undefined) return this.expected('value');
    this.at += number.length;
    const negative = number.startsWith('-');
    const digits = negative ? number.slice(1) : number;
    const size = /^i/i.test(digits) ? Infinity : Number(digits);
    return negative ? -size : size;
  }

  private enter(depth: number): number {
    this.at++;
    if (depth + 1 > this.machine.state.world.json.decodeDepth)
      this.machine.fail(
        `Found too many nested data structures (${depth + 1}) at character ${this.at}`,
      );
    return depth + 1;
  }

  private object(depth: number): LuaTable {
    const { heap } = this.machine;
    const inner = this.enter(depth);
    const table = newTable(heap);
    this.blanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return table;
    }
    for (;;) {
      this.blanks();
      if (this.text[this.at] !== '"') this.expected('object key string');
      const key = this.string();
      this.blanks();
      if (this.text[this.at] !== ':') this.expected('colon');
      this.at++;
      rawSet(heap, table, key, this.value(inner));
      this.blanks();
      if (this.text[this.at] === '}') break;
      if (this.text[this.at] !== ',') this.expected('comma or object end');
      this.at++;
    }
    this.at++;
    return table;
  }

  private list(depth: number): LuaTable {
    const { heap } = this.machine;
    const inner = this.enter(depth);
    const table = newTable(heap);
    this.blanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return table;
    }
    for (let i = 1; ; i++) {
      rawSet(heap, table, i, this.value(inner));
      this.blanks();
      if (this.text[this.at] === ']') break;
      if (this.text[this.at] !== ',') this.expected('comma or array end');
      this.at++;
    }
    this.at++;
    return table;
  }

  private string(): string {
    const start = this.at;
    let result = '';
    for (let i = start + 1; i < this.text.length; i++) {
      const c = this.text[i]!;
      if (c === '"') {
        this.at = i + 1;
        return this.machine.string(result);
      }
      if (c < ' ') break;
      if (c !== '\\') {
        result += c;
        continue;
      }
      const letter = this.text[++i] ?? '';
      if (letter === 'u') {
        const [digits] = /^[0-9a-f]{4}/i.exec(this.text.slice(i + 1, i + 5)) ?? [];
        if (digits === undefined) return this.failAt('invalid unicode escape code', i - 1);
        i += 4;
        let code = Number(`0x${digits}`);
        if (code >= 0xd800 && code < 0xe000) {
          const [, low] = /^\\u(d[c-f][0-9a-f]{2})/i.exec(this.text.slice(i + 1, i + 7)) ?? [];
          if (low === undefined || code >= 0xdc00)
            return this.failAt('invalid unicode escape code', i - 5);
          code = 0x10000 + ((code - 0xd800) << 10) + (Number(`0x${low}`) - 0xdc00);
          i += 6;
        }
        result += utf8(code);
        continue;
      }
      const plain = unescapes[letter];
      if (plain === undefined) return this.failAt('invalid escape code', i - 1);
      result += plain;
    }
    return this.failAt('unexpected end of string', this.text.length);
  }

  private failAt(token: string, at: number): never {
    this.machine.fail(`Expected value but found ${token} at character ${at + 1}`);
  }

  private expected(what: string): never {
    const c = this.text[this.at] ?? '';
    const token =
      this.at >= this.text.length
        ? 'T_END'
        : /[-0-9]/.test(c)
          ? 'T_NUMBER'
          : (tokens[c] ?? 'invalid token');
    this.machine.fail(`Expected ${what} but found ${token} at character ${this.at + 1}`);
  }
}

const words: readonly (readonly [string, LuaValue])[] = [
  ['null', NULL_POINTER],
  ['true', true],
  ['false', false],
];

const tokens: Readonly<Record<string, string>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
  '"': 'T_STRING',
};

const unescapes: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/', b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' },
};

function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
  if (code < 0x10000)
    return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  return String.fromCharCode(
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 63),
    0x80 | ((code >> 6) & 63),
    0x80 | (code & 63),
  );
}
