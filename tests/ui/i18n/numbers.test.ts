import { noticeOf } from '../../../src/storage/notices.ts';
import type { StorageCause } from '../../../src/worker/protocol.ts';
import { expect, test } from 'vitest';
import { en } from '../../../src/ui/i18n/en.ts';
import { id } from '../../../src/ui/i18n/id.ts';
import {
  bytes,
  clockTime,
  count,
  duration,
  instant,
  offset,
  percent,
} from '../../../src/ui/i18n/numbers.ts';

test('numbers in sentences follow the language', () => {
  expect([count(24_237, en.numbers), count(24_237, id.numbers)]).toEqual(['24,237', '24.237']);
  expect([duration(700, en.numbers), duration(700, id.numbers)]).toEqual(['0.70 s', '0,70 detik']);
  expect([instant(12_720, en.numbers), instant(12_720, id.numbers)]).toEqual(['12.720', '12,720']);
  expect(duration(3_600_000, id.numbers)).toBe('3.600,00 detik');
});

test('offsets and bytes are the same in every language', () => {
  expect(offset(1_234_567)).toBe('1,234,567');
  expect([bytes(0), bytes(22_711), bytes(60_100_000)]).toEqual(['0 B', '22,711 B', '60.1 MB']);
});

test('the clock has minutes, and hours when there are any', () => {
  expect([clockTime(420), clockTime(12_720), clockTime(3_600_000 + 61_005)]).toEqual([
    '00:00.420',
    '00:12.720',
    '1:01:01.005',
  ]);
});

test('the clock and a text name the same millisecond of one instant', () => {
  for (const ms of [4891.4, 4891.5, 4891.501, 4892, 59_999.6, 0.4, 1.0005]) {
    const [minutes = '', seconds = ''] = clockTime(ms).split(':');
    expect(Number(minutes) * 60 + Number(seconds)).toBe(Number(instant(ms, en.numbers)));
  }
});

test('a replay is done when it is done', () => {
  expect([percent(0), percent(0.999), percent(1)]).toEqual(['0 %', '99 %', '100 %']);
});

/** Every path to a text or to a function that makes one. */
function paths(dictionary: object, under = ''): string[] {
  return Object.entries(dictionary).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? paths(value, `${under}${name}.`)
      : [`${under}${name} ${typeof value}`],
  );
}

test('the two dictionaries say the same things, and none is left empty', () => {
  expect(paths(id).sort()).toEqual(paths(en).sort());
  const texts = (dictionary: object): string[] =>
    Object.values(dictionary).flatMap((value: unknown) =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value !== null
          ? texts(value)
          : [],
    );
  for (const dictionary of [en, id]) {
    expect(texts(dictionary).filter((text) => text.trim() === '' || text.includes('!'))).toEqual(
      [],
    );
  }
});

test('what is wrong with the browser’s storage is said in each language, with the names and figures of it', () => {
  const failures = [
    { store: 'OPFS', message: 'The operation is insecure' },
    { store: 'IndexedDB', message: null },
  ];
  const causes: readonly StorageCause[] = [
    { kind: 'second-tab' },
    { kind: 'taken-over' },
    { kind: 'newer-version' },
    { kind: 'memory-only', working: [], failures },
    { kind: 'degraded', working: ['IndexedDB'], failures: failures.slice(0, 1) },
  ];
  const said = causes.map((cause) => {
    const storage = { state: 'degraded', notice: noticeOf(cause), cause } as const;
    return [en.messages.storageNotice(storage), id.messages.storageNotice(storage)] as const;
  });
  expect(new Set(said.flat()).size).toBe(2 * causes.length);
  for (const [i, texts] of said.entries())
    for (const text of texts) {
      expect(text).toMatch(/^[A-Z].*\.$/);
      expect(/OPFS (cannot|tidak)/.test(text)).toBe(i > 2);
      expect(text.includes('The operation is insecure')).toBe(i > 2);
    }
  const recovered = { text: 'Closed.', stores: null, lostWrites: 1234 };
  expect(en.messages.recoveredText(recovered)).toBe('Closed.');
  expect(id.messages.recoveredText(recovered)).toContain(
    ': 1.234 penulisan terkonfirmasi belum ada',
  );
});
