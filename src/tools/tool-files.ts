/** The files that a tool reads and cuts, and what else it knows of where it runs. Paths are raw bytes. */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';

export interface ToolFiles {
  /** As fopen(3) with "r" or "r+", and then read to the end. The bytes are only looked at. */
  open(path: ByteString, access: 'read' | 'update'): OpenedFile;
  /** As ftruncate(2); false when it fails. */
  truncate(path: ByteString, size: number): boolean;
}

export type OpenedFile =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** It was opened, but cannot be read: a directory. */
  | { readonly kind: 'unreadable' }
  /** The reason as strerror(3) words it. */
  | { readonly kind: 'failed'; readonly reason: string };

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
