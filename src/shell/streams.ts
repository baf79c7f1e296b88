/** What descriptors of processes stand for: pipes, terminals, sinks and files, and who waits on them. */
import { concatBytes, EMPTY, sliceBytes, type ByteString } from '../base/bytes.ts';
import type { Fd } from '../machine/syscall.ts';
import type { TerminalMode, TerminalSize } from './program.ts';

/** Whatever a task can wait for: tells its waiters when something about it has changed. */
export interface Waitable {
  readonly waiters: Set<Waiter>;
}

/** A task that waits; see process-table.ts. */
export interface Waiter {
  retry(): void;
}

export function tellWaiters({ waiters }: Waitable): void {
  for (const waiter of [...waiters]) waiter.retry();
}

/** As Linux's: a writer waits when so much is unread. */
const PIPE_ROOM = 65_536;

export interface Pipe extends Waitable {
  buffer: ByteString;
  readers: number;
  writers: number;
}

export function newPipe(): Pipe {
  return { buffer: EMPTY, readers: 0, writers: 0, waiters: new Set() };
}

/** Bytes, `''` at the end, or null: nothing yet. */
export function readPipe(pipe: Pipe, length: number): ByteString | null {
  if (pipe.buffer === '') return pipe.writers === 0 ? EMPTY : null;
  const bytes = sliceBytes(pipe.buffer, 0, length);
  pipe.buffer = sliceBytes(pipe.buffer, bytes.length);
  tellWaiters(pipe);
  return bytes;
}

/** How many bytes were taken; null: no room yet. */
export function writePipe(pipe: Pipe, bytes: ByteString): number | null | 'broken' {
  if (pipe.readers === 0) return 'broken';
  const room = PIPE_ROOM - pipe.buffer.length;
  if (room <= 0) return null;
  const taken = sliceBytes(bytes, 0, room);
  pipe.buffer = concatBytes(pipe.buffer, taken);
  tellWaiters(pipe);
  return taken.length;
}

/** Takes what a session prints: a page's terminal, or the two texts of `aofLab.shell`. */
export interface Sink extends Waitable {
  /** False: it has more than it can show; the writer waits until `waiters` are told. */
  take(bytes: ByteString): boolean;
}

/** What stands at the other end of a terminal: the page. */
export interface TerminalHost {
  readonly sink: Sink;
  /** A shell stands at its prompt; `status` is that of the last line. */
  prompt(text: ByteString, status: number): void;
  /** A program wants keys (`raw`) or lines. `line` too when the prompt has got its line. */
  mode(mode: TerminalMode['mode']): void;
  /** A program waits for a line. */
  reading(): void;
}

export interface Terminal extends Waitable, TerminalState {
  readonly host: TerminalHost;
}

/** What is data of a terminal. */
export interface TerminalState {
  size: TerminalSize;
  mode: TerminalMode['mode'];
  /** What was typed while a program runs and reads. */
  input: ByteString;
  /** Ctrl-D: the next read of nothing is an end, once. */
  ended: boolean;
  /** Lines for the shell's prompt; null: Ctrl-D at the prompt. */
  readonly lines: (ByteString | null)[];
  /** Whether the prompt that is asked for has been shown. */
  prompting: boolean;
  foreground: number;
}

export function newTerminalState(size: TerminalSize): TerminalState {
  return {
    size,
    mode: 'line',
    input: EMPTY,
    ended: false,
    lines: [],
    prompting: false,
    foreground: 0,
  };
}

/** `state` is its own from now on. */
export function newTerminal(host: TerminalHost, state: TerminalState): Terminal {
  return { ...state, host, waiters: new Set() };
}

export function stateOfTerminal(terminal: Terminal): TerminalState {
  const { size, mode, input, ended, lines, prompting, foreground } = terminal;
  return { size, mode, input, ended, lines, prompting, foreground };
}

export function readTerminal(terminal: Terminal, length: number): ByteString | null {
  if (terminal.input === '') {
    if (!terminal.ended) return null;
    terminal.ended = false;
    return EMPTY;
  }
  const newline = terminal.mode === 'line' ? terminal.input.indexOf('\n') + 1 : length;
  const bytes = sliceBytes(terminal.input, 0, Math.min(length, newline > 0 ? newline : length));
  terminal.input = sliceBytes(terminal.input, bytes.length);
  return bytes;
}

export type Stream =
  /** `fd`: the kernel's number in this process. */
  | { readonly kind: 'file'; readonly fd: Fd }
  | { readonly kind: 'pipe-end'; readonly pipe: Pipe; readonly end: 'read' | 'write' }
  | { readonly kind: 'terminal'; readonly terminal: Terminal }
  | { readonly kind: 'sink'; readonly sink: Sink }
  | { readonly kind: 'null' }
  | { readonly kind: 'zero' };
