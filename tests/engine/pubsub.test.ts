import { expect, test } from 'vitest';
import { conversationSuite } from '../support/conversations.ts';
import { newEngineFixture, splitLine } from '../support/engine-fixture.ts';

conversationSuite('publish and subscribe', {
  channels: `
    1> SUBSCRIBE a b a
    2> SUBSCRIBE a
    3> PUBLISH a hello
    3> PUBLISH b "\\x00\\xff"
    3> PUBLISH c nobody
    3> PUBSUB NUMSUB a b c
    3> PUBSUB NUMSUB
    3> PUBSUB CHANNELS b*
    3> PUBSUB CHANNELS nothing
    1> UNSUBSCRIBE a
    3> PUBLISH a again
    1> UNSUBSCRIBE
    1> UNSUBSCRIBE
    1> UNSUBSCRIBE x y
    1> GET k
    3> PUBLISH b nobody
  `,
  patterns: `
    1> PSUBSCRIBE h?llo
    2> PSUBSCRIBE h*
    2> SUBSCRIBE hello
    3> PUBLISH hello world
    3> PUBLISH hxllo world
    3> PUBLISH haha world
    3> PUBSUB NUMPAT
    1> PUNSUBSCRIBE h*
    1> PUNSUBSCRIBE
    1> PUNSUBSCRIBE
    3> PUBSUB NUMPAT
    3> PUBLISH hello again
    2> UNSUBSCRIBE
    2> PUNSUBSCRIBE nothing
    2> PUNSUBSCRIBE
    2> PING
  `,
  'shard channels': `
    1> SSUBSCRIBE a
    1> SSUBSCRIBE b b
    1> SUBSCRIBE a
    2> SPUBLISH a hello
    2> PUBLISH a other
    2> SPUBLISH c nobody
    2> PUBSUB SHARDNUMSUB a b c
    2> PUBSUB SHARDCHANNELS a*
    2> PUBSUB CHANNELS
    1> SUNSUBSCRIBE a
    1> SUNSUBSCRIBE
    1> SUNSUBSCRIBE
    1> UNSUBSCRIBE
    2> SPUBLISH a nobody
  `,
  'what may be said while listening': `
    1> SUBSCRIBE a
    1> PING
    1> PING hello
    1> GET x
    1> SET x 1
    1> MULTI
    1> CONFIG GET databases
    1> CLIENT ID x
    1> NOSUCH
    1> GET
    1> PUBLISH a self
    1> PSUBSCRIBE b
    1> SSUBSCRIBE c
    1> UNSUBSCRIBE
    1> PUNSUBSCRIBE
    1> PING
    1> SUNSUBSCRIBE
    1> PING
    1> GET x
    1> SUBSCRIBE a
    1> RESET
    1> PING
    2> PUBLISH a nobody
    1> SSUBSCRIBE only-shards
    1> GET x
    1> QUIT
  `,
  'one that goes away listens no more': `
    1> SUBSCRIBE a
    1> PSUBSCRIBE *
    1> SSUBSCRIBE s
    @gone 1
    2> PUBLISH a x
    2> SPUBLISH s x
    2> PUBSUB CHANNELS
    2> PUBSUB NUMPAT
  `,
  'in a transaction': `
    1> MULTI
    1> SUBSCRIBE a
    1> PSUBSCRIBE p*
    1> EXEC
    2> MULTI
    2> PUBLISH a 1
    2> SET k v
    2> PUBLISH p 2
    2> EXEC
    1> UNSUBSCRIBE
    1> PUNSUBSCRIBE
    3> MULTI
    3> SUBSCRIBE a b
    3> PING
    3> EXEC
    4> MULTI
    4> SSUBSCRIBE a
    4> UNSUBSCRIBE
    4> EXEC
  `,
  'a client that wants no replies hears messages': `
    1> CLIENT REPLY OFF
    1> SUBSCRIBE a
    2> PUBLISH a hello
    1> UNSUBSCRIBE
  `,
  errors: `
    SUBSCRIBE
    PSUBSCRIBE
    PUBLISH a
    PUBLISH a b c
    PUBSUB
    PUBSUB NOPE
    PUBSUB NUMPAT x
    PUBSUB CHANNELS a b
    SSUBSCRIBE
    SPUBLISH a
  `,
});

conversationSuite('events of keys', {
  'each event by key and by name': `
    2> CONFIG SET notify-keyspace-events KEA
    1> PSUBSCRIBE __key*__:*
    2> SET a 1
    2> SET a 2 EX 100
    2> EXPIRE a 50
    2> PERSIST a
    2> INCR a
    2> INCRBYFLOAT a 1.5
    2> APPEND a x
    2> SETRANGE a 0 y
    2> GETDEL a
    2> MSET a 1 b 2
    2> DEL a b missing
    2> HSET h f 1 g 2
    2> HINCRBY h f 1
    2> HINCRBYFLOAT h f 1
    2> HSETNX h f 1
    2> HSETNX h new 1
    2> HDEL h f g new
    2> RPUSH l a b c d
    2> LPUSH l z
    2> LPUSHX l y
    2> LINSERT l BEFORE a X
    2> LSET l 0 q
    2> LREM l 0 q
    2> LTRIM l 0 3
    2> LTRIM l 0 3
    2> LPOP l
    2> RPOP l 2
    2> LMOVE l m LEFT RIGHT
    2> RPOPLPUSH m m
    2> LMPOP 1 m LEFT
    2> RENAME nothing x
    2> SET a 1
    2> RENAME a b
    2> COPY b c
    2> MOVE c 1
    2> SELECT 1
    2> DEL c
    2> SELECT 0
    2> SADD s a b
    2> SADD s a
    2> SREM s a b
    2> ZADD z 1 a 2 b
    2> ZINCRBY z 1 a
    2> ZPOPMIN z
    2> ZREM z a b
    2> GET missing
    2> EXPIRE b -1
    2> MULTI
    2> SET in multi
    2> DEL in
    2> EXEC
    2> FLUSHALL
  `,
  'only what is asked for': `
    2> CONFIG SET notify-keyspace-events Kl
    1> PSUBSCRIBE *
    2> RPUSH l a
    2> SET a 1
    2> DEL l
    2> CONFIG SET notify-keyspace-events E$
    2> RPUSH l a
    2> SET a 1
    2> CONFIG SET notify-keyspace-events Kg
    2> DEL a
    2> CONFIG SET notify-keyspace-events A
    2> SET a 1
    2> CONFIG SET notify-keyspace-events Em
    2> GET missing
    2> EXISTS missing
    2> SET missing 1
    2> CONFIG SET notify-keyspace-events En
    2> SET new 1
    2> SET new 2
    2> RPUSH newer 1
    2> RPUSH newer 2
    2> CONFIG SET notify-keyspace-events Exe
    2> DEBUG SET-ACTIVE-EXPIRE 0
    2> SET short 1 PX 1
    @sleep 30
    2> GET short
    2> DEBUG SET-ACTIVE-EXPIRE 1
    2> CONFIG SET notify-keyspace-events ""
    2> SET silent 1
  `,
  'blocked clients and events': `
    3> CONFIG SET notify-keyspace-events KEA
    1> PSUBSCRIBE *
    2> BLPOP l 0
    3> RPUSH l a
  `,
});

conversationSuite('MONITOR', {
  'what the others do': `
    1> MONITOR
    2> SET a 1
    2> get a
    2> SET "b\\x00\\xff\\"\\\\\\n" "with space"
    2> SELECT 3
    2> GET a
    2> CONFIG GET maxmemory
    2> NOSUCH
    2> GET
    2> INCR x y
    2> LPUSH l a
    2> INCR l
    2> MULTI
    2> SET a 2
    2> PING
    2> EXEC
    2> MULTI
    2> SET a 3
    2> DISCARD
    2> CLIENT SETNAME me
    2> DEBUG OBJECT nothing
    2> PUBLISH a b
    1> PING
    1> GET a
    1> PUBLISH a b
    1> MONITOR
    1> CLIENT GETNAME
    1> RESET
    2> PING
    1> PING
  `,
  'who waits is shown once': `
    1> MONITOR
    2> BLPOP l 0
    3> RPUSH l a
    @gone 1
    3> PING
  `,
});

test('a client that publishes to itself hears it after its reply, as in 7.2', () => {
  const { engine, session, now } = newEngineFixture();
  const client = session();
  client.protocol = 3;
  engine.execute(client, splitLine('SUBSCRIBE a'), now);
  expect(
    engine.execute(client, splitLine('PUBLISH a x'), now).replies.map(({ reply }) => reply.type),
  ).toEqual(['integer', 'push']);
});

test('nothing is published of keys that nobody listens to, and nothing of a replayed log', () => {
  const { engine, session, port, now } = newEngineFixture();
  port.config.notifyKeyspaceEvents = 'AKE';
  engine.execute(session(1), splitLine('PSUBSCRIBE __key*'), now);
  const loader = { ...session(9), loading: true };
  engine.replay(loader, splitLine('SET a 1'), now);
  expect(engine.wake(now).replies).toEqual([]);
});

test('keys that the cron deletes are told of at the end of the turn', () => {
  const { engine, session, port, now } = newEngineFixture();
  port.config.notifyKeyspaceEvents = 'Ex';
  engine.execute(session(1), splitLine('SUBSCRIBE __keyevent@0__:expired'), now);
  engine.execute(session(2), splitLine('SET a 1 PX 10'), now);
  engine.activeExpire(now + 20_000, 10);
  expect(engine.wake(now + 20_000).replies.map(({ client }) => client)).toEqual([1]);
});

test('CLIENT LIST tells who listens', () => {
  const fixture = newEngineFixture();
  fixture.run(splitLine('SUBSCRIBE a b'), 2);
  fixture.run(splitLine('PSUBSCRIBE p*'), 2);
  fixture.run(splitLine('SSUBSCRIBE s'), 2);
  fixture.run(splitLine('MONITOR'), 3);
  const list = JSON.stringify(fixture.line('CLIENT LIST'));
  expect(list).toMatch(/id=2 .* flags=P .* sub=2 psub=1 ssub=1 /);
  expect(list).toMatch(/id=3 .* flags=O /);
  expect(JSON.stringify(fixture.line('CLIENT LIST TYPE pubsub'))).toMatch(/id=2 /);
  expect(JSON.stringify(fixture.line('CLIENT LIST TYPE pubsub'))).not.toMatch(/id=[13] /);
});

test('the names of several channels', () => {
  const fixture = newEngineFixture();
  fixture.run(splitLine('SUBSCRIBE b ab a'), 2);
  fixture.run(splitLine('SUBSCRIBE c'), 3);
  const names = fixture.line('PUBSUB CHANNELS');
  expect(names).toMatchObject({ type: 'array' });
  expect(
    names.type === 'array'
      ? names.value.map((name) => ('value' in name ? name.value : '')).sort()
      : [],
  ).toEqual(['a', 'ab', 'b', 'c']);
});
