import type { ByteString } from './bytes.ts';

/** CRC-16/XMODEM: polynomial 1021, initially 0, not reflected (Redis crc16.c). */
export function crc16(bytes: ByteString): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) {
    crc = ((crc << 8) ^ TABLE[(crc >>> 8) ^ bytes.charCodeAt(i)]!) & 0xffff;
  }
  return crc;
}

/**
 * The cluster slot of a key, 0..16383 (cluster.c:keyHashSlot): only what stands between the first `{` and
 * the next `}` counts, unless that is nothing.
 */
export function keySlot(key: ByteString): number {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  return crc16(hashed as ByteString) & 0x3fff;
}

const TABLE = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  TABLE[byte] = crc & 0xffff;
}
