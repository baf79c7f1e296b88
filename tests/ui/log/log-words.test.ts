import { describe, expect, test } from 'vitest';
import { KeySearch } from '../../../src/ui/log/key-filter.ts';
import { lineOf } from '../../../src/ui/log/log-lines.ts';
import type { LineContext } from '../../../src/ui/log/log-lines.ts';
import { reasonOf } from '../../../src/ui/log/log-reasons.ts';
import { hexLines, recordParts } from '../../../src/ui/log/record-parts.ts';
import { RecordStore } from '../../../src/ui/log/record-store.ts';
import { ScrollScale } from '../../../src/ui/log/scroll-scale.ts';
import { en, id } from '../../../src/ui/log/texts.ts';
import { recordCause } from '../../../src/worker/protocol.ts';
import { batchOf, resp, viewOf, workloadBatch, workloadRecordLength } from './records.ts';

// Left what a person typed, right what Redis 7.2.4 logs for it, and the reason that the log pane gives.
test.each([
  ['EXPIRE session:9 60', 'PEXPIREAT session:9 1767225672318', 'date'],
  ['expire s 60 NX', 'PEXPIREAT s 1767225672318 NX', 'date'],
  ['EXPIRE s -1', 'DEL s', 'past-date'],
  ['SET a 1 EX 10', 'SET a 1 PXAT 1767225672318', 'date'],
  ['SETEX a 10 1', 'SET a 1 PXAT 1767225672318', 'date'],
  ['GETEX a EX 10', 'PEXPIREAT a 1767225672318', 'date'],
  ['SET a 1 GET', 'SET a 1', 'no-read'],
  ['GETSET a 1', 'SET a 1', 'no-read'],
  ['GETDEL a', 'DEL a', 'no-read'],
  ['SPOP basket:1', 'SREM basket:1 teh', 'chance'],
  ['SPOP basket:1 10', 'DEL basket:1', 'last-members'],
  ['INCRBYFLOAT x 0.1', 'SET x 5010.6 KEEPTTL', 'result'],
  ['HINCRBYFLOAT h f 1', 'HSET h f 2', 'result'],
  ['BLPOP l 0', 'LPOP l', 'no-wait'],
  ['BLMOVE a b LEFT RIGHT 0', 'LMOVE a b LEFT RIGHT', 'no-wait'],
  ['BRPOPLPUSH a b 0', 'RPOPLPUSH a b', 'no-wait'],
  ['BZPOPMIN z 0', 'ZPOPMIN z', 'no-wait'],
  ['BZMPOP 0 1 z MIN', 'ZPOPMIN z 1', 'no-wait'],
  ['LMPOP 1 l LEFT COUNT 2', 'LPOP l 2', 'which-end'],
  ['GEOADD g 13.36 38.11 Palermo', 'zadd g 3479099956230698 Palermo', 'score'],
  ['XADD s * f v', 'XADD s 1767225672318-0 f v', 'given-id'],
  ['XADD s MAXLEN ~ 10 * f v', 'XADD s MAXLEN = 12 1767225672318-0 f v', 'exact-length'],
  ['XTRIM s MAXLEN ~ 10', 'XTRIM s MAXLEN = 12', 'exact-length'],
  [
    'XREADGROUP GROUP g c STREAMS s >',
    'XCLAIM s g c 0 1-0 TIME 1 RETRYCOUNT 1 FORCE JUSTID LASTID 1-0',
    'delivery',
  ],
  ['RESTORE k 5000 x', 'RESTORE k 1767225672318 x ABSTTL', 'date'],
  ['EVAL "return 1" 0', 'INCR a', 'effects'],
  ['DEL a', 'DEL a', null],
  ['', 'DEL a', null],
])('typed %s, logged %s: %s', (typed, logged, reason) => {
  expect(reasonOf(typed, logged)).toBe(reason);
  if (reason !== null) expect(id.reasons[reason as keyof typeof id.reasons]).not.toBe('');
});

function contextOf(store: RecordStore, view = viewOf()): LineContext {
  return {
    store,
    view,
    texts: en,
    numbers: { group: ',', decimal: '.', second: 's' },
    fsync: null,
  };
}

describe('a fold', () => {
  test('names the families of its keys, three at most', () => {
    const store = new RecordStore();
    const keys = ['sensor:1', 'k17', 'counter', 'cart:9:items', 'sensor:2'];
    store.append(
      batchOf(keys.map((key) => ({ words: ['SET', key, 'v'], cause: recordCause.workload }))),
    );
    const fold = (from: number, to: number): string => {
      const line = lineOf({ type: 'fold', from, to }, contextOf(store));
      return line.type === 'fold' ? line.text : line.type;
    };
    const size = (from: number, to: number): string =>
      `${store.endAt(to - 1) - store.offsetAt(from)} B`;
    expect(fold(0, 1)).toBe(`1 more write to sensor:*, ${size(0, 1)}`);
    expect(fold(0, 2)).toBe(`2 more writes to sensor:* and k*, ${size(0, 2)}`);
    expect(fold(0, 3)).toBe(`3 more writes to sensor:*, k* and counter, ${size(0, 3)}`);
    expect(fold(0, 5)).toBe(`5 more writes to sensor:*, k*, counter and others, ${size(0, 5)}`);
  });

  test('of more than thirty families names some and says there are others', () => {
    const store = new RecordStore();
    const records = Array.from({ length: 50 }, (_, i) => ({
      words: ['SET', `${String.fromCharCode(97 + (i % 26))}${i < 26 ? '' : 'x'}:1`, 'v'],
      cause: recordCause.workload,
    }));
    store.append(batchOf(records));
    expect(store.summary(40, 50)).toMatchObject({ families: [], others: true, writes: 10 });
  });
});

describe('a search by key', () => {
  const store = new RecordStore();
  store.append(
    batchOf([
      { words: ['SET', 'user:1', 'x'] },
      { words: ['MSET', 'a', 'user:1', 'user:2', 'v'] },
      { words: ['DEL', 'q', 'user:1'] },
      { words: ['RENAME', 'old', 'user:1'] },
      { words: ['HSET', 'h', 'user:1', 'field'] },
      { words: ['bitop', 'AND', 'dest', 'user:1'] },
      { words: ['XGROUP', 'CREATE', 'user:1', 'g', '$'] },
      { words: ['FLUSHALL'] },
      { words: ['SELECT', '1'] },
    ]),
  );
  const rowsOf = (text: string): number[] => {
    const search = new KeySearch(store, text);
    while (search.step(2) === 'more');
    return Array.from({ length: search.rows.count }, (_, i) => search.rows.rowAt(i));
  };

  test('looks at keys, not at values or fields; FLUSHALL touches every key', () => {
    expect(rowsOf('user:1')).toEqual([0, 2, 3, 5, 6, 7]);
    expect(rowsOf('user:')).toEqual([0, 1, 2, 3, 5, 6, 7]);
    expect(rowsOf('user:?')).toEqual([0, 1, 2, 3, 5, 6, 7]);
    expect(rowsOf('h')).toEqual([4, 7]);
    expect(rowsOf('us*2')).toEqual([1, 7]);
  });

  test('takes a pattern that would hang a backtracking matcher', () => {
    const big = new RecordStore();
    big.append(batchOf([{ words: ['SET', 'a'.repeat(4000), 'v'] }]));
    const search = new KeySearch(big, `${'a*'.repeat(50)}b`);
    const begin = performance.now();
    search.step(1);
    expect(search.named).toBe(0);
    expect(performance.now() - begin).toBeLessThan(500);
  });

  test('looks at a limited number of rows a step, and tells its share', () => {
    const large = new RecordStore();
    large.append(workloadBatch(0, 10_000, 0));
    const search = new KeySearch(large, 'sensor:00000001');
    expect(search.step(1000)).toBe('more');
    expect(search.share).toBe(0.1);
    while (search.step(1000) === 'more');
    expect(search.rows.count).toBe(1);
    large.append(workloadBatch(10_000, 10, 10_000 * workloadRecordLength));
    expect(search.done).toBe(false);
    expect(search.step(1000)).toBe('done');
  });
});

describe('one record', () => {
  const record = Uint8Array.from(resp(['SET', 'user:1', 'Alice']), (c) => c.charCodeAt(0));

  test('is told part by part, each with the bytes that spell it', () => {
    expect(
      recordParts(record).map((part) => [part.from, part.framing, part.value, part.role]),
    ).toEqual([
      [0, '*3', '', 'other'],
      [4, '$3', 'SET', 'command'],
      [13, '$6', 'user:1', 'key'],
      [25, '$5', 'Alice', 'other'],
    ]);
    const parts = recordParts(record);
    expect(parts.at(-1)?.to).toBe(record.length);
    for (let i = 1; i < parts.length; i++) expect(parts[i]!.from).toBe(parts[i - 1]!.to);
  });

  test('every byte of it belongs to a part, framing apart from values', () => {
    const bytes = hexLines(record, recordParts(record), 8, 512).flat();
    expect(bytes).toHaveLength(record.length);
    expect(bytes.every(({ part }) => part >= 0)).toBe(true);
    expect(
      bytes
        .filter(({ framing }) => !framing)
        .map(({ char }) => char)
        .join(''),
    ).toBe('SETuser:1Alice');
    expect(bytes.map(({ hex }) => parseInt(hex, 16))).toEqual([...record]);
  });

  test('with an annotation before it or with broken bytes is told as far as it can be read', () => {
    const stamped = Uint8Array.from(`#TS:1767225600\r\n${resp(['INCR', 'a'])}`, (c) =>
      c.charCodeAt(0),
    );
    expect(recordParts(stamped).map(({ kind }) => kind)).toEqual([
      'annotation',
      'array',
      'argument',
      'argument',
    ]);
    expect(recordParts(Uint8Array.from('junk', (c) => c.charCodeAt(0)))).toEqual([]);
    for (let cut = 0; cut < record.length; cut++) {
      const parts = recordParts(record.subarray(0, cut));
      expect(parts.every(({ to }) => to <= cut)).toBe(true);
    }
  });
});

describe('the scroll scale', () => {
  test('is one to one for a list that a browser can hold', () => {
    const scale = new ScrollScale(1000);
    scale.resize(900, 100);
    expect(scale.elementHeight).toBe(900);
    expect(scale.scrolledTo(333)).toBe(false);
    expect(scale.top).toBe(333);
  });

  test('of a longer one moves small steps by their pixels and jumps by their share', () => {
    const scale = new ScrollScale(1000);
    scale.resize(1_000_000, 100);
    expect(scale.elementHeight).toBe(1000);
    scale.scrolledTo(450);
    expect(scale.top).toBe(499_950);
    scale.scrolledTo(460);
    expect(scale.top).toBe(499_960);
  });

  test('reaches both ends by small steps alone', () => {
    const scale = new ScrollScale(1000);
    scale.resize(20_000, 100);
    let element = 0;
    const wheel = (by: number): void => {
      element = Math.min(Math.max(0, element + by), 900);
      if (scale.scrolledTo(element)) element = scale.scrollTop;
    };
    for (let i = 0; i < 1000 && scale.top < scale.end; i++) wheel(60);
    expect(scale.top).toBe(scale.end);
    for (let i = 0; i < 1000 && scale.top > 0; i++) wheel(-60);
    expect(scale.top).toBe(0);
  });

  test('keeps its place when the list grows', () => {
    const scale = new ScrollScale(1000);
    scale.resize(500_000, 100);
    scale.moveTo(123_456);
    scale.resize(900_000, 100);
    expect(scale.top).toBe(123_456);
    scale.resize(1000, 100);
    expect(scale.top).toBe(900);
  });
});
