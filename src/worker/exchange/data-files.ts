/** What lies in /data or in the log's folder, as an archive has it: with modes, and times in the machine's own time. */
import { utf8Encode, ascii, type ByteString } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import { DATA_PATH } from '../../lab/boot.ts';
import type { Lane } from '../../lab/lane.ts';
import type { FileEntry } from '../../machine/layers.ts';
import { normalizePath } from '../../machine/paths.ts';
import { findPath } from '../../machine/lookup.ts';
import { logFiles } from '../log-files.ts';

export interface ArchiveEntry {
  /** Below the archive's root, without a slash in front; a folder's ends in one. */
  readonly name: ByteString;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
  readonly modifiedAt: Micros;
  readonly bytes: Uint8Array;
}

/** Folders stand before what is in them. `folder`: what /data is called in the archive, such as `data/`. */
export function dataFiles(lane: Lane, folder = 'data/'): ArchiveEntry[] {
  const entries = new Map<string, ArchiveEntry>();
  const addFolders = (path: string): void => {
    for (let slash = DATA_PATH.length; slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const at = path.slice(0, slash);
      const { kernel } = lane.state;
      const inode = kernel.inodes.get(findPath(kernel, normalizePath(at, '/')) ?? 0);
      if (entries.has(at) || inode === undefined) continue;
      const { mode, modifiedAt } = inode;
      const name = nameOf(folder + `${at}/`.slice(DATA_PATH.length + 1));
      entries.set(at, { name, kind: 'directory', mode, modifiedAt, bytes: new Uint8Array() });
    }
  };
  addFolders(`${DATA_PATH}/`);
  for (const file of lane.kernel.files()) {
    const { path } = file;
    if (!path.startsWith(`${DATA_PATH}/`)) continue;
    addFolders(path);
    entries.set(path, fileEntry(lane, file, folder + path.slice(DATA_PATH.length + 1)));
  }
  return [...entries.values()];
}

export function logEntries(lane: Lane): ArchiveEntry[] {
  return [...logFiles(lane)].map(([name, file]) => fileEntry(lane, file, name));
}

function fileEntry(
  { kernel, state }: Lane,
  { path, inode, mode }: FileEntry,
  name: string,
): ArchiveEntry {
  const bytes = kernel.readFile(path) ?? new Uint8Array();
  const modifiedAt = state.kernel.inodes.get(inode)?.modifiedAt ?? 0;
  return { name: nameOf(name), kind: 'file', mode, modifiedAt, bytes };
}

/** Names of the machine are bytes; what a person gave as text becomes UTF-8. */
function nameOf(name: string): ByteString {
  return /^[\0-\xff]*$/.test(name) ? ascii(name) : utf8Encode(name);
}
