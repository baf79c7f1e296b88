import { LONGEST_SHORT, shortString } from './short-string.ts';

/**
 * Bytes as text: one char (0..255) a byte. Such a string is a Map key, sorts with `<` as memcmp
 * does, and is cheaper to build and to keep than a slice of a Uint8Array.
 *
 * TextDecoder('latin1') is never the way to one: it is windows-1252 and mangles 0x80..0x9f.
 */
export type ByteString = string & { readonly __bytes: true };

/** A literal whose chars are all below 256. Checked, since a wrong literal would corrupt data silently. */
export function ascii(literal: string): ByteString {
  for (let i = 0; i < literal.length; i++) {
    if (literal.charCodeAt(i) > 0xff)
      throw new RangeError(`not a byte string: ${JSON.stringify(literal)}`);
  }
  return literal as ByteString;
}

/** The empty byte string. */
export const EMPTY = '' as ByteString;

/**
 * No text is longer in V8. It is 24 bytes less than the 512 MB that Redis allows by default, and a value that reaches
 * into those could be written but never be read.
 */
export const LONGEST_BYTE_STRING = 2 ** 29 - 24;

/** Bytes `start` (0) up to `end` (all), as a flat byte string. */
export function byteStringOf(bytes: Uint8Array, start = 0, end: number = bytes.length): ByteString {
  let at = Math.max(start, 0);
  const stop = Math.min(end, bytes.length);
  if (stop - at <= LONGEST_SHORT) {
    return shortString(bytes, at, Math.max(stop - at, 0)) as ByteString;
  }
  // Array.join makes one flat text. Reading a char of a rope would flatten it as well, but engines
  // leave out a read whose result is not used.
  const pieces: string[] = [];
  for (; stop - at > LONGEST_SHORT; at += LONGEST_SHORT) {
    pieces.push(shortString(bytes, at, LONGEST_SHORT));
  }
  pieces.push(shortString(bytes, at, stop - at));
  return pieces.join('') as ByteString;
}

/** A fresh array of the bytes of `s`. */
export function bytesOf(s: ByteString): Uint8Array {
  const bytes = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i);
  return bytes;
}

/** Writes `s` into `into` from offset `at`; returns the offset after it. The caller provides the room. */
export function writeBytes(s: ByteString, into: Uint8Array, at: number): number {
  const length = s.length;
  if (at + length > into.length)
    throw new RangeError(`no room for ${length} bytes at ${at} of ${into.length}`);
  for (let i = 0; i < length; i++) into[at + i] = s.charCodeAt(i);
  return at + length;
}

/** Part of a byte string, by byte offsets as of String.slice. */
export function sliceBytes(s: ByteString, start: number, end?: number): ByteString {
  return s.slice(start, end) as ByteString;
}

/** The parts, one after the other. */
export function concatBytes(...parts: readonly ByteString[]): ByteString {
  return parts.join('') as ByteString;
}

/** memcmp order, shorter first on a tie: negative, 0 or positive. The same as comparing with `<`. */
export function compareBytes(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** UTF-8 bytes of a JavaScript text; a lone surrogate becomes EF BF BD (U+FFFD). */
export function utf8Encode(text: string): ByteString {
  let plain = 0;
  while (plain < text.length && text.charCodeAt(plain) < 0x80) plain++;
  if (plain === text.length) return text as ByteString;

  let encoded = text.slice(0, plain);
  for (let i = plain; i < text.length; i++) {
    let point = text.codePointAt(i)!;
    if (point > 0xffff) i++;
    else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;

    if (point < 0x80) encoded += String.fromCharCode(point);
    else if (point < 0x800)
      encoded += String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) {
      encoded += String.fromCharCode(
        0xe0 | (point >> 12),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
    } else {
      encoded += String.fromCharCode(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
    }
  }
  return encoded as ByteString;
}

/**
 * The text that UTF-8 bytes spell. What is not UTF-8 becomes U+FFFD, one for each maximal part of a
 * sequence, as the Encoding Standard has it. A byte order mark is kept.
 */
export function utf8Decode(bytes: ByteString): string {
  let plain = 0;
  while (plain < bytes.length && bytes.charCodeAt(plain) < 0x80) plain++;
  if (plain === bytes.length) return bytes;

  let text = bytes.slice(0, plain);
  let at = plain;
  while (at < bytes.length) {
    const lead = bytes.charCodeAt(at++);
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const trailing =
      lead >= 0xc2 && lead <= 0xdf
        ? 1
        : lead >= 0xe0 && lead <= 0xef
          ? 2
          : lead >= 0xf0 && lead <= 0xf4
            ? 3
            : 0;
    if (trailing === 0) {
      text += '\ufffd';
      continue;
    }
    // Only the second byte has narrower bounds: they shut out overlong forms, surrogates and
    // what lies beyond U+10FFFF.
    let lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let point = lead & (0x3f >> trailing);
    let missing = trailing;
    while (missing > 0 && at < bytes.length) {
      const next = bytes.charCodeAt(at);
      if (next < lowest || next > highest) break;
      point = (point << 6) | (next & 0x3f);
      lowest = 0x80;
      highest = 0xbf;
      missing--;
      at++;
    }
    text += missing === 0 ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}

/** ASCII letters in lower case, every other byte as it is (the C locale's tolower, as Redis). */
export function lowerCase(s: ByteString): ByteString {
  for (let i = 0; i < s.length; i++) {
    const code = s.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return changeCase(s, i, 0x41, 0x5a, 32);
  }
  return s;
}

/** ASCII letters in upper case, every other byte as it is (the C locale's toupper, as Redis). */
export function upperCase(s: ByteString): ByteString {
  for (let i = 0; i < s.length; i++) {
    const code = s.charCodeAt(i);
    if (code >= 0x61 && code <= 0x7a) return changeCase(s, i, 0x61, 0x7a, -32);
  }
  return s;
}

/** String.toLowerCase can't be used: it maps bytes above 0x7f, which Redis leaves alone. */
function changeCase(
  s: ByteString,
  from: number,
  first: number,
  last: number,
  by: number,
): ByteString {
  let changed = s.slice(0, from);
  for (let i = from; i < s.length; i++) {
    const code = s.charCodeAt(i);
    changed += String.fromCharCode(code >= first && code <= last ? code + by : code);
  }
  return changed as ByteString;
}

/** Whether two texts are equal but for the case of their ASCII letters (strcasecmp). */
export function equalsIgnoreCase(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0x41 && x <= 0x5a) x += 32;
    if (y >= 0x41 && y <= 0x5a) y += 32;
    if (x !== y) return false;
  }
  return true;
}
