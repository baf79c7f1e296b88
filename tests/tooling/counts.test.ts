import { expect, test } from 'vitest';
import { countsOf, playwrightCounts, sum, total, vitestCounts } from '../../scripts/stages.mjs';

const ok = { passed: 3, failed: 0, skipped: 1 };

test('the closing line names skipped tests only if there are any', () => {
  expect(sum({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(sum(total([ok, { passed: 1, failed: 2, skipped: 0 }]))).toBe(
    '4 passed, 2 failed, 1 skipped',
  );
});

test('a runner that crashed, ran nothing or fails without a reason has failed', () => {
  expect(countsOf(0, ok)).toEqual(ok);
  expect(countsOf(1, undefined).failed).toBe(1);
  expect(countsOf(0, { passed: 0, failed: 0, skipped: 5 }).failed).toBe(1);
  expect(countsOf(1, ok).failed).toBe(1);
  expect(countsOf(1, { ...ok, failed: 2 }).failed).toBe(2);
});

test('Vitest: a file that could not be loaded is a failure', () => {
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((one) => ({ status: one })),
  });
  const testResults = [
    file('passed', 'passed', 'passed', 'skipped'),
    file('failed', 'passed', 'failed', 'todo'),
    file('failed'),
  ];
  expect(vitestCounts({ testResults })).toEqual({ passed: 3, failed: 2, skipped: 2 });
});

test('Playwright: a flaky test and an error outside of any test are failures', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(playwrightCounts({ stats, errors: [{ message: 'no server' }] })).toEqual({
    passed: 4,
    failed: 3,
    skipped: 2,
  });
});
