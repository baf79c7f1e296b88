import { expect, test } from 'vitest';
import { dayOf, daysToReview, readProgress } from '../../../src/ui/lesson/progress.svelte.ts';

const done = (days: readonly string[]) => ({ days, bestMs: 1, predictions: { right: 0, all: 0 } });

test.each([
  [['2026-03-01'], '2026-03-01', 1],
  [['2026-03-01'], '2026-03-04', -2],
  [['2026-03-01', '2026-03-02'], '2026-03-02', 7],
  [['2026-03-01', '2026-03-02', '2026-03-09'], '2026-03-09', 30],
  [['2026-03-01', '2026-03-02', '2026-03-09', '2026-04-08'], '2026-04-10', 28],
] as const)('done on %s, a lesson is due on %s in %i days', (days, today, expected) => {
  expect(daysToReview(done(days), today)).toBe(expected);
});

test('a day is the learner’s own', () => {
  expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
});

test('what the browser kept is believed only where it is progress', () => {
  expect(readProgress(null)).toEqual({});
  expect(readProgress('no JSON')).toEqual({});
  expect(readProgress('[1]')).toEqual({});
  const kept = {
    a: { days: ['2026-01-05'], bestMs: 5, predictions: { right: 1, all: 2 } },
    b: { days: [], bestMs: 5 },
    c: { days: ['yesterday-ish'], bestMs: 5 },
    d: { days: ['2026-01-05'], bestMs: 'fast' },
    e: 7,
  };
  expect(Object.keys(readProgress(JSON.stringify(kept)))).toEqual(['a']);
});
