/** AES-256-GCM (FIPS 197, NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16 behind the text. */
import { assert } from './assert.ts';

const ROUNDS = 14;
export const TAG_BYTES = 16;
const NONCE_BYTES = 12;

export interface Sealed {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  /** Vouched for by the tag, but not in the text. */
  readonly beside: Uint8Array;
}

export function sealBytes(sealed: Sealed, text: Uint8Array): Uint8Array {
  const cipher = newCipher(sealed);
  const out = new Uint8Array(text.length + TAG_BYTES);
  out.set(counted(cipher, text));
  out.set(tagOf(cipher, sealed.beside, out.subarray(0, text.length)), text.length);
  return out;
}

/** Undefined: the key, the nonce, the text or what stands beside it is another one. */
export function openBytes(sealed: Sealed, bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < TAG_BYTES) return undefined;
  const text = bytes.subarray(0, bytes.length - TAG_BYTES);
  const cipher = newCipher(sealed);
  const tag = tagOf(cipher, sealed.beside, text);
  let differs = 0;
  for (let i = 0; i < TAG_BYTES; i++) differs |= tag[i]! ^ bytes[text.length + i]!;
  return differs === 0 ? counted(cipher, text) : undefined;
}

interface Cipher {
  readonly schedule: Uint8Array;
  readonly counter: Uint8Array;
  /** GHASH's factor: the encryption of zeros. */
  readonly factor: Uint32Array;
}

function newCipher({ key, nonce }: Sealed): Cipher {
  assert(key.length === 32 && nonce.length === NONCE_BYTES, 'a key of 32 and a nonce of 12 bytes');
  const schedule = expandKey(key);
  const counter = new Uint8Array(16);
  counter.set(nonce);
  counter[15] = 1;
  return { schedule, counter, factor: quarters(encryptBlock(schedule, new Uint8Array(16)), 0) };
}

/** CTR mode, from the counter after the tag's. */
function counted({ schedule, counter }: Cipher, text: Uint8Array): Uint8Array {
  const out = new Uint8Array(text.length);
  const block = counter.slice();
  const view = new DataView(block.buffer);
  for (let at = 0; at < text.length; at += 16) {
    view.setUint32(12, view.getUint32(12) + 1);
    const stream = encryptBlock(schedule, block);
    for (let i = 0; i < 16 && at + i < text.length; i++) out[at + i] = text[at + i]! ^ stream[i]!;
  }
  return out;
}

function tagOf(
  { schedule, counter, factor }: Cipher,
  beside: Uint8Array,
  text: Uint8Array,
): Uint8Array {
  const sum = new Uint32Array(4);
  const lengths = new Uint8Array(16);
  const view = new DataView(lengths.buffer);
  for (const [i, { length }] of [beside, text].entries()) {
    view.setUint32(i * 8, Math.floor(length / 0x2000_0000));
    view.setUint32(i * 8 + 4, (length << 3) >>> 0);
  }
  for (const part of [beside, text, lengths]) addToHash(sum, factor, part);
  const mask = encryptBlock(schedule, counter);
  const tag = new Uint8Array(16);
  const out = new DataView(tag.buffer);
  for (const [i, word] of sum.entries()) out.setUint32(i * 4, word);
  for (let i = 0; i < 16; i++) tag[i] = tag[i]! ^ mask[i]!;
  return tag;
}

function addToHash(sum: Uint32Array, factor: Uint32Array, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 16) {
    const block = quarters(bytes, at);
    for (let i = 0; i < 4; i++) sum[i] = (sum[i]! ^ block[i]!) >>> 0;
    multiply(sum, factor);
  }
}

/** 16 bytes from `at` on as four words; what is missing is zero. */
function quarters(bytes: Uint8Array, at: number): Uint32Array {
  const out = new Uint32Array(4);
  for (let i = 0; i < 16; i++) out[i >> 2] = (out[i >> 2]! << 8) | (bytes[at + i] ?? 0);
  return out;
}

/** In GF(2^128), bit by bit, the lowest power first (SP 800-38D, 6.3). */
function multiply(sum: Uint32Array, factor: Uint32Array): void {
  let [w, x, y, z] = [factor[0]!, factor[1]!, factor[2]!, factor[3]!];
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < 128; i++) {
    if (((sum[i >> 5]! >>> (31 - (i & 31))) & 1) === 1) {
      a ^= w;
      b ^= x;
      c ^= y;
      d ^= z;
    }
    const carry = z & 1;
    z = (z >>> 1) | (y << 31);
    y = (y >>> 1) | (x << 31);
    x = (x >>> 1) | (w << 31);
    w >>>= 1;
    if (carry === 1) w ^= 0xe100_0000;
  }
  sum.set([a >>> 0, b >>> 0, c >>> 0, d >>> 0]);
}

// --- AES ---

function doubled(byte: number): number {
  return ((byte << 1) ^ ((byte & 0x80) === 0 ? 0 : 0x1b)) & 0xff;
}

/** FIPS 197, 5.1.1: the inverse in GF(2^8), by powers of 3, and then turned and added. */
const substitutes = ((): Uint8Array => {
  const powers = new Uint8Array(256);
  const logs = new Uint8Array(256);
  for (let i = 0, power = 1; i < 255; i++) {
    powers[i] = power;
    logs[power] = i;
    power ^= doubled(power);
  }
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    const inverse = byte === 0 ? 0 : powers[(255 - logs[byte]!) % 255]!;
    let out = 0x63;
    for (let turn = 0; turn < 5; turn++)
      out ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
    return out;
  });
})();

function expandKey(key: Uint8Array): Uint8Array {
  const schedule = new Uint8Array(16 * (ROUNDS + 1));
  schedule.set(key);
  let constant = 1;
  for (let at = 32; at < schedule.length; at += 4) {
    let word = [...schedule.subarray(at - 4, at)];
    if (at % 32 === 0) {
      word = [word[1]!, word[2]!, word[3]!, word[0]!].map((byte) => substitutes[byte]!);
      word[0] = word[0]! ^ constant;
      constant = doubled(constant);
    } else if (at % 32 === 16) word = word.map((byte) => substitutes[byte]!);
    for (let i = 0; i < 4; i++) schedule[at + i] = schedule[at - 32 + i]! ^ word[i]!;
  }
  return schedule;
}

function encryptBlock(schedule: Uint8Array, block: Uint8Array): Uint8Array {
  const state = new Uint8Array(16);
  const shifted = new Uint8Array(16);
  for (let i = 0; i < 16; i++) state[i] = block[i]! ^ schedule[i]!;
  for (let round = 1; round <= ROUNDS; round++) {
    for (let i = 0; i < 16; i++) shifted[i] = substitutes[state[(i * 5) & 15]!]!;
    if (round < ROUNDS) mixColumns(shifted);
    for (let i = 0; i < 16; i++) state[i] = shifted[i]! ^ schedule[round * 16 + i]!;
  }
  return state;
}

function mixColumns(state: Uint8Array): void {
  for (let at = 0; at < 16; at += 4) {
    const [a, b, c, d] = [state[at]!, state[at + 1]!, state[at + 2]!, state[at + 3]!];
    const all = a ^ b ^ c ^ d;
    state[at] = a ^ all ^ doubled(a ^ b);
    state[at + 1] = b ^ all ^ doubled(b ^ c);
    state[at + 2] = c ^ all ^ doubled(c ^ d);
    state[at + 3] = d ^ all ^ doubled(d ^ a);
  }
}
