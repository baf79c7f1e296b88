import { assert } from '../base/assert.ts';
import { type ByteString, byteStringOf, sliceBytes } from '../base/bytes.ts';
import { parseDouble } from '../base/doubles.ts';
import { type GrowableBytes, appendBytes, newGrowableBytes } from '../base/growable-bytes.ts';
import { parseInt64 } from '../base/integers.ts';
import type { Reply } from './reply.ts';

/**
 * A client's reader of replies, RESP2 and RESP3: bytes that arrived, and the aggregates that are open. Nothing
 * is allocated for what a header merely announces. Attributes are read and dropped.
 */
export interface ReplyDecoderState {
  readonly buffer: GrowableBytes;
  /** Where the unread bytes begin. */
  start: number;
  /** Where the search for the end of the current line goes on. */
  searched: number;
  /** The aggregates that are being read, the outermost first. */
  readonly open: OpenAggregate[];
  failure: ReplyFailure | null;
}

export interface OpenAggregate {
  readonly kind: 'array' | 'set' | 'push' | 'map' | 'attribute';
  /** Replies still to come; a map has two for each of its entries. */
  left: number;
  readonly items: Reply[];
}

export interface ReplyFailure {
  readonly kind: 'error';
  /** In the words of hiredis, which redis-cli prints. */
  readonly message: string;
}

export type DecodedReply =
  { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'need-more' } | ReplyFailure;

/** Deeper replies are refused: they could overflow the stack of whoever walks them. */
export const MAX_REPLY_DEPTH = 128;

const MAX_BULK_LENGTH = 512 * 1024 * 1024;
const MAX_ELEMENTS = 0xffff_ffff;
/** No line of a reply is longer in practice; a line that never ends must not fill the memory. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

const NEED_MORE: DecodedReply = { kind: 'need-more' };
const NULL_REPLY: Reply = { type: 'null' };
const NULL_ARRAY: Reply = { type: 'null-array' };

export function newReplyDecoder(): ReplyDecoderState {
  return { buffer: newGrowableBytes(0), start: 0, searched: 0, open: [], failure: null };
}

/** Takes a copy of bytes that arrived. */
export function feedReplyBytes(state: ReplyDecoderState, bytes: Uint8Array): void {
  if (state.failure !== null) return;
  const { buffer, start } = state;
  const unread = buffer.length - start;
  const mustGrow = buffer.length + bytes.length > buffer.bytes.length;
  if (start > 0 && (unread === 0 || (mustGrow && start >= unread))) {
    buffer.bytes.copyWithin(0, start, buffer.length);
    buffer.length = unread;
    state.searched -= start;
    state.start = 0;
  }
  appendBytes(buffer, bytes);
}

/** The next whole reply, `need-more`, or the error after which the stream can't be read (then for ever). */
export function nextReply(state: ReplyDecoderState): DecodedReply {
  for (;;) {
    if (state.failure !== null) return state.failure;
    const item = readItem(state);
    if (item === 'need-more') return NEED_MORE;
    if (item === 'opened') continue;
    if (typeof item === 'string') {
      state.failure = { kind: 'error', message: item.slice(FAILED.length) };
      state.buffer.bytes = new Uint8Array(0);
      state.buffer.length = 0;
      state.start = 0;
      state.searched = 0;
      state.open.length = 0;
      continue;
    }
    const whole = closeAggregates(state.open, item);
    if (whole !== undefined) return { kind: 'reply', reply: whole };
  }
}

const FAILED = 'failed: ';
type Item = Reply | 'need-more' | 'opened' | `${typeof FAILED}${string}`;

/** Puts a finished item into the innermost aggregate, and that into the next if it is full, and so on. */
function closeAggregates(open: OpenAggregate[], item: Reply): Reply | undefined {
  let finished = item;
  for (;;) {
    const innermost = open.at(-1);
    if (innermost === undefined) return finished;
    if (innermost.kind !== 'attribute') innermost.items.push(finished);
    innermost.left--;
    if (innermost.left > 0) return undefined;
    open.pop();
    const closed = aggregateReply(innermost);
    if (closed === undefined) return undefined;
    finished = closed;
  }
}

/** Undefined for an attribute: the reply that it belongs to comes after it. */
function aggregateReply({ kind, items }: OpenAggregate): Reply | undefined {
  if (kind === 'attribute') return undefined;
  if (kind !== 'map') return { type: kind, value: items };
  const entries: (readonly [Reply, Reply])[] = [];
  for (let i = 0; i + 1 < items.length; i += 2) entries.push([items[i]!, items[i + 1]!]);
  return { type: 'map', value: entries };
}

/** Reads one scalar or one aggregate's header, if it has arrived in full. */
function readItem(state: ReplyDecoderState): Item {
  const { buffer, start } = state;
  if (start === buffer.length) return 'need-more';
  const marker = String.fromCharCode(buffer.bytes[start]!);
  if (!MARKERS.includes(marker))
    return `failed: Protocol error, got ${quoted(marker)} as reply type byte`;

  const end = findLineEnd(state);
  if (end === undefined) {
    return buffer.length - start > MAX_LINE_LENGTH
      ? 'failed: Protocol error, line too long'
      : 'need-more';
  }
  const line = byteStringOf(buffer.bytes, start + 1, end);
  switch (marker) {
    case '$':
    case '!':
    case '=':
      return readBulk(state, marker, line, end + 2);
    case '*':
    case '~':
    case '>':
    case '%':
    case '|':
      return openAggregate(state, marker, line, end + 2);
    default: {
      const scalar = readScalar(marker, line);
      if (typeof scalar !== 'string') moveTo(state, end + 2);
      return scalar;
    }
  }
}

const MARKERS = '+-:$*_,#!=(%~>|';

function readScalar(marker: string, line: ByteString): Item {
  switch (marker) {
    case '+':
      return { type: 'status', value: line };
    case '-':
      return { type: 'error', value: line };
    case ':': {
      const value = parseInt64(line);
      return value === undefined ? 'failed: Bad integer value' : { type: 'integer', value };
    }
    case '_':
      return line === '' ? NULL_REPLY : 'failed: Bad nil value';
    case '#':
      if (line === 't' || line === 'f') return { type: 'boolean', value: line === 't' };
      return 'failed: Bad bool value';
    case ',': {
      const value = line === 'nan' || line === '-nan' ? NaN : parseDouble(line);
      return value === undefined ? 'failed: Bad double value' : { type: 'double', value };
    }
    default:
      assert(marker === '(', 'every marker of a scalar is known');
      return isDecimal(line) ? { type: 'bignumber', value: line } : 'failed: Bad bignum value';
  }
}

function isDecimal(text: string): boolean {
  return /^[+-]?[0-9]+$/.test(text);
}

function readBulk(
  state: ReplyDecoderState,
  marker: '$' | '!' | '=',
  line: ByteString,
  from: number,
): Item {
  const length = parseInt64(line);
  if (length === undefined) return 'failed: Bad bulk string length';
  if (length === -1) {
    moveTo(state, from);
    return NULL_REPLY;
  }
  if (length < 0 || length > MAX_BULK_LENGTH) return 'failed: Bulk string length out of range';
  const end = from + Number(length);
  if (end + 2 > state.buffer.length) return 'need-more';
  const value = byteStringOf(state.buffer.bytes, from, end);
  if (marker === '=') {
    const format = value.slice(0, 4);
    if (format !== 'txt:' && format !== 'mkd:') {
      return 'failed: Verbatim string 4 bytes of content type are missing or incorrectly encoded.';
    }
    moveTo(state, end + 2);
    return {
      type: 'verbatim',
      format: format === 'txt:' ? 'txt' : 'mkd',
      value: sliceBytes(value, 4),
    };
  }
  moveTo(state, end + 2);
  return marker === '$' ? { type: 'bulk', value } : { type: 'error', value };
}

const AGGREGATE_KINDS = {
  '*': 'array',
  '~': 'set',
  '>': 'push',
  '%': 'map',
  '|': 'attribute',
} as const;

function openAggregate(
  state: ReplyDecoderState,
  marker: keyof typeof AGGREGATE_KINDS,
  line: ByteString,
  from: number,
): Item {
  const count = parseInt64(line);
  if (count === undefined) return 'failed: Bad multi-bulk length';
  if (count < -1 || count > MAX_ELEMENTS) return 'failed: Multi-bulk length out of range';
  if (state.open.length >= MAX_REPLY_DEPTH) {
    return `failed: No support for nested multi bulk replies with depth > ${MAX_REPLY_DEPTH}`;
  }
  moveTo(state, from);
  if (count === -1) return NULL_ARRAY;
  const kind = AGGREGATE_KINDS[marker];
  const items = kind === 'map' || kind === 'attribute' ? Number(count) * 2 : Number(count);
  if (items > 0) {
    state.open.push({ kind, left: items, items: [] });
    return 'opened';
  }
  return aggregateReply({ kind, left: 0, items: [] }) ?? 'opened';
}

/** Where CR LF stands, at or after the place where the search had stopped. */
function findLineEnd(state: ReplyDecoderState): number | undefined {
  const { bytes, length } = state.buffer;
  for (let at = state.searched; at + 1 < length; at++) {
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) {
      state.searched = at;
      return at;
    }
  }
  state.searched = Math.max(state.start, length - 1);
  return undefined;
}

function moveTo(state: ReplyDecoderState, start: number): void {
  state.start = start;
  state.searched = start;
}

/** A byte as hiredis shows it (read.c:chrtos). */
function quoted(char: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '"': '\\"',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\x07': '\\a',
    '\b': '\\b',
  };
  const code = char.charCodeAt(0);
  const shown = code >= 0x20 && code < 0x7f ? char : `\\x${code.toString(16).padStart(2, '0')}`;
  return `"${escapes[char] ?? shown}"`;
}
