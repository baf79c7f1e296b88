import { expect, test } from 'vitest';
import { conversationSuite } from '../support/conversations.ts';
import { newEngineFixture, splitLine } from '../support/engine-fixture.ts';

conversationSuite('clients that wait for lists', {
  'what is there is taken at once': `
    RPUSH l a b c d e
    BLPOP l 0
    BRPOP missing l 0
    BLMOVE l m LEFT RIGHT 0
    BRPOPLPUSH l m 1
    BLMPOP 0 2 missing l LEFT COUNT 5
    LRANGE m 0 -1
    EXISTS l
  `,
  'first come, first served': `
    1> BLPOP l 0
    2> BRPOP l 0
    3> BLPOP other l 0
    4> RPUSH l a b
    4> RPUSH l c d
    4> LRANGE l 0 -1
  `,
  'one push serves several, and keeps what is left': `
    1> BLPOP l 0
    2> BLPOP l 0
    3> BLMPOP 0 1 l RIGHT COUNT 2
    4> RPUSH l a b c d e
    4> LRANGE l 0 -1
  `,
  'a client that waits for two keys is served by the one that comes first': `
    1> BLPOP a b 0
    2> BLPOP b 0
    3> RPUSH b x
    3> RPUSH a y
    3> LRANGE a 0 -1
    3> RPUSH b z
  `,
  'a key twice': `
    1> BLPOP a a 0
    2> RPUSH a x y
    2> LRANGE a 0 -1
  `,
  'inside MULTI nobody waits, and waiters are served after EXEC': `
    1> BLPOP l 0
    2> MULTI
    2> RPUSH l a
    2> SET x 1
    2> BLPOP missing 0
    2> BLMOVE missing l LEFT LEFT 0
    2> BRPOPLPUSH missing l 0
    2> BLMPOP 0 1 missing LEFT
    2> BZPOPMIN missing 0
    2> BZMPOP 0 1 missing MIN
    2> EXEC
  `,
  'what is pushed and taken in one transaction never was there': `
    1> BLPOP l 0
    2> MULTI
    2> RPUSH l a
    2> DEL l
    2> EXEC
    2> RPUSH l b
  `,
  'what is popped in the transaction that pushed it': `
    1> BLPOP l 0
    2> MULTI
    2> RPUSH l a b
    2> LPOP l
    2> EXEC
  `,
  'a key of another type is not waited for': `
    SET s 1
    1> BLPOP s 0
    1> BLPOP missing s 0
    1> BLMOVE s d LEFT LEFT 0
    1> BRPOPLPUSH s d 0
    1> BLMPOP 0 1 s LEFT
    1> BZPOPMIN s 0
  `,
  'a key that comes with another type leaves them waiting': `
    1> BLPOP k 0
    2> SET k 1
    2> DEL k
    2> ZADD k 1 a
    2> DEL k
    2> RPUSH k a
  `,
  'BLMOVE serves those who wait for its target': `
    1> BLMOVE a b LEFT RIGHT 0
    2> BLMOVE b c RIGHT LEFT 0
    3> BLPOP c 0
    4> RPUSH a x
    4> EXISTS a b c
  `,
  'BLMOVE to a key of another type fails when it is served': `
    1> BLMOVE a s LEFT RIGHT 0
    2> SET s 1
    2> RPUSH a x
    2> LRANGE a 0 -1
  `,
  'BRPOPLPUSH from and to the same list': `
    1> BRPOPLPUSH l l 0
    2> RPUSH l a b
    2> LRANGE l 0 -1
  `,
  'the time is up': `
    1> BLPOP l 0.05
    2> BRPOP l 0.05
    3> BLMOVE l m LEFT LEFT 0.05
    4> BRPOPLPUSH l m 0.05
    5> BLMPOP 0.05 1 l LEFT
    6> BZPOPMIN z 0.05
    7> BZMPOP 0.05 1 z MAX
    @sleep 400
    8> RPUSH l a
    1> PING
  `,
  'timeouts that are none': `
    BLPOP l -1
    BLPOP l x
    BLPOP l nan
    BLPOP l -inf
    BLPOP l ""
    BLPOP l " 1"
    BLMOVE l m LEFT LEFT -1
    BLMOVE l m UP LEFT -1
    BLMOVE l m LEFT DOWN -1
    BRPOPLPUSH l m x
    BLMPOP -1 1 l LEFT
    BLMPOP x 0 l LEFT
    BLMPOP x 1 l UP
    BLMPOP x 1 l LEFT COUNT 0
    BLMPOP 0 1 l
    BZPOPMIN z x
    BZPOPMAX z -1
    BZMPOP x 1 z MIN
    BZMPOP x 0 z MIN
    BZMPOP -1 1 z MID
    SET s 1
    BLPOP s x
    BLMOVE s m LEFT LEFT x
    BLPOP l
    BLMPOP 0 1
  `,
  'less than nothing but more than a millisecond below it is no timeout at all': `
    1> BLPOP l -0.0001
    2> RPUSH l a
  `,
  'a command behind one that waits': `
    1> BLPOP l 0
    1> SET x 1
    1> BLPOP m 0
    2> GET x
    2> RPUSH l a
    2> GET x
    2> RPUSH m b
  `,
  'CLIENT UNBLOCK': `
    1> CLIENT SETNAME waiter
    1> BLPOP l 0
    2> CLIENT UNBLOCK 999999
    2> CLIENT UNBLOCK x
    2> CLIENT UNBLOCK 1 NOPE
    2> RPUSH l a
    2> CLIENT UNBLOCK 999999 ERROR
  `,
  'a waiter that goes away is not served': `
    1> BLPOP l 0
    2> BLPOP l 0
    @gone 1
    3> RPUSH l a
    3> EXISTS l
  `,
  'what moves a list to the key serves as well': `
    1> BLPOP l 0
    2> RPUSH m a
    2> RENAME m l
    1> BLPOP l 0
    2> RPUSH m b
    2> COPY m l
    1> BLPOP l 0
    2> RPUSH n c
    2> LMOVE n l LEFT LEFT
    1> BLPOP l 0
    2> SELECT 1
    2> RPUSH l in-another-database
    2> SELECT 0
    2> SWAPDB 0 1
    1> BLPOP l 0
    2> SELECT 5
    2> RPUSH l moved
    2> MOVE l 0
  `,
  'who waits in another database': `
    1> SELECT 3
    1> BLPOP l 0
    2> RPUSH l a
    2> SELECT 3
    2> RPUSH l b
    2> LRANGE l 0 -1
    2> SELECT 0
    2> LRANGE l 0 -1
  `,
  'a waiter breaks no WATCH, what it takes does': `
    1> WATCH l
    2> BLPOP l 0
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH l
    3> RPUSH l a
    1> MULTI
    1> PING
    1> EXEC
  `,
  'a client that wants no replies': `
    1> CLIENT REPLY OFF
    1> BLPOP l 0
    2> RPUSH l a
    2> EXISTS l
    1> CLIENT REPLY ON
    3> CLIENT REPLY SKIP
    3> BLPOP l 0
    2> RPUSH l b
    3> PING
  `,
});

conversationSuite('clients that wait for sorted sets', {
  'what is there is taken at once': `
    ZADD z 1 a 2 b 3 c 4 d 5 e
    BZPOPMIN z 0
    BZPOPMAX missing z 0
    BZMPOP 0 2 missing z MIN COUNT 2
    BZMPOP 0 1 z MAX
    EXISTS z
  `,
  'first come, first served': `
    1> BZPOPMIN z 0
    2> BZPOPMAX z 0
    3> BZMPOP 0 1 z MIN COUNT 2
    4> ZADD z 1 a 2.5 b 3 c 4 d 5 e
    4> ZRANGE z 0 -1 WITHSCORES
  `,
  'each waits for its own type': `
    1> BZPOPMIN k 0
    2> BLPOP k 0
    3> RPUSH k a
    3> ZADD k 1 a
    1> BLPOP k 0
    3> ZADD k 1 a 2 b
    1> PING
    3> DEL k
    3> RPUSH k x
  `,
  'what stores a sorted set serves as well': `
    1> BZPOPMIN d 0
    2> ZADD z 1 a 2 b
    2> ZUNIONSTORE d 1 z
    1> BZPOPMIN d 0
    2> DEL d
    2> ZRANGESTORE d z 0 -1
    1> ZINCRBY d 1 x
  `,
});

test('a timeout beyond 64 bits is refused; 7.0 let it overflow', () => {
  const fixture = newEngineFixture();
  for (const timeout of ['inf', '9223372036854775807', '9223372036854775', '1e300']) {
    expect(fixture.line(`BLPOP l ${timeout}`)).toEqual({
      type: 'error',
      value: 'ERR timeout is out of range',
    });
  }
});

test('who is served is the cause of a unit of its own, in the outcome of the command that served it', () => {
  const { engine, session, now } = newEngineFixture();
  expect(engine.execute(session(1), splitLine('blpop l 0'), now)).toEqual({
    replies: [],
    units: [],
    request: null,
  });
  expect(engine.execute(session(2), splitLine('BLMOVE m l LEFT LEFT 0'), now).units).toEqual([]);
  const { replies, units } = engine.execute(session(3), splitLine('RPUSH m a'), now);
  expect(units).toEqual([
    {
      cause: { client: 3, typed: splitLine('RPUSH m a'), kind: 'command' },
      commands: [{ db: 0, argv: splitLine('RPUSH m a') }],
    },
    {
      cause: { client: 2, typed: splitLine('BLMOVE m l LEFT LEFT 0'), kind: 'served' },
      commands: [{ db: 0, argv: splitLine('LMOVE m l LEFT LEFT') }],
    },
    {
      cause: { client: 1, typed: splitLine('blpop l 0'), kind: 'served' },
      commands: [{ db: 0, argv: splitLine('LPOP l') }],
    },
  ]);
  expect(replies.map(({ client }) => client)).toEqual([3, 2, 1]);
});

test('a client that waits is counted when its waiting is over', () => {
  const { engine, session, now } = newEngineFixture();
  engine.execute(session(1), splitLine('BLPOP l 0'), now);
  expect(engine.state.stats.byCommand.get('blpop')?.calls).toBe(0);
  expect(engine.state.stats.commands).toBe(0);
  engine.execute(session(2), splitLine('RPUSH l a'), now);
  expect(engine.state.stats.byCommand.get('blpop')?.calls).toBe(1);
  expect(engine.state.stats.commands).toBe(2);
});

test('the time of a wait ends after its last millisecond, and clients are told in the order of their times', () => {
  const { engine, session, now } = newEngineFixture();
  engine.execute(session(1), splitLine('BLPOP l 0.02'), now);
  engine.execute(session(2), splitLine('BLPOP l 0.01'), now);
  expect(engine.nextDeadline()).toBe(now + 11_000);
  expect(engine.wake(now + 10_999).replies).toEqual([]);
  expect(engine.wake(now + 30_000).replies.map(({ client }) => client)).toEqual([2, 1]);
  expect(engine.state.rows.size).toBe(0);
  expect(engine.nextDeadline()).toBeNull();
});

test('CLIENT UNBLOCK ends the waiting as if the time were up, or with an error', () => {
  const { engine, session, now } = newEngineFixture();
  engine.execute(session(1), splitLine('BLMOVE l m LEFT LEFT 0'), now);
  expect(engine.execute(session(2), splitLine('CLIENT UNBLOCK 1'), now).replies).toEqual([
    { client: 2, reply: { type: 'integer', value: 1 } },
    { client: 1, reply: { type: 'null-array' } },
  ]);
  engine.execute(session(1), splitLine('BLPOP l m 0'), now);
  expect(engine.execute(session(2), splitLine('CLIENT UNBLOCK 1 ERROR'), now).replies[1]).toEqual({
    client: 1,
    reply: { type: 'error', value: 'UNBLOCKED client unblocked via CLIENT UNBLOCK' },
  });
  expect(engine.execute(session(2), splitLine('CLIENT UNBLOCK 1'), now).replies[0]?.reply).toEqual({
    type: 'integer',
    value: 0,
  });
  expect(engine.state.rows.size).toBe(0);
  expect(engine.state.waiting.size).toBe(0);
});
