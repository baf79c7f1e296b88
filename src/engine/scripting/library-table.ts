/** table (ltablib.c), math (lmathlib.c, with Redis's own random numbers), bit (LuaBitOp) and os.clock. */
import { exp, log, log10, pow, sinh, cosh, tanh } from '../../base/math.ts';
import { acos, asin, atan, atan2, cos, sin, tan } from '../../base/trigonometry.ts';
import { fractionAndExponent, scaleByPowerOfTwo } from '../../base/double-bits.ts';
import { argumentError, integerArgument, numberArgument, tableArgument, textArgument, typedArgument } from './library-arguments.ts';
import { FROZEN, type LuaMachine, type Natives } from './lua-machine.ts';
import { border, entries, rawGet } from './lua-table.ts';
import { LuaError, toText, typeName } from './lua-value.ts';

export const tableLibrary: Natives = {
  'table.concat'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const separator = textArgument(machine, args, 1, '');
    const from = integerArgument(machine, args, 2, 1);
    const to = args[3] === undefined ? border(table) : integerArgument(machine, args, 3);
    const parts: string[] = [];
    let length = 0;
    for (let i = from; i <= to; i++) {
      const value = rawGet(table, i);
      const text = toText(value);
      if (text === undefined) return machine.fail(`invalid value (${typeName(value)}) at index ${i} in table for 'concat'`);
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
    if (args.length !== 2 && args.length !== 3) machine.fail("wrong number of arguments to 'insert'");
    const at = args.length === 2 ? end : integerArgument(machine, args, 1);
    const last = Math.max(at, end);
    machine.spend(Math.max(0, last - at));
    for (let i = last; i > at; i--) machine.storeNatively(table, i, rawGet(table, i - 1));
    machine.storeNatively(table, at, args[args.length - 1]);
    return [];
  },

  'table.remove'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const end = border(table);
    const at = integerArgument(machine, args, 1, end);
    if (at < 1 || at > end) return [];
    const removed = rawGet(table, at);
    machine.spend(end - at);
    for (let i = at; i < end; i++) machine.storeNatively(table, i, rawGet(table, i + 1));
    machine.storeNatively(table, end, undefined);
    return [removed];
  },

  'table.sort'(machine, args) {
    const table = tableArgument(machine, args, 0);
    const size = border(table);
    if (args[1] !== undefined) typedArgument(machine, args, 1, 'function');
    if (table.frozen) throw new LuaError(FROZEN);
    return machine.tail(machine.prelude['sort'], [table, size, args[1]]);
  },

  'table.maxn'(machine, args) {
    let most = 0;
    for (const [key] of entries(tableArgument(machine, args, 0))) if (typeof key === 'number' && key > most) most = key;
    return [most];
  },
  'table.getn': (machine, args) => [border(tableArgument(machine, args, 0))],
  'table.setn': (machine) => machine.fail("'setn' is obsolete"),
  'table.foreach'(machine, args) {
    tableArgument(machine, args, 0);
    return machine.tail(machine.prelude['foreach'], [args[0], typedArgument(machine, args, 1, 'function')]);
  },
  'table.foreachi'(machine, args) {
    tableArgument(machine, args, 0);
    return machine.tail(machine.prelude['foreachi'], [args[0], typedArgument(machine, args, 1, 'function')]);
  },
  /** For our own library: raises an error at the place of the script that called it. */
  complain(machine, args) {
    return machine.tail({ type: 'native', id: 0, name: 'error' }, [machine.whereOutside() + (toText(args[0]) ?? ''), 0]);
  },
};

function unary(work: (x: number) => number): Natives[string] {
  return (machine, args) => [work(numberArgument(machine, args, 0))];
}

const DEGREE = 3.14159265358979323846 / 180;

export const mathLibrary: Natives = {
  'math.abs': unary(Math.abs),
  'math.acos': unary(acos),
  'math.asin': unary(asin),
  'math.atan': unary(atan),
  'math.atan2': (machine, args) => [atan2(numberArgument(machine, args, 0), numberArgument(machine, args, 1))],
  'math.ceil': unary(Math.ceil),
  'math.cos': unary(cos),
  'math.cosh': unary(cosh),
  'math.deg': unary((x) => x / DEGREE),
  'math.exp': unary(exp),
  'math.floor': unary(Math.floor),
  'math.fmod': (machine, args) => [numberArgument(machine, args, 0) % numberArgument(machine, args, 1)],
  'math.mod': (machine, args) => [numberArgument(machine, args, 0) % numberArgument(machine, args, 1)],
  'math.frexp'(machine, args) {
    const x = numberArgument(machine, args, 0);
    if (x === 0 || !Number.isFinite(x)) return [x, 0];
    const { fraction, exponent } = fractionAndExponent(Math.abs(x));
    return [x < 0 ? -fraction : fraction, exponent];
  },
  'math.ldexp': (machine, args) => [scaleByPowerOfTwo(numberArgument(machine, args, 0), integerArgument(machine, args, 1))],
  'math.log': unary(log),
  'math.log10': unary(log10),
  'math.max': (machine, args) => [extreme(machine, args, (a, b) => b > a)],
  'math.min': (machine, args) => [extreme(machine, args, (a, b) => b < a)],
  'math.modf'(machine, args) {
    const x = numberArgument(machine, args, 0);
    const whole = Math.trunc(x);
    return [whole, Number.isFinite(x) ? x - whole : Number.isNaN(x) ? x : 0];
  },
  'math.pow': (machine, args) => [pow(numberArgument(machine, args, 0), numberArgument(machine, args, 1))],
  'math.rad': unary((x) => x * DEGREE),
  'math.sin': unary(sin),
  'math.sinh': unary(sinh),
  'math.sqrt': unary(Math.sqrt),
  'math.tan': unary(tan),
  'math.tanh': unary(tanh),

  'math.random'(machine, args) {
    const fraction = (nextRandom(machine) % RANDOM_MOST) / RANDOM_MOST;
    if (args.length === 0) return [fraction];
    if (args.length > 2) machine.fail('wrong number of arguments');
    const low = args.length === 1 ? 1 : integerArgument(machine, args, 0);
    const high = integerArgument(machine, args, args.length - 1);
    if (low > high) argumentError(machine, args.length - 1, 'interval is empty');
    return [Math.floor(fraction * (high - low + 1)) + low];
  },
  'math.randomseed'(machine, args) {
    machine.state.random = seedOf(integerArgument(machine, args, 0));
    return [];
  },
};

const RANDOM_MOST = 0x7fff_ffff;

/** What rand.c begins with. */
export const FIRST_RANDOM = 0x1234_abcd_330en;

/** rand.c:redisSrand48: the 48 bits of drand48. */
export function seedOf(seed: number): bigint {
  return (BigInt.asUintN(32, BigInt(Math.trunc(seed))) << 16n) | 0x330en;
}

function nextRandom(machine: LuaMachine): number {
  const { state } = machine;
  state.random = BigInt.asUintN(48, state.random * 0x5deece66dn + 0xbn);
  return Number(state.random >> 17n);
}

function extreme(machine: LuaMachine, args: Parameters<Natives[string]>[1], better: (a: number, b: number) => boolean): number {
  let best = numberArgument(machine, args, 0);
  for (let i = 1; i < args.length; i++) {
    const next = numberArgument(machine, args, i);
    if (better(best, next)) best = next;
  }
  return best;
}

/** The 32 bits of a number, as bit.c takes them: modulo 2^32, rounded to even. */
function bits(machine: LuaMachine, args: Parameters<Natives[string]>[1], index: number): number {
  const x = numberArgument(machine, args, index);
  const floor = Math.floor(x);
  const above = x - floor;
  return (above > 0.5 || (above === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) | 0;
}

function folded(work: (a: number, b: number) => number): Natives[string] {
  return (machine, args) => {
    let value = bits(machine, args, 0);
    for (let i = 1; i < args.length; i++) value = work(value, bits(machine, args, i));
    return [value];
  };
}

function shifted(work: (a: number, by: number) => number): Natives[string] {
  return (machine, args) => [work(bits(machine, args, 0), bits(machine, args, 1) & 31) | 0];
}

export const bitLibrary: Natives = {
  'bit.tobit': (machine, args) => [bits(machine, args, 0)],
  'bit.bnot': (machine, args) => [~bits(machine, args, 0)],
  'bit.band': folded((a, b) => a & b),
  'bit.bor': folded((a, b) => a | b),
  'bit.bxor': folded((a, b) => a ^ b),
  'bit.lshift': shifted((a, by) => a << by),
  'bit.rshift': shifted((a, by) => a >>> by),
  'bit.arshift': shifted((a, by) => a >> by),
  'bit.rol': shifted((a, by) => (a << by) | (a >>> ((32 - by) & 31))),
  'bit.ror': shifted((a, by) => (a >>> by) | (a << ((32 - by) & 31))),
  'bit.bswap'(machine, args) {
    const x = bits(machine, args, 0);
    return [((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)];
  },
  'bit.tohex'(machine, args) {
    const x = bits(machine, args, 0);
    const wanted = args[1] === undefined ? 8 : bits(machine, args, 1);
    const digits = Math.min(8, Math.abs(wanted));
    const text = (x >>> 0).toString(16).padStart(8, '0').slice(8 - digits);
    return [wanted < 0 ? text.toUpperCase() : text];
  },
};
