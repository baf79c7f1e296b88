/** table (ltablib.c). */
import type { Natives } from '../lua/lua-machine.ts';
import { border, FROZEN, entries, rawGet } from '../lua/lua-table.ts';
import { LuaError, toText, typeName } from '../lua/lua-value.ts';
import { storeNatively } from '../lua/metamethods.ts';
import { intArgument, tableArgument, textArgument, typedArgument } from './library-arguments.ts';

/** Elements that are moved at once; for more there is a function in Lua, which can be stopped. */
const MOST_MOVED = 10_000;

export const tableLibrary: Natives = {
  'table.concat'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const separator = textArgument(machine, args, 1, '');
    const from = intArgument(machine, args, 2, 1);
    const to = args[3] === undefined ? border(table) : intArgument(machine, args, 3);
    const parts: string[] = [];
    let length = 0;
    for (let i = from; i <= to; i++) {
      const value = rawGet(table, i);
      const text = toText(value);
      if (text === undefined)
        return machine.fail(
          `invalid value (${typeName(value)}) at index ${i} in table for 'concat'`,
        );
      length += text.length + separator.length;
      machine.room(length);
      parts.push(text);
    }
    machine.spend(parts.length);
    return [machine.string(parts.join(separator))];
  },

  'table.insert'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const end = border(table) + 1;
    if (args.length !== 2 && args.length !== 3)
      machine.fail("wrong number of arguments to 'insert'");
    const at = args.length === 2 ? end : intArgument(machine, args, 1);
    const last = Math.max(at, end);
    if (last - at > MOST_MOVED && !table.frozen)
      return machine.tail(machine.prelude('insert'), [table, last, at, args[args.length - 1]]);
    machine.spend(Math.max(0, last - at));
    for (let i = last; i > at; i--) storeNatively(machine, table, i, rawGet(table, i - 1));
    storeNatively(machine, table, at, args[args.length - 1]);
    return [];
  },

  'table.remove'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const end = border(table);
    const at = intArgument(machine, args, 1, end);
    if (at < 1 || at > end) return [];
    const removed = rawGet(table, at);
    if (end - at > MOST_MOVED && !table.frozen)
      return machine.tail(machine.prelude('remove'), [table, at, end]);
    machine.spend(end - at);
    for (let i = at; i < end; i++) storeNatively(machine, table, i, rawGet(table, i + 1));
    storeNatively(machine, table, end, undefined);
    return [removed];
  },

  'table.sort'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const size = border(table);
    if (args[1] !== undefined) typedArgument(machine, args, 1, 'function');
    if (table.frozen) throw new LuaError(FROZEN);
    return machine.tail(machine.prelude('sort'), [table, size, args[1]]);
  },

  'table.maxn'(machine, args) {
    let most = 0;
    for (const [key] of entries(tableArgument(machine, args, 0)))
      if (typeof key === 'number' && key > most) most = key;
    return [most];
  },
  'table.getn': (machine, args) => [border(tableArgument(machine, args, 0))],
  'table.setn': (machine) => machine.fail("'setn' is obsolete"),
  'table.foreach'(machine, args) {
    tableArgument(machine, args, 0);
    return machine.tail(machine.prelude('foreach'), [
      args[0],
      typedArgument(machine, args, 1, 'function'),
    ]);
  },
  'table.foreachi'(machine, args) {
    tableArgument(machine, args, 0);
    return machine.tail(machine.prelude('foreachi'), [
      args[0],
      typedArgument(machine, args, 1, 'function'),
    ]);
  },
  /** For our own library: raises an error at the place of the script that called it. */
  complain(machine, args) {
    return machine.fail(toText(args[0]) ?? '');
  },
};
