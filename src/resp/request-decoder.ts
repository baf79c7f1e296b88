import { type ByteString, byteStringOf } from '../base/bytes.ts';
import { type GrowableBytes, appendBytes, newGrowableBytes } from '../base/growable-bytes.ts';
import { parseInt64 } from '../base/integers.ts';
import { splitArguments } from '../base/split-arguments.ts';

/**
 * What a client has sent and no command has taken yet: bytes, and how far the first request among them has
 * been read. Nothing is allocated for what a header merely announces. (networking.c:processInputBuffer)
 */
export interface RequestDecoderState {
  readonly buffer: GrowableBytes;
  /** Where the unread bytes begin. */
  start: number;
  /** Where the search for the end of the current line goes on. */
  searched: number;
  /** Arguments that are still to come of the multibulk request at hand; 0 between requests. */
  argumentsLeft: number;
  /** The length of the argument at hand, or -1 before its header. */
  argumentLength: number;
  argv: ByteString[];
  failure: RequestFailure | null;
}

export interface RequestFailure {
  readonly kind: 'error';
  /** What the client is told, after `ERR `, before it is disconnected. */
  readonly message: string;
  /** What the server's log calls it. */
  readonly reason: string;
}

export type DecodedRequest =
  | { readonly kind: 'request'; readonly argv: ByteString[] }
  | { readonly kind: 'need-more' }
  | RequestFailure;

export interface RequestLimits {
  /** proto-max-bulk-len */
  readonly maxBulkLength: number;
  /** A client that has not authenticated, where it would have to, may send little. */
  readonly authentication: 'passed' | 'missing';
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  maxBulkLength: 512 * 1024 * 1024,
  authentication: 'passed',
};

const MAX_LINE_LENGTH = 64 * 1024;
const LARGEST_IDLE_BUFFER = 1024 * 1024;
const MAX_ARGUMENTS = 0x7fff_ffff;
const MAX_UNAUTHENTICATED_ARGUMENTS = 10;
const MAX_UNAUTHENTICATED_BULK_LENGTH = 16_384;

const CR = 0x0d;
const LF = 0x0a;
const ASTERISK = 0x2a;
const DOLLAR = 0x24;

const NEED_MORE: DecodedRequest = { kind: 'need-more' };

export function newRequestDecoder(): RequestDecoderState {
  return {
    buffer: newGrowableBytes(0),
    start: 0,
    searched: 0,
    argumentsLeft: 0,
    argumentLength: -1,
    argv: [],
    failure: null,
  };
}

/** Takes a copy of bytes that arrived. */
export function feedRequestBytes(state: RequestDecoderState, bytes: Uint8Array): void {
  if (state.failure !== null) return;
  discardRead(state, bytes.length);
  appendBytes(state.buffer, bytes);
}

/** Bytes that have arrived and are not part of a finished request or argument. */
export function bufferedRequestBytes(state: RequestDecoderState): number {
  return state.buffer.length - state.start;
}

/**
 * The next whole request, `need-more` when there is none yet, or the error after which the connection is of
 * no more use (then the same for ever). Empty requests are skipped, as Redis does. How the bytes were cut
 * into pieces makes no difference.
 */
export function nextRequest(
  state: RequestDecoderState,
  limits: RequestLimits = DEFAULT_REQUEST_LIMITS,
): DecodedRequest {
  for (;;) {
    if (state.failure !== null) return state.failure;
    if (state.start === state.buffer.length) {
      giveBack(state);
      return NEED_MORE;
    }

    const multibulk = state.argumentsLeft > 0 || state.buffer.bytes[state.start] === ASTERISK;
    const outcome = multibulk ? readMultibulk(state, limits) : readInline(state);
    if (outcome === 'need-more') return NEED_MORE;
    if (outcome === 'failed') continue;
    if (state.argv.length === 0) continue;
    const { argv } = state;
    state.argv = [];
    return { kind: 'request', argv };
  }
}

/** A buffer that a large request has grown is not kept for those that follow. */
function giveBack(state: RequestDecoderState): void {
  if (state.buffer.bytes.length <= LARGEST_IDLE_BUFFER) return;
  state.buffer.bytes = new Uint8Array(0);
  state.buffer.length = 0;
  moveTo(state, 0);
}

type Outcome = 'done' | 'need-more' | 'failed';

function readMultibulk(state: RequestDecoderState, limits: RequestLimits): Outcome {
  if (state.argumentsLeft === 0) {
    const end = findLineEnd(state, CR);
    if (end === 'too-long') return fail(state, 'too big mbulk count string');
    if (end === 'missing') return 'need-more';
    const count = headerNumber(state, end);
    if (count === undefined || count > MAX_ARGUMENTS) {
      return fail(state, 'invalid multibulk length', 'invalid mbulk count');
    }
    if (count > MAX_UNAUTHENTICATED_ARGUMENTS && limits.authentication === 'missing') {
      return fail(state, 'unauthenticated multibulk length', 'unauth mbulk count');
    }
    moveTo(state, end + 2);
    if (count <= 0) return 'done';
    state.argumentsLeft = count;
  }

  while (state.argumentsLeft > 0) {
    if (state.argumentLength < 0) {
      const outcome = readBulkHeader(state, limits);
      if (outcome !== 'done') return outcome;
    }
    // The two bytes after an argument are not looked at.
    const end = state.start + state.argumentLength;
    if (end + 2 > state.buffer.length) return 'need-more';
    state.argv.push(byteStringOf(state.buffer.bytes, state.start, end));
    moveTo(state, end + 2);
    state.argumentLength = -1;
    state.argumentsLeft--;
  }
  return 'done';
}

function readBulkHeader(state: RequestDecoderState, limits: RequestLimits): Outcome {
  const end = findLineEnd(state, CR);
  if (end === 'too-long') return fail(state, 'too big bulk count string');
  if (end === 'missing') return 'need-more';

  const first = state.buffer.bytes[state.start]!;
  if (first !== DOLLAR) {
    // Redis turns line breaks within an error into blanks.
    const shown = first === CR || first === LF ? ' ' : String.fromCharCode(first);
    return fail(state, `expected '$', got '${shown}'`, 'expected $ but got something else');
  }
  const length = headerNumber(state, end);
  if (length === undefined || length < 0 || length > limits.maxBulkLength) {
    return fail(state, 'invalid bulk length');
  }
  if (length > MAX_UNAUTHENTICATED_BULK_LENGTH && limits.authentication === 'missing') {
    return fail(state, 'unauthenticated bulk length', 'unauth bulk length');
  }
  moveTo(state, end + 2);
  state.argumentLength = length;
  return 'done';
}

function readInline(state: RequestDecoderState): Outcome {
  const end = findLineEnd(state, LF);
  if (end === 'too-long') return fail(state, 'too big inline request');
  if (end === 'missing') return 'need-more';

  const { bytes } = state.buffer;
  const lineEnd = end > state.start && bytes[end - 1] === CR ? end - 1 : end;
  const words = splitArguments(byteStringOf(bytes, state.start, lineEnd));
  if (words === undefined) {
    return fail(state, 'unbalanced quotes in request', 'unbalanced quotes in inline request');
  }
  moveTo(state, end + 1);
  state.argv = words;
  return 'done';
}

/**
 * Where the line that begins at `start` has its terminator: the first LF, or the first CR with any byte after
 * it (Redis does not look which). As C's strchr, the search never passes a NUL byte.
 */
function findLineEnd(
  state: RequestDecoderState,
  terminator: number,
): number | 'missing' | 'too-long' {
  const { bytes, length } = state.buffer;
  const following = terminator === CR ? 1 : 0;
  const bound = Math.min(length, state.start + MAX_LINE_LENGTH + 1);
  let at = state.searched;
  for (; at < bound; at++) {
    const byte = bytes[at]!;
    if (byte === terminator) {
      state.searched = at;
      return at + following < length ? at : 'missing';
    }
    if (byte === 0) break;
  }
  state.searched = at;
  return length - state.start > MAX_LINE_LENGTH ? 'too-long' : 'missing';
}

/** The number between a header's first byte and its end, undefined unless it is canonical. */
function headerNumber(state: RequestDecoderState, end: number): number | undefined {
  const n = parseInt64(byteStringOf(state.buffer.bytes, state.start + 1, end));
  // Beyond the safe integers it is out of every limit, and only its sign still matters.
  return typeof n === 'bigint' ? Number(n) : n;
}

function moveTo(state: RequestDecoderState, start: number): void {
  state.start = start;
  state.searched = start;
}

function fail(state: RequestDecoderState, what: string, reason: string = what): Outcome {
  state.failure = { kind: 'error', message: `Protocol error: ${what}`, reason };
  state.buffer.bytes = new Uint8Array(0);
  state.buffer.length = 0;
  state.argv = [];
  moveTo(state, 0);
  return 'failed';
}

/** Moves what is unread to the front when that is free of cost, or makes room for what arrives. */
function discardRead(state: RequestDecoderState, arriving: number): void {
  const { buffer, start } = state;
  if (start === 0) return;
  const unread = buffer.length - start;
  const mustGrow = buffer.length + arriving > buffer.bytes.length;
  if (unread > 0 && !(mustGrow && start >= unread)) return;
  buffer.bytes.copyWithin(0, start, buffer.length);
  buffer.length = unread;
  state.searched -= start;
  state.start = 0;
}
