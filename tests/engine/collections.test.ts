import { differentialSuite } from '../support/differential-suite.ts';

const long = 'x'.repeat(65);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

differentialSuite('collections answer as the real server does', {
  hashes: `
    HSET h a 1
    HSET h a 2 b 3 b 4
    HSET h a
    HSET h a 1 b
    HMSET h c 5
    HMSET h c
    HSETNX h a 9
    HSETNX h d 9
    HGET h a
    HGET h missing
    HGET missing a
    HMGET h a b missing
    HMGET missing a b
    HLEN h
    HLEN missing
    HEXISTS h a
    HEXISTS h z
    HEXISTS missing z
    HSTRLEN h a
    HSTRLEN h z
    HKEYS h
    HVALS h
    HGETALL h
    HGETALL missing
    HDEL h a z
    HDEL missing a
    HDEL h b c d
    EXISTS h
    SET s 1
    HSET s a 1
    HSETNX s a 1
    HGET s a
    HDEL s a
    HGETALL s
    HSET s a
    HSET h f ${long}
    OBJECT ENCODING h
    HDEL h f
    HSET h ${numbers(512)
      .map((n) => `f${n} ${n}`)
      .join(' ')}
    OBJECT ENCODING h
    HSET h f0 again
    OBJECT ENCODING h
    HSET h one-more 1
    OBJECT ENCODING h
    DEL h
    HSET h ${long} 1
    OBJECT ENCODING h
  `,
  lists: `
    RPUSH l a b c
    LPUSH l z y
    LRANGE l 0 -1
    LRANGE l 1 2
    LRANGE l -2 -1
    LRANGE l -100 100
    LRANGE l 3 1
    LRANGE l 100 200
    LRANGE l 0 -100
    LRANGE l x 0
    LRANGE l 0 x
    LRANGE missing 0 -1
    LLEN l
    LLEN missing
    LINDEX l 0
    LINDEX l -1
    LINDEX l 100
    LINDEX l -100
    LINDEX l x
    LINDEX missing x
    RPUSHX missing a
    LPUSHX missing a
    RPUSHX l d e
    LPUSHX l x
    LPOP l
    RPOP l
    LPOP l 2
    RPOP l 2
    LPOP l 0
    LPOP missing
    LPOP missing 2
    LPOP missing 0
    LPOP l -1
    LPOP l x
    LPOP l 1 2
    LPOP l 100
    EXISTS l
    SET s 1
    RPUSH s a
    LPUSHX s a
    LLEN s
    LPOP s
    LPOP s 0
    LRANGE s 0 -1
    LINDEX s 0
    RPUSH long ${numbers(300).join(' ')}
    LRANGE long 0 -1
    LPOP long 290
    LRANGE long 0 -1
  `,
  'sorted sets': `
    ZADD z 1 a 2 b 3 c
    ZADD z 1 a
    ZADD z 5 a 6 d
    ZADD z CH 6 a 7 e
    ZADD z NX 9 a 9 f
    ZADD z XX 9 a 9 g
    ZADD z GT 8 a 10 b
    ZADD z LT 8 a 20 b
    ZADD z GT CH 8 h 1 b
    ZADD z XX GT CH 100 b
    ZADD z INCR 5 a
    ZADD z INCR 5 new
    ZADD z NX INCR 5 a
    ZADD z XX INCR 5 nope
    ZADD z GT INCR -5 a
    ZADD z LT INCR 5 a
    ZADD z XX INCR 5 a
    ZADD missing XX 1 a
    ZADD missing XX INCR 1 a
    ZADD z NX XX 1 a
    ZADD z GT LT 1 a
    ZADD z NX GT 1 a
    ZADD z NX LT 1 a
    ZADD z INCR 1 a 2 b
    ZADD z 1
    ZADD z 1 a 2
    ZADD z NX
    ZADD z
    ZADD z x a
    ZADD z 1 a x b
    ZADD z nan a
    ZADD z +inf i -inf j
    ZINCRBY z -inf i
    ZINCRBY z 1 i
    ZADD z INCR -inf i
    ZINCRBY z 1.5 a
    ZINCRBY z x a
    ZINCRBY fresh 2.5 a
    ZINCRBY fresh 1 a 2
    ZADD e 0.1 a 1e20 b 1e-7 c 3.0e3 d 0x10 f -0 g 17179869184 h 123456789.123 i
    ZMSCORE e a b c d f g h i missing
    ZSCORE z a
    ZSCORE z missing
    ZSCORE missing a
    ZMSCORE missing a b
    ZCARD z
    ZCARD missing
    ZRANK z a
    ZREVRANK z a
    ZRANK z missing
    ZRANK missing a
    ZREM z a missing
    ZREM missing a
    ZREM fresh a
    EXISTS fresh
    SET s 1
    ZADD s 1 a
    ZADD s x a
    ZSCORE s a
    ZREM s a
    ZCARD s
    ZRANK s a
    ZADD ties 1 b 1 a 1 c 0 z
    ZRANK ties a
    ZRANK ties b
    ZRANK ties z
    ZADD ties 2 a
    ZRANK ties a
    ZREVRANK ties z
    ZADD big ${numbers(128)
      .map((n) => `${n} m${n}`)
      .join(' ')}
    OBJECT ENCODING big
    ZADD big 5.5 between
    OBJECT ENCODING big
    ZRANK big between
    ZRANK big m100
    ZADD big 1000 m0
    ZRANK big m100
    ZRANK big m0
    ZREM big m50
    ZRANK big m100
  `,
});
