import { differentialSuite } from '../support/differential-suite.ts';

differentialSuite('commands on any key answer as the real server does', {
  'DEL UNLINK EXISTS TOUCH TYPE': `
    MSET a 1 b 2 c 3
    DEL a missing b
    UNLINK c c
    DEL
    EXISTS a
    MSET a 1 b 2
    EXISTS a a b missing
    TOUCH a b b missing
    TYPE a
    TYPE missing
    RPUSH l x
    TYPE l
    HSET h f v
    TYPE h
    ZADD z 1 m
    TYPE z
    TYPE
    TYPE a b
  `,
  'RENAME RENAMENX': `
    SET a 1 EX 1000
    RENAME a b
    ~ TTL b
    EXISTS a
    SET c 3
    RENAME c b
    TTL b
    GET b
    RENAME missing x
    RENAME missing missing
    RENAME b b
    RENAMENX b b
    RENAMENX missing b
    SET d 4
    RENAMENX b d
    RENAMENX b e
    GET e
    RPUSH l x y
    RENAME l e
    LRANGE e 0 -1
    RENAME a
  `,
  MOVE: `
    SET a 1 EX 1000
    MOVE a 1
    EXISTS a
    SELECT 1
    ~ TTL a
    MOVE a 1
    MOVE a 16
    MOVE a -1
    MOVE a x
    MOVE a 99999999999
    MOVE a 9223372036854775808
    MOVE missing 2
    SELECT 2
    SET a other
    SELECT 1
    MOVE a 2
    GET a
    SELECT 0
    FLUSHALL
  `,
  COPY: `
    SET a 1 EX 1000
    COPY a b
    ~ TTL b
    COPY a b
    COPY a b REPLACE
    SET b 2
    COPY b a REPLACE
    TTL a
    COPY a a
    COPY a a DB 0
    COPY a a DB 1
    COPY a x DB
    COPY a x DB y
    COPY a x DB 16
    COPY a x DB 1 DB 2 REPLACE
    COPY a x NOPE
    COPY missing x
    RPUSH l 1 2 3
    COPY l m
    RPUSH m 4
    LRANGE l 0 -1
    HSET h f v
    COPY h i
    HSET i g w
    HGETALL h
    ZADD z 1 a
    COPY z y
    ZADD y 2 b
    ZCARD z
    APPEND s abc
    APPEND s def
    COPY s t
    OBJECT ENCODING t
    APPEND t ghi
    GET s
  `,
  'KEYS SCAN RANDOMKEY DBSIZE': `
    RANDOMKEY
    DBSIZE
    KEYS *
    SCAN 0
    MSET one 1 two 2 three 3 four 4 h?llo 5 h[a]llo 6
    DBSIZE
    KEYS *
    KEYS *o*
    KEYS t[wh]*
    KEYS h\\\\?llo
    KEYS h?llo
    KEYS h\\\\[a\\\\]llo
    KEYS [^t]*
    KEYS ""
    KEYS [a-
    SCAN 0 COUNT 0
    SCAN 0 COUNT -1
    SCAN 0 COUNT x
    SCAN 0 COUNT
    SCAN 0 MATCH
    SCAN 0 NOPE
    SCAN x
    SCAN -1x
    SCAN ""
    SCAN " 0"
    SCAN 0 TYPE
    SCAN 18446744073709551616
    SCAN 0 COUNT 100 MATCH nothing*
    SCAN 0 COUNT 100 TYPE list
    SCAN 0 COUNT 100 TYPE nonsense
    SCAN 0 MATCH one COUNT 100
    SCAN 0 MATCH one TYPE STRING COUNT 100
    DEL one two three four h?llo h[a]llo
    SET only 1
    RANDOMKEY
    SCAN 0
  `,
  'SELECT SWAPDB FLUSHDB FLUSHALL': `
    SELECT 1
    SET a in1
    SELECT 0
    SET a in0
    SWAPDB 0 1
    GET a
    SWAPDB 0 0
    SWAPDB 0 16
    SWAPDB 16 0
    SWAPDB -1 0
    SWAPDB x 0
    SWAPDB 0 x
    SWAPDB 99999999999 0
    SELECT 16
    SELECT -1
    SELECT x
    SELECT 99999999999
    SELECT 1.5
    FLUSHDB
    GET a
    SELECT 1
    GET a
    FLUSHDB NOPE
    FLUSHDB SYNC ASYNC
    FLUSHDB async
    SET a 1
    FLUSHALL sync
    DBSIZE
    FLUSHALL
    FLUSHALL NOPE
    FLUSHALL SYNC x
  `,
  OBJECT: `
    SET a 1
    OBJECT REFCOUNT a
    OBJECT IDLETIME a
    OBJECT FREQ a
    OBJECT FREQ missing
    OBJECT IDLETIME missing
    OBJECT
    OBJECT NOPE
    OBJECT NOPE a
    OBJECT ENCODING
    OBJECT ENCODING a b
    CONFIG SET maxmemory-policy allkeys-lfu
    SET b text
    OBJECT FREQ b
    OBJECT IDLETIME b
    CONFIG SET maxmemory-policy noeviction
    RPUSH l 1
    OBJECT ENCODING l
    HSET h f v
    OBJECT ENCODING h
    ZADD z 1 m
    OBJECT ENCODING z
    ZADD z 1 12345678901234567890123456789012345678901234567890123456789012345
    OBJECT ENCODING z
    ZREM z 12345678901234567890123456789012345678901234567890123456789012345
    OBJECT ENCODING z
  `,
});

differentialSuite('expiry answers as the real server does', {
  'EXPIRE and its like': `
    SET a 1
    EXPIRE a 100
    ~ TTL a
    PEXPIRE a 100000
    ~ PTTL a
    EXPIREAT a 33177117420
    EXPIRETIME a
    PEXPIREAT a 33177117420500
    EXPIRETIME a
    PEXPIRETIME a
    PEXPIREAT a 33177117420499
    EXPIRETIME a
    PERSIST a
    PERSIST a
    PERSIST missing
    TTL a
    PTTL a
    EXPIRETIME a
    PEXPIRETIME a
    TTL missing
    PTTL missing
    EXPIRETIME missing
    PEXPIRETIME missing
    EXPIRE missing 100
    EXPIRE a x
    EXPIRE a 1.5
    EXPIRE a ""
    EXPIRE a 9223372036854775807
    EXPIRE a -9223372036854775808
    EXPIRE a 9223372036854775
    PEXPIRE a 9223372036854775807
    PEXPIRE a 9223372036854770000
    EXPIRE missing 9223372036854775807
    PEXPIREAT a 9223372036854770000
    TYPE a
    EXPIRE a 0
    EXISTS a
    SET a 1
    EXPIRE a -1
    EXISTS a
    SET a 1
    PEXPIREAT a -9223372036854770000
    TTL a
    SET a 1
    EXPIREAT a 1
    EXISTS a
    SET a 1
    PEXPIREAT a 0
    EXISTS a
    EXPIRE a
  `,
  conditions: `
    SET a 1
    EXPIRE a 100 XX
    EXPIRE a 100 GT
    EXPIRE a 100 NX
    EXPIRE a 200 NX
    EXPIRE a 50 GT
    EXPIRE a 200 GT
    ~ TTL a
    EXPIRE a 300 LT
    EXPIRE a 50 LT
    ~ TTL a
    EXPIRE a 60 XX
    EXPIRE a 70 XX GT
    EXPIRE a 60 XX LT
    PERSIST a
    EXPIRE a 100 LT
    PERSIST a
    EXPIRE a 100 XX LT
    EXPIRE a 100 NX XX
    EXPIRE a 100 NX GT
    EXPIRE a 100 NX LT
    EXPIRE a 100 GT LT
    EXPIRE a 100 NX GT LT
    EXPIRE a 100 nope
    EXPIRE a 100 NX NX
    EXPIRE a x NOPE
    EXPIRE a x NX XX
    EXPIRE missing 100 NX
    EXPIRE a -1 LT
    EXISTS a
    SET a 1
    EXPIRE a -1 GT
    PEXPIREAT a 33177117420000 XX
    PEXPIRE a 33177117420000 NX
    EXPIREAT a 33177117420 LT
    EXPIREAT a 33177117420 GT
  `,
  'a key whose time is over': `
    DEBUG SET-ACTIVE-EXPIRE 0
    MSET a 1 b 2
    PEXPIRE a 20
    @sleep 60
    DBSIZE
    KEYS *
    GET a
    DBSIZE
    SET a 1 PX 20
    @sleep 60
    EXISTS a
    SET a 1 PX 20
    @sleep 60
    TTL a
    SET a 1 PX 20
    @sleep 60
    RENAME a b
    SET a 1 PX 20
    @sleep 60
    APPEND a 2
    GET a
    SET a 1 PX 20
    @sleep 60
    SETNX a 3
    TTL a
    SET a 1 PX 20
    @sleep 60
    SET a 2 XX
    SET a 1 PX 20
    @sleep 60
    SET a 2 KEEPTTL
    TTL a
    SET a 1 PX 20
    @sleep 60
    COPY a c
    COPY b a
    SET a 1 PX 20
    @sleep 60
    MOVE a 1
    DEL a
    SET a 1 PX 20
    @sleep 60
    SCAN 0 MATCH a COUNT 100
    RPUSH l x
    PEXPIRE l 20
    @sleep 60
    HSET l f v
    TYPE l
    DEBUG SET-ACTIVE-EXPIRE 1
  `,
});
