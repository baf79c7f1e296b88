import { expect, test } from 'vitest';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { conversationSuite } from '../support/conversations.ts';
import { differentialSuite } from '../support/differential-suite.ts';

differentialSuite('users are as in the real server', {
  'rules and their errors': `
    ACL SETUSER "a b"
    ACL SETUSER u (+get
    ACL SETUSER u +nope
    ACL SETUSER u -nope
    ACL SETUSER u +@nope
    ACL SETUSER u -@nope
    ACL SETUSER u %~x
    ACL SETUSER u %X~x
    ACL SETUSER u %Rx
    ACL SETUSER u "~a b"
    ACL SETUSER u "&a b"
    ACL SETUSER u nope
    ACL SETUSER u +config|nope
    ACL SETUSER u -config|nope
    ACL SETUSER u +config|get|x
    ACL SETUSER u +get|
    ACL SETUSER u -get|x
    ACL SETUSER u <x
    ACL SETUSER u !abc
    ACL SETUSER u #abc
    ACL SETUSER u #ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEF
    ACL SETUSER u ~* ~a
    ACL SETUSER u &* &a
    ACL SETUSER u "(~* ~a)"
    ACL SETUSER u )
    ACL GETUSER u
    ACL LIST
    ACL USERS
    ACL SETUSER
    ACL SETUSER u
    ACL GETUSER u
    ACL DELUSER u
  `,
  'what rules make of a user': `
    ACL SETUSER u on nopass +@all -get ~a* %R~b* %W~c* %RW~d* %R~c* &x &y
    ACL GETUSER u
    ACL LIST
    ACL SETUSER u >secret >other >secret
    ACL GETUSER u
    ACL SETUSER u <secret #2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    ACL GETUSER u
    ACL SETUSER u !2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae resetpass
    ACL GETUSER u
    ACL SETUSER u nocommands +get +select|0 +select|1 +config|get +client
    ACL GETUSER u
    ACL SETUSER u -client|kill -config|get
    ACL GETUSER u
    ACL SETUSER u allcommands -@dangerous +keys
    ACL GETUSER u
    ACL SETUSER u resetkeys allchannels resetchannels allkeys
    ACL GETUSER u
    ACL SETUSER u (+get ~a) "(+set ~b &c)" "()"
    ACL GETUSER u
    ACL LIST
    ACL SETUSER u clearselectors
    ACL GETUSER u
    ACL SETUSER u skip-sanitize-payload off ""
    ACL GETUSER u
    ACL SETUSER u reset
    ACL GETUSER u
    ACL SETUSER u +GET +@READ -Config|GET +SELECT|Zero
    ACL GETUSER u
    ACL DELUSER u nobody u
    ACL GETUSER u
    ACL DELUSER default
    ACL DELUSER
  `,
  'sub-commands of ACL': `
    ACL
    ACL NOPE
    ACL WHOAMI
    ACL WHOAMI x
    ACL CAT
    ACL CAT nope
    ACL CAT x y
    ACL CAT scripting x
    ACL GENPASS 0
    ACL GENPASS 4097
    ACL GENPASS x
    ACL GENPASS 1 2
    ACL SAVE
    ACL LOAD
    ACL LOG RESET
    ACL LOG
    ACL LOG x
    ACL LOG -1
    ACL LOG 1 2
    ACL GETUSER nobody
    ACL DRYRUN nobody get a
    ACL DRYRUN default nope
    ACL DRYRUN default get
    ACL DRYRUN default get a
    ACL DRYRUN default config get a
    ACL DRYRUN default config nope
  `,
  'dry runs': `
    ACL SETUSER u on nopass +@all -config|set -@scripting ~a* %R~r* %W~w* &ch*
    ACL DRYRUN u GET a1
    ACL DRYRUN u GET b
    ACL DRYRUN u GET r1
    ACL DRYRUN u SET r1 x
    ACL DRYRUN u SET w1 x
    ACL DRYRUN u SET w1 x GET
    ACL DRYRUN u GET w1
    ACL DRYRUN u COPY r1 w1
    ACL DRYRUN u COPY w1 r1
    ACL DRYRUN u MGET a1 a2 r1 w1
    ACL DRYRUN u CONFIG GET x
    ACL DRYRUN u CONFIG SET x y
    ACL DRYRUN u EVAL "return 1" 0
    ACL DRYRUN u PUBLISH ch1 x
    ACL DRYRUN u PUBLISH other x
    ACL DRYRUN u SUBSCRIBE ch1 other
    ACL DRYRUN u PSUBSCRIBE ch*
    ACL DRYRUN u PSUBSCRIBE ch1
    ACL DRYRUN u UNSUBSCRIBE other
    ACL DRYRUN u SORT a1 STORE w1
    ACL DRYRUN u SORT a1 STORE r1
    ACL DRYRUN u ZUNIONSTORE w1 2 r1 r2
    ACL DRYRUN u ZUNIONSTORE r1 1 r1
    ACL DRYRUN u XREAD STREAMS a1 b 0 0
    ACL DRYRUN u BITFIELD r1 GET u8 0
    ACL DRYRUN u BITFIELD r1 SET u8 0 1
    ACL DRYRUN u PING
    ACL SETUSER v on nopass ~a +get "(~b +set)" "(~c +get +set)"
    ACL DRYRUN v GET a
    ACL DRYRUN v SET a 1
    ACL DRYRUN v SET b 1
    ACL DRYRUN v GET b
    ACL DRYRUN v GET c
    ACL DRYRUN v DEL c
    ACL DELUSER u v
  `,
  'logging in': `
    ACL SETUSER u on >pw +@all ~*
    AUTH u wrong
    AUTH nobody pw
    AUTH wrong
    ACL LOG
    AUTH u pw
    ACL WHOAMI
    HELLO 3 AUTH u wrong
    HELLO 2 AUTH u pw SETNAME x
    CLIENT GETNAME
    ACL SETUSER u off
    AUTH u pw
    ACL WHOAMI
    RESET
    ACL WHOAMI
    ACL LOG 1
    ACL LOG RESET
    ACL DELUSER u
  `,
});

conversationSuite('users that may not do everything', {
  'denials, their log, and transactions': `
    2> PING
    1> ACL LOG RESET
    1> ACL SETUSER u on >pw ~a* +@all -config &ch
    2> AUTH u pw
    2> SET a1 x
    2> SET b x
    2> CONFIG GET maxmemory
    2> PUBLISH other x
    2> SUBSCRIBE ch other
    2> MULTI
    2> SET a2 y
    2> SET b y
    2> EXEC
    2> MULTI
    2> SET a2 y
    2> GET a2
    1> ACL SETUSER u resetkeys ~nothing -get
    2> EXEC
    2> SET b x
    1> ACL LOG
    2> SET b x
    1> ACL LOG 1
    1> ACL LOG RESET
    1> ACL DELUSER u
  `,
  'those who listen to what they may not any more are gone, and so are those whose user is': `
    1> ACL SETUSER u on nopass +@all ~* &a &b
    2> AUTH u x
    3> AUTH u x
    4> AUTH u x
    2> SUBSCRIBE a
    3> SUBSCRIBE a b
    1> ACL SETUSER u resetchannels &a
    1> PUBLISH a hello
    1> PUBLISH b hello
    1> ACL SETUSER u &c
    1> PUBLISH a hello
    1> ACL DELUSER u
    1> PUBLISH a hello
    1> CLIENT KILL USER u
    1> CLIENT KILL TYPE pubsub
  `,
});

test('what is drawn as a password has the length that was asked for, and is another one each time', () => {
  const { line } = newEngineFixture();
  const drawn = ['ACL GENPASS', 'ACL GENPASS', 'ACL GENPASS 5', 'ACL GENPASS 4096'].map((text) => {
    const reply = line(text);
    return reply.type === 'bulk' ? reply.value : '';
  });
  expect(drawn.map(({ length }) => length)).toEqual([64, 64, 2, 1024]);
  expect(drawn[0]).not.toBe(drawn[1]);
  expect(drawn.join('')).toMatch(/^[0-9a-f]+$/);
});

test('a category lists its commands, sub-commands by their full names', () => {
  const { line } = newEngineFixture();
  const names = (category: string): string[] => {
    const reply = line(`ACL CAT ${category}`);
    return reply.type === 'array'
      ? reply.value.map((item) => (item.type === 'bulk' ? item.value : ''))
      : [];
  };
  expect(names('geo').sort()).toEqual([
    ...['geoadd', 'geodist', 'geohash', 'geopos', 'georadius', 'georadius_ro'],
    ...['georadiusbymember', 'georadiusbymember_ro', 'geosearch', 'geosearchstore'],
  ]);
  expect(names('dangerous')).toEqual(expect.arrayContaining(['acl|setuser', 'config|get', 'keys']));
});

test('requirepass is the password of the default user, and clients that are in stay in', () => {
  const { line, session } = newEngineFixture();
  expect(line('CONFIG SET requirepass secret')).toMatchObject({ value: 'OK' });
  expect(line('GET a')).toMatchObject({ type: 'null' });
  session(2).authenticated = false;
  expect(line('GET a', 2)).toMatchObject({ value: 'NOAUTH Authentication required.' });
  expect(line('AUTH secret', 2)).toMatchObject({ value: 'OK' });
  line('ACL SETUSER default >another');
  expect(line('AUTH another', 2)).toMatchObject({ value: 'OK' });
  line('CONFIG SET requirepass ""');
  expect(line('ACL LIST')).toMatchObject({
    value: [{ value: 'user default on nopass sanitize-payload ~* &* +@all' }],
  });
});

test('a script may do what its user may, and can ask beforehand', () => {
  const { line } = newEngineFixture();
  line('ACL LOG RESET');
  line('ACL SETUSER u on nopass +eval +get +set ~a*');
  line('AUTH u x', 2);
  expect(line(`EVAL "return redis.call('SET', KEYS[1], 'v')" 1 a1`, 2)).toMatchObject({
    value: 'OK',
  });
  expect(line(`EVAL "return redis.call('SET', 'b', 'v')" 0`, 2)).toMatchObject({
    type: 'error',
    value: expect.stringMatching(
      /^NOPERM ACL failure in script: No permissions to access a key/,
    ) as string,
  });
  expect(line(`EVAL "return redis.call('DEL', 'a1')" 0`, 2)).toMatchObject({
    value: expect.stringMatching(
      /^NOPERM ACL failure in script: User u has no permissions to run the 'del' command/,
    ) as string,
  });
  const may = (words: string): unknown =>
    line(`EVAL "return tostring(redis.acl_check_cmd(${words}))" 0`, 2);
  expect(may("'GET', 'a'")).toMatchObject({ value: 'true' });
  expect(may("'GET', 'b'")).toMatchObject({ value: 'false' });
  expect(may("'DEL', 'a'")).toMatchObject({ value: 'false' });
  expect(JSON.stringify(line('ACL LOG'))).toContain('"lua"');
});
