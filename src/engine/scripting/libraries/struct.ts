/** struct (lua_struct.c): numbers and texts as the bytes of C structures. */
import { byteStringOf } from '../../../base/bytes.ts';
import type { LuaMachine, NativeResult, Natives } from '../lua/lua-machine.ts';
import { toNumber, type LuaValue } from '../lua/lua-value.ts';
import {
  argumentError,
  integerArgument,
  numberArgument,
  textArgument,
  type Args,
} from './library-arguments.ts';

const LARGEST_INTEGER = 32;
const LARGEST_ALIGNMENT = 8;
const INT_MAX = 0x7fff_ffff;

/** Reads a format option by option. */
class Format {
  readonly text: string;
  at = 0;
  order: 'little' | 'big' = 'little';
  alignment = 1;
  private readonly machine: LuaMachine;

  constructor(machine: LuaMachine, text: string) {
    this.machine = machine;
    const end = text.indexOf('\0');
    this.text = end < 0 ? text : text.slice(0, end);
  }

  /** The next option and its size; undefined at the end. */
  next(): { readonly option: string; readonly size: number } | undefined {
    const option = this.text[this.at];
    if (option === undefined) return undefined;
    this.at++;
    return { option, size: this.size(option) };
  }

  private size(option: string): number {
    switch (option) {
      case 'B':
      case 'b':
      case 'x':
        return 1;
      case 'H':
      case 'h':
        return 2;
      case 'f':
        return 4;
      case 'L':
      case 'l':
      case 'T':
      case 'd':
        return 8;
      case 'c':
        return this.number(1);
      case 'i':
      case 'I': {
        const size = this.number(4);
        if (size > LARGEST_INTEGER) {
          this.machine.fail(`integral size ${size} is larger than limit of ${LARGEST_INTEGER}`);
        }
        return size;
      }
      default:
        return 0;
    }
  }

  private number(otherwise: number): number {
    const [digits] = /^\d+/.exec(this.text.slice(this.at)) ?? [];
    if (digits === undefined) return otherwise;
    this.at += digits.length;
    if (Number(digits) > INT_MAX) this.machine.fail('integral size overflow');
    return Number(digits);
  }

  padding(position: number, option: string, size: number): number {
    if (size === 0 || option === 'c') return 0;
    const aligned = Math.min(size, this.alignment);
    return (aligned - (position & (aligned - 1))) & (aligned - 1);
  }

  /** An option that is no value. */
  control(option: string): void {
    if (option === ' ') return;
    if (option === '>') this.order = 'big';
    else if (option === '<') this.order = 'little';
    else if (option === '!') {
      const alignment = this.number(LARGEST_ALIGNMENT);
      if (alignment <= 0 || (alignment & (alignment - 1)) !== 0)
        this.machine.fail(`alignment ${alignment} is not a power of 2`);
      this.alignment = alignment;
    } else argumentError(this.machine, 0, `invalid format option '${option}'`);
  }
}

const isInteger = (option: string): boolean => 'bBhHlLTiI'.includes(option);

export const structLibrary: Natives = {
  'struct.pack': (machine, args) => pack(machine, args),
  'struct.unpack': (machine, args) => unpack(machine, args),
  'struct.size'(machine, args) {
    const format = new Format(machine, textArgument(machine, args, 0));
    let position = 0;
    for (let next = format.next(); next !== undefined; next = format.next()) {
      const { option, size } = next;
      position += format.padding(position, option, size);
      if (option === 's') argumentError(machine, 0, "option 's' has no fixed size");
      if (option === 'c' && size === 0) argumentError(machine, 0, "option 'c0' has no fixed size");
      if (!/[0-9A-Za-z]/.test(option)) format.control(option);
      position += size;
    }
    return [position];
  },
};

function pack(machine: LuaMachine, given: Args): NativeResult {
  // A nil parts the arguments from what is made of them there.
  const args = [...given, undefined];
  const format = new Format(machine, textArgument(machine, given, 0));
  const parts: string[] = [];
  let argument = 1;
  let total = 0;
  for (let next = format.next(); next !== undefined; next = format.next()) {
    const { option } = next;
    let { size } = next;
    const padding = format.padding(total, option, size);
    parts.push('\0'.repeat(padding));
    total += padding;
    if (isInteger(option)) {
      parts.push(integerBytes(numberArgument(machine, args, argument++), size, format.order));
    } else if (option === 'x') parts.push('\0');
    else if (option === 'f' || option === 'd')
      parts.push(floatBytes(numberArgument(machine, args, argument++), size, format.order));
    else if (option === 'c' || option === 's') {
      const text = textArgument(machine, args, argument++);
      if (size === 0) size = text.length;
      if (text.length < size) argumentError(machine, argument, 'string too short');
      parts.push(text.slice(0, size));
      if (option === 's') {
        parts.push('\0');
        size++;
      }
    } else format.control(option);
    total += size;
    machine.room(total);
  }
  return [machine.string(parts.join(''))];
}

function unpack(machine: LuaMachine, args: Args): NativeResult {
  const format = new Format(machine, textArgument(machine, args, 0));
  const data = textArgument(machine, args, 1);
  const from = integerArgument(machine, args, 2, 1);
  if (from === 0) argumentError(machine, 2, 'offset must be 1 or greater');
  let position = from - 1;
  const results: LuaValue[] = [];
  const check = (size: number): void => {
    // Negative ones are very great there.
    const fits = size >= 0 && position >= 0 && position <= data.length - size;
    if (!fits) argumentError(machine, 1, 'data string too short');
  };
  for (let next = format.next(); next !== undefined; next = format.next()) {
    const { option } = next;
    let { size } = next;
    check(size);
    position += format.padding(position, option, size);
    check(size);
    const bytes = data.slice(position, position + size);
    if (isInteger(option)) results.push(integerOf(bytes, format.order, option));
    else if (option === 'f' || option === 'd') results.push(floatOf(bytes, format.order));
    else if (option === 'c') {
      if (size === 0) {
        const given = toNumber(results.pop());
        if (given === undefined) machine.fail("format 'c0' needs a previous size");
        size = Math.trunc(given);
        check(size);
      }
      results.push(data.slice(position, position + size));
    } else if (option === 's') {
      const end = data.indexOf('\0', position);
      if (end < 0) machine.fail('unfinished string in data');
      results.push(data.slice(position, end));
      size = end - position + 1;
    } else if (option !== 'x') format.control(option);
    position += size;
  }
  return [...results, position + 1];
}

/** As the processor makes a 64-bit integer of a double. */
function wholeOf(x: number): bigint {
  if (Number.isNaN(x) || x >= 18446744073709551616 || x < -9223372036854775808) return 1n << 63n;
  return BigInt(Math.trunc(x));
}

function integerBytes(x: number, size: number, order: 'little' | 'big'): string {
  let value = BigInt.asUintN(64, wholeOf(x));
  const codes: number[] = [];
  for (let i = 0; i < size; i++) {
    codes.push(Number(value & 0xffn));
    value >>= 8n;
  }
  return String.fromCharCode(...(order === 'little' ? codes : codes.reverse()));
}

function integerOf(bytes: string, order: 'little' | 'big', option: string): number {
  const codes = [...bytes].map((c) => BigInt(c.charCodeAt(0)));
  if (order === 'little') codes.reverse();
  const value = BigInt.asUintN(
    64,
    codes.reduce((all, code) => (all << 8n) | code, 0n),
  );
  if (option < 'a') return Number(value);
  return Number(BigInt.asIntN(Math.min(64, bytes.length * 8), value));
}

function floatBytes(x: number, size: number, order: 'little' | 'big'): string {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setFloat32(0, x, order === 'little');
  else view.setFloat64(0, x, order === 'little');
  return byteStringOf(new Uint8Array(view.buffer));
}

function floatOf(bytes: string, order: 'little' | 'big'): number {
  const view = new DataView(new ArrayBuffer(bytes.length));
  for (let i = 0; i < bytes.length; i++) view.setUint8(i, bytes.charCodeAt(i));
  return bytes.length === 4
    ? view.getFloat32(0, order === 'little')
    : view.getFloat64(0, order === 'little');
}
