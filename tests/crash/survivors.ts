/** The files that an accident leaves, without their bytes being copied: pages are shared with the machine. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { KernelState } from '../../src/machine/kernel-state.ts';
import { listFiles } from '../../src/machine/layers.ts';
import { copyFromPages, PAGE_SIZE, type Pages } from '../../src/machine/pages.ts';

export interface SurvivingFile {
  readonly path: string;
  readonly inode: number;
  readonly size: number;
  readonly pages: Pages;
  /** `grows`: it is known to be a beginning of what the machine's own file holds, or is about to hold. */
  readonly content?: 'grows';
}

/** By path. */
export type Survivors = Pick<ReadonlyMap<string, SurvivingFile>, 'get'> & {
  values(): Iterable<SurvivingFile>;
};

const DATA = '/data/';

/** What programs see of /data: after a kill all that was written, after a loss of power what is on the platter. */
export function survivors(state: KernelState): Survivors {
  const files = new Map<string, SurvivingFile>();
  for (const { path, inode } of listFiles(state)) {
    const file = state.inodes.get(inode);
    if (!path.startsWith(DATA) || file?.kind !== 'file') continue;
    files.set(path, { path, inode, size: file.size, pages: file.pages });
  }
  return files;
}

export function bytesOfFile({ pages, size }: SurvivingFile): Uint8Array {
  return copyFromPages(pages, 0, size);
}

/** Names for contents: equal names mean equal bytes. Most are beginnings of a file that only ever grew. */
export class ContentNames {
  private readonly epochs = new Map<number, number>();

  /** The inode's bytes did not only grow. */
  rewritten(inode: number): void {
    this.epochs.set(inode, (this.epochs.get(inode) ?? 0) + 1);
  }

  nameOf(live: KernelState, file: SurvivingFile): string {
    if (file.size === 0) return 'empty';
    const shared = this.sharedWith(live, file);
    const name = `${file.inode}.${this.epochs.get(file.inode) ?? 0} up to ${shared}`;
    if (shared === file.size) return name;
    const rest = copyFromPages(file.pages, shared, file.size);
    return `${name} and ${createHash('sha1').update(rest).digest('hex')}`;
  }

  /** How many of its first bytes the machine's own file has too, in whole pages unless all of them. */
  sharedWith(live: KernelState, file: SurvivingFile): number {
    if (file.content === 'grows') return file.size;
    const now = live.inodes.get(file.inode);
    if (now?.kind !== 'file') return 0;
    const size = Math.min(now.size, file.size);
    return sharedPrefix(now.pages, file.pages, size);
  }
}

const ZEROS = new Uint8Array(PAGE_SIZE);

function sharedPrefix(some: Pages, others: Pages, size: number): number {
  for (let index = 0, at = 0; at < size; index++, at += PAGE_SIZE) {
    const [a, b] = [some[index] ?? ZEROS, others[index] ?? ZEROS];
    if (a === b) continue;
    const length = Math.min(size - at, PAGE_SIZE);
    if (Buffer.compare(a.subarray(0, length), b.subarray(0, length)) !== 0) return at;
  }
  return size;
}

export interface Manifest {
  /** Paths of the base and the incr files, in the order of their loading. */
  readonly listed: readonly string[];
}

const DIRECTORY = '/data/appendonlydir/';
export const MANIFEST = `${DIRECTORY}appendonly.aof.manifest`;

/** The judge's own reading of a manifest; undefined: there is none. */
export function manifestOf(files: Survivors): Manifest | undefined {
  const file = files.get(MANIFEST);
  if (file === undefined) return undefined;
  const lines = Buffer.from(bytesOfFile(file)).toString('latin1').split('\n');
  const names = lines.flatMap((line) => {
    const words = /^file (\S+) seq \d+ type ([bi])$/.exec(line);
    return words === null ? [] : [`${DIRECTORY}${words[1]!}`];
  });
  return { listed: names };
}
