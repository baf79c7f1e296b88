import { expect, test } from 'vitest';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { newWorkloadStream, nextCommands, planWorkload } from '../../src/lab/workload.ts';

function sent(mix: string, count: number): string[] {
  const plan = planWorkload({ rate: 1, mix: [mix], keys: 50, valueBytes: 4 });
  if (typeof plan === 'string') throw new Error(plan);
  const stream = newWorkloadStream(7);
  return Array.from({ length: count }, () => nextCommands(stream, plan)[0]!.join(' '));
}

test('a word gets the number of the command, a key and a value, each drawn once, in that order', () => {
  const random = seedRandom(7);
  const value = (): string =>
    String.fromCharCode(...[0, 0, 0, 0].map(() => 97 + nextBelow(random, 26)));
  const expected = [0, 1, 2].map((n) => {
    // Keys before values, wherever they stand in the word.
    const [key, inWord] = [nextBelow(random, 50), value()];
    return `MSET ${n} ${inWord}:${key}:${key} a${nextBelow(random, 50)}b ${value()}`;
  });
  expect(sent('MSET {n} {v}:{k}:{k} a{k}b {v}', 3)).toEqual(expected);
});

test('braces that name nothing stay as they are', () => {
  expect(sent('SET {tag}:1 {}', 1)).toEqual(['SET {tag}:1 {}']);
  expect(sent('SET {x} {', 1)).toEqual(['SET {x} {']);
  expect(sent('SET k{ {n', 1)).toEqual(['SET k{ {n']);
});
