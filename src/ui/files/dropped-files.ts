/** The files behind a drop or a picker, by their paths; folders are walked, and nothing is read. */
import type { BroughtFile } from '../../worker/protocol.ts';

/** More than this is no folder of a log. */
export const MOST_FILES = 4096;

export class TooManyFiles extends Error {}

/** What a drop holds. Must be called while the drop event is being handled: its entries die with it. */
export function filesOfDrop(transfer: DataTransfer): () => Promise<BroughtFile[]> {
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  return async () => {
    const found: BroughtFile[] = [];
    for (const entry of entries) {
      if (entry instanceof File) found.push({ path: entry.name, file: entry });
      else if (entry !== null) await walk(entry, '', found);
    }
    return found;
  };
}

export function filesOfPicker(list: FileList): BroughtFile[] {
  return [...list].map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    file,
  }));
}

const DEEPEST = 16;

async function walk(entry: FileSystemEntry, folder: string, found: BroughtFile[]): Promise<void> {
  if (found.length >= MOST_FILES) throw new TooManyFiles();
  const path = folder + entry.name;
  if (isFile(entry)) {
    found.push({ path, file: await new Promise<File>((done, failed) => entry.file(done, failed)) });
  } else if (isFolder(entry) && path.split('/').length <= DEEPEST) {
    const reader = entry.createReader();
    // A reader gives a hundred entries a time, and none when it is through.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((done, failed) =>
        reader.readEntries(done, failed),
      );
      if (some.length === 0) return;
      for (const inner of some) await walk(inner, `${path}/`, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
