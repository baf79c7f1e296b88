/**
 * What a tool asks of the place where it runs. A tool is a generator: it yields a request and is resumed with the
 * answer, so that it has no input or output of its own, knows no promise, and can be paused or stopped at every
 * request. A shell's program, a command line of Node and a test each answer in their own way.
 */
import { assert } from '../base/assert.ts';
import { ascii, sliceBytes, utf8Encode, type ByteString } from '../base/bytes.ts';

/** Paths and texts are raw bytes. */
export type FileAsk =
  /** The whole of a file; `-` is the standard input. */
  | { readonly ask: 'read-file'; readonly path: ByteString }
  /**
   * Makes or replaces a file: at once, so that nobody ever sees half of it. `folders: 'make'`: also the folders on the
   * way to it.
   */
  | {
      readonly ask: 'write-file';
      readonly path: ByteString;
      readonly bytes: Uint8Array;
      readonly folders: 'expect' | 'make';
    }
  | { readonly ask: 'print'; readonly to: 'stdout' | 'stderr'; readonly text: ByteString };

export type FileAnswer =
  | { readonly answer: 'done' }
  | { readonly answer: 'file'; readonly bytes: Uint8Array }
  /** The reason as strerror(3) words it. */
  | { readonly answer: 'failed'; readonly reason: string };

/** A step of a tool that returns `T`; a whole tool returns its exit status. */
export type ToolSteps<T = number> = Generator<FileAsk, T, FileAnswer>;

export interface ReadFailure {
  readonly reason: string;
}

export function* readFile(path: ByteString): ToolSteps<Uint8Array | ReadFailure> {
  const answer = yield { ask: 'read-file', path };
  if (answer.answer === 'failed') return { reason: answer.reason };
  assert(answer.answer === 'file', 'a file was asked for');
  return answer.bytes;
}

/** Undefined, or why it failed. */
export function* writeFile(
  path: ByteString,
  bytes: Uint8Array,
  folders: 'expect' | 'make' = 'expect',
): ToolSteps<string | undefined> {
  const answer = yield { ask: 'write-file', path, bytes, folders };
  return answer.answer === 'failed' ? answer.reason : undefined;
}

/** A line for the standard error; what it quotes of its input is bytes already. */
export function* complain(text: string): ToolSteps<undefined> {
  yield { ask: 'print', to: 'stderr', text: ascii(`${text}\n`) };
  return undefined;
}

/** The words of an option's help, which are ours and may hold any letter. */
export function* printText(text: string): ToolSteps<undefined> {
  yield { ask: 'print', to: 'stdout', text: utf8Encode(text) };
  return undefined;
}

/** Pieces of output are collected up to this size, so that a reader can keep pace. */
const PIECE = 65_536;

/** Collects output; `take` gives it away when there is enough. */
export interface OutputBuffer {
  parts: string[];
  length: number;
}

export function newOutputBuffer(): OutputBuffer {
  return { parts: [], length: 0 };
}

export function put(buffer: OutputBuffer, text: string): void {
  buffer.parts.push(text);
  buffer.length += text.length;
}

/** Prints what is there, when it is a piece's worth or `all` of it is wanted. */
export function* flush(buffer: OutputBuffer, how: 'pieces' | 'all'): ToolSteps<undefined> {
  if (buffer.length === 0 || (how === 'pieces' && buffer.length < PIECE)) return undefined;
  const text = ascii(buffer.parts.join(''));
  buffer.parts = [];
  buffer.length = 0;
  for (let at = 0; at < text.length; at += PIECE)
    yield { ask: 'print', to: 'stdout', text: sliceBytes(text, at, at + PIECE) };
  return undefined;
}
