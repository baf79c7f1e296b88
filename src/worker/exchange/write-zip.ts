/** A zip file with Unix modes and times in UTC, packed by the browser's own deflate. */
import { bytesOf } from '../../base/bytes.ts';
import { crc32 } from '../../base/crc32.ts';
import { civilTime, type Micros } from '../../base/time.ts';
import type { ArchiveEntry } from './data-files.ts';

const UTF8_NAMES = 0x800;
const DEFLATED = 8;
/** Made on Unix, by version 2.0 of the format. */
const MADE_BY = 0x0314;
const NEEDS = 20;
const REGULAR = 0o100000;
const FOLDER = 0o040000;
/** The extra field with the time in seconds since 1970: the older one has two-second steps and no zone. */
const TIME_FIELD = 0x5455;

export async function writeZip(entries: readonly ArchiveEntry[]): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = bytesOf(entry.name);
    const packed = await deflated(entry.bytes);
    const both = commonFields(entry, name.length, packed.length);
    const time = timeField(entry.modifiedAt);
    parts.push(fields([4, 0x04034b50]), both, name, time, packed);
    const type = entry.kind === 'file' ? REGULAR : FOLDER;
    directory.push(
      fields([4, 0x02014b50], [2, MADE_BY]),
      both,
      fields([2, 0], [2, 0], [2, 0], [4, ((type | entry.mode) << 16) >>> 0], [4, at]),
      name,
      time,
    );
    at += 4 + both.length + name.length + time.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = entries.length;
  const end = fields([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [4, at], [2, 0]);
  return [...parts, ...directory, end];
}

/** What stands in an entry's own header and in the directory alike. */
function commonFields(entry: ArchiveEntry, nameLength: number, packed: number): Uint8Array {
  const { year, month, day, hour, minute, second } = civilTime(
    Math.floor(entry.modifiedAt / 1_000_000),
  );
  return fields(
    [2, NEEDS],
    [2, UTF8_NAMES],
    [2, DEFLATED],
    [2, (hour << 11) | (minute << 5) | (second >> 1)],
    [2, (Math.max(0, year - 1980) << 9) | (month << 5) | day],
    [4, crc32(entry.bytes)],
    [4, packed],
    [4, entry.bytes.length],
    [2, nameLength],
    [2, 9],
  );
}

function timeField(modifiedAt: Micros): Uint8Array {
  return fields([2, TIME_FIELD], [2, 5], [1, 1], [4, Math.floor(modifiedAt / 1_000_000)]);
}

/** Little-endian numbers, each with its width in bytes. */
function fields(...numbers: readonly (readonly [1 | 2 | 4, number])[]): Uint8Array {
  const bytes: number[] = [];
  for (const [width, value] of numbers)
    for (let i = 0; i < width; i++) bytes.push((value >>> (8 * i)) & 0xff);
  return Uint8Array.from(bytes);
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
