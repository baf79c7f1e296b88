/** Short texts of records and replies, as redis-cli would show them. */
import { sliceBytes, type ByteString } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { frameArguments, newFrameReader, readFrame } from '../persistence/aof-reader.ts';
import type { Reply } from '../resp/reply.ts';

/** An argument longer than this is cut in the ledger and in short replies. */
const LONGEST_WORD = 120;
const plainWord = /^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]+$/;

/** A word as it could be typed: plain if it needs no quotes. */
export function wordText(word: ByteString): string {
  const shown = sliceBytes(word, 0, LONGEST_WORD);
  const text = plainWord.test(shown) ? shown : quoteBytes(shown);
  return word.length <= LONGEST_WORD ? text : `${text}… ${word.length} B`;
}

export function wordsText(argv: readonly ByteString[]): string {
  return argv.map(wordText).join(' ');
}

/** One record of the log, from its bytes. */
export function recordText(bytes: Uint8Array): string {
  const reader = newFrameReader();
  return readFrame(reader, bytes, 0) === 'command' ? wordsText(frameArguments(reader, bytes)) : '#';
}

/** The first line of what redis-cli prints, for a column of the log. */
export function shortReply(reply: Reply): string {
  switch (reply.type) {
    case 'status':
      return reply.value;
    case 'error':
      return `(error) ${reply.value}`;
    case 'integer':
      return `(integer) ${reply.value}`;
    case 'bulk':
    case 'verbatim':
      return quoteBytes(sliceBytes(reply.value, 0, LONGEST_WORD));
    case 'null':
    case 'null-array':
      return '(nil)';
    case 'double':
      return `(double) ${reply.value}`;
    case 'boolean':
      return reply.value ? '(true)' : '(false)';
    case 'bignumber':
      return reply.value;
    default:
      return reply.value.length === 1 ? '1 reply' : `${reply.value.length} replies`;
  }
}
