/** Zip files as nobody honest makes them: every field can be told otherwise than it is. */
import { deflateRawSync, constants } from 'node:zlib';
import { crc32 } from '../../../src/base/crc32.ts';

export interface Made {
  readonly name: string;
  /** What its bytes are when they are unpacked. */
  readonly content?: Uint8Array;
  /** Deflated bytes, instead of a content. */
  readonly packed?: Uint8Array;
  readonly claims?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
}

export interface Directory {
  /** How many entries the end record counts. */
  readonly count?: number;
  readonly offset?: number;
}

export function makeZip(
  entries: readonly Made[],
  directory: Directory = {},
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let at = 0;
  for (const made of entries) {
    const content = made.content ?? new Uint8Array();
    const packed = made.packed ?? new Uint8Array(deflateRawSync(content));
    const name = encoder.encode(made.name);
    const fields = new Uint8Array(26);
    const view = new DataView(fields.buffer);
    view.setUint16(0, 20, true);
    view.setUint16(2, made.flags ?? 0x800, true);
    view.setUint16(4, made.method ?? 8, true);
    view.setUint32(10, made.crc ?? crc32(content), true);
    view.setUint32(14, packed.length, true);
    view.setUint32(18, (made.claims ?? content.length) >>> 0, true);
    view.setUint16(22, name.length, true);
    locals.push(Uint8Array.of(0x50, 0x4b, 3, 4), fields, name, packed);
    const rest = new Uint8Array(14);
    new DataView(rest.buffer).setUint32(10, at, true);
    centrals.push(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 3), fields, rest, name);
    at += 30 + name.length + packed.length;
  }
  const size = centrals.reduce((sum, { length }) => sum + length, 0);
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  const count = directory.count ?? entries.length;
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, directory.offset ?? at, true);
  return new Uint8Array(Buffer.concat([...locals, ...centrals, end]));
}

const PIECE = 16 * 1024 * 1024;

/** A deflate stream of so many times 16 MB of zeros, about 16 KB each. */
export function zeros(pieces: number): Uint8Array {
  const piece = deflateRawSync(Buffer.alloc(PIECE), { finishFlush: constants.Z_SYNC_FLUSH });
  const last = deflateRawSync(Buffer.alloc(0));
  return new Uint8Array(Buffer.concat([...Array.from({ length: pieces }, () => piece), last]));
}
