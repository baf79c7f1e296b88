import { addToDigest, endDigest, newBlockDigest, type BlockRounds } from './block-digest.ts';

/** The SHA-1 digest of `message`: 20 bytes (FIPS 180-4). Scripts are named by it. */
export function sha1(message: Uint8Array): Uint8Array {
  const digest = newBlockDigest(sha1Rounds);
  addToDigest(digest, message);
  return endDigest(digest);
}

/** The digest as 40 lower case hexadecimal digits. */
export function sha1Hex(message: Uint8Array): string {
  let hex = '';
  for (const byte of sha1(message)) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

const SCHEDULE = new Uint32Array(80);

export const sha1Rounds: BlockRounds = {
  initial: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0],
  order: 'big',
  compress,
};

function compress(state: Uint32Array, bytes: Uint8Array, at: number): void {
  const w = SCHEDULE;
  for (let i = 0; i < 16; i++) {
    const j = at + i * 4;
    w[i] = (bytes[j]! << 24) | (bytes[j + 1]! << 16) | (bytes[j + 2]! << 8) | bytes[j + 3]!;
  }
  for (let i = 16; i < 80; i++)
    w[i] = rotateLeft(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);

  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  for (let i = 0; i < 80; i++) {
    let mixed: number;
    if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a82_7999;
    else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9_eba1;
    else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1b_bcdc;
    else mixed = (b ^ c ^ d) + 0xca62_c1d6;
    const next = (rotateLeft(a, 5) + mixed + e + w[i]!) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
