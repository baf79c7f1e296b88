/**
 * A generator of reproducible chance: xoshiro128** (Blackman and Vigna). The state is four 32-bit
 * words of plain data, never all zero, so that it travels with the machine that draws from it.
 */
export interface RandomState {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** A state from a number or a text. Equal seeds give equal sequences on every host. */
export function seedRandom(seed: number | string): RandomState {
  return stateOf([hashText(typeof seed === 'number' ? `number ${seed}` : `text ${seed}`)]);
}

/** The next 32 random bits, as an integer 0..2^32-1. */
export function nextUint32(state: RandomState): number {
  const { a, b, c, d } = state;
  const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
  const mixedC = c ^ a;
  const mixedD = d ^ b;
  state.b = (b ^ mixedC) >>> 0;
  state.a = (a ^ mixedD) >>> 0;
  state.c = (mixedC ^ (b << 9)) >>> 0;
  state.d = rotateLeft(mixedD, 11) >>> 0;
  return scrambled;
}

/** An integer 0..n-1, every one equally likely. `n` is an integer 1..2^53-1; anything else is a RangeError. */
export function nextBelow(state: RandomState, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new RangeError(`nextBelow needs an integer of 1 or more, got ${n}`);
  // Draws beyond the largest multiple of n are thrown away: a plain remainder would prefer small results.
  if (n <= 0x1_0000_0000) {
    const bound = 0x1_0000_0000 - (0x1_0000_0000 % n);
    for (;;) {
      const drawn = nextUint32(state);
      if (drawn < bound) return drawn % n;
    }
  }
  const bound = TWO_TO_53 - (TWO_TO_53 % n);
  for (;;) {
    const drawn = next53Bits(state);
    if (drawn < bound) return drawn % n;
  }
}

/** A number 0 ≤ x < 1, a multiple of 2^-53. */
export function nextDouble(state: RandomState): number {
  return next53Bits(state) / TWO_TO_53;
}

/**
 * An independent generator for one purpose. It depends on the state and the label alone and leaves the
 * state as it is, so that a new consumer of chance does not shift what the others draw. The same label
 * at the same state gives the same generator.
 */
export function fork(state: RandomState, label: string): RandomState {
  return stateOf([state.a, state.b, state.c, state.d, hashText(label)]);
}

const TWO_TO_53 = 0x20_0000_0000_0000;

function next53Bits(state: RandomState): number {
  const high = nextUint32(state) >>> 5;
  const low = nextUint32(state) >>> 6;
  return high * 0x400_0000 + low;
}

/** Spreads the entropy over four words by absorbing it into a splitmix32 counter before each. */
function stateOf(entropy: readonly number[]): RandomState {
  let counter = 0;
  const nextWord = (): number => {
    for (const word of entropy) counter = mix(counter ^ word);
    counter = (counter + 0x9e37_79b9) >>> 0;
    return mix(counter);
  };
  const state = { a: nextWord(), b: nextWord(), c: nextWord(), d: nextWord() };
  if ((state.a | state.b | state.c | state.d) === 0) state.a = 1;
  return state;
}

/** The finaliser of murmur3, a bijection of 32-bit words. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over the UTF-16 units, both bytes of each. */
function hashText(text: string): number {
  let h = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x0100_0193);
    h = Math.imul(h ^ (unit >>> 8), 0x0100_0193);
  }
  return h >>> 0;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
