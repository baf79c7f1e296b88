import { differentialSuite } from '../support/differential-suite.ts';
import { scored } from './members.ts';

/** The same questions to a small set and to one that is a skip list. */
function ofBothSizes(program: string): string {
  return `${program}\nDEL z\nCONFIG SET zset-max-listpack-entries 1\n${program}\nCONFIG SET zset-max-listpack-entries 128`;
}

differentialSuite('ranges of sorted sets answer as the real server does', {
  'ranges by rank': ofBothSizes(`
    ZADD z 1 a 2 b 3 c 3 d 4.5 e
    ZRANGE z 0 -1
    ZRANGE z 0 -1 WITHSCORES
    ZRANGE z 1 2 withscores
    ZRANGE z -2 -1
    ZRANGE z -100 100
    ZRANGE z 3 1
    ZRANGE z 5 10
    ZRANGE z 0 -100
    ZRANGE z 0 0 REV
    ZRANGE z 0 1 REV WITHSCORES
    ZRANGE z -2 -1 REV
    ZRANGE z 0 9223372036854775807
    ZRANGE z -9223372036854775808 -1
    ZRANGE z a 1
    ZRANGE z 0 1.5
    ZRANGE z 0 1 LIMIT 0 -1
    ZRANGE z 0 1 LIMIT 0 1
    ZRANGE z 0 1 LIMIT 0
    ZRANGE z 0 1 LIMIT a 1
    ZRANGE z 0 1 LIMIT 0 b
    ZRANGE z 0 1 NOPE
    ZRANGE z 0 1 BYSCORE BYLEX
    ZRANGE z 0 1 REV REV
    ZRANGE z 0
    ZRANGE missing 0 -1
    ZRANGE missing 0 -1 WITHSCORES
    ZRANGE missing a b
    ZREVRANGE z 0 -1
    ZREVRANGE z 0 1 WITHSCORES
    ZREVRANGE z 1 3
    ZREVRANGE z 0 1 REV
    ZREVRANGE z 0 1 BYSCORE
    ZREVRANGE z 0 1 LIMIT 0 1
    ZREVRANGE missing 0 1
  `),
  'ranges by score': ofBothSizes(`
    ZADD z 1 a 2 b 3 c 3 d 4.5 e inf f -inf g
    ZRANGE z 1 3 BYSCORE
    ZRANGE z (1 3 BYSCORE
    ZRANGE z (1 (3 BYSCORE WITHSCORES
    ZRANGE z -inf +inf BYSCORE
    ZRANGE z (-inf (+inf BYSCORE
    ZRANGE z 3 1 BYSCORE
    ZRANGE z 3 1 BYSCORE REV
    ZRANGE z +inf -inf BYSCORE REV LIMIT 1 2 WITHSCORES
    ZRANGE z -inf +inf BYSCORE LIMIT 1 2
    ZRANGE z -inf +inf BYSCORE LIMIT 0 0
    ZRANGE z -inf +inf BYSCORE LIMIT 2 -1
    ZRANGE z -inf +inf BYSCORE LIMIT 2 -5
    ZRANGE z -inf +inf BYSCORE LIMIT -1 2
    ZRANGE z -inf +inf BYSCORE LIMIT 100 2
    ZRANGE z -inf +inf BYSCORE LIMIT 1 9223372036854775807
    ZRANGE z x 3 BYSCORE
    ZRANGE z 1 nan BYSCORE
    ZRANGE z "" 3 BYSCORE
    ZRANGE z "(" "" BYSCORE
    ZRANGE z " 1" 3 BYSCORE
    ZRANGE z "1 " 3 BYSCORE
    ZRANGE z "1\\x00x" 3 BYSCORE
    ZRANGE z "( 1" "(0x3" BYSCORE
    ZRANGE z -1e400 1e400 BYSCORE
    ZRANGE z 1e-400 -1e-400 BYSCORE
    ZRANGEBYSCORE z 1 3
    ZRANGEBYSCORE z (1 3 WITHSCORES
    ZRANGEBYSCORE z -inf inf LIMIT 1 3
    ZRANGEBYSCORE z -inf inf WITHSCORES LIMIT 1 3
    ZRANGEBYSCORE z -inf inf REV
    ZRANGEBYSCORE z -inf inf BYSCORE
    ZRANGEBYSCORE z 1
    ZRANGEBYSCORE missing 1 x
    ZRANGEBYSCORE missing 1 2
    ZREVRANGEBYSCORE z 3 1
    ZREVRANGEBYSCORE z inf (1 WITHSCORES LIMIT 0 2
    ZREVRANGEBYSCORE z 1 3
    ZCOUNT z 1 3
    ZCOUNT z (1 (3
    ZCOUNT z -inf +inf
    ZCOUNT z 3 1
    ZCOUNT z (3 3
    ZCOUNT z x 1
    ZCOUNT missing 1 2
    ZCOUNT missing x 2
    ZCOUNT z 100 200
  `),
  'ranges by member': ofBothSizes(`
    ZADD z 0 a 0 b 0 c 0 d 0 aa 0 "" 0 "\\xff" 0 B
    ZRANGE z - + BYLEX
    ZRANGE z [a [c BYLEX
    ZRANGE z (a (c BYLEX
    ZRANGE z + - BYLEX REV
    ZRANGE z [c (a BYLEX REV LIMIT 1 1
    ZRANGE z - + BYLEX LIMIT 2 2
    ZRANGE z - + BYLEX LIMIT -1 2
    ZRANGE z - + BYLEX WITHSCORES
    ZRANGE z + - BYLEX
    ZRANGE z - - BYLEX
    ZRANGE z + + BYLEX
    ZRANGE z [c [a BYLEX
    ZRANGE z (a [a BYLEX
    ZRANGE z [a [a BYLEX
    ZRANGE z [ ( BYLEX
    ZRANGE z [ [ BYLEX
    ZRANGE z ( + BYLEX
    ZRANGE z a c BYLEX
    ZRANGE z -a + BYLEX
    ZRANGE z - +a BYLEX
    ZRANGE z "" + BYLEX
    ZRANGE z - "+\\x00a" BYLEX
    ZRANGEBYLEX z - (c
    ZRANGEBYLEX z - (c LIMIT 1 2
    ZRANGEBYLEX z - (c WITHSCORES
    ZRANGEBYLEX z - c
    ZRANGEBYLEX missing - x
    ZRANGEBYLEX missing - +
    ZREVRANGEBYLEX z + [b
    ZREVRANGEBYLEX z [c - LIMIT 0 1
    ZREVRANGEBYLEX z - +
    ZLEXCOUNT z - +
    ZLEXCOUNT z [a (c
    ZLEXCOUNT z (c [a
    ZLEXCOUNT z a c
    ZLEXCOUNT missing - +
    ZLEXCOUNT missing a c
    ZLEXCOUNT z [zz +
  `),
  'ranges by member where scores differ, in a listpack': `
    ZADD z 1 c 2 a 3 b 4 e 5 d
    ZRANGE z [a [c BYLEX
    ZRANGE z [c [a BYLEX REV
    ZRANGE z - [c BYLEX
    ZRANGE z [d - BYLEX REV
    ZLEXCOUNT z [b [d
    ZLEXCOUNT z [d +
    ZREMRANGEBYLEX z [a [b
    ZRANGE z 0 -1
  `,
  'ranges are removed': ofBothSizes(`
    ZADD z 1 a 2 b 3 c 3 d 4.5 e 6 f 7 g
    ZREMRANGEBYRANK z 0 0
    ZREMRANGEBYRANK z -1 -1
    ZREMRANGEBYRANK z 5 2
    ZREMRANGEBYRANK z 100 200
    ZREMRANGEBYRANK z x 1
    ZREMRANGEBYRANK missing 0 -1
    ZREMRANGEBYRANK missing 0 x
    ZREMRANGEBYSCORE z 3 3
    ZREMRANGEBYSCORE z (2 (4.5
    ZREMRANGEBYSCORE z x 3
    ZREMRANGEBYSCORE missing 1 2
    ZRANGE z 0 -1
    ZREMRANGEBYSCORE z -inf +inf
    EXISTS z
    ZADD z 0 a 0 b 0 c 0 d
    ZREMRANGEBYLEX z [b (d
    ZREMRANGEBYLEX z b d
    ZREMRANGEBYLEX z [x [y
    ZREMRANGEBYLEX missing - +
    ZRANGE z 0 -1
    ZREMRANGEBYRANK z 0 -1
    EXISTS z
  `),
  'a range is stored': `
    ZADD z 1 a 2 b 3 c 3 d 4.5 e
    ZRANGESTORE d z 0 -1
    ZRANGE d 0 -1 WITHSCORES
    ZRANGESTORE d z 1 3 BYSCORE LIMIT 1 1
    ZRANGE d 0 -1 WITHSCORES
    ZRANGESTORE d z 0 1 REV
    ZRANGE d 0 -1 WITHSCORES
    ZRANGESTORE d z [a [c BYLEX
    ZRANGESTORE d z 0 -1 WITHSCORES
    ZRANGESTORE d z 0 1 LIMIT 1 1
    ZRANGESTORE d z a b
    EXPIRE d 1000
    ZRANGESTORE d z 1 2
    TTL d
    ZRANGESTORE z z 1 2
    ZRANGESTORE d z 100 200
    EXISTS d
    ZRANGESTORE d missing 0 -1
    ZADD d 1 a
    ZRANGESTORE d missing 0 -1
    EXISTS d
    SET s 1
    ZRANGESTORE d s 0 -1
    ZRANGESTORE s z 0 -1
    TYPE s
    SET s 1
    ZRANGESTORE s z 5 6
    EXISTS s
    ZADD big ${scored(0, 200)}
    ZRANGESTORE d big 0 -1
    OBJECT ENCODING d
    ZRANGESTORE d big 0 100
    OBJECT ENCODING d
    ZRANGESTORE d big -inf +inf BYSCORE
    OBJECT ENCODING d
    ZRANGESTORE d z
  `,
});
