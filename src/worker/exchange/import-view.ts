/** What the page and the worker tell each other of files that are brought in. */
import type { ImportProblem } from './import-plan.ts';
import type { ZipProblem } from './read-zip.ts';

/** A file of the person's computer, by the path that it had in what was dropped; its bytes are read by the worker alone. */
export interface BroughtFile {
  readonly path: string;
  readonly file: Blob;
}

/** One import at a time: `open` forgets the one before. */
export type ImportRequest =
  /** Looks at names and sizes, in archives too, and says what would become of them. */
  | { readonly do: 'open'; readonly files: readonly BroughtFile[]; readonly lane?: string }
  /** Reads them, tries them out on a machine of their own, and starts this machine with them. */
  | { readonly do: 'take' }
  | { readonly do: 'look' }
  /** Until this machine starts with them nothing has changed. */
  | { readonly do: 'stop' };

export type BroughtProblem = ZipProblem | ImportProblem | 'refused' | 'unreadable';

export type ImportView =
  | { readonly stage: 'idle' }
  | {
      readonly stage: 'asking';
      readonly files: readonly { readonly name: string; readonly size: number }[];
    }
  | {
      readonly stage: 'reading';
      readonly name: string;
      /** Bytes, of all files together; of an archive those that come out of it. */
      readonly done: number;
      readonly total: number;
    }
  /** `trying`: on a scratch machine, and nothing has changed. `starting`: on this one, which cannot be stopped. */
  | {
      readonly stage: 'trying' | 'starting';
      readonly done: number;
      readonly total: number;
      readonly commands: number;
    }
  | { readonly stage: 'done'; readonly keys: number; readonly commands: number }
  | { readonly stage: 'failed'; readonly problem: BroughtProblem; readonly name: string };
