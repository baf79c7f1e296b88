import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { root } from './builds.mjs';

/**
 * One program that a run consists of.
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {string[]} command program and arguments; `node` and packages' programs by name
 * @property {Record<string, string>} [env]
 * @property {boolean} [leisurely] it gets the processor when nobody else wants it
 * @property {(exitCode: number) => Counts} [count] without it a stage is one check, which passes
 *   when the program exits with 0
 *
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} [notes] a text for each test that failed, now or at its first attempt
 *
 * @typedef {Counts & { name: string, seconds: number, log: string }} Outcome
 */

/** Logs of the last run, one file a stage. */
export const logFolder = join(root, '.logs');

/**
 * Runs the stages, at most `width` at a time, and prints one line for each that ends, and what its
 * report says of tests that failed; without a report, the end of its log.
 *
 * @param {readonly Stage[]} stages
 * @param {number} width
 * @returns {Promise<Outcome[]>}
 */
export async function runStages(stages, width) {
  mkdirSync(logFolder, { recursive: true });
  const waiting = [...stages];
  /** @type {Outcome[]} */
  const outcomes = [];
  const lane = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      outcomes.push(await runStage(stage));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return outcomes;
}

/**
 * @param {Stage} stage
 * @returns {Promise<Outcome>}
 */
async function runStage(stage) {
  const log = join(logFolder, `${stage.name}.log`);
  const start = performance.now();
  const exitCode = await runLogged(stage, log);
  const seconds = (performance.now() - start) / 1000;
  const text = readFileSync(log, 'utf8');
  const counts = (stage.count ?? oneCheck)(exitCode);
  const verdict = counts.failed === 0 ? 'ok    ' : 'FAILED';
  console.log(
    `${verdict} ${stage.name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s  ${sum(counts)}`,
  );
  const { notes = [] } = counts;
  if (notes.length > 0) console.log(indented(notes.join('\n')));
  else if (counts.failed > 0) console.log(indented(text.split('\n').slice(-80).join('\n')));
  return { ...counts, name: stage.name, seconds, log };
}

/**
 * @param {Stage} stage
 * @param {string} log
 * @returns {Promise<number>} the exit code; 127 when the program could not start
 */
function runLogged({ command, env, leisurely }, log) {
  const [program = '', ...words] = command;
  const file = createWriteStream(log);
  const bin = join(root, 'node_modules', '.bin');
  const separator = process.platform === 'win32' ? ';' : ':';
  const child = spawn(program === 'node' ? process.execPath : program, words, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      ...env,
      PATH: `${bin}${separator}${process.env['PATH'] ?? ''}`,
    },
  });
  if (leisurely === true && child.pid !== undefined)
    setPriority(child.pid, constants.priority.PRIORITY_LOW);
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  return new Promise((resolve) => {
    const end = (/** @type {number} */ code) => file.end(() => resolve(code));
    child.on('error', (error) => {
      file.write(`${error.message}\n`);
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** @param {number} exitCode @returns {Counts} */
function oneCheck(exitCode) {
  return exitCode === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0 };
}

/** @param {readonly Counts[]} all @returns {Counts} */
export function total(all) {
  return all.reduce(
    (so, one) => ({
      passed: so.passed + one.passed,
      failed: so.failed + one.failed,
      skipped: so.skipped + one.skipped,
      notes: [...(so.notes ?? []), ...(one.notes ?? [])],
    }),
    { passed: 0, failed: 0, skipped: 0, notes: [] },
  );
}

/** The closing line of a run. @param {Counts} counts */
export function sum({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * What a runner's own report counted. A runner that crashed, left no report, ran no test, or exits
 * with an error for a reason that it does not count, has failed once more.
 *
 * @param {number} exitCode
 * @param {Counts | undefined} reported
 * @returns {Counts}
 */
export function countsOf(exitCode, reported) {
  if (reported === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const ranNothing = reported.passed + reported.failed === 0;
  const unexplained = exitCode !== 0 && reported.failed === 0;
  return { ...reported, failed: reported.failed + (ranNothing || unexplained ? 1 : 0) };
}

/** @param {string} text */
function indented(text) {
  return text.trimEnd().replaceAll(/^/gm, '    ');
}
