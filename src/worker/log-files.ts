/** The files of `appendonlydir`, by their names from that folder on. */
import type { Lane } from '../lab/lane.ts';
import type { FileEntry } from '../machine/layers.ts';

export function logFiles({ kernel }: Lane): ReadonlyMap<string, FileEntry> {
  const files = new Map<string, FileEntry>();
  for (const file of kernel.files()) {
    const at = file.path.indexOf('/appendonlydir/');
    if (at >= 0) files.set(file.path.slice(at + 1), file);
  }
  return files;
}
