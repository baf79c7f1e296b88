/** Futures as the browser keeps them: what was written is read again, and damage takes no more than it hit. */
import { expect, test } from 'vitest';
import { ascii, bytesOf, utf8Encode } from '../../src/base/bytes.ts';
import { applyAction } from '../../src/lab/action.ts';
import {
  decodeFutures,
  encodeFuture,
  encodeFutures,
  howManyFit,
  MOST_KEPT_BYTES,
  sessionOf,
} from '../../src/lab/kept-futures.ts';
import { replay, runOf, type Run } from '../../src/lab/replay.ts';
import { labOf } from './random-session.ts';
import { runFingerprint } from './scripted-run.ts';

const lab = labOf({ seed: 5 });

function runWith(key: string): Run {
  const own = replay({ ...runOf(lab), actions: [] });
  const argv = ['SET', key, key].map((word) => ascii(word));
  applyAction(own, { kind: 'command', lane: 'main', client: 'console', argv });
  own.runUntil(own.clock.now + 5_000, Infinity);
  return runOf(own);
}

const runs = ['a', 'b', 'c'].map(runWith);
const files = runs.map((run, i) => ({ name: 'ABC'[i]!, bytes: encodeFuture(run)! }));
const session = sessionOf(lab.state.plan);
const whole = encodeFutures(session, { name: 'D', named: 4 }, files);

test('what was kept comes back, run by run', () => {
  const found = decodeFutures(whole, session)!;
  expect(found).toMatchObject({ name: 'D', named: 4, problems: [] });
  expect(found.futures.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  for (const [i, { run }] of found.futures.entries())
    expect(runFingerprint(replay(run))).toBe(runFingerprint(replay(runs[i]!)));
});

test('what is of another lab is left alone', () => {
  expect(decodeFutures(whole, sessionOf({ ...lab.state.plan, createdAt: 7 }))).toBeNull();
});

test('a future that is damaged is dropped, and the others are as they were', () => {
  const from = whole.length - files[2]!.bytes.length - files[1]!.bytes.length;
  for (const at of [from, from + 40, whole.length - files[2]!.bytes.length - 2]) {
    const bytes = whole.slice();
    bytes[at]! ^= 1;
    const found = decodeFutures(bytes, session)!;
    expect(found.futures.map(({ name }) => name)).toEqual(['A', 'C']);
    expect(found.problems).toEqual([
      'Future B of the last visit could not be read and is dropped.',
    ]);
  }
});

test('what is cut off, of another version or no list at all is said to be dropped', () => {
  for (let length = 0; length < whole.length; length += 97) {
    const found = decodeFutures(whole.slice(0, length), session)!;
    expect(found.problems.length, `cut at ${length}`).toBeGreaterThan(0);
    expect(found.futures.length).toBeLessThan(3);
  }
  const text = (head: string): readonly string[] =>
    decodeFutures(bytesOf(utf8Encode(head)), session)!.problems;
  expect(text('AOF Lab futures, version 2\n{}\n')).toEqual([
    'The futures of the last visit were kept by a newer version of this page (2). They stay for it; those of this visit are not kept. Reload the page to get the newer one.',
  ]);
  const good = { session, name: 'B', named: 1, futures: [] };
  expect(text(`AOF Lab futures, version 1\n${JSON.stringify(good)}\n`)).toEqual([]);
  for (const wrong of [
    '',
    'null',
    '[]',
    JSON.stringify({ ...good, name: '<b>' }),
    JSON.stringify({ ...good, named: -1 }),
    JSON.stringify({ ...good, futures: {} }),
    JSON.stringify({ ...good, futures: [null] }),
    JSON.stringify({ ...good, futures: [{ name: 'A', length: 1.5 }] }),
    JSON.stringify({ ...good, futures: [{ name: 'B', length: 1 }] }),
  ])
    expect(text(`AOF Lab futures, version 1\n${wrong}\n`), wrong).toEqual([
      'The futures of the last visit are damaged and are dropped; the lab itself is as it was.',
    ]);
});

test('of those that do not fit together the oldest go first', () => {
  const third = Math.floor(MOST_KEPT_BYTES / 3);
  expect(howManyFit([])).toBe(0);
  expect(howManyFit([third, third, third])).toBe(3);
  expect(howManyFit([third, third, third, third])).toBe(3);
  expect(howManyFit([10, MOST_KEPT_BYTES, 20])).toBe(1);
  expect(howManyFit([10, Infinity])).toBe(0);
});

test('passwords are not kept', () => {
  const own = labOf({ lanes: [{ config: { requirepass: 'hunter2' } }] });
  const kept = encodeFuture(runOf(own))!;
  expect(new TextDecoder().decode(kept)).not.toContain('hunter2');
});
