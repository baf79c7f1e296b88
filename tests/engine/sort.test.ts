import { expect, test } from 'vitest';
import { partialSort } from '../../src/base/partial-sort.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { randomSuite } from '../support/random-suite.ts';

const random = seedRandom(3);
const shuffled = (count: number): number[] => {
  const all = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = nextBelow(random, i + 1);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
};
/** Few weights for many elements, so that ties are common. */
const weights = (count: number): string =>
  shuffled(count)
    .map((i) => `SET w${i} ${i % 7}`)
    .join('\n');
const slices = (count: number, options: string): string =>
  [0, 1, 3, 10, 50, 99]
    .flatMap((from) => [1, 2, 7, 30, 100].map((n) => `SORT l BY w* ${options} LIMIT ${from} ${n}`))
    .join('\n') + `\nLLEN l${count}`;

differentialSuite('SORT answers as the real server does', {
  numbers: `
    RPUSH l 3 1 2 10 -5 1.5 1e2 0x10 " 7" "" inf -inf
    SORT l
    SORT l DESC
    SORT l ASC DESC ASC
    SORT l ALPHA
    SORT l ALPHA DESC
    SORT l LIMIT 1 3
    SORT l LIMIT 0 0
    SORT l LIMIT 0 -1
    SORT l LIMIT -5 2
    SORT l LIMIT 100 2
    SORT l LIMIT 9 100
    SORT l LIMIT 2 -7
    SORT l LIMIT 9223372036854775807 9223372036854775807
    SORT l LIMIT x 1
    SORT l LIMIT 1 x
    SORT l LIMIT 1
    SORT l NOPE
    SORT l BY
    SORT l GET
    SORT l STORE
    SORT missing
    SORT missing STORE d
    SORT missing BY w* GET # LIMIT 0 5
    SET s 1
    HSET h a 1
    SORT s
    SORT h
    SORT s NOPE
    RPUSH bad 1 two 3
    SORT bad
    SORT bad ALPHA
    SORT bad STORE d
    EXISTS d
    SORT bad BY nosort
    RPUSH nul "1\\x00x" 3 "2\\x00"
    SORT nul
    RPUSH nan nan 1
    SORT nan
    SORT_RO l
    SORT_RO l DESC LIMIT 0 2 GET #
    SORT_RO l STORE d
    SORT_RO missing
    SORT
    SORT_RO
  `,
  // By themselves, since 7.0 may then refuse what comes after: it looks at an errno that it does not clear.
  'numbers too large': `
    RPUSH big 1e400 1
    SORT big
  `,
  'numbers too small': `
    RPUSH small 1e-400 1
    SORT small
  `,
  'sets and sorted sets': `
    SADD s 3 1 2 10
    SORT s
    SORT s DESC LIMIT 1 2
    SADD w banana apple cherry
    SORT w ALPHA
    SORT w ALPHA DESC
    SORT w
    SORT w BY nosort STORE d
    LRANGE d 0 -1
    SORT w BY nosort DESC LIMIT 0 2 STORE d
    LRANGE d 0 -1
    SADD i 5 3 1
    SORT i BY nosort
    SORT i BY nosort LIMIT 1 1
    ZADD z 3 1 2 2 1 3 5 10
    SORT z
    SORT z DESC
    SORT z BY nosort
    SORT z BY nosort DESC
    SORT z BY nosort LIMIT 1 2
    SORT z BY nosort DESC LIMIT 1 2
    SORT z BY nosort LIMIT 3 10
    SORT z BY nosort DESC LIMIT 3 10
    SORT z BY nosort LIMIT 10 10
    SORT z BY nosort LIMIT 0 0
    SORT z BY nosort STORE d
    LRANGE d 0 -1
    OBJECT ENCODING z
    RPUSH l c a b d
    SORT l BY nosort
    SORT l BY nosort DESC
    SORT l BY nosort LIMIT 1 2
    SORT l BY nosort DESC LIMIT 1 2
    SORT l BY nosort DESC LIMIT 3 2
    SORT l BY nosort LIMIT 4 2
    SORT l BY nosort GET # GET x* GET nothing
    SORT l BY nosort ALPHA
  `,
  'by other keys': `
    RPUSH l 1 2 3 4
    MSET w1 30 w2 10 w3 20
    MSET o1 one o2 two o3 three
    HSET h1 w 3 name x
    HSET h2 w 1 name y
    HSET h3 w 2
    SORT l BY w*
    SORT l BY w* DESC
    SORT l BY w* GET o*
    SORT l BY w* GET # GET o* GET w*
    SORT l BY h*->w GET h*->name
    SORT l BY h*->w GET h*->name GET #
    SORT l BY h*->missing
    SORT l BY h*-> GET h*->
    SORT l BY w*->x
    SORT l BY o* ALPHA
    SORT l BY o* ALPHA DESC
    SORT l BY o*
    SORT l BY o* STORE d
    SORT l BY h* ALPHA
    SORT l BY *w
    SORT l GET w*x
    SORT l GET h*
    SORT l GET *->name
    SORT l GET l*
    SORT l GET no
    SORT l GET ##
    SORT l GET # GET #
    SORT l BY # DESC
    SORT l BY w* LIMIT 1 2 GET o*
    SORT l BY w* STORE d
    LRANGE d 0 -1
    SORT l BY w* GET o* STORE d
    LRANGE d 0 -1
    OBJECT ENCODING d
    SORT l GET o* GET # STORE d
    LRANGE d 0 -1
    EXPIRE d 1000
    SORT l STORE l
    LRANGE l 0 -1
    SORT l STORE d STORE e
    TTL d
    EXISTS e
    SORT missing STORE d
    EXISTS d
    SORT l LIMIT 10 1 STORE e
    EXISTS e
    SET str 1
    SORT l STORE str
    TYPE str
    HSET h*->x f v
    SORT l GET "w*\\x00->x"
    RPUSH stars *
    SET w* star
    SORT stars ALPHA GET w*
    SORT stars ALPHA BY w** GET w**
  `,
  texts: `
    RPUSH l b a B A "" "a b" "\\xff" "\\x00" aa "a\\x00b" "a\\x00a" 10 9
    SORT l ALPHA
    SORT l ALPHA DESC
    SORT l ALPHA STORE d
    LRANGE d 0 -1
    SORT l ALPHA DESC LIMIT 2 5 STORE d
    LRANGE d 0 -1
    RPUSH same 1 1.0 01 1e0 +1 0x1
    SORT same
    SORT same DESC
    SORT same LIMIT 2 2
  `,
  'long results': `
    RPUSH l ${shuffled(300).join(' ')}
    SORT l STORE d
    OBJECT ENCODING d
    LRANGE d 0 -1
    SORT l DESC LIMIT 50 20
    SADD s ${shuffled(300).join(' ')}
    SORT s LIMIT 290 20
    ${Array.from({ length: 30 }, (_, i) => `RPUSH e ${'x'.repeat(400)}${i}`).join('\n')}
    SORT e ALPHA STORE d
    OBJECT ENCODING d
  `,
  'the order of equals': `
    RPUSH l ${shuffled(100).join(' ')}
    ${weights(100)}
    SORT l BY w*
    SORT l BY w* DESC
    SORT l BY w* ALPHA
    SORT l BY w* ALPHA DESC
    ${slices(100, '')}
    ${slices(100, 'DESC')}
    ${slices(100, 'ALPHA')}
    ${slices(100, 'ALPHA DESC')}
  `,
  'many equals, short runs': Array.from(
    { length: 45 },
    (_, n) => `
    DEL l
    RPUSH l ${shuffled(n + 1).join(' ')}
    ${n === 0 ? weights(50) : ''}
    SORT l BY w* ALPHA LIMIT 0 ${Math.max(1, n - 1)}
    SORT l BY w* ALPHA DESC LIMIT ${n >> 1} 3`,
  ).join('\n'),
});

randomSuite('random sorts', {
  words: {
    key: ['l', 'm', 's', 'z'],
    element: ['1', '2', '3', '4', '5', '10', '2.5', '-1'],
    bad: ['x', '1', '2'],
    weight: ['1', '2', '3', 'apple', 'pear', '2'],
    by: ['BY w*', 'BY h*->f', 'BY nosort', '', 'BY w*->f', 'BY *'],
    get: ['GET #', 'GET w*', 'GET h*->f', 'GET o', ''],
    order: ['ASC', 'DESC', ''],
    alpha: ['ALPHA', ''],
    int: ['0', '1', '2', '-1', '5', '100'],
  },
  templates: [
    'RPUSH l {element} {element} {element}',
    'RPUSH m {element} [{bad}]',
    'SADD s {element} {element}',
    'ZADD z 1 {element} 2 {element} 3 {element}',
    'SET w{element} {weight}',
    'HSET h{element} f {weight}',
    'DEL {key}',
    // A set without an order would be told in that of a hash table.
    'SORT l {by} {alpha} {order} {get} {get} [LIMIT {int} {int}]',
    'SORT m {by} {alpha} {order} [LIMIT {int} {int}]',
    'SORT s {alpha} {order} {get} [LIMIT {int} {int}]',
    'SORT z {alpha} {order} {get} [LIMIT {int} {int}]',
    'SORT z BY nosort {order} {get} [LIMIT {int} {int}]',
    'SORT l {by} {alpha} {order} {get} [LIMIT {int} {int}] STORE d',
    'SORT s BY nosort {order} STORE d',
    'LRANGE d 0 -1',
    'SORT_RO l {alpha} {order} {get}',
  ],
});

test('a partial sort puts into its places what a full one would', () => {
  for (let round = 0; round < 300; round++) {
    const size = 1 + nextBelow(random, 120);
    const items = Array.from({ length: size }, () =>
      nextBelow(random, round % 2 === 0 ? 10 : 1000),
    );
    const from = nextBelow(random, size);
    const to = from + nextBelow(random, size - from);
    const full = items.toSorted((a, b) => a - b);
    const part = items.slice();
    partialSort(part, (a, b) => a - b, from, to);
    expect(part.slice(from, to + 1)).toEqual(full.slice(from, to + 1));
    expect(part.toSorted((a, b) => a - b)).toEqual(full);
  }
});

test('a partial sort of many places compares hardly more often than it has to', () => {
  const items = Array.from({ length: 100_000 }, () => nextBelow(random, 1e9));
  let compared = 0;
  partialSort(items, (a, b) => (compared++, a - b), 0, 9);
  // About three times its size, where a full sort takes seventeen times.
  expect(compared).toBeLessThan(items.length * 6);
});
