import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as Writer from '../../src/persistence/aof-writer.ts';
import type * as Loader from '../../src/persistence/aof-loader.ts';
import type * as Calls from '../../src/server/manifest-calls.ts';
import { ascii } from '../../src/base/bytes.ts';
import { policies, type Policy } from './crash-run.ts';
import { proveCrashes, type CrashReport } from './crash-proof.ts';

type Mistake =
  | 'acknowledges before the fsync'
  | 'acknowledges before the write'
  | 'forgets EXEC'
  | 'forgets every twentieth unit'
  | 'forgets SELECT'
  | 'swaps two units'
  | 'renames the manifest without an fsync'
  | 'accepts half a transaction'
  | 'drops the last whole record of a torn log'
  | 'accepts a torn tail as it is';

/** What is wrong with the program under test at the moment; the mocks below act on it. */
const wrong = vi.hoisted(() => ({ mistake: null as string | null, units: 0 }));

function has(mistake: Mistake): boolean {
  return wrong.mistake === mistake;
}

vi.mock('../../src/persistence/aof-writer.ts', async (original) => {
  const real = await original<typeof Writer>();
  return {
    ...real,
    decideFsync: (...args: Parameters<typeof Writer.decideFsync>) =>
      has('acknowledges before the fsync') ? 'none' : real.decideFsync(...args),
    decideFlush: (...args: Parameters<typeof Writer.decideFlush>) => {
      const decision = real.decideFlush(...args);
      const late = has('acknowledges before the write') && !args[1].force && wrong.units++ % 3 > 0;
      return late ? 'nothing' : decision;
    },
    appendUnit: (...args: Parameters<typeof Writer.appendUnit>) => {
      const [aof, unit] = args;
      const before = aof.buffer.length;
      if (has('forgets every twentieth unit') && ++wrong.units % 20 === 0) return;
      if (has('forgets SELECT') && aof.selectedDb !== -1) aof.selectedDb = unit.commands[0]!.db;
      real.appendUnit(...args);
      if (has('forgets EXEC') && unit.commands.length > 1) {
        aof.buffer.length -= '*1\r\n$4\r\nEXEC\r\n'.length;
        aof.appended -= '*1\r\n$4\r\nEXEC\r\n'.length;
      }
      if (has('swaps two units') && before > 0 && ++wrong.units % 5 === 0) {
        const { bytes, length } = aof.buffer;
        const [first, second] = [bytes.slice(0, before), bytes.slice(before, length)];
        bytes.set(second, 0);
        bytes.set(first, second.length);
      }
    },
  };
});

vi.mock('../../src/server/manifest-calls.ts', async (original) => {
  const real = await original<typeof Calls>();
  return {
    ...real,
    persistManifest: (...args: Parameters<typeof Calls.persistManifest>) =>
      real
        .persistManifest(...args)
        .filter(
          ({ call, ...rest }) =>
            !has('renames the manifest without an fsync') ||
            call !== 'fdatasync' ||
            !('fd' in rest && rest.fd === 'manifest'),
        ),
  };
});

vi.mock('../../src/persistence/aof-loader.ts', async (original) => {
  const real = await original<typeof Loader>();
  return {
    ...real,
    stepAofLoad: (...args: Parameters<typeof Loader.stepAofLoad>): Loader.LoadStep => {
      const [load, engine, now] = args;
      const recordBefore = load.validUpTo;
      const step = real.stepAofLoad(...args);
      if (step.kind !== 'truncated') return step;
      if (has('accepts half a transaction') && load.session.transaction !== null)
        engine.replay(load.session, [ascii('EXEC')], now);
      if (has('drops the last whole record of a torn log') && !step.insideMulti)
        return { ...step, validUpTo: Math.max(0, Math.min(recordBefore, step.validUpTo) - 1) };
      return has('accepts a torn tail as it is') ? { kind: 'done' } : step;
    },
  };
});

afterEach(() => {
  wrong.mistake = null;
  wrong.units = 0;
});

/** Each takes a second or two on a machine that has nothing else to do. */
const PATIENCE = 120_000;
const seed = Number(process.env['SEED'] ?? 1);

function prove(policy: Policy, commands: number, scratchEvery = 1_000): CrashReport {
  return proveCrashes({ seed, commands, policy, scratchEvery, enough: 20 });
}

describe('a crash at every byte and at every system call', { timeout: PATIENCE }, () => {
  const reports = new Map<Policy, CrashReport>();

  test.each(policies)('keeps the contract under appendfsync %s', (policy) => {
    const report = prove(policy, 120);
    reports.set(policy, report);
    expect({ seed, examples: report.examples }).toEqual({ seed, examples: [] });
    expect(report.violations).toBe(0);
    expect(report.scratch).toBeGreaterThan(10);
    // While an fsync is slow, everysec answers before it writes; the others never do.
    if (policy === 'everysec') expect(report.aheadOfLog).toBeGreaterThan(0);
    else expect(report.aheadOfLog).toBe(0);
  });

  test('is tried in 20,000 states or more', () => {
    const states = [...reports.values()].reduce((sum, report) => sum + report.states, 0);
    expect(states).toBeGreaterThanOrEqual(20_000);
  });
});

describe('the judge notices', { timeout: PATIENCE }, () => {
  const mistakes: readonly (readonly [Mistake, Policy, RegExp])[] = [
    ['acknowledges before the fsync', 'always', /^keeps-acknowledged/],
    ['acknowledges before the write', 'no', /^keeps-acknowledged/],
    ['forgets EXEC', 'everysec', /^writes-whole-units/],
    ['forgets every twentieth unit', 'no', /^writes-whole-units/],
    ['forgets SELECT', 'everysec', /^is-a-prefix/],
    ['swaps two units', 'always', /^is-a-prefix/],
    ['renames the manifest without an fsync', 'no', /^starts/],
    ['accepts half a transaction', 'no', /^(is-a-prefix|no-more-than-executed|torn)/],
    ['drops the last whole record of a torn log', 'no', /^cuts-at-a-record/],
    ['accepts a torn tail as it is', 'no', /^cuts-at-a-record/],
  ];

  test.each(policies)('nothing in that run without a mistake (appendfsync %s)', (policy) => {
    expect(prove(policy, 80, 97).examples).toEqual([]);
  });

  test.each(mistakes)('a program that %s (appendfsync %s)', (mistake, policy, clause) => {
    wrong.mistake = mistake;
    const report = prove(policy, 80, mistake === 'accepts half a transaction' ? 97 : 1_000);
    expect(report.violations).toBeGreaterThan(0);
    expect(report.examples.join('\n')).toMatch(new RegExp(clause.source, 'm'));
  });
});
