import type { ProcessEntry } from './process-entry.ts';

/** An absolute path without `.`, `..` and doubled slashes; a relative one starts at `base`, an absolute path. */
export function normalizePath(path: string, base: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return `/${names.join('/')}`;
}

/** The names from the root to an absolute, normalized path. */
export function pathNames(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

/** Whether `path` is `folder` or lies in it, both normalized. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Where a path of a process stands on the machine: a container has its own root and volumes. */
export function machinePath(entry: ProcessEntry, path: string): string {
  const seen = normalizePath(path, entry.cwd);
  for (const { at, from } of entry.volumes) {
    if (isWithin(seen, at)) return normalizePath(`${from}/${seen.slice(at.length)}`, '/');
  }
  return entry.root === '/' ? seen : normalizePath(`${entry.root}/${seen}`, '/');
}
