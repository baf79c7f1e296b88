/** What lies in /data, as an archive has it: folders before what is in them, times in the machine's own time. */
import { utf8Encode, ascii, type ByteString } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import { DATA_PATH } from '../../lab/boot.ts';
import type { Lane } from '../../lab/lane.ts';
import { normalizePath } from '../../machine/paths.ts';
import { findPath } from '../../machine/lookup.ts';

export interface ArchiveEntry {
  /** Below the archive's root, without a slash in front; a folder's ends in one. */
  readonly name: ByteString;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
  readonly modifiedAt: Micros;
  readonly bytes: Uint8Array;
}

/** `folder`: what /data is called in the archive, such as `data/`. */
export function dataFiles({ kernel, state }: Lane, folder = 'data/'): ArchiveEntry[] {
  const inodeAt = (path: string) =>
    state.kernel.inodes.get(findPath(state.kernel, normalizePath(path, '/')) ?? 0);
  const entries = new Map<string, ArchiveEntry>();
  const addFolders = (path: string): void => {
    for (let slash = DATA_PATH.length; slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const at = path.slice(0, slash);
      const inode = inodeAt(at);
      if (entries.has(at) || inode === undefined) continue;
      const { mode, modifiedAt } = inode;
      const name = nameOf(folder, `${at}/`);
      entries.set(at, { name, kind: 'directory', mode, modifiedAt, bytes: new Uint8Array() });
    }
  };
  addFolders(`${DATA_PATH}/`);
  for (const { path, mode } of kernel.files()) {
    if (!path.startsWith(`${DATA_PATH}/`)) continue;
    addFolders(path);
    const bytes = kernel.readFile(path) ?? new Uint8Array();
    const modifiedAt = inodeAt(path)?.modifiedAt ?? 0;
    entries.set(path, { name: nameOf(folder, path), kind: 'file', mode, modifiedAt, bytes });
  }
  return [...entries.values()];
}

/** Names of the machine are bytes; what a person gave as text becomes UTF-8. */
function nameOf(folder: string, path: string): ByteString {
  const name = folder + path.slice(DATA_PATH.length + 1);
  return /^[\0-\xff]*$/.test(name) ? ascii(name) : utf8Encode(name);
}
