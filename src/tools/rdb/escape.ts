/** How `rdb` writes strings that may hold any byte: its four ways, and which it takes for keys. */
import { ascii, bytesOf, byteStringOf, utf8Decode, type ByteString } from '../../base/bytes.ts';
import { base64 } from '../base64.ts';

export const escapes = ['raw', 'print', 'utf8', 'base64'] as const;
export type Escape = (typeof escapes)[number];

export function isEscape(text: string): text is Escape {
  return escapes.some((escape) => escape === text);
}

/** `key`: what is printable ASCII stays as it is, whatever the way. */
export type Role = 'key' | 'value';

const PRINTABLE = /^[\x20-\x7e]*$/;

/** As bytes for the output. */
export function escapeBytes(text: ByteString, escape: Escape, role: Role): string {
  switch (way(text, escape, role)) {
    case 'raw':
      return text;
    case 'print':
      return text.replace(/[^\x20-\x7e]/g, backslashed);
    case 'utf8':
      return withoutWrongUtf8(text);
    case 'base64':
      return base64(bytesOf(text));
  }
}

/** As a text of characters, for JSON and for the memory report: raw bytes are taken for Latin-1. */
export function escapeText(text: ByteString, escape: Escape, role: Role): string {
  if (way(text, escape, role) !== 'utf8') return escapeBytes(text, escape, role);
  return utf8Decode(withoutWrongUtf8(text));
}

function way(text: ByteString, escape: Escape, role: Role): Escape {
  return role === 'key' && PRINTABLE.test(text) ? 'raw' : escape;
}

function backslashed(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** UTF-8 with every byte that belongs to no character written as `\xFF`. */
function withoutWrongUtf8(text: ByteString): ByteString {
  if (!/[\x80-\xff]/.test(text)) return text;
  const bytes = bytesOf(text);
  const out: string[] = [];
  let plain = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    out.push(byteStringOf(bytes, plain, at), backslashed(String.fromCharCode(bytes[at]!)));
    plain = ++at;
  }
  out.push(byteStringOf(bytes, plain));
  return ascii(out.join(''));
}

/** Of the character at `at`; 0: it is none (Unicode, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    const low = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    const byte = bytes[at + i] ?? 0;
    if (byte < low || byte > high) return 0;
  }
  return length;
}
