import { addToDigest, endDigest, newBlockDigest, type BlockRounds } from './block-digest.ts';

/** SHA-256 (FIPS 180-4) of the whole message: 32 bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  const digest = newBlockDigest(sha256Rounds);
  addToDigest(digest, message);
  return endDigest(digest);
}

export function sha256Hex(message: Uint8Array): string {
  let hex = '';
  for (const byte of sha256(message)) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function extended(words: Uint32Array, i: number): number {
  const a = words[i - 15]!;
  const b = words[i - 2]!;
  const low = rotated(a, 7) ^ rotated(a, 18) ^ (a >>> 3);
  const high = rotated(b, 17) ^ rotated(b, 19) ^ (b >>> 10);
  return (words[i - 16]! + low + words[i - 7]! + high) >>> 0;
}

const WORDS = new Uint32Array(64);

function compress(state: Uint32Array, bytes: Uint8Array, at: number): void {
  const words = WORDS;
  for (let i = 0; i < 16; i++) {
    const j = at + i * 4;
    words[i] = (bytes[j]! << 24) | (bytes[j + 1]! << 16) | (bytes[j + 2]! << 8) | bytes[j + 3]!;
  }
  for (let i = 16; i < 64; i++) words[i] = extended(words, i);
  let [a, b, c, d, e, f, g, h] = [...state] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const sumE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sumE + choice + ROUND[i]! + words[i]!) >>> 0;
    const sumA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) >>> 0;
    d = c;
    c = b;
    b = a;
    a = (first + sumA + majority) >>> 0;
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i]! + word) >>> 0;
}

/** The first 32 bits of the fractions of the square roots, and of the cube roots, of the first primes. */
const PRIMES = firstPrimes(64);
export const INITIAL: readonly number[] = PRIMES.slice(0, 8).map((prime) => rootFraction(prime, 2));
export const ROUND: readonly number[] = PRIMES.map((prime) => rootFraction(prime, 3));

export const sha256Rounds: BlockRounds = { initial: INITIAL, order: 'big', compress };

function firstPrimes(count: number): bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  }
  return primes;
}

/** In integers, since Math.cbrt differs between hosts: the largest r with r^degree ≤ n × 2^(32·degree). */
function rootFraction(n: bigint, degree: 2 | 3): number {
  const target = n << BigInt(32 * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffff_ffffn);
}
