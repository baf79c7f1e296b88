/**
 * LZF (Marc Lehmann's LibLZF), the compression of long strings in RDB files. The output equals that of Redis's lzf_c.c
 * (VERY_FAST, 16 bits of hash), since files are compared byte for byte.
 *
 * A control byte below 32 is followed by that many literals plus one; any other refers back: its upper
 * three bits are the length minus two (7: one more byte of length follows), the rest and a last byte
 * the distance minus one.
 */
export function lzfCompress(input: Uint8Array, maxOutput: number): Uint8Array | undefined {
  const inputEnd = input.length;
  if (inputEnd === 0 || maxOutput <= 0) return undefined;
  // Redis asks for at most four bytes less than the input has, so no more than that is ever allocated.
  const output = new Uint8Array(
    Math.min(maxOutput, inputEnd + Math.ceil(inputEnd / MAX_LITERALS) + 4),
  );
  const outputEnd = Math.min(maxOutput, output.length);
  const base = reserveTable(inputEnd);

  let at = 0;
  let literals = 0;
  let out = 1; // the control byte of a run of literals is written when the run ends
  while (at < inputEnd - 2) {
    const slot = hashOf(input, at);
    // Position 0 can't be referred to in lzf_c.c, so not here either.
    const earlier = table[slot]! - base;
    table[slot] = base + at;
    const distance = at - earlier - 1;

    if (earlier > 0 && distance < MAX_DISTANCE && sameTriple(input, earlier, at)) {
      if (out - (literals === 0 ? 1 : 0) + 4 >= outputEnd) return undefined;
      if (literals === 0) out--;
      else output[out - literals - 1] = literals - 1;

      const length = matchLength(input, earlier, at) - 2;
      if (length < 7) {
        output[out++] = (distance >> 8) + (length << 5);
      } else {
        output[out++] = (distance >> 8) + (7 << 5);
        output[out++] = length - 7;
      }
      output[out++] = distance & 0xff;
      literals = 0;
      out++;

      at += length + 2;
      if (at >= inputEnd - 2) break;
      table[hashOf(input, at - 2)] = base + at - 2;
      table[hashOf(input, at - 1)] = base + at - 1;
      continue;
    }

    if (out >= outputEnd) return undefined;
    output[out++] = input[at++]!;
    literals++;
    if (literals === MAX_LITERALS) {
      output[out - literals - 1] = literals - 1;
      literals = 0;
      out++;
    }
  }

  if (out + 3 > outputEnd) return undefined;
  while (at < inputEnd) {
    output[out++] = input[at++]!;
    literals++;
    if (literals === MAX_LITERALS) {
      output[out - literals - 1] = literals - 1;
      literals = 0;
      out++;
    }
  }
  if (literals === 0) out--;
  else output[out - literals - 1] = literals - 1;
  return output.subarray(0, out);
}

/**
 * The bytes that `input` stands for, which must be exactly `length` many; undefined when it is corrupt.
 * The caller caps `length`: it comes from a file. Room is taken only as far as the input can reach,
 * since one control byte of a reference gives at most MAX_REFERENCE bytes.
 */
export function lzfDecompress(input: Uint8Array, length: number): Uint8Array | undefined {
  if (length > input.length * MAX_REFERENCE) return undefined;
  const output = new Uint8Array(length);
  let at = 0;
  let out = 0;
  while (at < input.length) {
    const control = input[at++]!;
    if (control < MAX_LITERALS) {
      const count = control + 1;
      if (at + count > input.length || out + count > length) return undefined;
      output.set(input.subarray(at, at + count), out);
      at += count;
      out += count;
      continue;
    }
    let count = (control >> 5) + 2;
    if (count === 9) {
      if (at >= input.length) return undefined;
      count += input[at++]!;
    }
    if (at >= input.length) return undefined;
    let from = out - ((control & 0x1f) << 8) - input[at++]! - 1;
    if (from < 0 || out + count > length) return undefined;
    // One at a time: the source may overlap what is being written.
    for (; count > 0; count--) output[out++] = output[from++]!;
  }
  return out === length ? output : undefined;
}

const HASH_BITS = 16;
const HASH_SIZE = 1 << HASH_BITS;
const MAX_LITERALS = 1 << 5;
const MAX_DISTANCE = 1 << 13;
const MAX_REFERENCE = (1 << 8) + (1 << 3);

/**
 * Where each triple was seen last, as an offset from the call's base. One table serves all calls: a call's base
 * is beyond whatever earlier ones have written, so their entries count as unseen and need no clearing, which
 * would cost more than compressing a short string.
 */
const table = new Int32Array(HASH_SIZE);
let nextBase = 0;

function reserveTable(inputLength: number): number {
  if (nextBase + inputLength > 0x7fff_ffff) {
    table.fill(0);
    nextBase = 0;
  }
  const base = nextBase;
  nextBase += inputLength;
  return base;
}

function hashOf(input: Uint8Array, at: number): number {
  const triple = (input[at]! << 16) | (input[at + 1]! << 8) | input[at + 2]!;
  return ((triple >> (3 * 8 - HASH_BITS)) - triple * 5) & (HASH_SIZE - 1);
}

function sameTriple(input: Uint8Array, a: number, b: number): boolean {
  return input[a] === input[b] && input[a + 1] === input[b + 1] && input[a + 2] === input[b + 2];
}

/**
 * How many bytes are equal, given that three are, leaving two at the end of the input for a run of literals.
 * lzf_c.c compares sixteen bytes in an unrolled row before it heeds that bound, if it is above sixteen, and so
 * may pass it by two; the same has to come out here.
 */
function matchLength(input: Uint8Array, earlier: number, at: number): number {
  const most = Math.min(input.length - at - 2, MAX_REFERENCE);
  const bound = most > 16 ? Math.max(most, UNROLLED_END) : most;
  let length = 3;
  while (length < bound && input[earlier + length] === input[at + length]) length++;
  return length;
}

const UNROLLED_END = 19;
