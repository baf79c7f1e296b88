/**
 * `rdb -c protocol`: the commands that make the keys anew, for `redis-cli --pipe`. Streams and function libraries, of
 * which the original knows nothing, are written as a rewrite of the log writes them.
 */
import { ascii, byteStringOf, type ByteString } from '../../base/bytes.ts';
import { newGrowableBytes } from '../../base/growable-bytes.ts';
import { elements } from '../../engine/data/list.ts';
import { stringText } from '../../engine/data/string.ts';
import type { Value } from '../../engine/data/value.ts';
import { encodeStream } from '../../persistence/resp-stream.ts';
import { put, type OutputBuffer } from '../tool-steps.ts';
import { escapeBytes, type Escape } from './escape.ts';
import type { Format } from './formats.ts';
import { scoredMembers } from './records.ts';

export interface ProtocolOptions {
  readonly escape: Escape;
  readonly expiry: 'keep' | 'drop';
  /** Seconds to add; the original passes over what is not positive. */
  readonly amend: number;
}

export function protocolFormat(
  output: OutputBuffer,
  { escape, expiry, amend }: ProtocolOptions,
): Format {
  const emit = (...words: readonly ByteString[]): void => {
    put(output, `*${words.length}\r\n`);
    for (const word of words) {
      const text = escapeBytes(word, escape, 'value');
      put(output, `$${text.length}\r\n${text}\r\n`);
    }
  };
  return {
    database: (database) => emit(ascii('SELECT'), ascii(String(database))),
    library: (code) => emit(ascii('FUNCTION'), ascii('LOAD'), ascii('REPLACE'), code),
    record: ({ key, value, written, expireAt }) => {
      if (typeof value === 'object' && value.kind === 'stream') {
        const sink = newGrowableBytes();
        encodeStream(key, value, sink);
        put(output, byteStringOf(sink.bytes, 0, sink.length));
      } else for (const words of commandsOf(key, value, written)) emit(...words);
      if (expireAt === null || expiry === 'drop') return;
      const at = Math.floor(expireAt / 1000) + Math.max(0, amend);
      emit(ascii('EXPIREAT'), key, ascii(String(at)));
    },
  };
}

/** A command for each element. */
function* commandsOf(
  key: ByteString,
  value: Value,
  written: number,
): Generator<readonly ByteString[]> {
  if (typeof value !== 'object' || value.kind === 'raw') {
    yield [ascii('SET'), key, stringText(value)];
    return;
  }
  switch (value.kind) {
    case 'list':
      for (const element of elements(value)) yield [ascii('RPUSH'), key, element];
      return;
    case 'set':
      for (const member of value.members) yield [ascii('SADD'), key, member];
      return;
    case 'hash':
      for (const [field, text] of value.fields) yield [ascii('HSET'), key, field, text];
      return;
    case 'zset':
      for (const { member, score } of scoredMembers(value, written))
        yield [ascii('ZADD'), key, ascii(score), member];
      return;
    case 'stream':
      return;
  }
}
