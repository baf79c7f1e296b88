import { describe, expect, test } from 'vitest';
import { recordCause, recordKind } from '../../../src/worker/protocol.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import {
  foldedTail,
  itemsFrom,
  lineCount,
  lineOfRow,
  logList,
} from '../../../src/ui/log/log-layout.ts';
import type { LogItem, LogList } from '../../../src/ui/log/log-layout.ts';
import { layerOfRow, markersOf } from '../../../src/ui/log/log-markers.ts';
import type { Marker } from '../../../src/ui/log/log-markers.ts';
import { AllRows } from '../../../src/ui/log/log-rows.ts';
import { RecordStore } from '../../../src/ui/log/record-store.ts';
import type { TestRecord } from './records.ts';
import { batchOf, crashOf, viewOf, workloadBatch, workloadRecordLength } from './records.ts';

const length = workloadRecordLength;

/** One letter an item, so that a whole list reads as a word: r7 record, n7 note, f3-9 fold, marker, dropped. */
function spell(items: readonly LogItem[]): string {
  return items
    .map((item) => {
      if (item.type === 'record') return `r${item.row}`;
      if (item.type === 'note') return `n${item.row}`;
      if (item.type === 'fold') return `f${item.from}-${item.to}`;
      if (item.type === 'dropped') return 'dropped';
      const { marker } = item;
      return marker.type === 'reached' ? marker.names.join('=') : marker.type;
    })
    .join(' ');
}

function listOf(store: RecordStore, markers: readonly Marker[]): LogList {
  return logList(new AllRows(store), markers, store.first);
}

function own(row: number): TestRecord {
  return {
    words: ['PEXPIREAT', 's', String(row)],
    typed: 'EXPIRE s 60',
    cause: recordCause.client,
  };
}

describe('the list', () => {
  const store = new RecordStore();
  store.append(workloadBatch(0, 3, 0));
  store.append(batchOf([own(3)], 3, 3 * length));
  const end = store.endAt(3);
  store.append(workloadBatch(4, 3, end));
  const view = viewOf({ fsynced: 2 * length, written: end, acknowledged: end });
  const list = listOf(store, markersOf(store, view));

  test('has a line for each record, note and rule', () => {
    expect(spell(itemsFrom(list, 0, 100))).toBe(
      'r0 r1 fsynced r2 r3 n3 acknowledged=written r4 r5 r6',
    );
    expect(lineCount(list)).toBe(10);
  });

  test('gives any window of it', () => {
    const whole = itemsFrom(list, 0, 100);
    for (let from = 0; from <= 10; from++) {
      for (let count = 0; count <= 11; count++) {
        expect(spell(itemsFrom(list, from, count))).toBe(spell(whole.slice(from, from + count)));
      }
    }
  });

  test('knows the line of every row', () => {
    const whole = itemsFrom(list, 0, 100);
    for (let row = 0; row < 7; row++) {
      expect(spell([whole[lineOfRow(list, row)]!])).toBe(`r${row}`);
    }
  });

  test('merges equal offsets in one rule, at the end of the log, too', () => {
    const all = store.endAt(6);
    const idle = viewOf({ fsynced: all, written: all, acknowledged: all });
    expect(spell(itemsFrom(listOf(store, markersOf(store, idle)), 7, 9))).toBe(
      'r6 acknowledged=written=fsynced',
    );
  });

  test('has the rules in the order of a postponed write: fsynced, written, acknowledged', () => {
    const postponed = viewOf({ fsynced: length, written: 2 * length, acknowledged: end });
    expect(spell(itemsFrom(listOf(store, markersOf(store, postponed)), 0, 7))).toBe(
      'r0 fsynced r1 written r2 r3 n3',
    );
  });
});

describe('windows of random lists', () => {
  const seed = 20260117;
  test(`agree with the whole list (seed ${seed})`, () => {
    const random = seedRandom(seed);
    const between = (from: number, to: number): number => from + nextBelow(random, to - from + 1);
    for (let run = 0; run < 60; run++) {
      const store = new RecordStore();
      const count = between(1, 80);
      const records = Array.from({ length: count }, (_, row) =>
        between(0, 4) === 0
          ? own(row)
          : { words: ['SET', `k:${row}`, 'v'], cause: recordCause.workload },
      );
      store.append(batchOf(records));
      const at = (): number => between(0, store.endAt(count - 1));
      const markers = markersOf(
        store,
        viewOf({ fsynced: at(), written: at(), acknowledged: at() }),
      );
      const list = listOf(store, markers);
      const whole = itemsFrom(list, 0, 1000);
      expect(whole).toHaveLength(lineCount(list));
      const from = between(0, whole.length);
      const size = between(1, 30);
      expect(itemsFrom(list, from, size)).toEqual(whole.slice(from, from + size));

      // The folded end shows, unfolded, exactly the end of the whole list.
      const tail = foldedTail(list, store.landmarks, size);
      expect(tail.length).toBeLessThanOrEqual(size);
      const unfolded = tail.flatMap((item): LogItem[] =>
        item.type === 'fold'
          ? Array.from({ length: item.to - item.from }, (_, i) => ({
              type: 'record',
              row: item.from + i,
            }))
          : [item],
      );
      expect(unfolded).toEqual(whole.slice(-unfolded.length));
      if (tail.length < size) expect(unfolded).toHaveLength(whole.length);
    }
  });
});

describe('the folded end of the log', () => {
  test('keeps the learner’s commands in sight and the record on each side of a rule', () => {
    const store = new RecordStore();
    store.append(workloadBatch(0, 552, 0));
    store.append(workloadBatch(552, 15, 552 * length));
    store.append(batchOf([own(567)], 567, 567 * length));
    const end = store.endAt(567);
    store.append(workloadBatch(568, 20, end));
    const written = end + 19 * length;
    const view = viewOf({ fsynced: 552 * length, written, acknowledged: written });
    const list = listOf(store, markersOf(store, view));
    // Eleven lines tell it all; the three left over show more of the newest run.
    expect(spell(foldedTail(list, store.landmarks, 14))).toBe(
      'f0-551 r551 fsynced r552 f553-567 r567 n567 f568-583 r583 r584 r585 r586 acknowledged=written r587',
    );
    expect(spell(foldedTail(list, store.landmarks, 9))).toBe(
      'fsynced r552 f553-567 r567 n567 f568-586 r586 acknowledged=written r587',
    );
  });

  test('shows the newest records of a log that is workload only, as many as there is room', () => {
    const store = new RecordStore();
    store.append(workloadBatch(0, 100_000, 0));
    const written = 99_990 * length;
    const view = viewOf({ fsynced: 50_000 * length, written, acknowledged: written });
    const list = listOf(store, markersOf(store, view));
    const tail = foldedTail(list, store.landmarks, 20);
    expect(tail).toHaveLength(20);
    expect(spell(tail.slice(-11))).toBe(
      'acknowledged=written r99990 r99991 r99992 r99993 r99994 r99995 r99996 r99997 r99998 r99999',
    );
    expect(tail.filter(({ type }) => type === 'fold')).toHaveLength(2);
  });

  test('folds nothing that is short', () => {
    const store = new RecordStore();
    store.append(workloadBatch(0, 3, 0));
    const list = listOf(store, markersOf(store, viewOf()));
    expect(spell(foldedTail(list, store.landmarks, 3))).toBe('r0 r1 r2');
    expect(spell(foldedTail(list, store.landmarks, 30))).toBe(
      'acknowledged=written=fsynced r0 r1 r2',
    );
  });
});

describe('layers and rules around a crash', () => {
  const store = new RecordStore();
  store.append(workloadBatch(0, 10, 0));
  const crash = crashOf({ at: 100, fileEnds: 6 * length, acknowledgedOffset: 9 * length });

  test('before it a row’s layer follows from its end, and the drive’s truth beats its word', () => {
    const view = viewOf({ fsynced: 5 * length, durable: 3 * length, written: 8 * length });
    const layers = [...Array(10).keys()].map((row) => layerOfRow(store, view, row));
    expect(layers.join(' ')).toBe('disk disk disk cache cache cache cache cache buffer buffer');
    expect(markersOf(store, view).find(({ type }) => type === 'reached')).toBeDefined();
    const lying = markersOf(store, view).filter(
      (marker) => marker.type === 'reached' && marker.lying,
    );
    expect(lying).toMatchObject([{ names: ['fsynced'], offset: 5 * length }]);
  });

  test('after it lost rows are crossed, unanswered ones are gone, and rules say where the file ends', () => {
    store.noteCrash(crash);
    const down = viewOf({
      state: 'stopped',
      power: 'off',
      crash,
      written: 6 * length,
      fsynced: 6 * length,
    });
    const layers = [...Array(10).keys()].map((row) => layerOfRow(store, down, row));
    expect(layers.join(' ')).toBe('disk disk disk disk disk disk lost lost lost gone');
    expect(markersOf(store, down).map(({ type, row }) => [type, row])).toEqual([
      ['file-ends', 6],
      ['had-been-acknowledged', 9],
      ['crashed', 10],
    ]);
  });

  test('after the boot the scar stays and the rules go on below it', () => {
    const next = workloadBatch(10, 2, 6 * length);
    store.append({ ...next, times: next.times.map((time) => time + 5000) });
    const view = viewOf({
      crash,
      fsynced: 6 * length,
      written: 8 * length,
      acknowledged: 8 * length,
    });
    expect(markersOf(store, view).map(({ type, row }) => [type, row])).toEqual([
      ['file-ends', 6],
      ['crashed', 10],
      ['reached', 10],
      ['reached', 12],
    ]);
    expect(layerOfRow(store, view, 7)).toBe('lost');
    expect(layerOfRow(store, view, 11)).toBe('cache');
  });
});

test('the first line says how many old records are no longer listed', () => {
  const store = new RecordStore({ rows: 4096, bytes: 1 << 30 });
  for (let first = 0; first < 20_000; first += 1000) {
    store.append(workloadBatch(first, 1000, first * length));
  }
  const list = listOf(store, []);
  expect(store.first).toBeGreaterThan(0);
  expect(spell(itemsFrom(list, 0, 2))).toBe(`dropped r${store.first}`);
  expect(lineOfRow(list, store.first)).toBe(1);
  expect(recordKind.command).toBe(store.kindAt(store.first));
});
