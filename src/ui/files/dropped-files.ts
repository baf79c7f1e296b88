/** The files behind a drop or a picker, folders and zip archives unpacked. */
import { readZip, ZipError, zipLimits } from './read-zip.ts';

export interface GatherOptions {
  readonly signal: AbortSignal;
  readonly progress: (name: string, done: number, total: number) => void;
}

/** A file with the path that it had in the dropped folder. */
export interface FoundFile {
  readonly path: string;
  readonly file: File;
}

/** What a drop holds. Must be called while the drop event is being handled: its entries die with it. */
export function filesOfDrop(transfer: DataTransfer): () => Promise<FoundFile[]> {
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  return async () => {
    const found: FoundFile[] = [];
    for (const entry of entries) {
      if (entry instanceof File) found.push({ path: entry.name, file: entry });
      else if (entry !== null) await walk(entry, '', found);
    }
    return found;
  };
}

export function filesOfPicker(list: FileList): FoundFile[] {
  return [...list].map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    file,
  }));
}

const DEEPEST = 16;

async function walk(entry: FileSystemEntry, folder: string, found: FoundFile[]): Promise<void> {
  if (found.length > zipLimits.entries) throw new ZipError('too-many');
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

const PIECE = 4 * 1024 * 1024;

/** Their bytes by path; an archive is replaced by what is in it. Throws ZipError. */
export async function gather(
  found: readonly FoundFile[],
  { signal, progress }: GatherOptions,
): Promise<Map<string, Uint8Array>> {
  const size = found.reduce((sum, { file }) => sum + file.size, 0);
  if (size > zipLimits.bytes) throw new ZipError('too-big', found[0]?.path ?? '');
  if (found.length > zipLimits.entries) throw new ZipError('too-many');
  const files = new Map<string, Uint8Array>();
  for (const { path, file } of found) {
    const bytes = await bytesOfFile(file, signal, (done) => progress(file.name, done, file.size));
    if (!path.toLowerCase().endsWith('.zip')) {
      files.set(path, bytes);
      continue;
    }
    const inside = await readZip(bytes, {
      signal,
      progress: ({ done, total }) => progress(file.name, done, total),
    }).catch((error: unknown) => {
      // What is wrong with the archive itself is told by its own name.
      throw error instanceof ZipError && error.entry === ''
        ? new ZipError(error.problem, path)
        : error;
    });
    for (const [name, content] of inside)
      files.set(found.length === 1 ? name : `${path}/${name}`, content);
  }
  return files;
}

async function bytesOfFile(
  file: File,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.size);
  for (let at = 0; at < file.size; at += PIECE) {
    if (signal.aborted) throw new ZipError('stopped');
    const end = Math.min(file.size, at + PIECE);
    bytes.set(new Uint8Array(await file.slice(at, end).arrayBuffer()), at);
    progress(end);
  }
  return bytes;
}
