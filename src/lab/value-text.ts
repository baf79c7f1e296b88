/** A value in one short line, as the memory pane shows it. Only as much of it is read as is shown. */
import type { ByteString } from '../base/bytes.ts';
import { formatDoubleShortest } from '../base/doubles.ts';
import { elements } from '../engine/data/list.ts';
import { membersByRank, sortedSetSize } from '../engine/data/sorted-set.ts';
import { entriesBetween } from '../engine/data/stream.ts';
import { formatId } from '../engine/data/stream-id.ts';
import { stringText } from '../engine/data/string.ts';
import type { Value } from '../engine/data/value.ts';
import { wordText } from './texts.ts';

type Pair = readonly [ByteString, ByteString];

/** Elements of a collection that are shown. */
const SHOWN = 8;

/** `Alice`, `[a b c]`, `{name Kopi, price 10}`; what is left out is counted. */
export function valueText(value: Value): string {
  if (typeof value !== 'object' || value.kind === 'raw') return wordText(stringText(value));
  switch (value.kind) {
    case 'list':
      return `[${joined(elements(value), value.length, ' ', wordText)}]`;
    case 'set':
      return `{${joined(value.members, value.members.length, ' ', wordText)}}`;
    case 'hash':
      return `{${joined(value.fields, value.fields.size, ', ', pairText)}}`;
    case 'zset':
      return `[${joined(scores(value), sortedSetSize(value), ', ', pairText)}]`;
    case 'stream':
      return `[${joined(entriesBetween(value), value.length, ' ', ({ id }) => formatId(id))}]`;
  }
}

function* scores(value: Extract<Value, { kind: 'zset' }>): Generator<Pair> {
  for (const { member, score } of membersByRank(value)) yield [formatDoubleShortest(score), member];
}

function pairText([first, second]: Pair): string {
  return `${wordText(first)} ${wordText(second)}`;
}

function joined<T>(
  all: Iterable<T>,
  count: number,
  between: string,
  text: (one: T) => string,
): string {
  const texts: string[] = [];
  for (const one of all) {
    if (texts.length === SHOWN) break;
    texts.push(text(one));
  }
  const rest = count - texts.length;
  return texts.join(between) + (rest > 0 ? `${between}… +${rest}` : '');
}
