import { inodeOf, type KernelState } from './kernel-state.ts';
import { pathNames } from './paths.ts';
import { ROOT_INODE } from './platter.ts';

/** The inode at an absolute, normalized path, as programs see the names. */
export function findPath(state: KernelState, path: string): number | undefined {
  let number = ROOT_INODE;
  for (const name of pathNames(path)) {
    const inode = state.inodes.get(number);
    const next = inode?.kind === 'directory' ? inode.entries.get(name) : undefined;
    if (next === undefined) return undefined;
    number = next;
  }
  return number;
}

/** All absolute paths that lead to an inode; none once it is unlinked. */
export function pathsOfInode(state: KernelState, number: number): string[] {
  if (number === ROOT_INODE) return ['/'];
  const inode = state.inodes.get(number);
  if (inode === undefined) return [];
  return inode.names.map(({ parent, name }) => `${directoryPrefix(state, parent)}/${name}`);
}

/** A directory has one name only; one that has been removed counts as the root's. */
function directoryPrefix(state: KernelState, number: number): string {
  let prefix = '';
  let at = number;
  while (at !== ROOT_INODE) {
    const [name] = inodeOf(state, at).names;
    if (name === undefined) break;
    prefix = `/${name.name}${prefix}`;
    at = name.parent;
  }
  return prefix;
}
