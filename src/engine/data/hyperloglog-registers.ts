/** The registers of a dense HyperLogLog: six bits each, the lowest first, behind a header of 16 bytes. */

const HEADER_BYTES = 16;

export function registerAt(bytes: Uint8Array, index: number): number {
  const bit = index * 6;
  const at = HEADER_BYTES + (bit >>> 3);
  return ((bytes[at]! | ((bytes[at + 1] ?? 0) << 8)) >>> (bit & 7)) & 0x3f;
}

export function setRegister(bytes: Uint8Array, index: number, value: number): void {
  const bit = index * 6;
  const shift = bit & 7;
  const at = HEADER_BYTES + (bit >>> 3);
  bytes[at] = (bytes[at]! & ~(0x3f << shift)) | (value << shift);
  // The last register ends with the last byte.
  if (shift > 2)
    bytes[at + 1] = (bytes[at + 1]! & ~(0x3f >>> (8 - shift))) | (value >>> (8 - shift));
}
