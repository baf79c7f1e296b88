import { zipSync } from 'fflate';

/** A stored or lightly packed zip of files by path; the same files give the same bytes. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const contents = Object.fromEntries(files);
  // The date is fixed: a zip of the same log is the same file, whenever it is made.
  return zipSync(contents, { level: 1, mtime: '1980-01-01T00:00:00' });
}
