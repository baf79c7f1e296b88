/**
 * PBKDF2 with HMAC-SHA-256 (RFC 8018), for keys of 32 bytes: a job, since hundreds of thousands of rounds take a second.
 * For places that have no web cryptography, because nothing in them may wait for a promise.
 */
import { INITIAL, ROUND, sha256 } from './sha256.ts';

export interface KeyJob {
  /** SHA-256 after the block of the inner key, and of the outer one. */
  readonly inner: Int32Array;
  readonly outer: Int32Array;
  /** The last round's result, and all of them added without carry. */
  readonly last: Int32Array;
  readonly sum: Int32Array;
  roundsLeft: number;
}

const BLOCK = 64;
const words = new Int32Array(64);
const constants = Int32Array.from(ROUND);

export function newKeyJob(password: Uint8Array, salt: Uint8Array, iterations: number): KeyJob {
  const short = password.length > BLOCK ? sha256(password) : password;
  const inner = afterPad(short, 0x36);
  const outer = afterPad(short, 0x5c);
  const first = new Uint8Array(BLOCK + salt.length + 4);
  for (let i = 0; i < BLOCK; i++) first[i] = (short[i] ?? 0) ^ 0x36;
  first.set(salt, BLOCK);
  first[first.length - 1] = 1;
  const last = wordsOf(sha256(first));
  hashDigest(outer, last);
  return { inner, outer, last, sum: Int32Array.from(last), roundsLeft: iterations - 1 };
}

/** Some of its rounds; whether it is done. */
export function stepKeyJob(job: KeyJob, rounds: number): boolean {
  const { inner, outer, last, sum } = job;
  const count = Math.min(rounds, job.roundsLeft);
  for (let n = 0; n < count; n++) {
    hashDigest(inner, last);
    hashDigest(outer, last);
    for (let i = 0; i < 8; i++) sum[i] = sum[i]! ^ last[i]!;
  }
  job.roundsLeft -= count;
  return job.roundsLeft === 0;
}

/** The key of a job that is done. */
export function keyOf({ sum }: KeyJob): Uint8Array {
  const key = new Uint8Array(32);
  const view = new DataView(key.buffer);
  for (const [i, word] of sum.entries()) view.setInt32(i * 4, word);
  return key;
}

function afterPad(key: Uint8Array, pad: number): Int32Array {
  for (let i = 0; i < 16; i++) {
    let word = 0;
    for (let byte = 0; byte < 4; byte++) word = (word << 8) | ((key[i * 4 + byte] ?? 0) ^ pad);
    words[i] = word;
  }
  const state = Int32Array.from(INITIAL);
  compress(state, state);
  return state;
}

function wordsOf(digest: Uint8Array): Int32Array {
  const view = new DataView(digest.buffer, digest.byteOffset);
  return Int32Array.from({ length: 8 }, (_, i) => view.getInt32(i * 4));
}

/** The digest of a key's block and these 32 bytes, in their place. */
function hashDigest(afterKey: Int32Array, digest: Int32Array): void {
  words.set(digest);
  words.fill(0, 8, 16);
  words[8] = 0x8000_0000 | 0;
  words[15] = (BLOCK + 32) * 8;
  compress(afterKey, digest);
}

/** FIPS 180-4, 6.2.2, over `words`. */
function compress(state: Int32Array, into: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15]!;
    const y = words[i - 2]!;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16]! + low + words[i - 7]! + high) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const sumE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + sumE + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0;
    const sumA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    const second = sumA + ((a & b) ^ (a & c) ^ (b & c));
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  into[0] = state[0]! + a;
  into[1] = state[1]! + b;
  into[2] = state[2]! + c;
  into[3] = state[3]! + d;
  into[4] = state[4]! + e;
  into[5] = state[5]! + f;
  into[6] = state[6]! + g;
  into[7] = state[7]! + h;
}
