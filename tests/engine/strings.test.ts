import { expect, test } from 'vitest';
import { differentialSuite } from '../support/differential-suite.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';

differentialSuite('strings answer as the real server does', {
  'SET and GET': `
    GET missing
    SET a 1
    GET a
    SET a hello
    GET a
    SET "" ""
    GET ""
    SET "k\\x00\\r\\n" "\\xff\\xfe"
    GET "k\\x00\\r\\n"
    GET
    GET a b
    SET a
    RPUSH l x
    GET l
    SET l now-a-string
    TYPE l
  `,
  'SET with conditions': `
    SET a 1 NX
    SET a 2 NX
    SET b 1 XX
    SET a 2 XX
    SET a 3 XX GET
    SET c 1 XX GET
    SET c 1 NX GET
    SET c 2 NX GET
    SET a 9 GET
    SET d 9 GET
    GET d
    RPUSH l x
    SET l 1 GET
    SET l 1 NX
    SET l 1 NX GET
    SET a 1 NX XX
    SET a 1 XX NX
    SET a 1 nx nx
    SET a 1 GET get
    SET a 1 BAD
  `,
  'SET with an expiry': `
    SET a 1 EX 100
    ~ TTL a
    SET a 2
    TTL a
    SET a 1 PX 100000
    ~ PTTL a
    SET a 2 KEEPTTL
    ~ PTTL a
    SET a 1 EXAT 33177117420
    EXPIRETIME a
    PEXPIRETIME a
    SET a 1 PXAT 33177117420123
    PEXPIRETIME a
    EXPIRETIME a
    SET a 1 EX 100 EX 200
    ~ TTL a
    SET a 1 EX 100 PX 100
    SET a 1 PX 100 KEEPTTL
    SET a 1 KEEPTTL EX 100
    SET a 1 KEEPTTL KEEPTTL
    SET a 1 EX
    SET a 1 EX 0
    SET a 1 EX -1
    SET a 1 EX x
    SET a 1 EX 1.5
    SET a 1 EX 9223372036854775807
    SET a 1 PX 9223372036854775807
    SET a 1 EXAT 9223372036854775
    SET a 1 EX 9223372036854776
    SET a 1 EXAT 9223372036854776
    SET a 1 PXAT 0
    SET a 1 EX 100 NX
    SET z 1 EX 100 NX GET
    SET z 1 PERSIST
    SET past 1 PXAT 1
    GET past
    SET past2 1 EXAT 1
    EXISTS past2
  `,
  'SETNX SETEX PSETEX GETSET': `
    SETNX a 1
    SETNX a 2
    SETEX b 100 v
    ~ TTL b
    SETEX b 0 v
    SETEX b -5 v
    SETEX b x v
    SETEX b 9223372036854775807 v
    PSETEX c 100000 v
    ~ PTTL c
    PSETEX c 0 v
    PSETEX c x v
    GETSET a 5
    GETSET new 5
    GETSET b 7
    TTL b
    RPUSH l x
    GETSET l 5
    SETNX l 5
    SETEX l 100 5
    TYPE l
  `,
  'GETDEL and GETEX': `
    SET a 1 EX 100
    GETDEL a
    GETDEL a
    RPUSH l x
    GETDEL l
    GETEX l
    GETEX missing EX 10
    SET b 2
    GETEX b
    GETEX b EX 100
    ~ TTL b
    GETEX b PERSIST
    TTL b
    GETEX b PERSIST
    GETEX b PX 100000
    ~ PTTL b
    GETEX b EXAT 33177117420
    PEXPIRETIME b
    GETEX b PXAT 33177117420123
    PEXPIRETIME b
    GETEX b PERSIST EX 10
    GETEX b EX 10 PERSIST
    GETEX b EX 10 PX 10
    GETEX b EX
    GETEX b BAD
    GETEX b NX
    GETEX b KEEPTTL
    GETEX b EX 0
    GETEX b EX x
    GETEX missing EX x
    GETEX b PXAT 1
    EXISTS b
    SET c 1
    GETEX c EXAT 1
    EXISTS c
  `,
  'MGET MSET MSETNX': `
    MSET a 1 b 2 a 3
    MGET a b c
    RPUSH l x
    MGET a l b
    MSET a
    MSET a 1 b
    MSETNX a 1 b
    MSETNX c 1 d 2
    MSETNX d 3 e 4
    MGET c d e
    MSET l string
    TYPE l
    SET t 1 EX 100
    MSET t 2
    TTL t
  `,
  'APPEND STRLEN': `
    APPEND a hello
    APPEND a " world"
    GET a
    STRLEN a
    OBJECT ENCODING a
    APPEND n 12
    OBJECT ENCODING n
    APPEND n 3
    OBJECT ENCODING n
    INCR n
    OBJECT ENCODING n
    STRLEN n
    STRLEN missing
    RPUSH l x
    APPEND l x
    STRLEN l
    SET t 1 EX 100
    APPEND t 2
    ~ TTL t
    APPEND e ""
    EXISTS e
    APPEND e ""
    STRLEN e
  `,
  counting: `
    INCR a
    INCR a
    DECR a
    INCRBY a 10
    DECRBY a 5
    INCRBY a -20
    SET b 9223372036854775806
    INCR b
    INCR b
    INCRBY b 1
    DECR b
    SET c -9223372036854775807
    DECR c
    DECR c
    DECRBY c 9223372036854775807
    DECRBY c -9223372036854775808
    INCRBY c -9223372036854775808
    INCRBY new 9007199254740993
    INCRBY new 1
    GET new
    INCRBY a 9223372036854775808
    INCRBY a x
    INCRBY a 1.0
    INCRBY a ""
    INCRBY a " 1"
    INCRBY a 01
    INCRBY a +1
    INCRBY a -0
    SET s abc
    INCR s
    SET s " 1"
    INCR s
    SET s "1 "
    INCR s
    SET s ""
    INCR s
    SET s 012
    INCR s
    RPUSH l x
    INCR l
    INCRBY l 5
    SET t 1 EX 100
    INCR t
    ~ TTL t
    SET m -1
    INCR m
    DECR m
    DECR d
  `,
  INCRBYFLOAT: `
    INCRBYFLOAT a 10.5
    INCRBYFLOAT a 0.1
    INCRBYFLOAT a -5
    INCRBYFLOAT a 5.0e3
    GET a
    SET b 3
    INCRBYFLOAT b 1
    OBJECT ENCODING b
    INCRBYFLOAT b 0.000000000000000001
    INCRBYFLOAT b 1e17
    INCRBYFLOAT b x
    INCRBYFLOAT b inf
    INCRBYFLOAT b nan
    INCRBYFLOAT b ""
    INCRBYFLOAT b " 1"
    INCRBYFLOAT b "1 "
    INCRBYFLOAT b 0x1p3
    SET c abc
    INCRBYFLOAT c 1
    INCRBYFLOAT c x
    RPUSH l x
    INCRBYFLOAT l 1
    SET d 1 EX 100
    INCRBYFLOAT d 1.5
    ~ TTL d
    SET e 17179869184
    INCRBYFLOAT e 1.5
    SET f 3.0e3
    INCRBYFLOAT f 200
    SET g -0
    INCRBYFLOAT g 0
    SET h 1.797e4931
    INCRBYFLOAT h 1.797e4931
    SET i 9223372036854775807
    INCRBYFLOAT i 1
    INCRBYFLOAT i -1
  `,
  'SETRANGE GETRANGE SUBSTR': `
    SETRANGE a 0 hello
    SETRANGE a 6 world
    GET a
    OBJECT ENCODING a
    SETRANGE a 1 E
    GET a
    SETRANGE missing 5 ""
    EXISTS missing
    SETRANGE a 100 ""
    STRLEN a
    SETRANGE a -1 x
    SETRANGE a x x
    SETRANGE a 536870912 x
    SETRANGE a 536870911 ""
    SETRANGE a 4294967296 x
    RPUSH l x
    SETRANGE l 0 x
    SETRANGE l 0 ""
    SETRANGE l -1 x
    SET n 1234
    SETRANGE n 1 9
    GET n
    OBJECT ENCODING n
    GETRANGE a 0 -1
    GETRANGE a 0 0
    GETRANGE a 1 3
    GETRANGE a -3 -1
    GETRANGE a -1 -3
    GETRANGE a 5 3
    GETRANGE a -100 2
    GETRANGE a -100 -200
    GETRANGE a -200 -100
    GETRANGE a 2 100
    GETRANGE a 100 200
    GETRANGE a 9223372036854775807 9223372036854775807
    GETRANGE a -9223372036854775808 9223372036854775807
    GETRANGE a 0 9223372036854775808
    GETRANGE a x 1
    GETRANGE a 1 x
    GETRANGE l 0 1
    GETRANGE missing 0 1
    GETRANGE n 0 1
    SUBSTR n 0 1
    SET e ""
    GETRANGE e 0 -1
    GETRANGE e -1 -1
  `,
  'changes in place beyond what stays text': `
    SETRANGE a 250 abcdefgh
    STRLEN a
    GETRANGE a 240 -1
    APPEND a ijkl
    GETRANGE a 245 260
    SETRANGE a 3 xyz
    GETRANGE a 0 9
    SETRANGE a 1000 end
    STRLEN a
    APPEND a more
    GETRANGE a 990 -1
    GET a
    COPY a b
    APPEND b only-here
    STRLEN a
    STRLEN b
    SET a short
    APPEND a er
    GET a
  `,
  LCS: `
    MSET a ohmytext b mynewtext
    LCS a b
    LCS a b LEN
    LCS a b IDX
    LCS a b IDX MINMATCHLEN 4
    LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
    LCS a b IDX WITHMATCHLEN
    LCS a b IDX MINMATCHLEN -5
    LCS a b LEN IDX
    LCS a b WITHMATCHLEN
    LCS a b MINMATCHLEN 2
    LCS a b MINMATCHLEN
    LCS a b MINMATCHLEN x
    LCS a b BAD
    LCS a missing
    LCS missing missing IDX
    LCS a a IDX WITHMATCHLEN
    SET n 12345
    SET m 1x3x5
    LCS n m IDX WITHMATCHLEN
    RPUSH l x
    LCS a l
    LCS l a BAD
    MSET c aaaa d aabaaa
    LCS c d IDX WITHMATCHLEN
    LCS d c IDX WITHMATCHLEN
  `,
  encodings: `
    SET a 12345678901234567890
    OBJECT ENCODING a
    SET a 1234567890123456789
    OBJECT ENCODING a
    SET a -9223372036854775808
    OBJECT ENCODING a
    SET a 9223372036854775808
    OBJECT ENCODING a
    SET a 01
    OBJECT ENCODING a
    SET a -0
    OBJECT ENCODING a
    SET a 12345678901234567890123456789012345678901234
    OBJECT ENCODING a
    SET a 123456789012345678901234567890123456789012345
    OBJECT ENCODING a
    SET a ""
    OBJECT ENCODING a
    GETSET a 5
    OBJECT ENCODING a
    MSET a 5x
    OBJECT ENCODING a
    OBJECT REFCOUNT a
    SET a 9999
    OBJECT REFCOUNT a
    SET a 10000
    OBJECT REFCOUNT a
    OBJECT REFCOUNT missing
    OBJECT ENCODING missing
  `,
});

test('a string that would come near 512 MB is refused, since JavaScript has none so long, and nothing is made', () => {
  const { line } = newEngineFixture();
  const tooLong = {
    type: 'error',
    value: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
  };
  for (const command of [
    'SETRANGE k 536870888 x',
    'SETRANGE k 536870911 x',
    'SETRANGE k 536870912 x',
    'SETBIT k 4294967295 1',
    'BITFIELD k SET u8 4294967280 1',
  ])
    expect(line(command)).toEqual(tooLong);
  expect(line('EXISTS k')).toEqual({ type: 'integer', value: 0 });
});
