import type { FileView } from '../../worker/protocol.ts';

export type TreeLine =
  | {
      readonly type: 'folder';
      readonly path: string;
      readonly name: string;
      readonly depth: number;
    }
  | {
      readonly type: 'file';
      readonly path: string;
      readonly name: string;
      readonly depth: number;
      readonly file: FileView;
    };

/** Files by folder: a folder's own files come after its folders, both by name. */
export function treeLines(files: readonly FileView[]): TreeLine[] {
  const lines: TreeLine[] = [];
  addFolder(lines, files, '', 0);
  return lines;
}

function addFolder(
  lines: TreeLine[],
  files: readonly FileView[],
  folder: string,
  depth: number,
): void {
  const inside = files.filter(({ path }) => path.startsWith(folder));
  const folders = new Set<string>();
  const own: FileView[] = [];
  for (const file of inside) {
    const rest = file.path.slice(folder.length);
    // The root is not a folder of its own: /data is.
    const slash = rest.indexOf('/', 1);
    if (slash < 0) own.push(file);
    else folders.add(rest.slice(0, slash + 1));
  }
  for (const name of [...folders].sort()) {
    const only = onlyFolder(files, folder + name, name.slice(0, -1));
    lines.push({ type: 'folder', path: only.path, name: only.name, depth });
    addFolder(lines, files, only.path, depth + 1);
  }
  for (const file of own.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    lines.push({
      type: 'file',
      path: file.path,
      name: file.path.slice(folder.length),
      depth,
      file,
    });
  }
}

/** A folder that holds nothing but one folder shares its line: `/etc/redis`. */
function onlyFolder(
  files: readonly FileView[],
  path: string,
  name: string,
): { path: string; name: string } {
  const rests = files
    .filter((file) => file.path.startsWith(path))
    .map((file) => file.path.slice(path.length));
  const first = rests[0] ?? '';
  const slash = first.indexOf('/');
  const next = first.slice(0, slash + 1);
  if (slash < 0 || !rests.every((rest) => rest.startsWith(next))) return { path, name };
  return onlyFolder(files, path + next, `${name}/${next.slice(0, -1)}`);
}

/** 0o644 → `rw-r--r--`. */
export function modeText(mode: number): string {
  let text = '';
  for (let bit = 8; bit >= 0; bit--)
    text += ((mode >> bit) & 1) === 1 ? 'rwx'.charAt((8 - bit) % 3) : '-';
  return text;
}
