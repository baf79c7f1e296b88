import { describe, expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import {
  copySortedSet,
  countWhile,
  membersByRank,
  membersByRankDown,
  newSortedSet,
  rankOf,
  removeMember,
  removeRanks,
  scoreOf,
  setScore,
  sortedSetSize,
  type ScoredMember,
  type SortedSetValue,
} from '../../../src/engine/data/sorted-set.ts';

const small = { zsetMaxListpackEntries: 128, zsetMaxListpackValue: 64 };
const never = { zsetMaxListpackEntries: 0, zsetMaxListpackValue: 64 };

/** The obvious way: sort all members each time. */
class Model {
  readonly scores = new Map<ByteString, number>();

  sorted(): ScoredMember[] {
    return [...this.scores]
      .map(([member, score]) => ({ member, score }))
      .sort((a, b) => a.score - b.score || (a.member < b.member ? -1 : 1));
  }
}

function expectSame(zset: SortedSetValue, model: Model): void {
  const sorted = model.sorted();
  expect([...membersByRank(zset)]).toEqual(sorted);
  expect([...membersByRankDown(zset)]).toEqual(sorted.toReversed());
  expect(sortedSetSize(zset)).toBe(sorted.length);
  sorted.forEach(({ member, score }, rank) => {
    expect(rankOf(zset, member)).toBe(rank);
    expect(scoreOf(zset, member)).toBe(score);
  });
}

describe.each([
  ['a listpack that becomes a skip list', small],
  ['a skip list from the start', never],
])('%s', (_, limits) => {
  test.each([1, 2, 3, 4])('keeps its order through random changes (seed %i)', (seed) => {
    const random = seedRandom(seed);
    const model = new Model();
    const zset = newSortedSet();
    for (let step = 0; step < 1500; step++) {
      // Few scores, so that ties are common.
      const member = ascii(`m${nextBelow(random, 250)}`);
      const score = nextBelow(random, 20) - 10;
      if (nextBelow(random, 4) === 0) {
        expect(removeMember(zset, member)).toBe(model.scores.delete(member));
      } else {
        const before = model.scores.get(member);
        const expected = before === undefined ? 'added' : before === score ? 'same' : 'moved';
        expect(setScore(zset, member, score, limits)).toBe(expected);
        model.scores.set(member, score);
      }
      if (step % 100 === 0) expectSame(zset, model);
    }
    expectSame(zset, model);

    const sorted = model.sorted();
    const from = nextBelow(random, sorted.length);
    const to = from + nextBelow(random, sorted.length - from);
    expect([...membersByRank(zset, from, to)]).toEqual(sorted.slice(from, to));
    expect([...membersByRankDown(zset, from, to)]).toEqual(sorted.slice(from, to).toReversed());
    expect([...membersByRank(zset, to, from)]).toEqual([]);

    const copy = copySortedSet(zset);
    removeRanks(zset, from, to);
    for (const { member } of sorted.slice(from, to)) model.scores.delete(member);
    expectSame(zset, model);
    expect([...membersByRank(copy)]).toEqual(sorted);
  });

  test('counts the members before a bound', () => {
    const zset = newSortedSet();
    for (let i = 0; i < 500; i++)
      setScore(zset, ascii(`m${String(i).padStart(3, '0')}`), Math.floor(i / 5), limits);
    expect(countWhile(zset, (score) => score < 0)).toBe(0);
    expect(countWhile(zset, (score) => score < 10)).toBe(50);
    expect(countWhile(zset, (score) => score <= 10)).toBe(55);
    expect(countWhile(zset, (score) => score <= 1000)).toBe(500);
    expect(
      countWhile(zset, (score, member) => score < 10 || (score === 10 && member < 'm052')),
    ).toBe(52);
  });
});

test('the encoding changes with the first member too many or too long, and never back', () => {
  const zset = newSortedSet();
  for (let i = 0; i < 128; i++) setScore(zset, ascii(`m${i}`), i, small);
  expect(zset.order.encoding).toBe('listpack');
  setScore(zset, ascii('one more'), 1, small);
  expect(zset.order.encoding).toBe('skiplist');
  removeRanks(zset, 0, 128);
  expect(zset.order.encoding).toBe('skiplist');

  const long = newSortedSet();
  setScore(long, ascii('x'.repeat(64)), 1, small);
  expect(long.order.encoding).toBe('listpack');
  setScore(long, ascii('x'.repeat(65)), 1, small);
  expect(long.order.encoding).toBe('skiplist');
});

test('a search of a large set looks at few members', () => {
  const zset = newSortedSet();
  const random = seedRandom(1);
  for (let i = 0; i < 60_000; i++) setScore(zset, ascii(`m${i}`), nextBelow(random, 1e6), small);
  let looked = 0;
  for (let score = 0; score < 1e6; score += 1e4) {
    countWhile(zset, (other) => {
      looked++;
      return other < score;
    });
  }
  // About 2 log₂ 60,000 each on the average, where a walk would look at 30,000.
  expect(looked / 100).toBeLessThan(100);
});
