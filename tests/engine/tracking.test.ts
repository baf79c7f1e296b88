import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { newEngineFixture, splitLine } from '../support/engine-fixture.ts';
import { conversationSuite } from '../support/conversations.ts';
import { differentialSuite } from '../support/differential-suite.ts';

differentialSuite('CLIENT TRACKING, CACHING and PAUSE answer as in the real server', {
  options: `
    CLIENT TRACKING
    CLIENT TRACKING nope
    CLIENT TRACKING off
    CLIENT TRACKING on x
    CLIENT TRACKING off x
    CLIENT TRACKING on PREFIX
    CLIENT CACHING yes
    CLIENT CACHING nope
    CLIENT GETREDIR
    CLIENT TRACKINGINFO
    CLIENT TRACKINGINFO x
    CLIENT TRACKING on PREFIX a
    CLIENT TRACKING on BCAST OPTIN
    CLIENT TRACKING on OPTIN OPTOUT
    CLIENT TRACKING on REDIRECT 99999
    CLIENT TRACKING on REDIRECT x
    CLIENT TRACKING on BCAST PREFIX a PREFIX ab
    CLIENT TRACKING on BCAST PREFIX b PREFIX a NOLOOP
    CLIENT TRACKINGINFO
    CLIENT TRACKING on BCAST PREFIX ab
    CLIENT TRACKING on BCAST PREFIX c
    CLIENT TRACKINGINFO
    CLIENT TRACKING on
    CLIENT CACHING yes
    CLIENT CACHING no
    CLIENT TRACKING off
    CLIENT TRACKING on OPTIN
    CLIENT CACHING no
    CLIENT CACHING nope
    CLIENT CACHING yes
    CLIENT TRACKINGINFO
    CLIENT TRACKING on OPTOUT
    PING
    CLIENT TRACKINGINFO
    CLIENT GETREDIR
    CLIENT TRACKING off
    CLIENT TRACKING on OPTOUT
    CLIENT CACHING no
    CLIENT TRACKINGINFO
    CLIENT TRACKING off
    CLIENT PAUSE x
    CLIENT PAUSE -1
    CLIENT PAUSE 1 nope
    CLIENT PAUSE 1 write x
    CLIENT UNPAUSE
    CLIENT UNPAUSE x
  `,
});

conversationSuite('keys that clients have read', {
  'change, expire and are flushed': `
    1> SET a 1
    1> SET b 1
    2> CLIENT TRACKING on
    2> GET a
    2> MGET a b c
    1> SET a 2
    1> SET a 3
    1> MSET b 1 c 2
    2> GET a
    2> SET a 4
    2> GET a
    1> DEL a
    2> GET b
    1> PEXPIRE b 20
    @sleep 60
    1> GET b
    2> GET b
    1> FLUSHALL
    2> FLUSHDB
    2> LLEN l
    2> SORT l
    1> RPUSH l 1
    2> CLIENT TRACKING off
    1> RPUSH l 2
  `,
  'NOLOOP, OPTIN and OPTOUT': `
    2> CLIENT TRACKING on NOLOOP
    2> GET a
    2> SET a 1
    2> GET a
    1> SET a 2
    2> CLIENT TRACKING off
    2> CLIENT TRACKING on OPTIN
    2> GET a
    1> SET a 3
    2> CLIENT CACHING yes
    2> GET a
    2> GET b
    1> SET a 4
    1> SET b 4
    2> CLIENT CACHING yes
    2> MULTI
    2> GET a
    2> GET b
    2> EXEC
    1> SET a 5
    1> SET b 5
    2> CLIENT TRACKING off
    2> CLIENT TRACKING on OPTOUT
    2> GET a
    2> CLIENT CACHING no
    2> GET b
    1> SET a 6
    1> SET b 6
  `,
  'prefixes that are told to all': `
    2> CLIENT TRACKING on BCAST PREFIX user: PREFIX item:
    3> CLIENT TRACKING on BCAST NOLOOP
    1> SET user:1 x
    1> SET other x
    1> MSET user:1 a item:1 b none c
    3> SET user:2 x
    2> SET item:9 x
    2> MULTI
    2> SET user:3 x
    2> DEL user:3
    2> EXEC
    1> FLUSHALL
    2> CLIENT TRACKING off
    1> SET user:1 x
  `,
  'another client is told': `
    3> HELLO 3
    2> CLIENT TRACKING on REDIRECT 99999
    1> SET a 1
    2> GET a
    1> SET a 2
    2> CLIENT GETREDIR
  `,
  'inside scripts and transactions': `
    2> CLIENT TRACKING on
    2> EVAL "return redis.call('GET', KEYS[1])" 1 a
    1> SET a 2
    2> MULTI
    2> GET a
    2> SET a 3
    2> GET b
    2> EXEC
    1> SET b 1
  `,
});

conversationSuite('a pause', {
  'of writes': `
    1> SET a 1
    1> CLIENT PAUSE 100 WRITE
    2> GET a
    2> SET a 2
    2> GET a
    3> MULTI
    3> SET a 3
    3> EXEC
    4> PUBLISH c x
    1> GET a
    @sleep 200
    1> GET a
  `,
  'that is ended, and not shortened': `
    1> SET a 1
    1> CLIENT PAUSE 100000 WRITE
    2> SET a 2
    1> CLIENT PAUSE 1 WRITE
    2> GET a
    1> CLIENT UNPAUSE
  `,
});

test('a pause of everything holds back even its end, and nothing expires meanwhile', () => {
  const { line, engine, session, now } = newEngineFixture();
  line('SET a 1 PX 5');
  line('CLIENT PAUSE 100');
  const held = session(2);
  const outcome = engine.execute(held, [ascii('CLIENT'), ascii('UNPAUSE')], now + 50_000);
  expect(outcome.replies).toEqual([]);
  expect(held.blocked).toMatchObject({ reason: 'pause' });
  expect(engine.activeExpire(now + 50_000, 100)).toEqual([]);
  expect(engine.state.databases[0]!.space.entries).toHaveLength(1);
  engine.wake(now + 101_000);
  expect(held.blocked).toBeNull();
  expect(engine.activeExpire(now + 101_000, 100)).toHaveLength(1);
});

test('a client that redirects to one in Pub/Sub is told there, and told when that has gone', () => {
  const { line, engine, session, others } = newEngineFixture();
  session(2);
  session(3);
  line('SUBSCRIBE __redis__:invalidate', 3);
  expect(line('CLIENT TRACKING ON REDIRECT 3', 2)).toMatchObject({ value: 'OK' });
  expect(line('CLIENT GETREDIR', 2)).toMatchObject({ value: 3 });
  line('GET a', 2);
  line('SET a 1');
  expect(others.splice(0)).toMatchObject([
    {
      client: 3,
      reply: {
        type: 'push',
        value: [
          { value: 'message' },
          { value: '__redis__:invalidate' },
          { value: [{ value: 'a' }] },
        ],
      },
    },
  ]);
  line('GET a', 2);
  engine.forget(session(3));
  session(2).protocol = 3;
  line('SET a 2');
  expect(others).toMatchObject([
    { client: 2, reply: { value: [{ value: 'tracking-redir-broken' }, { value: 3 }] } },
  ]);
  expect(JSON.stringify(line('CLIENT TRACKINGINFO', 2))).toContain('"broken_redirect"');
});

test('only so many keys are remembered; those that are forgotten count as changed', () => {
  const { run, engine, session, port, others } = newEngineFixture();
  port.config.trackingTableMaxKeys = 2;
  session(2).protocol = 3;
  const told = ['CLIENT TRACKING ON', 'GET a', 'GET b', 'GET c', 'PING']
    .flatMap((text) => run(splitLine(text), 2))
    .filter(({ type }) => type === 'push');
  expect(engine.state.tracking.readers.size).toBe(2);
  expect(told).toMatchObject([{ value: [{ value: 'invalidate' }, { value: [{ value: 'a' }] }] }]);
  expect(others).toEqual([]);
});
