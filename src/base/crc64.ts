/**
 * CRC-64 of RDB files and DUMP payloads: polynomial ad93d23594c935a9 (Jones), reflected, initially 0,
 * no final xor (Redis crc64.c). Two 32-bit halves, since a bigint a byte would be fifty times slower.
 */
export interface Crc64State {
  low: number;
  high: number;
}

export function newCrc64(): Crc64State {
  return { low: 0, high: 0 };
}

/** Takes in bytes `start` up to `end`; calls over consecutive pieces equal one call over the whole. */
export function updateCrc64(
  state: Crc64State,
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): void {
  let { low, high } = state;
  let at = start;
  // Eight bytes a step (slicing by eight): every byte's effect on the sum is looked up by itself.
  for (; at + 8 <= end; at += 8) {
    const x =
      low ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    const y =
      high ^
      (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24));
    const a = 0x700 | (x & 0xff);
    const b = 0x600 | ((x >>> 8) & 0xff);
    const c = 0x500 | ((x >>> 16) & 0xff);
    const d = 0x400 | (x >>> 24);
    const e = 0x300 | (y & 0xff);
    const f = 0x200 | ((y >>> 8) & 0xff);
    const g = 0x100 | ((y >>> 16) & 0xff);
    const h = y >>> 24;
    low = LOW[a]! ^ LOW[b]! ^ LOW[c]! ^ LOW[d]! ^ LOW[e]! ^ LOW[f]! ^ LOW[g]! ^ LOW[h]!;
    high = HIGH[a]! ^ HIGH[b]! ^ HIGH[c]! ^ HIGH[d]! ^ HIGH[e]! ^ HIGH[f]! ^ HIGH[g]! ^ HIGH[h]!;
  }
  for (; at < end; at++) {
    const index = (low ^ bytes[at]!) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
    high = (high >>> 8) ^ HIGH[index]!;
  }
  state.low = low >>> 0;
  state.high = high >>> 0;
}

/** The sum as the eight bytes, little endian, that end an RDB file. */
export function crc64Bytes(state: Crc64State): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, state.low, true);
  view.setUint32(4, state.high, true);
  return bytes;
}

/** The sum as 16 hexadecimal digits, the most significant first. */
export function crc64Hex(state: Crc64State): string {
  return state.high.toString(16).padStart(8, '0') + state.low.toString(16).padStart(8, '0');
}

const REFLECTED_LOW = 0xac4b_c9b5;
const REFLECTED_HIGH = 0x95ac_9329;

/** Row r (256 entries at r * 256) holds the effect of a byte that is followed by r more bytes. */
const LOW = new Int32Array(8 * 256);
const HIGH = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let low = byte;
  let high = 0;
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= REFLECTED_LOW;
      high ^= REFLECTED_HIGH;
    }
  }
  LOW[byte] = low;
  HIGH[byte] = high;
}
for (let at = 256; at < 8 * 256; at++) {
  const low = LOW[at - 256]!;
  const high = HIGH[at - 256]!;
  const index = low & 0xff;
  LOW[at] = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
  HIGH[at] = (high >>> 8) ^ HIGH[index]!;
}
