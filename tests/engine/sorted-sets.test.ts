import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { configure } from '../support/engine-port.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { long, scored, tied } from './members.ts';

differentialSuite('sorted sets answer as the real server does', {
  'members are popped': `
    ZADD z 1 a 2 b 3 c 3.5 d 4 e inf f
    ZPOPMIN z
    ZPOPMAX z
    ZPOPMIN z 2
    ZPOPMAX z 1
    ZPOPMIN z 0
    ZPOPMIN z -1
    ZPOPMIN z x
    ZPOPMIN z 1 2
    ZPOPMAX z 100
    EXISTS z
    ZPOPMIN z
    ZPOPMIN z 5
    ZPOPMIN missing 0
    ZPOPMAX missing -1
    ZADD z 1 a 2 b 3 c 4 d
    ZMPOP 1 z MIN
    ZMPOP 2 missing z MAX COUNT 2
    ZMPOP 1 z MIN COUNT 10
    EXISTS z
    ZMPOP 1 z MIN
    ZMPOP 0 z MIN
    ZMPOP x z MIN
    ZMPOP 2 z MIN
    ZMPOP 1 z
    ZMPOP 1 z NOPE
    ZMPOP 1 z MIN COUNT
    ZMPOP 1 z MIN COUNT 0
    ZMPOP 1 z MIN COUNT x
    ZMPOP 1 z MIN COUNT 1 COUNT 1
    ZMPOP 1 z MIN NOPE 1
    ZMPOP 9223372036854775807 z MIN
    SET s 1
    ZPOPMIN s
    ZPOPMAX s 0
    ZPOPMAX s x
    ZMPOP 2 missing s MIN
    ZADD z 1 a
    ZMPOP 2 z s MIN
    ZMPOP 2 s z MIN
    ZADD big ${scored(0, 200)}
    ZPOPMIN big 3
    ZPOPMAX big 150
    OBJECT ENCODING big
    ZMPOP 1 big MAX COUNT 3
    WATCH big
    2> ZPOPMIN big
    MULTI
    ZPOPMIN big
    EXEC
  `,
  'unions, intersections, differences': `
    ZADD a 1 x 2 y 3 z inf i
    ZADD b 10 y 20 z 30 w -inf i
    ZADD c 0.1 z 0.2 q
    SADD s x y 5
    ZUNION 2 a b
    ZUNION 2 a b WITHSCORES
    ZUNION 3 a b s WITHSCORES
    ZUNION 2 a b WEIGHTS 2 3 WITHSCORES
    ZUNION 2 a b WEIGHTS 0 0 WITHSCORES
    ZUNION 2 a b AGGREGATE MIN WITHSCORES
    ZUNION 2 a b AGGREGATE max WITHSCORES
    ZUNION 2 a b AGGREGATE SUM WEIGHTS 1 -1 WITHSCORES
    ZUNION 2 a a WITHSCORES
    ZUNION 2 a missing
    ZUNION 1 missing
    ZUNION 1 s WITHSCORES
    ZINTER 2 a b WITHSCORES
    ZINTER 3 a b c WITHSCORES
    ZINTER 2 a s WEIGHTS 1 5 WITHSCORES
    ZINTER 2 a b AGGREGATE MAX WITHSCORES
    ZINTER 2 a b WEIGHTS 0 1 AGGREGATE MIN WITHSCORES
    ZINTER 2 a b WEIGHTS 1 0 AGGREGATE MIN WITHSCORES
    ZINTER 2 a a WITHSCORES
    ZINTER 2 a missing
    ZDIFF 2 a b WITHSCORES
    ZDIFF 1 a WITHSCORES
    ZDIFF 2 a a
    ZDIFF 2 missing a
    ZDIFF 3 a missing s WITHSCORES
    ZDIFF 2 s a
    ZDIFF 2 a b WEIGHTS 1 2
    ZDIFF 2 a b AGGREGATE SUM
    ZINTERCARD 2 a b
    ZINTERCARD 2 a b LIMIT 1
    ZINTERCARD 2 a b LIMIT 0
    ZINTERCARD 2 a s LIMIT 100
    ZINTERCARD 2 a b LIMIT -1
    ZINTERCARD 2 a b LIMIT x
    ZINTERCARD 2 a b LIMIT
    ZINTERCARD 2 a b WITHSCORES
    ZINTERCARD 2 a b WEIGHTS 1 2
    ZINTERCARD 0 a
    ZINTERCARD 2 a missing
    ZUNION 0 a
    ZUNION -1 a
    ZUNION x a
    ZUNION 3 a b
    ZUNION 9223372036854775807 a
    ZUNION 2 a b WEIGHTS 1
    ZUNION 2 a b WEIGHTS 1 x
    ZUNION 2 a b WEIGHTS 1 nan
    ZUNION 2 a b AGGREGATE
    ZUNION 2 a b AGGREGATE AVG
    ZUNION 2 a b NOPE
    ZUNION 2 a b LIMIT 1
    ZUNIONSTORE d 2 a b WITHSCORES
    ZINTERSTORE d 0 a
    ZDIFFSTORE d 0 a
    SET str 1
    ZUNION 2 a str
    ZINTER 2 missing str
    ZDIFF 2 a str
    ZINTERCARD 2 missing str
    ZUNIONSTORE d 2 a str
    ZUNION 1 str NOPE
  `,
  'results are stored': `
    ZADD a 1 x 2 y 3 z
    ZADD b 10 y 20 z 30 w
    SADD s x 5 z
    ZUNIONSTORE d 2 a b
    ZRANGE d 0 -1 WITHSCORES
    ZINTERSTORE d 2 a b WEIGHTS 2 3 AGGREGATE MAX
    ZRANGE d 0 -1 WITHSCORES
    ZDIFFSTORE d 2 a b
    ZRANGE d 0 -1 WITHSCORES
    EXPIRE d 1000
    ZUNIONSTORE d 1 s
    TTL d
    ZRANGE d 0 -1 WITHSCORES
    ZUNIONSTORE a 2 a b
    ZINTERSTORE d 2 a missing
    EXISTS d
    ZINTERSTORE d 2 a missing
    ZDIFFSTORE d 2 a a
    ZADD d 1 q
    ZDIFFSTORE d 2 a a
    SET str 1
    ZUNIONSTORE str 1 a
    TYPE str
    ZADD big ${scored(0, 200)}
    ZADD half ${scored(50, 150)}
    ZUNIONSTORE d 2 big half
    OBJECT ENCODING d
    ZINTERSTORE d 2 big half
    OBJECT ENCODING d
    ZDIFFSTORE d 2 big half
    OBJECT ENCODING d
    ZDIFFSTORE d 2 half a
    ZADD l 1 ${long} 2 a
    ZUNIONSTORE d 1 l
    OBJECT ENCODING d
    ZDIFFSTORE d 2 l missing
    ZDIFF 2 big half
    ZUNION 2 big half WITHSCORES
    ZINTERCARD 2 big half LIMIT 60
  `,
  'the order of additions': `
    ZADD a 0.1 m
    ZADD b 0.2 m 1 n
    ZADD c 0.3 m 1 n 1 o
    ZADD d 1e16 m 1 n 1 o 1 p
    ZUNION 4 d c b a WITHSCORES
    ZUNION 4 a b c d WITHSCORES
    ZINTER 4 d c b a WITHSCORES
    ZUNION 3 c b a WITHSCORES
    ZUNION 3 c b a WEIGHTS 0.1 0.2 0.3 WITHSCORES
  `,
  'negative zeros, which listpacks do not have': `
    ZADD z 0 a 0 b 0 c
    ZUNION 1 z WEIGHTS -1 WITHSCORES
    ZUNIONSTORE d 1 z WEIGHTS -1
    ZRANGE d 0 -1 WITHSCORES
    ZADD big ${tied(0, 200)}
    ZUNIONSTORE d 1 big WEIGHTS -1
    ZRANGE d 0 3 WITHSCORES
    ZUNIONSTORE e 2 z big WEIGHTS -1 1
    ZRANGE e 0 3 WITHSCORES
    ZRANGESTORE f d 0 -1
    ZRANGE f 0 3 WITHSCORES
    ZRANGESTORE f d 0 100
    ZRANGE f 0 3 WITHSCORES
    ZRANGESTORE f d -inf inf BYSCORE
    ZRANGE f 0 3 WITHSCORES
    ZRANGE f -3 -1 WITHSCORES
    ZADD n -0 a
    ZADD n 1 ${long}
    ZADD n -0 b
    ZADD n -0 a
    ZRANGE n 0 -1 WITHSCORES
    ZINCRBY n -0 a
    ZADD m -0 ${long} -0 a
    ZRANGE m 0 -1 WITHSCORES
  `,
  'all at random, and scans': `
    ZADD z 1 a 2.5 b 0.1 c
    ZRANDMEMBER missing
    ZRANDMEMBER missing 3
    ZRANDMEMBER missing 3 WITHSCORES
    ZRANDMEMBER z 0
    ZRANDMEMBER z x
    ZRANDMEMBER z 1 NOPE
    ZRANDMEMBER z 1 WITHSCORES 2
    ZRANDMEMBER z x NOPE
    ZRANDMEMBER z -9223372036854775808
    ZRANDMEMBER z -9223372036854775807 WITHSCORES
    ZRANDMEMBER z 9223372036854775807 WITHSCORES
    ZRANDMEMBER z 4611686018427387904 WITHSCORES
    ZADD one 7.5 m
    ZRANDMEMBER one
    ZRANDMEMBER one 2
    ZRANDMEMBER one 2 WITHSCORES
    ZRANDMEMBER one -3 WITHSCORES
    ZSCAN z 0
    ZSCAN z 0 MATCH b
    ZSCAN z 0 COUNT 1
    ZSCAN z 0 COUNT 0
    ZSCAN z x
    ZSCAN z 0 NOPE
    ZSCAN missing 0 NOPE
    ZSCAN missing 0
    ZADD big ${scored(0, 200)} 0.1 x inf i -0 zero
    ZSCAN big 0 COUNT 10000
    ZSCAN big 0 COUNT 10000 MATCH m1?
    SET s 1
    ZSCAN s 0
    ZRANDMEMBER s
    ZRANDMEMBER s 2
    ZRANGE s 0 -1
    ZRANGEBYSCORE s 0 1
    ZRANGEBYLEX s - +
    ZCOUNT s 0 1
    ZLEXCOUNT s - +
    ZREMRANGEBYRANK s 0 1
    ZREMRANGEBYSCORE s 0 1
    ZREMRANGEBYLEX s - +
  `,
  'large sets': `
    ZADD z ${scored(0, 500)}
    ZADD t ${tied(0, 500)}
    ZRANGE z 100 110 WITHSCORES
    ZRANGE z 100 110 REV
    ZRANGE z (100 (110 BYSCORE
    ZRANGE z 480 +inf BYSCORE LIMIT 5 10
    ZRANGE z 300 -inf BYSCORE REV LIMIT 290 5
    ZRANGE t [m1100 (m1110 BYLEX
    ZRANGE t (m1110 [m1100 BYLEX REV LIMIT 3 3
    ZCOUNT z 100 (200
    ZLEXCOUNT t [m1100 (m1200
    ZREMRANGEBYRANK z 10 400
    ZREMRANGEBYSCORE z (5 (405
    ZREMRANGEBYLEX t (m1010 [m1400
    ZRANGE z 0 20
    ZRANGE t 0 20
    ZRANK z m450
    ZREVRANK t m1450
  `,
});

function texts(reply: Reply): string[] {
  if (reply.type !== 'array') throw new Error(`no array: ${JSON.stringify(reply)}`);
  return reply.value.map((item) => (item.type === 'bulk' ? item.value : item.type));
}

describe('where 7.2 differs from 7.0', () => {
  test('a rank can be told with its score', () => {
    const fixture = newEngineFixture();
    fixture.line('ZADD z 1 a 2.5 b');
    expect(fixture.line('ZRANK z b WITHSCORE')).toEqual({
      type: 'array',
      value: [
        { type: 'integer', value: 1 },
        { type: 'double', value: 2.5 },
      ],
    });
    expect(fixture.line('ZREVRANK z b withscore')).toMatchObject({
      value: [{ value: 0 }, { value: 2.5 }],
    });
    expect(fixture.line('ZRANK z x WITHSCORE')).toEqual({ type: 'null-array' });
    expect(fixture.line('ZRANK z b WITHSCORES')).toMatchObject({
      type: 'error',
      value: 'ERR syntax error',
    });
    expect(fixture.line('ZRANK z b WITHSCORE x')).toMatchObject({
      value: "ERR wrong number of arguments for 'zrank' command",
    });
  });

  test('the number of pairs given counts for the encoding, though members are the same', () => {
    const fixture = newEngineFixture();
    fixture.line(`ZADD z ${'1 a '.repeat(129)}`);
    expect(fixture.line('OBJECT ENCODING z')).toMatchObject({ value: 'skiplist' });
    fixture.line('ZADD y 1 a');
    fixture.line(`ZADD y ${'1 a '.repeat(129)}`);
    expect(fixture.line('OBJECT ENCODING y')).toMatchObject({ value: 'skiplist' });
  });

  test('a scan writes scores of small sets in the fewest digits, of large ones in 17', () => {
    const fixture = newEngineFixture();
    fixture.line('ZADD z 0.1 a');
    expect(fixture.line('ZSCAN z 0')).toMatchObject({
      value: [{ value: '0' }, { value: [{ value: 'a' }, { value: '0.1' }] }],
    });
    fixture.line(`ZADD z 1 ${long}`);
    expect(fixture.line('ZSCAN z 0 MATCH a')).toMatchObject({
      value: [{ value: '0' }, { value: [{ value: 'a' }, { value: '0.10000000000000001' }] }],
    });
  });
});

describe('chance', () => {
  test.each(['listpack', 'skiplist'])(
    'every member of a %s is picked about as often',
    (encoding) => {
      const fixture = newEngineFixture();
      if (encoding === 'skiplist') configure(fixture.port.config, 'zset-max-listpack-entries', '0');
      fixture.line(`ZADD z ${scored(0, 8)}`);
      const counts = new Map<string, number>();
      for (const member of texts(fixture.line('ZRANDMEMBER z -8000')))
        counts.set(member, (counts.get(member) ?? 0) + 1);
      expect(counts.size).toBe(8);
      for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(170);
      const some = texts(fixture.line('ZRANDMEMBER z 5'));
      expect(new Set(some).size).toBe(5);
      const pairs = texts(fixture.line('ZRANDMEMBER z 3 WITHSCORES'));
      expect(pairs.filter((_, i) => i % 2 === 1)).toEqual(['double', 'double', 'double']);
    },
  );
});

test('a scan of a large set finds what stays, though others come, go and change their scores', () => {
  const fixture = newEngineFixture();
  fixture.line(`ZADD z ${scored(0, 1000)}`);
  const seen = new Set<string>();
  let cursor = '0';
  let step = 0;
  do {
    const reply = fixture.line(`ZSCAN z ${cursor} COUNT 7`);
    if (reply.type !== 'array') throw new Error('no array');
    const [next, members] = reply.value;
    if (next?.type !== 'bulk') throw new Error('no cursor');
    cursor = next.value;
    for (const text of texts(members!)) seen.add(text);
    fixture.line(`ZREM z m${step * 4}`);
    fixture.line(`ZADD z ${2000 - step} m${step * 4 + 2} ${step} new${step}`);
    step++;
  } while (cursor !== '0');
  for (let i = 0; i < 1000; i++) if (i % 4 !== 0) expect(seen).toContain(`m${i}`);
});

test('pops of several keys are logged as what they did', () => {
  const fixture = newEngineFixture();
  fixture.line('ZADD z 1 a 2 b 3 c');
  fixture.units.length = 0;
  fixture.line('ZMPOP 2 missing z MAX COUNT 2');
  fixture.line('ZMPOP 2 missing z MIN COUNT 9');
  fixture.line('ZMPOP 2 missing z MIN');
  expect(fixture.units.map(({ commands }) => commands.map(({ argv }) => argv.join(' ')))).toEqual([
    ['ZPOPMAX z 2'],
    ['ZPOPMIN z 1'],
  ]);
});

test(
  'a large set is worked on in time that does not grow with its size',
  { timeout: 30_000 },
  () => {
    const fixture = newEngineFixture();
    const fill = (from: number, to: number): void => {
      for (let i = from; i < to; i += 1000) fixture.line(`ZADD z ${scored(i, i + 1000)}`);
    };
    const work = (size: number): number => {
      const started = performance.now();
      for (let i = 0; i < 2000; i++) {
        const at = (i * 7919) % size;
        fixture.line(`ZRANGE z ${at} ${at + 3}`);
        fixture.line(`ZCOUNT z ${at} ${size}`);
        fixture.line(`ZRANK z m${at}`);
        fixture.line(`ZADD z ${size - at} m${at}`);
        fixture.line(`ZREMRANGEBYSCORE z ${at} ${at}`);
        fixture.line(`ZRANDMEMBER z 2`);
      }
      return performance.now() - started;
    };
    fill(0, 10_000);
    work(10_000);
    const small = work(10_000);
    fill(10_000, 100_000);
    const large = work(100_000);
    // A walk over the members would take ten times as long; the machine may be busy.
    expect(large).toBeLessThan(small * 5 + 200);
  },
);
