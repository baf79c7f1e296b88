/**
 * What a tool asks of the place where it runs. A tool is a generator: it yields a request and is resumed with the
 * answer, so that it has no input or output of its own, knows no promise, and can be paused or stopped at every
 * request. A shell's program, a command line of Node and a test each answer in their own way.
 */
import { assert } from '../base/assert.ts';
import { ascii, sliceBytes, utf8Encode, type ByteString } from '../base/bytes.ts';
import type { Micros, Seconds } from '../base/time.ts';
import type { Reply } from '../resp/reply.ts';

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

/** What only some tools ask, and only some places can give: elsewhere the answer is `failed`. */
export type ServiceAsk =
  /** Any instant: seconds since 1970. */
  | { readonly ask: 'now' }
  | { readonly ask: 'sleep'; readonly micros: Micros }
  /** A connection to a Redis server, which later `send`s use; it takes the place of an earlier one. */
  | { readonly ask: 'connect'; readonly host: ByteString; readonly port: number }
  /** All commands at once; an answer for each. */
  | { readonly ask: 'send'; readonly commands: readonly (readonly ByteString[])[] }
  /** Bytes that nobody can guess. */
  | { readonly ask: 'random'; readonly length: number }
  | { readonly ask: 'gzip'; readonly bytes: Uint8Array }
  /** Fails also when there would be more than `most` bytes, before they take any room. */
  | { readonly ask: 'gunzip'; readonly bytes: Uint8Array; readonly most: number }
  /** AES-256-GCM under a key that PBKDF2 makes with SHA-256; the tag stands behind the text. `open` fails if it is wrong. */
  | {
      readonly ask: 'seal' | 'open';
      readonly password: ByteString;
      readonly salt: Uint8Array;
      readonly iterations: number;
      readonly iv: Uint8Array;
      readonly bytes: Uint8Array;
      /** Vouched for as well. */
      readonly beside: Uint8Array;
    };

export type ToolAsk = FileAsk | ServiceAsk;
export type ToolAnswer =
  | FileAnswer
  | { readonly answer: 'bytes'; readonly bytes: Uint8Array }
  | { readonly answer: 'number'; readonly value: number }
  | { readonly answer: 'replies'; readonly replies: readonly Reply[] };

/** A step of a tool that returns `T`; a whole tool returns its exit status. */
export type ToolSteps<T = number> = Generator<ToolAsk, T, ToolAnswer>;

/** The same, of a tool that asks for nothing but files and output. */
export type FileSteps<T = number> = Generator<FileAsk, T, ToolAnswer>;

/** The bytes that an ask is answered with, or why it failed. */
export function* askBytes(ask: ServiceAsk): ToolSteps<Uint8Array | ReadFailure> {
  const answer = yield ask;
  if (answer.answer === 'failed') return { reason: answer.reason };
  assert(answer.answer === 'bytes', `${ask.ask} gives bytes`);
  return answer.bytes;
}

export function* now(): ToolSteps<Seconds> {
  const answer = yield { ask: 'now' };
  assert(answer.answer === 'number', 'the time is a number');
  return answer.value;
}

/** The answers to the commands, or why there are none. */
export function* send(
  ...commands: readonly (readonly ByteString[])[]
): ToolSteps<readonly Reply[] | string> {
  const answer = yield { ask: 'send', commands };
  if (answer.answer === 'failed') return answer.reason;
  assert(answer.answer === 'replies', 'commands have replies');
  return answer.replies;
}

export interface ReadFailure {
  readonly reason: string;
}

export function* readFile(path: ByteString): FileSteps<Uint8Array | ReadFailure> {
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
): FileSteps<string | undefined> {
  const answer = yield { ask: 'write-file', path, bytes, folders };
  return answer.answer === 'failed' ? answer.reason : undefined;
}

/** A line for the standard error; what it quotes of its input is bytes already. */
export function* complain(text: string): FileSteps<undefined> {
  yield { ask: 'print', to: 'stderr', text: ascii(`${text}\n`) };
  return undefined;
}

/** The words of an option's help, which are ours and may hold any letter. */
export function* printText(text: string): FileSteps<undefined> {
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
export function* flush(buffer: OutputBuffer, how: 'pieces' | 'all'): FileSteps<undefined> {
  if (buffer.length === 0 || (how === 'pieces' && buffer.length < PIECE)) return undefined;
  const text = ascii(buffer.parts.join(''));
  buffer.parts = [];
  buffer.length = 0;
  for (let at = 0; at < text.length; at += PIECE)
    yield { ask: 'print', to: 'stdout', text: sliceBytes(text, at, at + PIECE) };
  return undefined;
}
