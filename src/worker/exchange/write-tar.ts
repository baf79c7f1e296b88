/** A tar file (GNU's format) of whole files, as the machine's own tar writes it. */
import { bytesOf } from '../../base/bytes.ts';
import { BLOCK, tarHeader } from '../../shell/programs/tar-header.ts';
import type { ArchiveEntry } from './data-files.ts';

/** GNU tar fills up to twenty blocks. */
const RECORD = 20 * BLOCK;

export function writeTar(entries: readonly ArchiveEntry[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    size += part.length;
  };
  for (const { name, kind, mode, modifiedAt, bytes } of entries) {
    add(bytesOf(tarHeader({ name, kind, mode, size: bytes.length, modifiedAt })));
    add(bytes);
    add(new Uint8Array(-bytes.length & (BLOCK - 1)));
  }
  const end = size + 2 * BLOCK;
  add(new Uint8Array(Math.ceil(end / RECORD) * RECORD - size));
  return parts;
}
