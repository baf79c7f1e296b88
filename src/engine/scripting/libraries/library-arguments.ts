/** Arguments of library functions, with Lua's complaints about them (lauxlib.c). */
import { calledName } from '../lua/lua-debug.ts';
import type { LuaMachine } from '../lua/lua-machine.ts';
import type { LuaTable } from '../lua/lua-table.ts';
import { isTable, toNumber, toText, typeName, type LuaValue } from '../lua/lua-value.ts';

export type Args = readonly LuaValue[];

/** `index` counts from 0. */
export function argumentError(machine: LuaMachine, index: number, message: string): never {
  const [, kind = '', name = '?'] = /^(\w+) '([^]*)'$/.exec(calledName(machine.state.thread)) ?? [];
  const number = kind === 'method' ? index : index + 1;
  if (number === 0) machine.fail(`calling '${name}' on bad self (${message})`);
  machine.fail(`bad argument #${number} to '${name}' (${message})`);
}

function typeMismatch(machine: LuaMachine, args: Args, index: number, expected: string): never {
  const got = index < args.length ? typeName(args[index]) : 'no value';
  argumentError(machine, index, `${expected} expected, got ${got}`);
}

export function anyArgument(machine: LuaMachine, args: Args, index: number): LuaValue {
  if (index >= args.length) argumentError(machine, index, 'value expected');
  return args[index];
}

export function numberArgument(machine: LuaMachine, args: Args, index: number): number {
  return toNumber(args[index]) ?? typeMismatch(machine, args, index, 'number');
}

/** As lua_Integer: cut towards zero; what does not fit into 64 bits is the least. */
export function integerArgument(
  machine: LuaMachine,
  args: Args,
  index: number,
  otherwise?: number,
): number {
  if (otherwise !== undefined && args[index] === undefined) return otherwise;
  const number = Math.trunc(numberArgument(machine, args, index));
  return Math.abs(number) < 2 ** 63 ? number + 0 : -(2 ** 63);
}

/** As an int of C: the lowest 32 bits of an integer. */
export function intArgument(
  machine: LuaMachine,
  args: Args,
  index: number,
  otherwise?: number,
): number {
  const integer = integerArgument(machine, args, index, otherwise);
  return Math.abs(integer) < 2 ** 31 ? integer : Number(BigInt.asIntN(32, BigInt(integer)));
}

export function textArgument(
  machine: LuaMachine,
  args: Args,
  index: number,
  otherwise?: string,
): string {
  if (otherwise !== undefined && args[index] === undefined) return otherwise;
  return toText(args[index]) ?? typeMismatch(machine, args, index, 'string');
}

export function tableArgument(machine: LuaMachine, args: Args, index: number): LuaTable {
  const value = args[index];
  return isTable(value) ? value : typeMismatch(machine, args, index, 'table');
}

export function typedArgument(
  machine: LuaMachine,
  args: Args,
  index: number,
  type: 'function' | 'coroutine',
): LuaValue {
  const value = args[index];
  if (typeName(value) === (type === 'coroutine' ? 'thread' : type)) return value;
  if (type === 'coroutine') argumentError(machine, index, 'coroutine expected');
  typeMismatch(machine, args, index, type);
}
