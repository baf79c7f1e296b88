import { describe, expect, test } from 'vitest';
import { recordCause, recordKind } from '../../../src/worker/protocol.ts';
import { RecordStore } from '../../../src/ui/log/record-store.ts';
import { batchOf, crashOf, resp, workloadBatch, workloadRecordLength } from './records.ts';

const client = recordCause.client;

describe('a million records', () => {
  const store = new RecordStore();
  let offset = 0;
  for (let first = 0; first < 1_000_000; first += 10_000) {
    store.append(workloadBatch(first, 10_000, offset));
    offset += 10_000 * workloadRecordLength;
  }

  test('each keeps its columns, its bytes and its command', () => {
    expect(store.count).toBe(1_000_000);
    for (const row of [0, 1, 4095, 4096, 9_999, 10_000, 123_456, 999_999]) {
      const key = `sensor:${String(row).padStart(8, '0')}`;
      expect(store.offsetAt(row)).toBe(row * workloadRecordLength);
      expect(store.lengthAt(row)).toBe(workloadRecordLength);
      expect(store.timeAt(row)).toBeCloseTo(row * 0.02, 6);
      expect(store.commandAt(row)).toBe(`SET ${key} 23.4`);
      expect(String.fromCharCode(...store.bytesAt(row))).toBe(resp(['SET', key, '23.4']));
      expect(store.causeAt(row)).toBe(recordCause.workload);
      expect(store.isOwn(row)).toBe(false);
    }
  });

  test('an offset finds the record that covers it', () => {
    for (const row of [0, 1, 4096, 555_555, 999_999]) {
      const start = row * workloadRecordLength;
      expect(store.rowAtOffset(start)).toBe(row);
      expect(store.rowAtOffset(start + workloadRecordLength - 1)).toBe(row);
      expect(store.rowBehindOffset(start)).toBe(row);
      expect(store.rowBehindOffset(start + 1)).toBe(row);
    }
    expect(store.rowAtOffset(1_000_000 * workloadRecordLength)).toBe(-1);
    expect(store.rowBehindOffset(1_000_000 * workloadRecordLength)).toBe(1_000_000);
  });

  test('a range is summed up without walking over it', () => {
    const sum = store.summary(100, 900_100);
    expect(sum).toEqual({
      writes: 900_000,
      bytes: 900_000 * workloadRecordLength,
      families: ['sensor:*'],
      others: false,
    });
    const begin = performance.now();
    for (let i = 0; i < 100; i++) store.summary(100, 900_100);
    // Walking over 900,000 rows takes milliseconds; the chunks' own sums take some microseconds.
    expect((performance.now() - begin) / 100).toBeLessThan(1);
  });
});

test('old records are let go when the limits are reached, and rows keep their numbers', () => {
  const store = new RecordStore({ rows: 10_000, bytes: 1 << 30 });
  for (let first = 0; first < 50_000; first += 500) {
    store.append(workloadBatch(first, 500, first * workloadRecordLength));
  }
  expect(store.count).toBe(50_000);
  expect(store.count - store.first).toBeLessThanOrEqual(10_000 + 4096);
  expect(store.first).toBeGreaterThan(35_000);
  expect(store.commandAt(store.first)).toBe(
    `SET sensor:${String(store.first).padStart(8, '0')} 23.4`,
  );
  expect(store.lengthAt(store.first - 1)).toBe(0);
  expect(store.rowAtOffset(0)).toBe(-1);
  expect(store.rowAtOffset(45_000 * workloadRecordLength)).toBe(45_000);
});

test('bytes count towards the limits, too', () => {
  const store = new RecordStore({ rows: 1 << 30, bytes: 1 << 20 });
  const big = 'x'.repeat(1000);
  for (let first = 0; first < 9000; first += 100) {
    const records = Array.from({ length: 100 }, () => ({ words: ['SET', 'a', big] }));
    store.append(batchOf(records, first, first * 1030));
  }
  expect(store.first).toBeGreaterThan(0);
});

test('a record shows as redis-cli would quote it', () => {
  const store = new RecordStore();
  store.append(
    batchOf([
      { words: ['SET', 'user:1', 'Alice'] },
      { words: ['SET', 'user 2', 'say "hi"\r\n'] },
      { words: ['SET', 'empty', ''] },
      { words: ['SET', 'bytes', '\x00\xff\x7f'] },
      { words: ['SET', "it's", 'back\\slash'] },
    ]),
  );
  expect([0, 1, 2, 3, 4].map((row) => store.commandAt(row))).toEqual([
    'SET user:1 Alice',
    'SET "user 2" "say \\"hi\\"\\r\\n"',
    'SET empty ""',
    'SET bytes "\\x00\\xff\\x7f"',
    'SET "it\'s" "back\\\\slash"',
  ]);
});

test('a long record is cut after 120 characters and tells its size', () => {
  const store = new RecordStore();
  store.append(
    batchOf([
      { words: ['SET', 'big', 'v'.repeat(1_048_576)] },
      { words: ['RPUSH', 'list', ...Array.from({ length: 100_000 }, (_, i) => `m${i}`)] },
      { words: ['SET', 'k', 'v'.repeat(114)] },
    ]),
  );
  const cut = store.commandAt(0);
  expect(cut).toBe(`SET big ${'v'.repeat(112)}… 1,048,576 B`);
  const many = store.commandAt(1);
  expect(many.startsWith('RPUSH list m0 m1 m2')).toBe(true);
  expect(many.endsWith(`… ${store.lengthAt(1).toLocaleString('en-US')} B`)).toBe(true);
  expect(many.length).toBeLessThan(140);
  expect(store.commandAt(2)).toBe(`SET k ${'v'.repeat(114)}`);
});

test('a timestamp annotation before a record is skipped, broken bytes are shown and never read beyond', () => {
  const store = new RecordStore();
  const texts = [
    '#TS:1767225600\r\n*1\r\n$4\r\nPING\r\n',
    '*3\r\n$3\r\nSET\r\n$99999999\r\nx',
    'hello\r\n',
    '*2\r\n',
  ];
  const bytes = Uint8Array.from(texts.join(''), (char) => char.charCodeAt(0));
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => (end += text.length));
  store.append({
    first: 0,
    count: texts.length,
    bytes,
    ends,
    offsets: Float64Array.from(ends, (value, i) => value - texts[i]!.length),
    times: new Float64Array(texts.length),
    kinds: new Uint8Array(texts.length),
    causes: new Uint8Array(texts.length),
    typed: new Map(),
    replies: new Map(),
  });
  expect(store.nameAt(0)).toBe('PING');
  expect(store.commandAt(1)).toBe(`SET … ${texts[1]!.length} B`);
  expect(store.nameAt(2)).toBe('"hello\\r\\n"');
  expect(store.nameAt(3)).toBe('"*2\\r\\n"');
});

test('what was typed and replied is found by its row; a person’s rows are their own', () => {
  const store = new RecordStore();
  store.append(workloadBatch(0, 10, 0));
  store.append(
    batchOf(
      [
        {
          words: ['PEXPIREAT', 's', '1'],
          cause: client,
          typed: 'EXPIRE s 60',
          reply: '(integer) 1',
        },
      ],
      10,
      10 * workloadRecordLength,
    ),
  );
  expect(store.typedAt(10)).toBe('EXPIRE s 60');
  expect(store.replyAt(10)).toBe('(integer) 1');
  expect(store.isOwn(10)).toBe(true);
  expect(store.typedAt(9)).toBeUndefined();
  expect(store.notes.has(10)).toBe(true);
  expect(store.landmarks.has(9)).toBe(false);
});

test('rows that were skipped or sent twice are an error', () => {
  const store = new RecordStore();
  store.append(workloadBatch(0, 10, 0));
  expect(() => store.append(workloadBatch(11, 10, 500))).toThrow(RangeError);
  expect(() => store.append(workloadBatch(9, 10, 300))).toThrow(RangeError);
});

test('a page that joins late begins with the first row that it is sent', () => {
  const store = new RecordStore();
  store.append(workloadBatch(700, 10, 700 * workloadRecordLength));
  expect(store.first).toBe(700);
  expect(store.commandAt(705)).toBe('SET sensor:00000705 23.4');
  store.clear();
  expect(store.count).toBe(0);
  store.append(workloadBatch(0, 1, 0));
  expect(store.commandAt(0)).toBe('SET sensor:00000000 23.4');
});

test('a crash marks the rows that the file did not keep, once, and rows of the next life are not among them', () => {
  const store = new RecordStore();
  store.append(workloadBatch(0, 100, 0));
  const fileEnds = 60 * workloadRecordLength;
  const crash = crashOf({ at: 2, fileEnds, acknowledgedOffset: 90 * workloadRecordLength });
  store.noteCrash(crash);
  store.noteCrash(crash);
  store.noteCrash({ ...crash, recount: { survived: 60, reason: 'why' } });
  // The next life overwrites the end of the file, so its offsets start again lower.
  const next = workloadBatch(100, 20, fileEnds);
  store.append({ ...next, times: next.times.map((time) => time + 1000) });

  expect(store.lost.ranges).toHaveLength(1);
  const [range] = store.lost.ranges;
  expect(range).toMatchObject({ from: 60, unanswered: 90 });
  expect(range?.to).toBe(100);
  expect(store.lost.rangeOf(59)).toBeUndefined();
  expect(store.lost.rangeOf(60)).toBe(range);
  expect(store.lost.rangeOf(100)).toBeUndefined();
  expect(store.rowAtOffset(fileEnds)).toBe(100);
  expect(store.rowAtOffset(0)).toBe(0);
  expect(store.rowBehindOffset(fileEnds)).toBe(100);
});

test('kinds and causes decide what is a note and what is never folded', () => {
  const store = new RecordStore();
  store.append(
    batchOf([
      { words: ['SELECT', '0'], kind: recordKind.select, cause: recordCause.server },
      { words: ['DEL', 'cart:7'], cause: recordCause.expiry },
      { words: ['DEL', 'cart:8'], cause: recordCause.eviction },
      { words: ['MULTI'], kind: recordKind.multi },
      { words: ['INCR', 'a'], kind: recordKind.inner },
      { words: ['EXEC'], kind: recordKind.exec },
      { words: ['MULTI'], kind: recordKind.multi, cause: recordCause.workload },
      { words: ['INCR', 'b'], kind: recordKind.inner, cause: recordCause.workload },
      { words: ['EXEC'], kind: recordKind.exec, cause: recordCause.workload },
    ]),
  );
  const rows = [...Array(9).keys()];
  expect(rows.filter((row) => store.notes.has(row))).toEqual([1, 2, 5]);
  expect(rows.filter((row) => store.landmarks.has(row))).toEqual([0, 3, 4, 5]);
  expect(store.summary(0, 9)).toMatchObject({ writes: 4, families: ['cart:*', 'a', 'b'] });
});
