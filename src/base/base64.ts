import { ascii, byteStringOf, bytesOf } from './bytes.ts';

/**
 * Base64 (RFC 4648): `padded` with `+`, `/` and `=`, `url` with `-` and `_` and no padding. Reading is strict, so that
 * no two texts mean the same bytes: the last bits of the last letter must be 0.
 */
export type Base64Kind = 'padded' | 'url';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ALPHABETS: Readonly<Record<Base64Kind, string>> = {
  padded: `${LETTERS}+/`,
  url: `${LETTERS}-_`,
};

export function toBase64(bytes: Uint8Array, kind: Base64Kind): string {
  const codes = writers[kind];
  const left = bytes.length % 3;
  const whole = bytes.length - left;
  const padding = left === 0 || kind === 'url' ? 0 : 3 - left;
  const text = new Uint8Array((whole / 3) * 4 + (left === 0 ? 0 : left + 1) + padding);
  let to = 0;
  for (let at = 0; at < whole; at += 3) {
    const three = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text[to++] = codes[three >> 18]!;
    text[to++] = codes[(three >> 12) & 63]!;
    text[to++] = codes[(three >> 6) & 63]!;
    text[to++] = codes[three & 63]!;
  }
  if (left > 0) {
    const rest = (bytes[whole]! << 16) | (left === 2 ? bytes[whole + 1]! << 8 : 0);
    text[to++] = codes[rest >> 18]!;
    text[to++] = codes[(rest >> 12) & 63]!;
    if (left === 2) text[to++] = codes[(rest >> 6) & 63]!;
    text.fill(EQUALS, to);
  }
  return byteStringOf(text);
}

const EQUALS = 61;
const writers: Readonly<Record<Base64Kind, Uint8Array>> = {
  padded: bytesOf(ascii(ALPHABETS.padded)),
  url: bytesOf(ascii(ALPHABETS.url)),
};

const readers: Readonly<Record<Base64Kind, Int8Array>> = {
  padded: readerOf(ALPHABETS.padded),
  url: readerOf(ALPHABETS.url),
};

/** The bytes; undefined if the text is no such base64. */
export function fromBase64(text: string, kind: Base64Kind): Uint8Array | undefined {
  let length = text.length;
  if (kind === 'padded') {
    if (length % 4 !== 0) return undefined;
    if (text.endsWith('==')) length -= 2;
    else if (text.endsWith('=')) length--;
  }
  const left = length % 4;
  if (left === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  const reader = readers[kind];
  let bits = 0;
  let waiting = 0;
  let to = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    const value = code < 128 ? reader[code]! : -1;
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    bytes[to++] = bits >> waiting;
  }
  return (bits & ((1 << waiting) - 1)) === 0 ? bytes : undefined;
}

function readerOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}
