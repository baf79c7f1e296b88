import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
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
    expect(first.lanes[1]!.state.records.count).toBeGreaterThan(500);
  });

  test('a copy taken at any of 100 random events runs on to identical bytes', () => {
    const random = seedRandom('copies');
    const lab = create();
    const begin = lab.clock.now;
    const end = begin + 1_600_000;
    // A workload, a slow disk from half a second on, and a rewrite under way: states of every kind.
    lab.setWorkload({
      rate: 150,
      mix: ['SET k:{k} {v}', 'INCR c:{k}', 'SET e:{n} 1 PX 300', 'DEL k:{k}'],
      clients: 3,
    });
    lab.plan({ kind: 'fsync-time', value: 700, at: 500 });
    lab.runUntil(begin + 600_000, Infinity);
    for (const { state } of lab.lanes) lab.send([ascii('BGREWRITEAOF')], 'person', state.id, 1);
    const instants = Array.from(
      { length: 100 },
      () => lab.clock.now + nextBelow(random, 900_000),
    ).sort((a, b) => a - b);
    const copies = instants.map((instant) => {
      while ((lab.clock.next() ?? Infinity) <= instant) lab.runUntil(lab.clock.next()!, 1);
      return new Lab(cloneData(lab.state));
    });
    lab.runUntil(end, Infinity);
    const expected = runFingerprint(lab);
    for (const [i, copy] of copies.entries()) {
      copy.runUntil(end, Infinity);
      expect(runFingerprint(copy), `copy ${i}`).toBe(expected);
    }
  }, 60_000);
});
