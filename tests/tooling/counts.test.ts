import { expect, test } from 'vitest';
import { playwrightCounts, vitestCounts } from '../../scripts/reports.mjs';
import { countsOf, sum, total } from '../../scripts/stages.mjs';

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
    name: 'a.test.ts',
    status,
    message: 'no such module',
    assertionResults: tests.map((one, n) => ({
      status: one,
      fullName: `test ${n}`,
      failureMessages: one === 'failed' ? ['expected 1 to be 2'] : [],
    })),
  });
  const testResults = [
    file('passed', 'passed', 'passed', 'skipped'),
    file('failed', 'passed', 'failed', 'todo'),
    file('failed'),
  ];
  expect(vitestCounts({ testResults })).toEqual({
    passed: 3,
    failed: 2,
    skipped: 2,
    notes: [
      'FAILED a.test.ts › test 1\n  expected 1 to be 2',
      'FAILED a.test.ts\n  no such module',
    ],
  });
});

test('Playwright: a test that passes late has passed and is named, an error outside of tests fails', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  const spec = (title: string, status: string, ...messages: string[]) => ({
    title,
    file: 'a.spec.ts',
    line: 7,
    tests: [{ status, results: messages.map((message) => ({ errors: [{ message }] })) }],
  });
  const suites = [
    { specs: [spec('good', 'expected')], suites: [{ specs: [spec('bad', 'unexpected', 'no')] }] },
    { specs: [spec('slow', 'flaky', 'late')] },
  ];
  expect(playwrightCounts({ stats, errors: [{ message: 'no server' }], suites })).toEqual({
    passed: 5,
    failed: 2,
    skipped: 2,
    notes: [
      'FAILED outside of any test\n  no server',
      'FAILED a.spec.ts:7 › bad\n  no',
      'PASSED at the second attempt a.spec.ts:7 › slow\n  late',
    ],
  });
});
