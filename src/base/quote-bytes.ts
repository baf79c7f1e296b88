import type { ByteString } from './bytes.ts';

const HEX = '0123456789abcdef';

/** Bytes between double quotes, all of it printable ASCII, as Redis writes them (sds.c:sdscatrepr). */
export function quoteBytes(bytes: ByteString): string {
  let out = '"';
  for (let i = 0; i < bytes.length; i++) out += quotedByte(bytes.charCodeAt(i));
  return `${out}"`;
}

function quotedByte(code: number): string {
  switch (code) {
    case 0x22:
      return '\\"';
    case 0x5c:
      return '\\\\';
    case 0x0a:
      return '\\n';
    case 0x0d:
      return '\\r';
    case 0x09:
      return '\\t';
    case 0x07:
      return '\\a';
    case 0x08:
      return '\\b';
    default:
      if (code >= 0x20 && code < 0x7f) return String.fromCharCode(code);
      return `\\x${HEX.charAt(code >> 4)}${HEX.charAt(code & 15)}`;
  }
}
