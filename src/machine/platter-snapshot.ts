import { copyFromPages } from './pages.ts';
import type { Platter, PlatterChange, PlatterFile } from './platter.ts';

/** Bytes in one `data` change at most, so that nobody needs a buffer as large as a file. */
const DATA_BYTES = 1 << 20;

/** The whole platter as changes: applied to any freshly created platter, they build an equal one. */
export function platterSnapshot(platter: Platter): PlatterChange[] {
  const changes: PlatterChange[] = [];
  for (const [number, inode] of platter.inodes) {
    const { kind: type, mode, modifiedAt } = inode;
    changes.push({ kind: 'create', inode: number, type, mode, modifiedAt });
    if (inode.kind === 'file') pushContents(changes, number, inode);
  }
  for (const [parent, inode] of platter.inodes) {
    if (inode.kind !== 'directory') continue;
    for (const [name, child] of inode.entries)
      changes.push({ kind: 'link', parent, name, inode: child });
  }
  return changes;
}

function pushContents(changes: PlatterChange[], inode: number, file: PlatterFile): void {
  const { pages, size, modifiedAt } = file;
  for (let offset = 0; offset < size; offset += DATA_BYTES) {
    const bytes = copyFromPages(pages, offset, Math.min(offset + DATA_BYTES, size));
    changes.push({ kind: 'data', inode, offset, bytes });
  }
  changes.push({ kind: 'size', inode, size, modifiedAt });
}
