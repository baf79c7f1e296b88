import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  civilTime,
  formatLogTime,
  microsWithinSecond,
  millisOfMicros,
  secondsOfMicros,
  unixSecondsOf,
} from '../../src/base/time.ts';

test('civil time is what Date says, from year 1 to year 9999', () => {
  const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
  fc.assert(
    fc.property(seconds, (unixSeconds) => {
      const date = new Date(unixSeconds * 1_000);
      const time = civilTime(unixSeconds);
      expect(time).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        weekday: date.getUTCDay(),
      });
      expect(unixSecondsOf(time)).toBe(unixSeconds);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [1_795_253_209_123_456, '21 Nov 2026 09:26:49.123'],
  [0, '01 Jan 1970 00:00:00.000'],
  [951_782_399_999_999, '28 Feb 2000 23:59:59.999'],
  [951_782_400_000_000, '29 Feb 2000 00:00:00.000'],
])('%i µs is %s in the log', (micros, expected) => {
  expect(formatLogTime(micros)).toBe(expected);
});

test('durations round towards the past', () => {
  expect(secondsOfMicros(-1)).toBe(-1);
  expect(millisOfMicros(1_999)).toBe(1);
  expect(microsWithinSecond(-1)).toBe(999_999);
});
