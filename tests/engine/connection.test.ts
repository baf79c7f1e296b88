import { expect, test } from 'vitest';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { differentialSuite } from '../support/differential-suite.ts';

differentialSuite('the connection answers as the real server does', {
  'PING ECHO RESET': `
    PING
    PING hello
    PING a b
    ECHO hi
    ECHO
    ECHO a b
    SELECT 3
    MULTI
    CLIENT SETNAME x
    SET a 1
    RESET
    CLIENT GETNAME
    SET a 2
    SELECT 3
    GET a
    EXEC
    nosuch
    NoSuch a b c
    NOSUCH "a b" "\\x00\\xff" ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc ddd
    nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn a
    ""
  `,
  'HELLO and AUTH': `
    HELLO 1
    HELLO 4
    HELLO x
    HELLO 2 NOPE
    HELLO 2 AUTH a
    HELLO 2 AUTH nobody pw
    HELLO 2 SETNAME "a b"
    HELLO 2 SETNAME
    HELLO 9223372036854775808
    AUTH pw
    AUTH default pw
    AUTH nobody pw
    AUTH a b c
    AUTH
    CLIENT GETNAME
  `,
  CLIENT: `
    CLIENT
    CLIENT NOPE
    CLIENT GETNAME x
    CLIENT GETNAME
    CLIENT SETNAME me
    CLIENT GETNAME
    CLIENT SETNAME "with blank"
    CLIENT SETNAME "new\\nline"
    CLIENT SETNAME "\\xe9"
    CLIENT SETNAME ""
    CLIENT GETNAME
    CLIENT NO-EVICT on
    CLIENT NO-EVICT off
    CLIENT NO-EVICT nope
    CLIENT REPLY NOPE
    CLIENT REPLY ON
    CLIENT KILL 1.2.3.4:5
    CLIENT KILL ID x
    CLIENT KILL ID 0
    CLIENT KILL ID 99999
    CLIENT KILL NOPE x
    CLIENT KILL ID
    CLIENT KILL TYPE nope
    CLIENT KILL TYPE pubsub
    CLIENT KILL USER nobody
    CLIENT KILL ADDR 1.2.3.4:5 LADDR x
    CLIENT KILL SKIPME maybe
    CLIENT KILL ID 99999 SKIPME yes SKIPME no
    CLIENT KILL ID 99999 SKIPME
    CLIENT UNBLOCK x
    CLIENT UNBLOCK 99999
    CLIENT UNBLOCK 99999 TIMEOUT
    CLIENT UNBLOCK 99999 ERROR
    CLIENT UNBLOCK 99999 NOPE
    CLIENT UNBLOCK x NOPE
    CLIENT LIST TYPE nope
    CLIENT LIST TYPE pubsub
    CLIENT LIST NOPE
    CLIENT LIST ID
    CLIENT LIST ID x
    CLIENT LIST ID 99999
    CLIENT LIST TYPE normal x
  `,
  WAIT: `
    WAIT 0 0
    WAIT 0 10
    WAIT -1 0
    WAIT 1 10
    WAIT x 0
    WAIT 0 x
    WAIT 1 -1
    MULTI
    WAIT 5 0
    EXEC
  `,
  'MULTI EXEC DISCARD': `
    EXEC
    DISCARD
    MULTI
    MULTI
    SET a 1
    GET a
    EXEC
    EXEC
    MULTI
    EXEC
    MULTI
    SET a 2
    NOSUCH
    EXEC
    GET a
    MULTI
    SET a
    SET a 3
    EXEC
    GET a
    MULTI
    SET a 4
    DISCARD
    GET a
    MULTI
    SET a x
    INCR a
    SET b 1
    EXEC
    MULTI
    WATCH a
    EXEC
    MULTI
    UNWATCH
    SELECT 1
    SET c 1
    GET a
    EXEC
    GET c
    MULTI
    SELECT 0
    SELECT 99
    EXEC
    MULTI
    SAVE
    SET a 1
    EXEC
    MULTI
    CONFIG NOPE
    EXEC
    MULTI
    CONFIG
    EXEC
    MULTI
    OBJECT ENCODING
    EXEC
    MULTI
    MULTI
    EXEC
    MULTI
    PING
    ECHO x
    TYPE missing
    EXEC
    exec x
    MULTI x
  `,
  WATCH: `
    1> SET a 1
    1> WATCH a
    2> SET a 2
    1> MULTI
    1> SET a 3
    1> EXEC
    1> GET a
    1> WATCH a b
    1> MULTI
    1> SET a 3
    1> EXEC
    1> WATCH a
    2> SET a 4
    1> UNWATCH
    1> MULTI
    1> GET a
    1> EXEC
    1> WATCH a
    1> SET a 5
    1> MULTI
    1> GET a
    1> EXEC
    1> WATCH missing
    2> DEL missing
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> SELECT 1
    2> SET a other-db
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> SELECT 0
    2> FLUSHALL
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> FLUSHALL
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> SET a 1
    1> MULTI
    1> DISCARD
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> EXPIRE a 100
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> RENAME a b
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> MULTI
    2> SET a 1
    2> EXEC
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a a
    1> WATCH
    1> MULTI
    1> PING
    1> EXEC
  `,
  'WATCH over SWAPDB': `
    1> SET a 1
    1> WATCH a
    2> SWAPDB 0 1
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH x
    2> SWAPDB 0 1
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> SELECT 1
    2> SET a 2
    2> SWAPDB 0 1
    1> MULTI
    1> PING
    1> EXEC
    1> WATCH a
    2> SWAPDB 2 3
    2> SWAPDB 0 0
    1> MULTI
    1> PING
    1> EXEC
  `,
  'WATCH and time': `
    1> DEBUG SET-ACTIVE-EXPIRE 0
    1> SET a 1 PX 30
    1> WATCH a
    @sleep 80
    1> MULTI
    1> PING
    1> EXEC
    1> SET a 1 PX 20
    @sleep 60
    1> WATCH a
    1> MULTI
    1> PING
    1> EXEC
    1> SET a 1 PX 20
    @sleep 60
    1> WATCH a
    2> GET a
    1> MULTI
    1> PING
    1> EXEC
    1> SET a 1 PX 20
    @sleep 60
    1> WATCH a
    2> SET a 2
    1> MULTI
    1> PING
    1> EXEC
    1> SET a 1 PX 20
    @sleep 60
    1> WATCH a
    2> GET a
    2> SET a 2
    1> MULTI
    1> PING
    1> EXEC
    1> SET a 1 PX 20
    @sleep 60
    1> WATCH a
    2> FLUSHALL
    1> MULTI
    1> PING
    1> EXEC
    1> SET a 1 PX 20
    @sleep 60
    1> WATCH a
    2> SWAPDB 0 1
    1> MULTI
    1> PING
    1> EXEC
    1> DEBUG SET-ACTIVE-EXPIRE 1
  `,
});

test('CLIENT REPLY OFF silences all until ON, SKIP only the next command', () => {
  const { run } = newEngineFixture();
  const words = (text: string): Parameters<typeof run>[0] =>
    text.split(' ') as unknown as Parameters<typeof run>[0];
  expect(run(words('CLIENT REPLY OFF'))).toEqual([]);
  expect(run(words('PING'))).toEqual([]);
  expect(run(words('CLIENT REPLY SKIP'))).toEqual([]);
  expect(run(words('PING'))).toEqual([]);
  expect(run(words('CLIENT REPLY ON'))).toEqual([{ type: 'status', value: 'OK' }]);
  expect(run(words('CLIENT REPLY SKIP'))).toEqual([]);
  expect(run(words('NOSUCH'))).toEqual([]);
  expect(run(words('PING'))).toEqual([{ type: 'status', value: 'PONG' }]);
});
