/** cmsgpack (lua_cmsgpack.c): MessagePack. */
import { byteStringOf } from '../../../base/bytes.ts';
import type { LuaMachine, NativeResult, Natives } from '../lua/lua-machine.ts';
import { border, entries, newTable, rawGet, rawSet, type LuaTable } from '../lua/lua-table.ts';
import { isTable, type LuaValue } from '../lua/lua-value.ts';
import { integerArgument, textArgument, type Args } from './library-arguments.ts';

/** What stands deeper is nil. */
const DEEPEST = 16;

export const cmsgpackLibrary: Natives = {
  'cmsgpack.pack'(machine, args) {
    if (args.length === 0)
      machine.fail("bad argument #0 to 'pack' (MessagePack pack needs input.)");
    const parts: string[] = [];
    for (const value of args) encode(machine, value, 0, parts);
    return [machine.string(parts.join(''))];
  },
  'cmsgpack.unpack': (machine, args) => unpack(machine, args, 0, 0),
  'cmsgpack.unpack_one': (machine, args) =>
    unpack(machine, args, 1, integerArgument(machine, args, 1, 0)),
  'cmsgpack.unpack_limit': (machine, args) =>
    unpack(machine, args, integerArgument(machine, args, 1), integerArgument(machine, args, 2, 0)),
};

const scratch = new DataView(new ArrayBuffer(9));

/** A byte, and a number of so many bytes after it. */
function tagged(tag: number, width: number, value: number | bigint): string {
  scratch.setUint8(0, tag);
  if (width === 1) scratch.setUint8(1, Number(value));
  else if (width === 2) scratch.setUint16(1, Number(value));
  else if (width === 4) scratch.setUint32(1, Number(value));
  else scratch.setBigUint64(1, BigInt.asUintN(64, BigInt(value)));
  return byteStringOf(new Uint8Array(scratch.buffer), 0, width + 1);
}

function byte(code: number): string {
  return String.fromCharCode(code & 0xff);
}

function integer(n: number): string {
  if (n >= 0) {
    if (n <= 127) return byte(n);
    if (n <= 0xff) return tagged(0xcc, 1, n);
    if (n <= 0xffff) return tagged(0xcd, 2, n);
    return n <= 0xffff_ffff ? tagged(0xce, 4, n) : tagged(0xcf, 8, BigInt(n));
  }
  if (n >= -32) return byte(n);
  if (n >= -128) return tagged(0xd0, 1, n & 0xff);
  if (n >= -32768) return tagged(0xd1, 2, n & 0xffff);
  return n >= -2147483648 ? tagged(0xd2, 4, n >>> 0) : tagged(0xd3, 8, BigInt(n));
}

function isWhole(n: number): boolean {
  return Number.isInteger(n) && n >= -9223372036854775808 && n < 9223372036854775808;
}

function number(n: number): string {
  if (isWhole(n)) return integer(n);
  if (Math.fround(n) === n) {
    scratch.setUint8(0, 0xca);
    scratch.setFloat32(1, n);
    return byteStringOf(new Uint8Array(scratch.buffer), 0, 5);
  }
  scratch.setUint8(0, 0xcb);
  scratch.setFloat64(1, n);
  return byteStringOf(new Uint8Array(scratch.buffer), 0, 9);
}

function textHead(length: number): string {
  if (length < 32) return byte(0xa0 | length);
  if (length <= 0xff) return tagged(0xd9, 1, length);
  return length <= 0xffff ? tagged(0xda, 2, length) : tagged(0xdb, 4, length);
}

function containerHead(short: number, long: number, length: number): string {
  if (length <= 15) return byte(short | length);
  return length <= 0xffff ? tagged(long, 2, length) : tagged(long + 1, 4, length);
}

function encode(machine: LuaMachine, value: LuaValue, level: number, parts: string[]): void {
  machine.spend(1);
  if (typeof value === 'string') parts.push(textHead(value.length), value);
  else if (typeof value === 'number') parts.push(number(value));
  else if (typeof value === 'boolean') parts.push(byte(value ? 0xc3 : 0xc2));
  else if (isTable(value) && level < DEEPEST) encodeTable(machine, value, level, parts);
  else parts.push(byte(0xc0));
}

function encodeTable(machine: LuaMachine, table: LuaTable, level: number, parts: string[]): void {
  const all = [...entries(table)];
  if (isList(all)) {
    const length = border(table);
    parts.push(containerHead(0x90, 0xdc, length));
    for (let i = 1; i <= length; i++) encode(machine, rawGet(table, i), level + 1, parts);
    return;
  }
  parts.push(containerHead(0x80, 0xde, all.length));
  for (const [key, value] of all) {
    encode(machine, key, level + 1, parts);
    encode(machine, value, level + 1, parts);
  }
}

function isList(all: readonly (readonly [LuaValue, LuaValue])[]): boolean {
  let most = 0;
  for (const [key] of all) {
    if (typeof key !== 'number' || key <= 0 || !Number.isInteger(key)) return false;
    most = Math.max(most, key);
  }
  return most === all.length;
}

function unpack(machine: LuaMachine, args: Args, limit: number, offset: number): NativeResult {
  const text = textArgument(machine, args, 0);
  const { length } = text;
  if (offset < 0 || limit < 0) {
    machine.fail(`Invalid request to unpack with offset of ${offset} and limit of ${length}.`);
  }
  if (offset > length) machine.fail(`Start offset ${offset} greater than input length ${length}.`);
  const everything = limit === 0 && offset === 0;
  const reader = new Reader(machine, text, offset);
  const values: LuaValue[] = [];
  while (reader.at < length && (everything || values.length < limit)) values.push(reader.value());
  if (everything) return values;
  return [reader.at === length ? -1 : reader.at, ...values];
}

class Reader {
  at: number;
  private readonly machine: LuaMachine;
  private readonly text: string;

  constructor(machine: LuaMachine, text: string, at: number) {
    this.machine = machine;
    this.text = text;
    this.at = at;
  }

  value(): LuaValue {
    this.machine.spend(1);
    const tag = this.unsigned(1);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return this.map(tag & 15);
    if (tag < 0xa0) return this.list(tag & 15);
    if (tag < 0xc0) return this.string(tag & 31);
    if (tag >= 0xe0) return tag - 256;
    return this.tagged(tag);
  }

  private tagged(tag: number): LuaValue {
    switch (tag) {
      case 0xc0:
        return undefined;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.view(4).getFloat32(0);
      case 0xcb:
        return this.view(8).getFloat64(0);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.unsigned(1 << (tag - 0xcc));
      case 0xcf:
        return Number(this.view(8).getBigUint64(0));
      case 0xd0:
        return this.view(1).getInt8(0);
      case 0xd1:
        return this.view(2).getInt16(0);
      case 0xd2:
        return this.view(4).getInt32(0);
      case 0xd3:
        return Number(this.view(8).getBigInt64(0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.string(this.unsigned(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.list(this.unsigned(tag === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.map(this.unsigned(tag === 0xde ? 2 : 4));
      default:
        return this.machine.fail('Bad data format in input.');
    }
  }

  private take(length: number): string {
    if (this.at + length > this.text.length) this.machine.fail('Missing bytes in input.');
    this.at += length;
    return this.text.slice(this.at - length, this.at);
  }

  private view(width: number): DataView {
    const bytes = this.take(width);
    for (let i = 0; i < width; i++) scratch.setUint8(i, bytes.charCodeAt(i));
    return scratch;
  }

  private unsigned(width: number): number {
    let value = 0;
    for (const c of this.take(width)) value = value * 256 + c.charCodeAt(0);
    return value;
  }

  private string(length: number): string {
    return this.machine.string(this.take(length));
  }

  private list(length: number): LuaTable {
    const table = newTable(this.machine.heap);
    for (let i = 1; i <= length; i++) rawSet(this.machine.heap, table, i, this.value());
    return table;
  }

  private map(length: number): LuaTable {
    const table = newTable(this.machine.heap);
    for (let i = 0; i < length; i++) {
      const key = this.value();
      const value = this.value();
      if (key === undefined || Number.isNaN(key))
        this.machine.fail(`table index is ${key === undefined ? 'nil' : 'NaN'}`);
      rawSet(this.machine.heap, table, key, value);
    }
    return table;
  }
}
