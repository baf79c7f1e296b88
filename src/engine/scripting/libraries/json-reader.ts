/** cjson.decode (lua_cjson.c): JSON, and the numbers that are none if the settings allow them. */
import type { LuaMachine } from '../lua/lua-machine.ts';
import { newTable, rawSet, type LuaTable } from '../lua/lua-table.ts';
import { NULL_POINTER, type JsonSettings, type LuaValue } from '../lua/lua-value.ts';

/** LUAI_MAXCSTACK. */
const MOST_SLOTS = 8000;

interface Token {
  /** As messages name it; of what is no token what is wrong with it. */
  readonly name: string;
  /** Where it begins, or where it went wrong. */
  readonly at: number;
  readonly value?: LuaValue;
}

/** A table that is being read. */
interface Open {
  readonly kind: 'object' | 'list';
  readonly table: LuaTable;
  /** Of the value that comes next. */
  key: LuaValue;
  /** What the real one has on its stack while it is inside. */
  readonly slots: number;
}

const endOf = ({ kind }: Open): string => (kind === 'list' ? 'T_ARR_END' : 'T_OBJ_END');

export function decodeJson(
  machine: LuaMachine,
  text: string,
  { decodeDepth, decodeInvalid }: JsonSettings,
): LuaValue {
  if (text.length >= 2 && (text[0] === '\0' || text[1] === '\0'))
    machine.fail('JSON parser does not support UTF-16 or UTF-32');
  const reader = new JsonReader(machine, text, decodeDepth, decodeInvalid === 'on');
  return reader.whole();
}

class JsonReader {
  private at = 0;
  private readonly open: Open[] = [];
  private readonly machine: LuaMachine;
  private readonly text: string;
  private readonly mostDepth: number;
  private readonly invalidNumbers: boolean;

  constructor(machine: LuaMachine, text: string, mostDepth: number, invalidNumbers: boolean) {
    this.machine = machine;
    this.text = text;
    this.mostDepth = mostDepth;
    this.invalidNumbers = invalidNumbers;
  }

  /** Without recursion: how deep the host may call differs from one to the next. */
  whole(): LuaValue {
    let value = this.begun(this.token());
    for (let inner = this.open.at(-1); inner !== undefined; inner = this.open.at(-1)) {
      if (value !== undefined) {
        rawSet(this.machine.heap, inner.table, inner.key, value);
        if (this.another(inner)) value = this.begun(this.following(inner, 'after a comma'));
        else value = this.closed();
      } else {
        const first = this.following(inner, 'first');
        const empty = inner.kind === 'list' || inner.key === undefined;
        value = empty && first.name === endOf(inner) ? this.closed() : this.begun(first);
      }
    }
    const last = this.token();
    if (last.name !== 'T_END') this.expected('the end', last);
    return value;
  }

  /** A value, or undefined if a table has begun. */
  private begun(token: Token): LuaValue {
    this.machine.spend(1);
    switch (token.name) {
      case 'T_STRING':
      case 'T_NUMBER':
      case 'T_BOOLEAN':
      case 'T_NULL':
        return token.value;
      case 'T_OBJ_BEGIN':
        return this.descend('object', 3);
      case 'T_ARR_BEGIN':
        return this.descend('list', 2);
      default:
        return this.expected('value', token);
    }
  }

  /** The token with which the next value begins, or the end of a table that is empty. */
  private following(inner: Open, where: 'first' | 'after a comma'): Token {
    const token = this.token();
    if (inner.kind === 'list') {
      inner.key = typeof inner.key === 'number' ? inner.key + 1 : 1;
      return token;
    }
    if (where === 'first' && token.name === 'T_OBJ_END') return token;
    if (token.name !== 'T_STRING') this.expected('object key string', token);
    inner.key = token.value;
    const colon = this.token();
    if (colon.name !== 'T_COLON') this.expected('colon', colon);
    return this.token();
  }

  /** After a value: whether there is another. */
  private another(inner: Open): boolean {
    const token = this.token();
    if (token.name === endOf(inner)) return false;
    if (token.name !== 'T_COMMA')
      this.expected(`comma or ${inner.kind === 'list' ? 'array' : 'object'} end`, token);
    return true;
  }

  private closed(): LuaValue {
    return this.open.pop()?.table;
  }

  /** `slots`: what the real one wants of its stack, of which there is an end. */
  private descend(kind: Open['kind'], slots: number): undefined {
    const outer = this.open.at(-1)?.slots ?? 1;
    const depth = this.open.length + 1;
    if (depth > this.mostDepth || outer + slots > MOST_SLOTS)
      this.machine.fail(`Found too many nested data structures (${depth}) at character ${this.at}`);
    const table = newTable(this.machine.heap);
    this.open.push({ kind, table, key: undefined, slots: outer + slots - 1 });
  }

  private token(): Token {
    const { text } = this;
    while (isBlank(text.charCodeAt(this.at))) this.at++;
    const { at } = this;
    const c = text[at] ?? '\0';
    if (c === '"') return this.string();
    const mark = marks[c];
    if (mark !== undefined) {
      if (c !== '\0') this.at++;
      return { name: mark, at };
    }
    if (c === '-' || (c >= '0' && c <= '9')) {
      if (!this.invalidNumbers && this.isInvalidNumber()) return { name: 'invalid number', at };
      return this.number();
    }
    for (const word of words) {
      if (!text.startsWith(word.text, at)) continue;
      this.at += word.text.length;
      return { name: word.name, at, value: word.value };
    }
    if (this.invalidNumbers && /[inIN+]/.test(c) && this.isInvalidNumber()) return this.number();
    return { name: 'invalid token', at };
  }

  /** Numbers that are none in JSON: with a plus, in hexadecimal, with zeros before them, infinities. */
  private isInvalidNumber(): boolean {
    return /^(\+|-?(0[x0-9]|inf|nan))/i.test(this.text.slice(this.at, this.at + 5));
  }

  private number(): Token {
    const { at } = this;
    NUMBER.lastIndex = at;
    const [number] = NUMBER.exec(this.text) ?? [];
    if (number === undefined) return { name: 'invalid number', at };
    this.at += number.length;
    return { name: 'T_NUMBER', at, value: numberOf(number) };
  }

  private string(): Token {
    const { text } = this;
    const start = this.at++;
    let result = '';
    for (;;) {
      const c = text[this.at] ?? '\0';
      if (c === '"') break;
      if (c === '\0') return { name: 'unexpected end of string', at: this.at };
      if (c !== '\\') {
        const end = this.plainEnd();
        result += text.slice(this.at, end);
        this.at = end;
        continue;
      }
      const letter = text[this.at + 1] ?? '';
      if (letter === 'u') {
        const code = this.unicodeEscape();
        if (code === undefined) return { name: 'invalid unicode escape code', at: this.at };
        result += utf8(code);
        continue;
      }
      const plain = unescapes[letter];
      if (plain === undefined) return { name: 'invalid escape code', at: this.at };
      result += plain;
      this.at += 2;
    }
    this.at++;
    return { name: 'T_STRING', at: start, value: this.machine.string(result) };
  }

  private plainEnd(): number {
    let end = this.at + 1;
    while (end < this.text.length && !/["\\\0]/.test(this.text[end]!)) end++;
    return end;
  }

  private unicodeEscape(): number | undefined {
    const high = this.fourDigits(this.at + 2);
    if (high === undefined) return undefined;
    if ((high & 0xf800) !== 0xd800) {
      this.at += 6;
      return high;
    }
    const low = this.text.startsWith('\\u', this.at + 6) ? this.fourDigits(this.at + 8) : undefined;
    if ((high & 0x400) !== 0 || low === undefined || (low & 0xfc00) !== 0xdc00) return undefined;
    this.at += 12;
    return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
  }

  private fourDigits(at: number): number | undefined {
    const digits = this.text.slice(at, at + 4);
    return /^[0-9a-f]{4}$/i.test(digits) ? Number(`0x${digits}`) : undefined;
  }

  private expected(what: string, { name, at }: Token): never {
    this.machine.fail(`Expected ${what} but found ${name} at character ${at + 1}`);
  }
}

/** What strtod reads. */
const NUMBER =
  /[+-]?(0x([0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(p[+-]?\d+)?|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)/iy;

function numberOf(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '').toLowerCase();
  const size = digits.startsWith('i')
    ? Infinity
    : digits.startsWith('0x')
      ? hexadecimal(digits.slice(2))
      : Number(digits);
  return negative ? -size : size;
}

function hexadecimal(digits: string): number {
  const [, whole = '', , fraction = '', , exponent = '0'] =
    /^([0-9a-f]*)(\.([0-9a-f]*))?(p([+-]?\d+))?$/.exec(digits) ?? [];
  const value = Number(`0x${whole}${fraction}`);
  const power = Number(exponent) - 4 * fraction.length;
  // Powers of two are exact, as long as there are such doubles.
  return power >= 0 ? scaled(value, power, 2) : scaled(value, -power, 0.5);
}

function scaled(value: number, times: number, factor: number): number {
  let result = value;
  for (let i = 0; i < Math.min(times, 2200); i++) result *= factor;
  return result;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

const words: readonly { readonly text: string; readonly name: string; readonly value: LuaValue }[] =
  [
    { text: 'true', name: 'T_BOOLEAN', value: true },
    { text: 'false', name: 'T_BOOLEAN', value: false },
    { text: 'null', name: 'T_NULL', value: NULL_POINTER },
  ];

const marks: Readonly<Record<string, string>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
  '\0': 'T_END',
};

const unescapes: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/', b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' },
};

function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
  const tail = String.fromCharCode(0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12)) + tail;
  return String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63)) + tail;
}
