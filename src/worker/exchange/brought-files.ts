/** The files that were brought, archives among them: first their names, then the bytes of those that are wanted. */
import type { BroughtFile } from './import-view.ts';
import { planImport, type ImportPlan } from './import-plan.ts';
import { listZip, unpackZip, ZipError, zipLimits, type ZipEntry } from './read-zip.ts';

/** Where a file's bytes are: in a file of its own, or in an archive. */
export type Source =
  | { readonly kind: 'file'; readonly file: Blob; readonly path: string; readonly size: number }
  | {
      readonly kind: 'entry';
      readonly file: Blob;
      readonly path: string;
      readonly entry: ZipEntry;
      readonly size: number;
    };

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Bytes read, of all that are wanted. */
  readonly progress: (name: string, done: number, total: number) => void;
}

/** What they would be in /data. An archive in an archive stays packed, as any other file that is none of a log's. */
export async function planBrought(brought: readonly BroughtFile[]): Promise<ImportPlan<Source>> {
  if (brought.length > zipLimits.entries) throw new ZipError('too-many');
  const sources = new Map<string, Source>();
  const add = (path: string, source: Source): void => {
    if (sources.has(path)) throw new ZipError('twice', path);
    sources.set(path, source);
    if (sources.size > zipLimits.entries) throw new ZipError('too-many');
  };
  for (const { path, file } of brought) {
    if (!path.toLowerCase().endsWith('.zip')) {
      add(path, { kind: 'file', file, path, size: file.size });
      continue;
    }
    for (const entry of await namedBy(path, listZip(file))) {
      const inside = brought.length === 1 ? entry.name : `${path}/${entry.name}`;
      add(inside, { kind: 'entry', file, path, entry, size: entry.size });
    }
  }
  const plan = planImport(sources);
  if (plan.ok) {
    let size = 0;
    for (const [name, source] of plan.files) {
      size += source.size;
      if (size > zipLimits.bytes) throw new ZipError('too-big', name);
    }
  }
  return plan;
}

const PIECE = 4 * 1024 * 1024;

/** Their bytes. Throws ZipError; an aborted `signal` stops it. */
export async function readBrought(
  files: ReadonlyMap<string, Source>,
  { signal, progress }: ReadOptions,
): Promise<Map<string, Uint8Array>> {
  const total = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  const contents = new Map<string, Uint8Array>();
  let before = 0;
  for (const [name, source] of files) {
    const told = (done: number): void => progress(name, before + done, total);
    told(0);
    contents.set(name, await bytesOf(source, signal, told));
    before += source.size;
  }
  return contents;
}

async function bytesOf(
  source: Source,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<Uint8Array> {
  const { file } = source;
  if (source.kind === 'entry') {
    const { entry, path } = source;
    const inside = await namedBy(path, unpackZip(file, [entry], { signal, progress }));
    return inside.get(entry.name)!;
  }
  const bytes = new Uint8Array(file.size);
  for (let at = 0; at < file.size; at += PIECE) {
    const end = Math.min(file.size, at + PIECE);
    bytes.set(new Uint8Array(await file.slice(at, end).arrayBuffer()), at);
    if (signal.aborted) throw new ZipError('stopped');
    progress(end);
  }
  return bytes;
}

/** What is wrong with an archive itself is told by its own name. */
async function namedBy<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ZipError && error.entry === ''
      ? new ZipError(error.problem, path)
      : error;
  }
}
