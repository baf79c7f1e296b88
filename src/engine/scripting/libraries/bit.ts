/** bit (LuaBitOp). */
import { lowWord } from '../../../base/double-bits.ts';
import type { LuaMachine, Natives } from '../lua/lua-machine.ts';
import { numberArgument } from './library-arguments.ts';

/** Added to a number it brings the number's lowest 32 bits, rounded to even, to those of the sum: 2^52 + 2^51. */
const SHIFT = 6755399441055744;

/** The 32 bits of a number, as bit.c takes them. */
function bits(machine: LuaMachine, args: Parameters<Natives[string]>[1], index: number): number {
  return lowWord(numberArgument(machine, args, index) + SHIFT) | 0;
}

function folded(work: (a: number, b: number) => number): Natives[string] {
  return (machine, args) => {
    let value = bits(machine, args, 0);
    // The last argument is looked at first after that.
    for (let i = args.length - 1; i > 0; i--) value = work(value, bits(machine, args, i));
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
    const text = (x >>> 0)
      .toString(16)
      .padStart(8, '0')
      .slice(8 - digits);
    return [wanted < 0 ? text.toUpperCase() : text];
  },
};
