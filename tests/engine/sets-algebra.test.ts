import { differentialSuite } from '../support/differential-suite.ts';
import { long, numbers, words } from './members.ts';

differentialSuite('unions, intersections and differences answer as the real server does', {
  'what sets have in common': `
    SADD a 1 2 3 x y
    SADD b 2 3 4 y
    SADD c 3 y z
    SINTER a b c
    SINTER a a
    SINTER a
    SINTER a missing
    SINTER missing
    SINTER
    SINTERCARD 3 a b c
    SINTERCARD 2 a b LIMIT 1
    SINTERCARD 2 a b LIMIT 0
    SINTERCARD 2 a b limit 100
    SINTERCARD 1 a LIMIT 2 LIMIT 3
    SINTERCARD 2 a missing
    SINTERCARD 0 a
    SINTERCARD -1 a
    SINTERCARD x a
    SINTERCARD 3 a b
    SINTERCARD 1 a b
    SINTERCARD 1 a LIMIT
    SINTERCARD 1 a LIMIT -1
    SINTERCARD 1 a LIMIT x
    SINTERCARD 1 a NOPE 1
    SINTERCARD 1
    SUNION a b c missing
    SUNION missing
    SDIFF a b
    SDIFF a b c
    SDIFF a a
    SDIFF a missing
    SDIFF missing a
    SDIFF b c c a
    SDIFF a
  `,
  'results are stored': `
    SADD a 1 2 3 x y
    SADD b 2 3 4 y
    EXPIRE a 1000
    SINTERSTORE d a b
    SMEMBERS d
    SUNIONSTORE d a b
    SMEMBERS d
    SDIFFSTORE d a b
    SMEMBERS d
    TTL d
    SDIFFSTORE a a b
    TTL a
    SINTERSTORE d a missing
    EXISTS d
    SINTERSTORE d a missing
    SUNIONSTORE d missing
    SADD d 1
    SUNIONSTORE d missing nope
    SADD d 1
    SDIFFSTORE d missing a
    SET str v
    SUNIONSTORE str b
    TYPE str
    SUNIONSTORE b b
    SDIFFSTORE b b b
    EXISTS b
    SINTERSTORE d
    SUNIONSTORE d
  `,
  'integers in common become an intset again': `
    SADD a 1 2 3 x
    SADD b 1 2 3 y
    SINTERSTORE i a b
    OBJECT ENCODING i
    SADD n 1 2 3
    SUNIONSTORE u n a
    SDIFFSTORE f a b
    SMEMBERS f
    SINTERSTORE i n n
    OBJECT ENCODING i
    SADD m 4 5
    SUNIONSTORE u n m
    OBJECT ENCODING u
    SDIFFSTORE f n m
    OBJECT ENCODING f
  `,
  'many members, both ways of a difference': `
    SADD a ${words(0, 300)} ${numbers(0, 100)}
    SADD b ${words(0, 150)}
    SADD c ${numbers(0, 50)} ${words(200, 210)}
    SADD d ${words(0, 20)}
    SADD e ${words(20, 30)}
    SDIFF a b
    SDIFF a b c
    SDIFF a b c d e
    SDIFF c a b
    SDIFF d e
    SDIFFSTORE r a d e
    SCARD r
    SINTER a b d
    SINTERCARD 2 a b LIMIT 17
    SINTERSTORE r a b
    SUNIONSTORE r d c e
    SREM a ${words(0, 300)}
    SMEMBERS a
    SADD l ${long} a
    SMEMBERS l
    SINTERSTORE k l l
    SUNION l d
  `,
});
