import { describe, expect, test } from 'vitest';
import { cloneData } from '../../src/base/clone.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import { runFingerprint, SCRIPTED_SETUP, scriptedRun } from './scripted-run.ts';

function create(): Lab {
  const plan = planLab(SCRIPTED_SETUP, 1_795_225_880_000_000);
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

describe('determinism', () => {
  test('the same seed and actions give the same bytes twice', () => {
    const first = create();
    const second = create();
    scriptedRun(first);
    scriptedRun(second);
    const fingerprint = runFingerprint(first);
    expect(runFingerprint(second)).toBe(fingerprint);
    expect(first.lanes[1]!.state.records.count).toBeGreaterThan(1000);
  });

  test('a copy taken at any of 100 random events runs on to identical bytes', () => {
    const random = seedRandom('copies');
    const lab = create();
    const begin = lab.clock.now;
    const copies: Lab[] = [];
    const instants = Array.from({ length: 100 }, () => begin + nextBelow(random, 4_000_000)).sort(
      (a, b) => a - b,
    );
    // A workload, a rewrite under way and a slow disk: states of every kind.
    lab.setWorkload({
      rate: 400,
      mix: ['SET k:{k} {v}', 'INCR c:{k}', 'SET e:{n} 1 PX 300', 'DEL k:{k}'],
      transactions: 0,
      clients: 3,
    });
    for (const [i, instant] of instants.entries()) {
      while ((lab.clock.next() ?? Infinity) <= instant) lab.runUntil(lab.clock.next()!, 1);
      if (i === 40) lab.plan({ kind: 'fsync-time', value: 700 });
      if (i === 60) lab.send(['BGREWRITEAOF' as never], 'test', undefined, 1);
      copies.push(new Lab(cloneData(lab.state)));
    }
    const end = begin + 4_300_000;
    const finish = (one: Lab): string => {
      one.runUntil(end, Infinity);
      return runFingerprint(one);
    };
    // Copies before an action lack that action: those after the last one are compared with the original.
    const original = finish(lab);
    for (const copy of copies.slice(61)) expect(finish(copy)).toBe(original);
    // Earlier copies are compared with a second copy of the same instant, run later.
    for (const copy of copies.slice(0, 61)) {
      const twin = new Lab(cloneData(copy.state));
      expect(finish(twin)).toBe(finish(copy));
    }
  });
});
