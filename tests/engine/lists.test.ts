import { expect, test } from 'vitest';
import { differentialSuite } from '../support/differential-suite.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const long = 'x'.repeat(5000);

differentialSuite('lists answer as the real server does', {
  LSET: `
    LSET missing 0 a
    LSET missing x a
    RPUSH l a b c
    LSET l 0 A
    LSET l -1 C
    LSET l 1 B
    LSET l 3 x
    LSET l -4 x
    LSET l x y
    LSET l 9223372036854775808 y
    LSET l 0 A
    LRANGE l 0 -1
    SET s 1
    LSET s 0 a
    LSET s x a
    LSET l 0
  `,
  LINSERT: `
    LINSERT missing BEFORE a b
    LINSERT missing BETWEEN a b
    RPUSH l a b c b
    LINSERT l BEFORE b X
    LINSERT l after b Y
    LINSERT l AFTER c Z
    LINSERT l BEFORE a first
    LINSERT l AFTER b after-first-b
    LINSERT l BEFORE nope x
    LINSERT l BETWEEN a x
    LRANGE l 0 -1
    SET s 1
    LINSERT s BEFORE a b
    LINSERT s BETWEEN a b
    LINSERT l BEFORE a
    RPUSH big ${numbers(100).join(' ')}
    LINSERT big AFTER 99 end
    LINSERT big BEFORE 50 middle
    LINSERT big BEFORE 10 early
    LINSERT big AFTER 90 late
    LRANGE big 0 -1
  `,
  LREM: `
    LREM missing 0 a
    LREM missing x a
    RPUSH l a b a c a d a
    LREM l 2 a
    LRANGE l 0 -1
    LREM l -1 a
    LRANGE l 0 -1
    LREM l 0 a
    LREM l 0 a
    LREM l 5 c
    LREM l -5 d
    LRANGE l 0 -1
    LREM l 0 b
    EXISTS l
    RPUSH m 1 2 1 2 1
    LREM m -2 1
    LRANGE m 0 -1
    LREM m x 1
    LREM m 9223372036854775807 2
    LREM m -9223372036854775807 1
    EXISTS m
    LREM m -9223372036854775808 1
    SET s 1
    LREM s 0 a
    LREM s x a
    RPUSH big ${numbers(50)
      .map((n) => n % 3)
      .join(' ')}
    LREM big -10 1
    LREM big 3 2
    LRANGE big 0 -1
    LREM big 0 0
    LPUSH big new
    RPUSH big end
    LRANGE big 0 -1
  `,
  LTRIM: `
    LTRIM missing 0 1
    LTRIM missing x 1
    RPUSH l ${numbers(20).join(' ')}
    LTRIM l 0 -1
    LTRIM l 1 -2
    LRANGE l 0 -1
    LTRIM l 2 100
    LTRIM l -10 -3
    LRANGE l 0 -1
    LTRIM l -100 5
    LRANGE l 0 -1
    LTRIM l 1 1
    LRANGE l 0 -1
    LTRIM l 5 10
    EXISTS l
    RPUSH m a b c
    LTRIM m 2 1
    EXISTS m
    RPUSH m a b c
    LTRIM m 0 -100
    EXISTS m
    RPUSH m a
    LTRIM m x 1
    LTRIM m 1 x
    SET s 1
    LTRIM s 0 1
    LTRIM s 0 x
  `,
  LPOS: `
    LPOS missing a
    LPOS missing a COUNT 1
    LPOS missing a RANK 0
    LPOS missing a COUNT -1
    RPUSH l a b c 1 2 3 c c
    LPOS l c
    LPOS l nope
    LPOS l nope COUNT 0
    LPOS l c RANK 2
    LPOS l c RANK 4
    LPOS l c RANK -1
    LPOS l c RANK -3
    LPOS l c RANK -4
    LPOS l c COUNT 2
    LPOS l c COUNT 0
    LPOS l c COUNT 100
    LPOS l c RANK 2 COUNT 0
    LPOS l c RANK -1 COUNT 0
    LPOS l c RANK -2 COUNT 1
    LPOS l c COUNT 0 MAXLEN 3
    LPOS l c COUNT 0 MAXLEN 7
    LPOS l c MAXLEN 2
    LPOS l c MAXLEN 0
    LPOS l c RANK -1 MAXLEN 1
    LPOS l a RANK -1 MAXLEN 7
    LPOS l a RANK -1 MAXLEN 8
    LPOS l c rank 1 count 1 maxlen 100
    LPOS l c RANK 0
    LPOS l c RANK x
    LPOS l c RANK -9223372036854775807
    LPOS l c COUNT -1
    LPOS l c COUNT x
    LPOS l c MAXLEN -1
    LPOS l c MAXLEN x
    LPOS l c RANK
    LPOS l c NOPE 1
    LPOS l c RANK 1 COUNT
    SET s 1
    LPOS s a
    LPOS s a RANK 0
  `,
  'LMOVE and RPOPLPUSH': `
    LMOVE missing l LEFT RIGHT
    EXISTS l
    RPUSH l a b c d
    LMOVE l m LEFT LEFT
    LMOVE l m RIGHT LEFT
    LMOVE l m LEFT RIGHT
    LMOVE l m right right
    LRANGE m 0 -1
    EXISTS l
    LMOVE m m LEFT RIGHT
    LMOVE m m LEFT LEFT
    LMOVE m m RIGHT LEFT
    LMOVE m m RIGHT RIGHT
    LRANGE m 0 -1
    RPOPLPUSH m n
    RPOPLPUSH m n
    RPOPLPUSH n n
    LRANGE n 0 -1
    RPOPLPUSH missing n
    RPUSH one x
    RPOPLPUSH one one
    LMOVE one one LEFT LEFT
    LRANGE one 0 -1
    LMOVE l m UP DOWN
    LMOVE l m LEFT DOWN
    LMOVE missing m UP DOWN
    LMOVE l m LEFT
    SET s 1
    LMOVE s m LEFT LEFT
    LMOVE m s LEFT LEFT
    LMOVE missing s LEFT LEFT
    RPOPLPUSH s m
    RPOPLPUSH m s
    LRANGE m 0 -1
  `,
  LMPOP: `
    LMPOP 1 missing LEFT
    LMPOP 2 missing missing2 RIGHT COUNT 5
    RPUSH l a b c d e
    RPUSH m 1 2 3
    LMPOP 2 missing l LEFT
    LMPOP 2 m l RIGHT COUNT 2
    LMPOP 2 m l left count 100
    LMPOP 2 m l LEFT COUNT 2
    LMPOP 1 l LEFT COUNT 100
    EXISTS l m
    LMPOP 0 l LEFT
    LMPOP -1 l LEFT
    LMPOP x l LEFT
    LMPOP 1 l
    LMPOP 1 l l LEFT
    LMPOP 2 l LEFT
    LMPOP 3 l LEFT
    LMPOP 1 l UP
    LMPOP 1 l LEFT COUNT
    LMPOP 1 l LEFT COUNT 0
    LMPOP 1 l LEFT COUNT -1
    LMPOP 1 l LEFT COUNT x
    LMPOP 1 l LEFT COUNT 1 COUNT 1
    LMPOP 1 l LEFT COUNT 1 x
    LMPOP 1 l LEFT NOPE 1
    LMPOP 9223372036854775807 l LEFT
    SET s 1
    LMPOP 1 s LEFT
    LMPOP 2 missing s LEFT
    RPUSH l z
    LMPOP 2 l s LEFT
  `,
  'a list that is large in bytes': `
    RPUSH l ${long} ${long}
    LINSERT l BEFORE ${long} small
    LSET l 0 tiny
    LLEN l
    LPOS l ${long}
    LTRIM l 0 0
    OBJECT ENCODING l
  `,
  'who watches a list': `
    RPUSH l a b c
    2> WATCH l
    LTRIM l 0 -1
    2> MULTI
    2> PING
    2> EXEC
    2> WATCH l
    LREM l 0 nope
    2> MULTI
    2> PING
    2> EXEC
    2> WATCH l
    LMOVE l l LEFT RIGHT
    2> MULTI
    2> PING
    2> EXEC
  `,
});

test('the smallest rank has no opposite: 7.2 refuses it, 7.0 overflowed', () => {
  const fixture = newEngineFixture();
  fixture.line('RPUSH l a');
  expect(fixture.line('LPOS l a RANK -9223372036854775808')).toEqual({
    type: 'error',
    value:
      'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
  });
});
