import { total } from './stages.mjs';

/** @typedef {import('./stages.mjs').Counts} Counts */

/** Enough of an error to know what failed; the whole stands in the stage's log. */
const NOTE_LINES = 24;

/**
 * Vitest's JSON report. A file that failed without a failed test (it could not be loaded, or a hook
 * threw) counts as one failure.
 *
 * @param {unknown} report
 * @returns {Counts}
 */
export function vitestCounts(report) {
  const { testResults } =
    /** @type {{ testResults: { name?: string, status: string, message?: string, assertionResults: { status: string, fullName?: string, failureMessages?: string[] }[] }[] }} */ (
      report
    );
  return total(
    testResults.map(({ name = '', status, message = '', assertionResults }) => {
      const having = (/** @type {string[]} */ ...wanted) =>
        assertionResults.filter((test) => wanted.includes(test.status));
      const failed = having('failed');
      const unloaded = failed.length === 0 && status === 'failed';
      return {
        passed: having('passed').length,
        failed: unloaded ? 1 : failed.length,
        skipped: having('skipped', 'pending', 'todo', 'disabled').length,
        notes: unloaded
          ? [note(`FAILED ${name}`, message)]
          : failed.map(({ fullName = '', failureMessages = [] }) =>
              note(`FAILED ${name} › ${fullName}`, failureMessages.join('\n')),
            ),
      };
    }),
  );
}

/**
 * Playwright's JSON report. A test that passes at its second attempt has passed, and is named; an
 * error outside of any test is a failure.
 *
 * @typedef {{ message?: string }} Failure
 * @typedef {object} Suite
 * @property {{ title: string, file?: string, line?: number, tests: { status: string, results: { errors?: Failure[] }[] }[] }[]} [specs]
 * @property {Suite[]} [suites]
 *
 * @param {unknown} report
 * @returns {Counts}
 */
export function playwrightCounts(report) {
  const { stats, errors, suites } =
    /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: Failure[], suites: Suite[] }} */ (
      report
    );
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
    notes: [
      ...errors.map(({ message = '' }) => note('FAILED outside of any test', message)),
      ...suites.flatMap(suiteNotes),
    ],
  };
}

/** @param {Suite} suite @returns {string[]} */
function suiteNotes({ specs = [], suites = [] }) {
  const own = specs.flatMap(({ title, file = '', line = 0, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ status, results }) => {
        const verdict = status === 'flaky' ? 'PASSED at the second attempt' : 'FAILED';
        const [first] = results.flatMap((attempt) => attempt.errors ?? []);
        return note(`${verdict} ${file}:${line} › ${title}`, first?.message ?? '');
      }),
  );
  return [...own, ...suites.flatMap(suiteNotes)];
}

/** @param {string} head @param {string} message */
function note(head, message) {
  const lines = message.split('\n').slice(0, NOTE_LINES);
  return [head, ...lines.map((line) => `  ${line}`)].join('\n');
}
