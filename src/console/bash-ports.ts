import type { TerminalInput, TerminalUpdate } from '../worker/protocol.ts';

/** What a bash session needs of the page. */
export interface BashPorts {
  /** Starts a bash on the machine that the console is attached to; what it prints comes by `receive`. */
  readonly open: (columns: number, rows: number) => Promise<void>;
  readonly send: (input: TerminalInput) => void;
  /** Whole lines that Tab offers for a line. */
  readonly complete: (line: string) => Promise<readonly string[]>;
  /** Text and escape sequences for the terminal; nothing, when there is none. */
  readonly write: (ansi: string) => void;
  readonly loadHistory: () => readonly string[];
  readonly saveHistory: (lines: readonly string[]) => void;
}

export type BashUpdate = TerminalUpdate;
