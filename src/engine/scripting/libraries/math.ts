/** math (lmathlib.c, with Redis's own random numbers). */
import { fractionAndExponent, scaleByPowerOfTwo } from '../../../base/double-bits.ts';
import { cosh, exp, log, log10, pow, sinh, tanh } from '../../../base/math.ts';
import { acos, asin, atan, atan2, cos, sin, tan } from '../../../base/trigonometry.ts';
import type { LuaMachine, Natives } from '../lua/lua-machine.ts';
import { argumentError, intArgument, numberArgument } from './library-arguments.ts';

function unary(work: (x: number) => number): Natives[string] {
  return (machine, args) => [work(numberArgument(machine, args, 0))];
}

/** The second argument is looked at first, as the compiler of the real one has it. */
function binary(work: (x: number, y: number) => number): Natives[string] {
  return (machine, args) => {
    const y = numberArgument(machine, args, 1);
    return [work(numberArgument(machine, args, 0), y)];
  };
}

const DEGREE = 3.14159265358979323846 / 180;

export const mathLibrary: Natives = {
  'math.abs': unary(Math.abs),
  'math.acos': unary(acos),
  'math.asin': unary(asin),
  'math.atan': unary(atan),
  'math.atan2': binary(atan2),
  'math.ceil': unary(Math.ceil),
  'math.cos': unary(cos),
  'math.cosh': unary(cosh),
  'math.deg': unary((x) => x / DEGREE),
  'math.exp': unary(exp),
  'math.floor': unary(Math.floor),
  'math.fmod': binary((x, y) => x % y),
  'math.mod': binary((x, y) => x % y),
  'math.frexp'(machine, args) {
    const x = numberArgument(machine, args, 0);
    if (x === 0 || !Number.isFinite(x)) return [x, 0];
    const { fraction, exponent } = fractionAndExponent(Math.abs(x));
    return [x < 0 ? -fraction : fraction, exponent];
  },
  'math.ldexp'(machine, args) {
    const exponent = intArgument(machine, args, 1);
    return [scaleByPowerOfTwo(numberArgument(machine, args, 0), exponent)];
  },
  'math.log': unary(log),
  'math.log10': unary(log10),
  'math.max': (machine, args) => [extreme(machine, args, (a, b) => b > a)],
  'math.min': (machine, args) => [extreme(machine, args, (a, b) => b < a)],
  'math.modf'(machine, args) {
    const x = numberArgument(machine, args, 0);
    const whole = Math.trunc(x);
    return [whole, Number.isFinite(x) ? x - whole : Number.isNaN(x) ? x : 0];
  },
  'math.pow': binary(pow),
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
    const low = args.length === 1 ? 1 : intArgument(machine, args, 0);
    const high = intArgument(machine, args, args.length - 1);
    if (low > high) argumentError(machine, args.length - 1, 'interval is empty');
    // They are ints there: a range of all of them counts as none.
    const range = args.length === 1 ? high : (high - low + 1) | 0;
    return [Math.floor(fraction * range) + low];
  },
  'math.randomseed'(machine, args) {
    machine.state.world.random = seedOf(intArgument(machine, args, 0));
    return [];
  },
};

const RANDOM_MOST = 0x7fff_ffff;

/** rand.c:redisSrand48: the 48 bits of drand48. */
export function seedOf(seed: number): bigint {
  return (BigInt.asUintN(32, BigInt(Math.trunc(seed))) << 16n) | 0x330en;
}

function nextRandom(machine: LuaMachine): number {
  const { world } = machine.state;
  world.random = BigInt.asUintN(48, world.random * 0x5deece66dn + 0xbn);
  return Number(world.random >> 17n);
}

function extreme(
  machine: LuaMachine,
  args: Parameters<Natives[string]>[1],
  better: (a: number, b: number) => boolean,
): number {
  let best = numberArgument(machine, args, 0);
  for (let i = 1; i < args.length; i++) {
    const next = numberArgument(machine, args, i);
    if (better(best, next)) best = next;
  }
  return best;
}
