/** Intsets: sorted integers of one width (intset.c). Width (u32: 2, 4 or 8), number of integers (u32), integers. */
import type { ByteString } from '../../base/bytes.ts';
import { formatInteger, narrowed, parseInt64 } from '../../base/integers.ts';
import { littleEndian } from './rdb-input.ts';

const HEADER = 8;

/** The members are texts of 64-bit integers. */
export function encodeIntset(members: Iterable<ByteString>): Uint8Array {
  const sorted = BigInt64Array.from(members, (member) => BigInt(parseInt64(member) ?? 0)).sort();
  const least = sorted[0] ?? 0n;
  const most = sorted[sorted.length - 1] ?? 0n;
  const fits = (bits: number): boolean =>
    BigInt.asIntN(bits, least) === least && BigInt.asIntN(bits, most) === most;
  const width = fits(16) ? 2 : fits(32) ? 4 : 8;
  const bytes = new Uint8Array(HEADER + width * sorted.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, sorted.length, true);
  for (const [i, value] of sorted.entries()) {
    const at = HEADER + width * i;
    if (width === 2) view.setInt16(at, Number(value), true);
    else if (width === 4) view.setInt32(at, Number(value), true);
    else view.setBigInt64(at, value, true);
  }
  return bytes;
}

/** The integers as texts, in ascending order; undefined when the bytes are not an intset (intsetValidateIntegrity). */
export function readIntset(bytes: Uint8Array): ByteString[] | undefined {
  if (bytes.length < HEADER) return undefined;
  const width = littleEndian(bytes, 0, 4);
  const count = littleEndian(bytes, 4, 4);
  if ((width !== 2 && width !== 4 && width !== 8) || HEADER + width * count !== bytes.length)
    return undefined;
  if (count === 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members: ByteString[] = [];
  let before: number | bigint = -Infinity;
  for (let at = HEADER; at < bytes.length; at += width) {
    const value: number | bigint =
      width === 2
        ? view.getInt16(at, true)
        : width === 4
          ? view.getInt32(at, true)
          : narrowed(view.getBigInt64(at, true));
    if (value <= before) return undefined;
    before = value;
    members.push(formatInteger(value));
  }
  return members;
}
