/** The files that a tool reads and cuts, and what else it knows of where it runs. Paths are raw bytes. */
import { indexOfWord } from '../base/find-bytes.ts';
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { ReportingProcess } from '../persistence/rdb-report.ts';

export interface ToolFiles {
  /** As fopen(3) with "r" or "r+". The bytes are only looked at. */
  open(path: ByteString, access: 'read' | 'update'): OpenedFile;
  /** As ftruncate(2); false when it fails. */
  truncate(path: ByteString, size: number): boolean;
}

export type OpenedFile =
  | { readonly kind: 'read'; readonly content: FileContent }
  /** It was opened, but cannot be read: a directory. */
  | { readonly kind: 'unreadable' }
  /** The reason as strerror(3) words it. */
  | { readonly kind: 'failed'; readonly reason: string };

/** A file of any size, read piece by piece: a log can be larger than what fits into a cache, or into one array. */
export interface FileContent {
  readonly size: number;
  /** Up to `length` bytes from `at` on; fewer only where the file ends. They are good until the next piece is read. */
  piece(at: number, length: number): Uint8Array;
  /** Where `word` stands in a piece, from `from` on; -1: nowhere. A host may know a faster way than a loop. */
  find(piece: Uint8Array, word: string, from: number): number;
}

export function inMemory(bytes: Uint8Array): FileContent {
  return {
    size: bytes.length,
    piece: (at, length) => bytes.subarray(at, at + length),
    find: indexOfWord,
  };
}

export function wholeOf(content: FileContent): Uint8Array {
  return content.piece(0, content.size);
}

/** For lines in the form of the server's log. */
export interface ToolProcess {
  readonly id: number;
  readonly now: Micros;
}

/** Where a tool's output comes from, as its user asked for it. */
export interface ToolRun {
  readonly output: ByteString;
  readonly exit: number;
}

/** As a report of a snapshot wants to know it. */
export function asProgram({ id, now }: ToolProcess): ReportingProcess {
  return { id, now, role: 'C', utcOffset: 0 };
}
